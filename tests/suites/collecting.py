"""Collects the checks of the suites, as runs do, to be judged in this process."""

from __future__ import annotations

import pytest

from tests.suites.judging import PROFILES
from token_conformance.layout import PACKAGE, ROOT, SUITES

SETTINGS = ["-c", str(PACKAGE / "pytest.toml"), f"--rootdir={ROOT}", "-p", "token_conformance.plugin", "-W", "ignore"]
QUIETLY = ["--collect-only", "-p", "no:terminal", "-p", "no:cacheprovider"]
PROFILE = ["--profile", str(PROFILES / "everything.toml"), "--tc-emulated"]


class Collected:
    """A plugin of an inner session that keeps what was collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Function] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]


def collected() -> list[pytest.Function]:
    """All checks of the suites."""
    kept = Collected()
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTEST_ADDOPTS", raising=False)  # options of the terminal, which this session has not
        status = pytest.main([*SETTINGS, *QUIETLY, *PROFILE, str(SUITES)], plugins=[kept])
    assert status is pytest.ExitCode.OK, f"the suites could not be collected: {status!r}"
    return kept.items
