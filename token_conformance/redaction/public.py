"""Text that everybody can read anyway: a secret that stands in it is labelled as a value, and not looked for elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest_html  # type: ignore[import-untyped]  # pytest-html has no types

from token_conformance.layout import REPORT_ASSETS, SUITES


@cache
def public_text() -> str:
    """The suites, the catalogue, and what every report is made of, in small letters."""
    resources = Path(pytest_html.__file__).parent / "resources"
    folders = ((SUITES, "*.py"), (SUITES, "*.toml"), (REPORT_ASSETS, "*.*"), (resources, "*.*"))
    return "\n".join(path.read_text("utf-8").lower() for folder, names in folders for path in folder.glob(names))
