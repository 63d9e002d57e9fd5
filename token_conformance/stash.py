"""Where the run of each profile is kept during a pytest session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from token_conformance.run import Run

RUNS: pytest.StashKey[dict[str, Run]] = pytest.StashKey()
"""The runs of the session by the name of their profile."""
