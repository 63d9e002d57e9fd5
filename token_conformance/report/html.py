"""report.html: pytest-html's report, fed with finished checks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from token_conformance.redaction import RedactedExchange
from token_conformance.results import RunResult


def write_html(path: Path, run: RunResult, evidence: Mapping[str, RedactedExchange], config: pytest.Config) -> None:
    """Write the report of one run as one file that needs no other."""
    path.write_text("<!DOCTYPE html>\n", "utf-8")
