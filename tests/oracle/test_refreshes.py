"""Which refresh token works, and what it yields (RFC 6749 §6, RFC 9700 §4.14.2)."""

from __future__ import annotations

import pytest

from tests.oracle.histories import INVALID_GRANT, OTHER, SCOPE, History, no_answer, profile, tokens
from token_conformance.oracle.events import Asker, Proof, Refused
from token_conformance.oracle.judgements import Ruling
from token_conformance.profile.models import Profile

NOBODY = Asker("app", Proof.ABSENT)


@pytest.fixture
def history() -> History:
    """A session of generation 1."""
    history = History()
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    return history


def test_the_newest_refresh_token_must_work(history):
    """Each one that is handed over works next."""
    history.refresh("refresh A 1", tokens("A", 2))
    assert history.ruling is Ruling.ALLOWED
    history.refresh("refresh A 2", INVALID_GRANT)
    assert history.violated == "session-chain"


def test_a_first_refresh_must_work():
    """The refresh token of a login works."""
    history = History()
    history.refresh(history.login("A"), INVALID_GRANT)
    assert history.violated == "rfc6749-6-refresh-succeeds"


def test_a_used_refresh_token_is_dead(history):
    """The one before, and the one before that."""
    history.refresh("refresh A 0", INVALID_GRANT)
    assert history.ruling is Ruling.ALLOWED
    other = History(events=history.events[:-1], now=history.now)
    other.refresh("refresh A 0", tokens("A", 2))
    assert other.violated == "rfc9700-4.14.2-old-token-refused"
    other = History(events=history.events[:-1], now=history.now)
    other.refresh("refresh A 1", tokens("A", 2))
    other.refresh("refresh A 0", tokens("A", 3))
    assert other.violated == "rfc9700-4.14.2-grandparent-refused"


def test_a_used_refresh_token_lives_where_the_profile_documents_that():
    """A documented deviation is told by its check, and everything that comes of it is none of the oracle's."""
    documented = {
        "requirement": "rfc9700-4.14.2-old-token-refused",
        "expect": {"accepted": True},
        "because": "the documentation says so",
    }
    given = profile().model_dump(exclude_unset=True)
    history = History(Profile.model_validate({**given, "deviations": [documented]}))
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh A 0", tokens("A", 2))
    assert history.ruling is Ruling.ALLOWED
    history.introspect("refresh A 0", active=True)
    assert history.ruling is Ruling.ALLOWED


def test_reuse_ends_the_family_and_no_other(history):
    """The newest token dies of it, and that of another login does not."""
    other = history.login("B")
    history.refresh("refresh A 0", INVALID_GRANT)
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.ruling is Ruling.ALLOWED
    history.refresh("refresh A 1", tokens("A", 2))
    assert history.violated == "rfc9700-4.14.2-reuse-revokes-family"
    history.refresh(other, INVALID_GRANT)
    assert history.violated == "rotation-family-is-one-grant"


def test_a_lost_session_is_put_down_to_what_befell_its_user_at_its_client(history):
    """Rather than to what another client did with a session of its own, however much later that was."""
    other = history.login("B")
    elsewhere = history.login("C", OTHER)
    history.refresh(other, tokens("B", 1))  # it outlives that login
    history.refresh("refresh A 0", INVALID_GRANT)
    history.revoke(elsewhere, client=OTHER)
    history.refresh("refresh B 1", INVALID_GRANT)
    assert history.violated == "rotation-family-is-one-grant"


def test_a_session_that_another_client_s_revocation_ended_is_put_down_to_that(history):
    """Where nothing else has happened."""
    elsewhere = history.login("C", OTHER)
    history.refresh("refresh A 1", tokens("A", 2))  # sessions outlive such a login
    history.revoke(elsewhere, client=OTHER)
    history.refresh("refresh A 2", INVALID_GRANT)
    assert history.violated == "rfc7009-2.1-same-grant"


def test_a_documented_grace_is_one():
    """Within it the used token works or not, outside it must not."""
    history = History(profile(reuse_grace=10))
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh A 0", tokens("A", 2))
    assert history.ruling is Ruling.ALLOWED
    history.wait(10)
    history.refresh("refresh A 0", tokens("A", 3))
    assert history.violated == "rfc9700-4.14.2-old-token-refused"


def test_where_nobody_knows_the_grace_a_minute_is_allowed():
    """No grace that is known is longer than a minute."""
    history = History(profile(reuse_grace="unknown"))
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.wait(50)
    history.refresh("refresh A 0", tokens("A", 2))
    assert history.forbidden == []
    history.wait(30)
    history.refresh("refresh A 0", tokens("A", 3))
    assert history.violated == "rfc9700-4.14.2-old-token-refused"


def test_until_used_means_until_its_successor_is_used():
    """A documented grace without an end in time."""
    history = History(profile(reuse_grace="until-used"))
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.wait(1000)
    history.refresh("refresh A 0", tokens("A", 2))
    assert history.forbidden == []
    history.refresh("refresh A 2", tokens("A", 3))
    history.refresh("refresh A 0", tokens("A", 4))
    assert history.violated is not None


def test_who_is_not_let_in_was_not_refused_for_the_token(history):
    """A server that does not know the client has not looked at what it presents."""
    history.refresh("refresh A 1", Refused("invalid_client", 401))
    assert history.ruling is Ruling.UNDECIDABLE


@pytest.mark.parametrize(
    ("attempt", "answered", "blamed"),
    [
        ({"asker": OTHER}, INVALID_GRANT, "rfc6749-6-foreign-use-harmless"),
        ({"asker": NOBODY}, Refused("invalid_client", 401), "rfc6749-6-client-authentication-required"),
        ({"scope": SCOPE | {"admin"}}, Refused("invalid_scope", 400), "session-no-stranding"),
        ({"peculiar": "its address has a query"}, Refused("invalid_request", 400), "session-chain"),
    ],
    ids=["another client", "no client", "more scope", "an odd request"],
)
def test_wrong_attempts_do_no_harm(history, attempt, answered, blamed):
    """An attempt that is refused for itself leaves the token alone."""
    history.refresh("refresh A 1", answered, **attempt)
    assert history.forbidden == []
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.violated == blamed


@pytest.mark.parametrize(
    ("attempt", "requirement"),
    [
        ({"asker": OTHER}, "rfc6749-6-bound-to-client"),
        ({"asker": NOBODY}, "rfc6749-6-client-authentication-required"),
        ({"scope": SCOPE | {"admin"}}, "rfc6749-6-scope-not-exceeded"),
    ],
    ids=["another client", "no client", "more scope"],
)
def test_wrong_attempts_are_not_served(history, attempt, requirement):
    """A token for its client, and no more than was granted."""
    yielded = tokens("A", 2, scope=attempt.get("scope", SCOPE))
    history.refresh("refresh A 1", yielded, **attempt)
    assert history.violated == requirement


def test_a_scope_that_is_refused_is_put_down_to_nothing_else(history):
    """Who refuses less scope by invalid_scope does so whatever befell the token before."""
    history.refresh("refresh A 1", INVALID_GRANT, asker=OTHER)
    history.refresh("refresh A 1", Refused("invalid_scope", 400), scope=frozenset({"openid"}))
    assert history.violated == "rfc6749-6-scope-narrowing-honoured"


def test_narrowing_is_for_one_token(history):
    """The next refresh without scope means the original one again."""
    history.refresh("refresh A 1", tokens("A", 2, scope=frozenset({"openid"})), scope=frozenset({"openid"}))
    assert history.forbidden == []
    history.refresh("refresh A 2", tokens("A", 3, scope=frozenset({"openid"})))
    assert history.violated == "rfc6749-6-narrowing-does-not-shrink-grant"


def test_scope_may_not_come_back_wider_two_refreshes_later(history):
    """What was never granted is not granted by the third refresh either."""
    history.refresh("refresh A 1", tokens("A", 2))
    history.refresh("refresh A 2", tokens("A", 3, scope=SCOPE | {"admin"}))
    assert history.violated == "rfc6749-6-scope-not-exceeded"


def test_an_answer_that_was_lost_leaves_both_possible(history):
    """The client goes on with the old token, which may be used up."""
    history.refresh("refresh A 1", no_answer())
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE


def test_a_documented_life_ends():
    """After it the token must not work; long before it must."""
    history = History(profile(lifetime=7200, lifetime_from="rotation"))
    first = history.login("A")
    history.wait(3600)
    history.refresh(first, INVALID_GRANT)
    assert history.violated == "refresh-token-lifetime-as-documented"
    second = history.login("B")
    history.wait(7300)
    history.refresh(second, tokens("B", 1))
    assert history.violated == "rfc6749-expiry-refresh-token"


def test_an_expired_token_does_not_come_to_life_again():
    """It was refused, and works at the second try."""
    history = History(profile(lifetime=600, lifetime_from="rotation"))
    token = history.login("A")
    history.wait(700)
    history.refresh(token, INVALID_GRANT)
    history.refresh(token, tokens("A", 1))
    assert ("expiry-final", history.events[-1].id) in history.forbidden


def test_an_unknown_life_explains_a_late_refusal():
    """Nobody knows whether the token lives for an hour, until one has been seen that did."""
    history = History()
    first = history.login("A")
    history.wait(3600)
    history.refresh(first, INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE
    second = history.login("B")
    history.wait(4000)
    history.refresh(second, tokens("B", 1))
    assert ("rfc6749-6-refresh-succeeds", history.events[2].id) in history.forbidden


def test_a_later_login_explains_a_refusal_until_a_session_has_outlived_one():
    """Some servers keep one session for a user; this one does not, as another session shows."""
    history = History()
    first = history.login("A")
    second = history.login("B")
    history.refresh(first, INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE
    history.login("C")
    history.refresh(second, tokens("B", 1))
    assert history.forbidden == [("rfc6749-6-refresh-succeeds", "story/5")]


def test_tokens_are_of_one_session(history):
    """A refresh does not hand over what another session has."""
    history.login("B")
    history.refresh("refresh A 1", tokens("A", 2, refresh_token="refresh B 0"))
    assert history.violated == "token-unique"


def test_other_kinds_of_tokens_do_not_refresh(history):
    """An access token is no refresh token."""
    history.refresh("access A 1", tokens("B", 0))
    assert history.violated == "rfc6749-6-other-token-refused"


def test_where_nothing_rotates_the_token_stays(history):
    """A token that is handed over again is good again; documented rotation is another matter."""
    kept = History(profile(rotation="never"))
    kept.login("A")
    kept.refresh("refresh A 0", tokens("A", 1, refresh_token="refresh A 0"))
    kept.refresh("refresh A 0", tokens("A", 2, refresh_token=None))
    assert kept.forbidden == []
    kept.refresh("refresh A 0", INVALID_GRANT)
    assert kept.violated == "session-no-stranding"


def test_two_at_once_have_one_winner(history):
    """In whichever order two refreshes came, the second one was too late, unless both yield the same."""
    history.refresh("refresh A 1", tokens("A", 2), lasts=2.0)
    history.refresh("refresh A 1", tokens("A", 3))
    assert history.violated == "rotation-parallel-refresh"


def test_two_at_once_may_share_a_successor(history):
    """The same next token for all is one line."""
    history.refresh("refresh A 1", tokens("A", 2), lasts=2.0)
    history.refresh("refresh A 1", tokens("A", 3, refresh_token="refresh A 2"))
    assert history.forbidden == []


@pytest.mark.parametrize("first_wins", [True, False])
def test_a_race_may_be_lost_in_any_order(history, first_wins):
    """The loser may be the one that began earlier, and ended earlier: the other one came first all the same."""
    won, lost = tokens("A", 2), INVALID_GRANT
    history.refresh("refresh A 1", won if first_wins else lost, lasts=0.7)
    history.refresh("refresh A 1", lost if first_wins else won)
    assert history.forbidden == []


def test_what_follows_a_race_nobody_can_tell(history):
    """The loser may count as reuse, which ends the session, or may not."""
    history.refresh("refresh A 1", tokens("A", 2), lasts=0.7)
    history.refresh("refresh A 1", INVALID_GRANT)
    history.wait(1)
    history.refresh("refresh A 2", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE


def test_what_holds_of_one_used_token_holds_of_the_next():
    """Where nobody says when a used refresh token dies, one that was refused sooner tells that the other should be."""
    history = History(profile(rotation="unknown", reuse_grace="unknown"))
    for name in ("A", "B"):
        history.login(name)
        history.refresh(f"refresh {name} 0", tokens(name, 1))
    history.wait(5)
    history.refresh("refresh A 0", INVALID_GRANT)
    assert history.forbidden == []
    history.wait(5)
    history.refresh("refresh B 0", tokens("B", 2))
    assert history.violated == "session-depth"


def test_a_grace_in_which_one_works_is_one_for_others_as_well():
    """Sooner is allowed, whatever became of a later one; and so is a second use beside a third one that was refused."""
    history = History(profile(rotation="unknown", reuse_grace="unknown"))
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.refresh("refresh A 0", tokens("A", 2))
    history.refresh("refresh A 0", INVALID_GRANT)
    history.login("B")
    history.refresh("refresh B 0", tokens("B", 1))
    history.wait(20)
    history.refresh("refresh B 0", tokens("B", 2))
    assert history.forbidden == []


def test_late_answers_have_the_members_of_the_first(history):
    """Each refresh tells what the first one told."""
    history.refresh("refresh A 1", tokens("A", 2, expires_in=None))
    assert history.violated == "session-depth"


def test_an_empty_scope_costs_no_member(history):
    """What an empty scope alone is answered with less of was not taken as omitted."""
    history.refresh("refresh A 1", tokens("A", 2, scope=None), scope_empty=True)
    assert history.violated == "rfc6749-3.2-empty-omitted"


def test_what_a_changed_token_does_to_the_right_one_nobody_knows():
    """A server that takes the one for the other has used up the other."""
    history = History()
    history.login("of the first session")
    history.refresh("refresh of the first session X", tokens("B", 0))
    assert history.violated == "rfc6749-6-unknown-token-refused"
    history.refresh("refresh of the first session 0", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE


def test_tokens_that_begin_alike_are_different_ones():
    """As JWTs do, and tokens with a prefix: one from elsewhere is no changed one."""
    history = History(closed=False)
    history.login("A")
    history.refresh("refresh Q 0 from another machine", tokens("B", 0))
    assert history.forbidden == []


@pytest.mark.parametrize(("age", "violated"), [(0, None), (20, "rotation-as-documented")])
def test_a_token_as_young_as_the_grace_may_come_again(age, violated):
    """A server hands the newest token out again within it, as it would answer a retry; an older one has to rotate."""
    history = History(profile(reuse_grace=10))
    token = history.login("A")
    history.wait(age)
    history.refresh(token, tokens("A", 1, refresh_token=token))
    assert history.violated == violated


def test_a_used_token_that_was_revoked_need_not_be_known_any_more():
    """A server may delete it, and so not learn of its reuse."""
    history = History()
    history.login("A")
    history.refresh("refresh A 0", tokens("A", 1))
    history.revoke("refresh A 0")
    history.refresh("refresh A 0", INVALID_GRANT)
    history.refresh("refresh A 1", tokens("A", 2))
    assert history.forbidden == []


@pytest.mark.parametrize("loser_first", [True, False])
def test_the_loser_of_a_race_may_end_the_session(loser_first):
    """Whichever of the two began first: it may have reached the server as the second, and be taken for a reuse."""
    history = History()
    history.login("A")
    answers = [INVALID_GRANT, tokens("A", 1)]
    for answer in answers if loser_first else reversed(answers):
        history.refresh("refresh A 0", answer, lasts=0.9)
    history.wait(1)
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.forbidden == []
    assert history.ruling is Ruling.UNDECIDABLE
