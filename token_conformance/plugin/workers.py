"""With xdist, all checks of a profile run on one worker, so that its scenarios run once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import pytest

from token_conformance.plugin.interrupting import begin
from token_conformance.plugin.output import report_lost
from token_conformance.plugin.stash import RUNS


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out checks by profile, whatever `--dist` says."""
    runs = config.stash[RUNS]
    if not runs:
        return None
    known = dict.fromkeys(runs)  # in their order, and found at once
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist's own types are not published

    class ByProfile(LoadScopeScheduling):  # type: ignore[misc]  # likewise
        """One profile is one portion of work."""

        def _split_scope(self, nodeid: str) -> str:
            return profile_in(nodeid, known)

        def _assign_work_unit(self, node: Any) -> None:
            """Hand out the next profile; xdist would look for each check from the beginning of all checks."""
            begin(config)
            scope, unit = self.workqueue.popitem(last=False)
            self.assigned_work.setdefault(node, {})[scope] = unit
            left = {nodeid for nodeid, completed in unit.items() if not completed}
            places = enumerate(self.registered_collections[node])
            node.send_runtest_some([place for place, nodeid in places if nodeid in left])

        def remove_node(self, node: Any) -> None:
            """Hand out the profiles of a worker that died to others, except for the one at which it died.

            xdist would have that one tested from its beginning, without the check at which the worker died.
            """
            work = self.assigned_work.pop(node)
            done = tuple(scope for scope, unit in work.items() if all(unit.values()))
            left = {scope: unit for scope, unit in work.items() if scope not in done}
            if getattr(node, "workeroutput", None) is not None:
                return
            begun = next(iter(left), None)
            report_lost(begun, done, node.gateway.id, config)
            self.workqueue.update({scope: unit for scope, unit in left.items() if scope != begun})
            for other in self.assigned_work:
                self._reschedule(other)

    return ByProfile(config, log)


def profile_in(nodeid: str, names: Collection[str]) -> str:
    """The profile that a check's id names among its parameters; where there is but one, ids name none."""
    return next((part for part in _parts(nodeid) if part in names), next(iter(names)))


def without_profile(nodeid: str, name: str) -> str:
    """A check's id as it is where there is but one profile."""
    return _parameter(name).sub("", nodeid).removesuffix("[]") if "[" in nodeid else nodeid


def _parts(nodeid: str) -> Iterator[str]:
    """What may be the name of a profile: all parameters of an id, what ends them, and what they begin with."""
    _, _, parameters = nodeid.removesuffix("]").partition("[")
    dashes = [place for place, character in enumerate(parameters) if character == "-"]
    yield parameters
    yield from (parameters[place + 1 :] for place in dashes)
    yield from (parameters[:place] for place in reversed(dashes))


@cache
def _parameter(name: str) -> re.Pattern[str]:
    return re.compile(rf"-{re.escape(name)}(?=\])|(?<=\[){re.escape(name)}(?:-|(?=\]))")
