"""All checks of the suites, collected once, and what judges them."""

from __future__ import annotations

import pytest

from tests.suites.judging import PROFILES, name_of
from tests.suites.matrix import Judge, Matrix
from token_conformance.layout import PACKAGE, ROOT, SUITES


class Collected:
    """A plugin of an inner session that keeps what was collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Function] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]


@pytest.fixture(scope="session")
def checks() -> list[pytest.Function]:
    """All checks of the suites, collected once."""
    collected = Collected()
    settings = [
        "-c",
        str(PACKAGE / "pytest.toml"),
        f"--rootdir={ROOT}",
        "-p",
        "token_conformance.plugin",
        "-W",
        "ignore",
    ]
    quietly = ["--collect-only", "-p", "no:terminal", "-p", "no:cacheprovider"]
    profile = ["--profile", str(PROFILES / "everything.toml"), "--emulated"]
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTEST_ADDOPTS", raising=False)  # options of the terminal, which this session has not
        status = pytest.main([*settings, *quietly, *profile, str(SUITES)], plugins=[collected])
    assert status is pytest.ExitCode.OK, f"the suites could not be collected: {status!r}"
    return collected.items


@pytest.fixture(scope="session")
def check_names(checks: list[pytest.Function]) -> list[str]:
    """The names of all checks, as tables give them."""
    return [name_of(check) for check in checks]


@pytest.fixture(scope="session")
def matrix(checks: list[pytest.Function]) -> Matrix:
    """All checks, to be judged for one server after the other."""
    return Matrix(checks)


@pytest.fixture(scope="session")
def judge_all(matrix: Matrix, pytestconfig: pytest.Config) -> Judge:
    """Judges all checks for a profile of this folder with faults and variations; gives verdicts by the checks' names.

    It performs the scenarios that these can reach; with `--nightly` all of them, and what it leaves out otherwise
    has to make no difference.
    """
    return matrix.compared if pytestconfig.getoption("nightly") else matrix.reached
