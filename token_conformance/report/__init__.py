"""The reports of a run: for people report.html, for programs results.json and junit.xml."""

from token_conformance.report.writing import ReportError, write_reports

__all__ = ["ReportError", "write_reports"]
