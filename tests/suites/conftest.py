"""All checks of the suites, collected once, and what judges them."""

from __future__ import annotations

import pytest

from tests.suites.collecting import collected
from tests.suites.judging import name_of
from tests.suites.matrix import Judge, Matrix


@pytest.fixture(scope="session")
def checks() -> list[pytest.Function]:
    """All checks of the suites, collected once."""
    return collected()


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


@pytest.fixture(scope="session")
def judge_whole(matrix: Matrix, pytestconfig: pytest.Config) -> Judge:
    """As `judge_all`, for what reaches nearly all scenarios: it performs all of them at once, in rows, as runs do."""
    return matrix.compared if pytestconfig.getoption("nightly") else matrix.whole
