"""Where a server ends every token of a user for what scenarios do, a live run sees it beforehand, and runs them alone."""

import asyncio

import pytest

from tests.suites.judging import profile_named
from token_conformance.plugin.selection import scenarios_of
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.run import Run
from token_conformance.servers.emulated import EmulatedServer


class OneServer(EmulatedServer):
    """The same reference server for all rows, as a live one is."""

    one = None

    def _server(self):
        self.one = self.one or super()._server()
        return self.one


@pytest.fixture
def rehearsed(checks):
    """The record of what reaches every token of its user, as a live run deals it out, at a reference server with habits."""

    def rehearsed(name="everything", **habits):
        profile = profile_named(name)
        run = Run(name, profile, OneServer(profile, **habits), Redactor())
        far = [each for each in scenarios_of(checks) if each.tried_out]
        return asyncio.run(gather(run, far, lambda *progress: None, rehearsal=True))

    return rehearsed


@pytest.mark.parametrize("name", ["everything", "dpop", "public"])
def test_a_session_outlives_what_is_done_in_others(rehearsed, name):
    """At a server that ends families alone all that was tried out runs at once, and the session that nobody touches lives on."""
    record = rehearsed(name)
    assert record.outcomes["side_by_side"].kept is not None
    assert record.transcript("untouched_session").accepted
    assert not record.doubtful


@pytest.mark.parametrize(
    "habits",
    [
        {"faults": ["refresh-reuse-revokes-user"]},
        {"faults": ["revocation-ends-all-of-a-user"]},
        {"variations": ["revocation-ends-all-of-user-and-client"]},
    ],
    ids=lambda habits: next(iter(habits.values()))[0],
)
def test_what_ends_other_sessions_is_seen_before(rehearsed, habits):
    """The deed is tried out, so that nothing runs beside what does it."""
    record = rehearsed(**habits)
    assert record.outcomes["side_by_side"].kept is None
    assert "untouched_session" not in record.outcomes
