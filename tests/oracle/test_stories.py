"""The story that leads to a judgement: sentences with names for tokens, and nothing that anybody could present."""

from __future__ import annotations

from tests.oracle.histories import INVALID_GRANT, History, tokens
from token_conformance.oracle.oracle import own_faults
from token_conformance.oracle.stories import MOST, story


def told(history: History) -> list[str]:
    """The sentences of the first story."""
    watched = history.watched
    return [step.told for step in story(watched.forbidden[0], watched)]


def test_a_story_is_told_from_the_login_on():
    """All that befell the session, and nothing of others."""
    history = History()
    history.login("A")
    history.login("B")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh A 0", tokens("A", 2))
    assert told(history) == [
        "the user is asked: code A is handed over",
        "client app exchanges code A: access token A1 and refresh token A1",
        "client app refreshes with refresh token A1: access token A2 and refresh token A2",
        "client app refreshes with refresh token A1: access token A3 and refresh token A3",
    ]


def test_it_names_what_befell_others_where_that_matters():
    """A session that ends because of another one."""
    history = History()
    history.login("A")
    history.login("B")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh A 0", INVALID_GRANT)
    history.refresh("refresh B 0", INVALID_GRANT)
    assert "client app refreshes with refresh token A1: refused by 400 invalid_grant" in told(history)


def test_no_secret_is_told():
    """Tokens have names."""
    history = History()
    history.login("secret")
    history.refresh("refresh secret 0", tokens("secret", 1))
    history.refresh("refresh secret 0", tokens("secret", 2))
    assert "secret" not in " ".join(told(history))


def test_a_long_story_is_shortened():
    """Its beginning and its end."""
    history = History()
    history.login("A")
    for number in range(40):
        history.refresh(f"refresh A {number}", tokens("A", number + 1))
    history.refresh("refresh A 40", INVALID_GRANT)
    assert len(told(history)) <= MOST
    assert told(history)[0].startswith("the user is asked")


def test_what_follows_from_a_broken_session_is_no_fault_of_its_own():
    """One refusal breaks it, and others follow."""
    history = History()
    token = history.login("A")
    history.refresh(token, INVALID_GRANT)
    history.refresh(token, INVALID_GRANT)
    watched = history.watched
    assert len(watched.forbidden) == 2
    assert [each.event.id for each in own_faults(watched)] == ["story/3"]


def test_what_the_oracle_holds_shows_no_secret_of_itself():
    """Whatever prints a history, as a traceback or a debugger does, shows names; and it is soon done with that."""
    history = History()
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh A 0", tokens("A", 2))
    shown = repr(history.watched)
    assert "refresh token A1" in shown
    assert "refresh A 0" not in shown
    assert "code of A" not in shown
