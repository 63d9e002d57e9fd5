"""Reports: report.html for people, results.json and junit.xml for programs."""

from token_conformance.report.writing import ReportError, write_reports

__all__ = ["ReportError", "write_reports"]
