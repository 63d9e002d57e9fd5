"""index.html: the report that people pass on, of a run and its redacted exchanges; complete without script and network."""

from token_conformance.report.index.findings import scenarios_of
from token_conformance.report.index.page import index_of, read_by

__all__ = ["index_of", "read_by", "scenarios_of"]
