"""Where the run of each profile, and what it gathered, are kept during a pytest session."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from token_conformance.exploring.found import Explored
    from token_conformance.exploring.requests.found import ExploredRequests
    from token_conformance.results.merging import Earlier
    from token_conformance.results.results import CheckResult
    from token_conformance.results.todo import ToDo
    from token_conformance.running.interruption import Interruption
    from token_conformance.running.record import Record
    from token_conformance.running.repetition import Repetition
    from token_conformance.running.run import Run

RUNS: pytest.StashKey[dict[str, Run]] = pytest.StashKey()
"""The runs of the session by the name of their profile."""

RECORDS: pytest.StashKey[dict[str, Record]] = pytest.StashKey()
"""What they gathered, by the same names; kept as long as a check may ask for it."""

RESULTS: pytest.StashKey[dict[str, list[CheckResult]]] = pytest.StashKey()
"""The results of this process by the same names, until they are reported."""

REPETITIONS: pytest.StashKey[dict[str, Repetition]] = pytest.StashKey()
"""What ran once more because a check is red, by the same names."""

PARKED: pytest.StashKey[dict[str, Record]] = pytest.StashKey()
"""What was asked for at the end of a run to park what it could not wait for, by the same names."""

EXPLORED: pytest.StashKey[dict[str, tuple[Record, Explored | None]]] = pytest.StashKey()
"""What was asked for to explore the provider, and what was found, by the same names; evidence tells what was asked alone."""

EXPLORED_REQUESTS: pytest.StashKey[dict[str, tuple[Record, ExploredRequests]]] = pytest.StashKey()
"""The same of changed token requests."""

UNPARKED: pytest.StashKey[dict[str, str]] = pytest.StashKey()
"""Why something could not be parked, by the same names: sentences."""

LEFT_OUT: pytest.StashKey[Counter[str]] = pytest.StashKey()
"""How many checks of each profile were collected, and are not to be judged."""

INTERRUPTION: pytest.StashKey[Interruption] = pytest.StashKey()
"""What tells all runs of the session to stop."""

DEFECTS: pytest.StashKey[dict[str, str]] = pytest.StashKey()
"""The defects of ours that kept checks of a profile from being judged twice or beforehand, by the names of profiles."""

EARLIER: pytest.StashKey[tuple[Earlier, tuple[ToDo, ...]]] = pytest.StashKey()
"""The results of the run that was cut short and that this one goes on with, and what is left of it beside that."""

LEFT: pytest.StashKey[tuple[ToDo, ...]] = pytest.StashKey()
"""What an earlier run left to do, and this one takes up."""
