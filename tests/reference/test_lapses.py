"""A lapse comes true when the last of its deeds is done after the others, in this order, and in the same session."""

from __future__ import annotations

import pytest

from token_conformance.reference.documented import User
from token_conformance.reference.lapses import Lapse, ends_the_session, note
from token_conformance.reference.memory import Family, Memory, RefreshToken

ALICE, BOB = (User(name, "password") for name in ("alice", "bob"))
LAPSE = Lapse(("narrowed refresh", "refresh"), ends_the_session)


def family(memory: Memory, name: str, client: str = "app", user: User = ALICE) -> Family:
    begun = Family(client, user, "openid", 0)
    memory.refresh_tokens[name] = RefreshToken(name, begun, "openid", 0, 100)
    return begun


@pytest.mark.parametrize(
    ("deeds", "ended"),
    [
        (["narrowed refresh", "refresh"], True),
        (["narrowed refresh", "use", "introspection", "refresh"], True),
        (["refresh", "narrowed refresh"], False),
        (["refresh"], False),
        (["narrowed refresh"], False),
    ],
)
def test_the_order_counts_and_not_what_comes_between(deeds, ended):
    memory = Memory()
    session = family(memory, "a")
    for deed in deeds:
        note(memory, session, [deed], [LAPSE])
    assert session.revoked == ended


def test_another_session_knows_where_it_was_done():
    memory = Memory()
    mine, other, elsewhere, of_bob = (
        family(memory, "a"),
        family(memory, "b"),
        family(memory, "c", client="second"),
        family(memory, "d", user=BOB),
    )
    note(memory, mine, ["reuse"], [LAPSE])
    assert [each.deeds[-1] for each in (mine, other, elsewhere, of_bob)] == [
        {"reuse"},
        {"reuse in another session"},
        {"reuse at another client"},
        {"reuse by another user"},
    ]


def test_a_server_without_lapses_remembers_nothing():
    memory = Memory()
    session = family(memory, "a")
    note(memory, session, ["refresh"], [])
    assert session.deeds == []
