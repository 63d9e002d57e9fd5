"""With xdist, all checks of a profile run on one worker, so that its scenarios run once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from token_conformance.plugin.stash import RUNS


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out checks by profile, whatever `--dist` says."""
    runs = config.stash[RUNS]
    names = tuple(runs)
    if not names:
        return None
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist's own types are not published

    class ByProfile(LoadScopeScheduling):  # type: ignore[misc]  # likewise
        """One profile is one portion of work."""

        def _split_scope(self, nodeid: str) -> str:
            return profile_in(nodeid, names)

    return ByProfile(config, log)


def profile_in(nodeid: str, names: Iterable[str]) -> str:
    """The profile that a check's id names among its parameters; where there is but one, ids name none."""
    first, *others = names
    return next((name for name in (first, *others) if _parameter(name).search(nodeid)), first)


def without_profile(nodeid: str, name: str) -> str:
    """A check's id as it is where there is but one profile."""
    return re.sub(r"\[\]$", "", _parameter(name).sub("", nodeid))


def _parameter(name: str) -> re.Pattern[str]:
    return re.compile(rf"-{re.escape(name)}(?=\])|(?<=\[){re.escape(name)}(?:-|(?=\]))")
