"""A request that is held against a control differs from it in one thing, whatever is fresh in both.

What is drawn or issued anew is compared by where it comes from, as the server remembers it; see `watched.py`.
"""

from __future__ import annotations

import pytest

from tests.suites.differences import differences, unlike
from tests.suites.judging import name_of, profile_named, recorded
from tests.suites.sabotage import SABOTAGES
from tests.suites.watched import WatchedServer
from token_conformance.judging.refusal import Comparison
from token_conformance.plugin.repeating import outcome_of
from token_conformance.plugin.selection import scenarios_of
from token_conformance.running.scenario import Scenario

PROFILES = [
    "everything",
    "hybrid",
    "public",
    "without-pkce",
    "oauth21",
    "by-device",
    "signing",
    "signing-by-secret",
    "signing-fapi2",
    "dpop",
    "dpop-public",
    "mutual_tls",
    "mutual_tls_public",
]


def watched(profile, scenarios):
    """The record of scenarios at a watched server, and the parts of all its exchanges."""
    described = profile_named(profile)
    server = WatchedServer(described)
    record = recorded(described, server, scenarios)
    return record, server.notes.of(sorted(record.exchanges, key=lambda exchange: exchange.started))


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_compared_differs_in_one_thing(checks, profile):
    """No check holds a request against a control that differs in two things, or a refusal against its very request."""
    record, parts = watched(profile, scenarios_of(checks))
    pairs = [(name_of(check), pair) for check in checks for pair in outcome_of(check, record).compared]
    twofold = {
        f"{name}: {pair.attempt} beside {pair.control.id}": sorted(names)
        for name, pair in pairs
        if (names := unlike(pair, parts))
    }
    assert twofold == {}
    alike = {
        f"{name}: {pair.attempt} beside {pair.control.id}"
        for name, pair in pairs
        if pair.attempt.answer.status >= 400 and not differences(parts[pair.attempt], parts[pair.control])
    }
    assert alike == set(), "refused, and nothing tells them from their accepted controls"
    assert len(pairs) > 100, "hardly anything is compared: the checks do not say what they hold against each other"


@pytest.mark.parametrize("name", SABOTAGES)
def test_two_differences_are_seen(name):
    """A scenario whose request differs in two things is found out, and by both of them."""
    sabotage = SABOTAGES[name]
    record, parts = watched(sabotage.profile, [Scenario(sabotage.perform.__name__, sabotage.perform)])
    attempt, control = record.transcript(sabotage.perform.__name__)
    assert unlike(Comparison(attempt, control), parts) == sabotage.differs
    assert unlike(Comparison(attempt, control, tuple(sabotage.differs)), parts) == set()


@pytest.mark.parametrize("part", ["user", "resources", "challenge", "audience", "decision"])
def test_where_a_token_comes_from_is_compared(part):
    """What is known of a code or token beyond the requests of these scenarios makes a difference too."""
    one, other = {"code: kind": "code", f"code: {part}": "one"}, {"code: kind": "code", f"code: {part}": "other"}
    assert differences(one, other) == {f"code: {part}"}
