"""Where the run of each profile is kept during a pytest session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from token_conformance.run import Run
    from token_conformance.todo import ToDo

RUNS: pytest.StashKey[dict[str, Run]] = pytest.StashKey()
"""The runs of the session by the name of their profile."""

LEFT: pytest.StashKey[tuple[ToDo, ...]] = pytest.StashKey()
"""What an earlier run left to do, and this one takes up."""
