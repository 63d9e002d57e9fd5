"""A login may end a session for a limit that no specification speaks of, as far as no session has outlived as much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.oracle.histories import CALLBACK, INVALID_GRANT, ME, OTHER, SCOPE, History, profile, tokens
from token_conformance.oracle.events import Asker, Authorization, CodeGiven, Served, TokenRequest
from token_conformance.oracle.judgements import Ruling
from token_conformance.profile.models import Profile

BLAMELESS = []


def of_two_users() -> History:
    """A provider at which two users log in."""
    described = profile().model_dump(exclude_unset=True)
    described["login"]["users"] = [{"username": "bob", "password": "another passphrase"}]
    return History(Profile.model_validate(described))


def login_as(history: History, user: str, name: str, client: Asker = ME) -> str:
    """A user logs in by a form, in a browser of their own."""
    form = history.note(None, Served())
    history.events[-1] = replace_id(form, name, user=user)
    given = history.note(
        Authorization(client.client_id, f"state of {name}", CALLBACK, SCOPE),
        CodeGiven(f"code of {name}", f"state of {name}"),
    )
    history.events[-1] = replace_id(given, name)
    history.exchange(f"code of {name}", tokens(name, 0), asker=client)
    return f"refresh {name} 0"


def replace_id(event, name: str, **changes):
    return replace(event, id=f"{name}/{event.id.rpartition('/')[2]}", **changes)


def test_a_session_that_was_renewed_after_one_login_may_end_at_the_next():
    """Two are kept: the first one outlives the second, and is renewed, and not the third."""
    history = History()
    first = history.login("A")
    history.login("B")
    history.refresh(first, tokens("A", 1))
    history.login("C")
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE
    assert history.forbidden == BLAMELESS


def test_a_session_with_no_more_others_than_one_has_outlived_has_to_live():
    """The second one is no worse off than the first was, and whoever was not the newest is not ended as that."""
    history = History()
    history.login("A")
    history.login("B")
    history.refresh("refresh B 0", tokens("B", 1))
    history.login("C")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh B 1", tokens("B", 2))
    history.login("D")
    history.refresh("refresh B 2", INVALID_GRANT)
    assert history.violated == "session-chain"


def test_what_was_revoked_takes_no_place():
    """A session outlives two later ones of which the first was over: that tells nothing of two at once."""
    history = History()
    history.login("A")
    history.login("B")
    history.revoke("refresh B 0")
    history.login("C")
    history.refresh("refresh A 0", tokens("A", 1))
    history.login("D")
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.forbidden == BLAMELESS


def test_the_newest_may_go():
    """Of three the one before goes; the first, which outlives all of them, shows nothing of that."""
    history = History()
    history.login("A")
    history.login("B")
    history.refresh("refresh A 0", tokens("A", 1))
    history.login("C")
    history.refresh("refresh A 1", tokens("A", 2))
    history.refresh("refresh B 0", INVALID_GRANT)
    assert history.forbidden == BLAMELESS


def test_the_one_that_was_idle_longest_may_go():
    """Of two the second goes, since the first was renewed after it."""
    history = History()
    history.login("A")
    history.login("B")
    history.refresh("refresh A 0", tokens("A", 1))
    history.login("C")
    history.refresh("refresh B 0", tokens("B", 1))
    history.refresh("refresh C 0", tokens("C", 1))
    history.login("D")
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.forbidden == BLAMELESS


def test_a_login_at_another_client_may_end_a_session():
    history = History()
    history.login("A")
    history.login("B")
    history.refresh("refresh A 0", tokens("A", 1))
    history.login("C", OTHER)
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE


def test_a_login_at_another_client_that_a_session_outlives_ends_no_other():
    history = History()
    history.login("A")
    history.login("B", OTHER)
    history.refresh("refresh A 0", tokens("A", 1))
    history.revoke("refresh B 0", client=OTHER)
    history.login("C", OTHER)
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.ruling is Ruling.FORBIDDEN


def test_that_a_login_is_outlived_which_is_still_under_way_shows_nothing():
    history = History()
    history.login("A")
    code = history.authorize("B")
    history.note(
        TokenRequest("authorization_code", credential=code, asker=ME, redirect_uri=CALLBACK), tokens("B", 0), lasts=2.0
    )
    history.refresh("refresh A 0", tokens("A", 1))
    history.wait(3)
    history.login("C")
    history.refresh("refresh B 0", INVALID_GRANT)
    assert history.forbidden == BLAMELESS


def test_logins_at_once_show_nothing_of_each_other():
    """Each may have been the later one."""
    history = History()
    codes = [history.authorize(name) for name in "AB"]
    for name, code in zip("AB", codes, strict=True):
        history.now -= 0.45
        history.note(
            TokenRequest("authorization_code", credential=code, asker=ME, redirect_uri=CALLBACK), tokens(name, 0)
        )
    history.wait(1)
    history.refresh("refresh B 0", tokens("B", 1))
    history.refresh("refresh A 0", INVALID_GRANT)
    assert history.forbidden == BLAMELESS


def test_the_login_of_another_user_is_no_login_of_ones_own():
    """Alice outlives Bob's login, which says nothing of hers."""
    history = of_two_users()
    login_as(history, "alice", "A")
    login_as(history, "bob", "B")
    history.refresh("refresh A 0", tokens("A", 1))
    login_as(history, "alice", "C")
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE


def test_the_login_of_another_user_ends_no_session():
    history = of_two_users()
    login_as(history, "alice", "A")
    login_as(history, "bob", "B")
    history.refresh("refresh A 0", INVALID_GRANT)
    assert history.violated == "rfc6749-6-refresh-succeeds"


def test_users_that_nobody_has_named_may_be_one():
    """Where several log in, and it is not seen who does."""
    history = of_two_users()
    history.login("A")
    history.login("B")
    history.refresh("refresh A 0", tokens("A", 1))
    history.login("C")
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE


@pytest.mark.parametrize("outlived", [True, False])
def test_what_one_session_of_the_user_has_outlived_ends_no_other(outlived):
    """Whether a revocation ends all sessions of the user is the server's matter, and always the same."""
    history = History()
    history.login("A")
    history.login("B")
    history.login("C")
    for name in "AB":
        history.refresh(f"refresh {name} 0", tokens(name, 1))
    history.revoke("refresh C 0")
    if outlived:
        history.refresh("refresh A 1", tokens("A", 2))
        history.login("D")
        history.refresh("refresh A 2", tokens("A", 3))
        history.revoke("refresh D 0")
    history.refresh("refresh B 1", INVALID_GRANT)
    assert history.violated == ("rfc7009-2.1-same-grant" if outlived else None)


def test_the_revocation_of_an_access_token_spares_other_sessions_where_it_spares_its_own():
    """It may end the whole grant (RFC 7009 §2.1), and then its own session first."""
    for own in (tokens("A", 2), INVALID_GRANT):
        history = History()
        history.login("A")
        history.login("B")
        history.refresh("refresh A 0", tokens("A", 1))
        history.revoke("access A 1")
        history.refresh("refresh A 1", own)
        history.refresh("refresh B 0", INVALID_GRANT)
        assert history.violated == ("rfc7009-2.1-same-grant" if own is not INVALID_GRANT else None)
