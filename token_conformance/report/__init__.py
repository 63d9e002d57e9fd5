"""Reports: index.html and report.html for people, results.json, junit.xml and others for programs, the lines of the terminal; all from data.

The plugin calls `write_reports`, `terminal` and `plan`. May import `results/`, `redaction/` and what lies below.
"""

from token_conformance.report.writing import ReportError, write_reports

__all__ = ["ReportError", "write_reports"]
