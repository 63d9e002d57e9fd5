"""A history that grows is judged as the whole of it is, whatever was said of its beginning."""

from __future__ import annotations

from dataclasses import fields
from random import Random

import pytest

from tests.exploring.explored import explore
from tests.oracle.histories import INVALID_GRANT, History, tokens
from tests.suites.judging import profile_named
from token_conformance.oracle.endpoints import addresses
from token_conformance.oracle.events import Event, Served
from token_conformance.oracle.oracle import Onlooker, Watched, watch
from token_conformance.oracle.policy import Learned, Reuse
from token_conformance.oracle.recognition import events

KINDS = {
    "sound": ((), ()),
    "reuse accepted late": (("refresh-use-forgotten",), ()),
    "another session revived": (("login-revives-grants",), ()),
    "another user's sessions ended": (("revocation-ends-all-of-a-user",), ()),
    "one session at a time": ((), ("one-session-per-user-and-client",)),
}


def said(history: Watched) -> list[tuple[object, ...]]:
    """All that is said of a history, by the names of its tokens and exchanges."""
    return [
        (
            each.event.id,
            each.ruling,
            each.requirement,
            each.told,
            str(each.token),
            tuple(culprit.id for culprit in each.culprits),
        )
        for each in history.judgements
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_piece_by_piece_it_says_what_it_says_of_the_whole(kind):
    """In sessions that befall one another, at servers whose ways show late."""
    faults, variations = KINDS[kind]
    record, _ = explore(faults, variations, requests=100)
    profile, chance = profile_named("everything"), Random(1)  # noqa: S311 - nothing secret is drawn
    happened = events(record.exchanges, profile, addresses(profile, record.exchanges))
    onlooker, read = Onlooker(profile), 0
    while read < len(happened):
        read += chance.randint(1, 30)
        grown = onlooker.watch(happened[:read])
        assert said(grown) == said(watch(happened[:read], profile))


def test_what_shows_late_is_held_against_what_was_allowed():
    """A used token that works is no finding in its grace; that another one was refused sooner shows that there is none."""
    history = History()
    first = history.login("first")
    history.refresh(first, tokens("first", 1))
    history.refresh("refresh first 1", tokens("first", 2), lasts=0.5)
    onlooker = Onlooker(history.profile)
    before = onlooker.watch(list(history.events))
    history.refresh("refresh first 1", INVALID_GRANT)
    history.refresh("refresh first 2", tokens("first", 3))
    after = onlooker.watch(list(history.events))
    assert said(after) == said(watch(history.events, history.profile))
    assert said(after)[: len(before.judgements)] == said(before)
    assert after.forbidden


def test_events_that_come_between_are_read_in_their_order():
    history = History()
    history.login("first")
    onlooker = Onlooker(history.profile)
    onlooker.watch(history.events[1:])
    assert said(onlooker.watch(history.events)) == said(watch(history.events, history.profile))


HAPPENED = Event("story/1", 0.0, 0.1, None, Served())

SHOWN = {
    "graced": True,
    "outlived": {("app", "login", "younger", "anywhere"): 1},
    "spared": {("app", "replay of a code")},
    "ages": {"app": 60.0},
    "told_of": {("app", "refresh token")},
    "open": {"https://op.example/resource"},
    "guarded": {"https://op.example/resource"},
    "takes": {("https://op.example/resource", "app")},
    "reuses": {"app": [Reuse(HAPPENED, 1.0, 1, confirmed=False)]},
    "gap": HAPPENED,
    "verifies": True,
}
"""What a history can show of each of a provider's ways; revocations that fail count where none was done."""


def test_whatever_is_learned_has_its_beginning_judged_anew():
    """A way that was left out would be held against what came later alone."""
    assert SHOWN.keys() | {"revocations", "failed_revocations"} == {each.name for each in fields(Learned)}
    untold = [name for name, shown in SHOWN.items() if Learned(**{name: shown}).telling == Learned().telling]
    assert untold == []
    assert Learned(failed_revocations=2).telling != Learned(failed_revocations=2, revocations=1).telling
