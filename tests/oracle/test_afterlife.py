"""Revocation (RFC 7009), introspection (RFC 7662), and the use of access tokens (RFC 6750)."""

from __future__ import annotations

import pytest

from tests.oracle.histories import INVALID_GRANT, OTHER, RESOURCE, History, profile, tokens
from token_conformance.oracle.events import Asker, Proof, Refused, Served, Use
from token_conformance.oracle.judgements import Ruling
from token_conformance.profile.models import Profile


@pytest.fixture
def history() -> History:
    """Two sessions, of which one has outlived the login of the other, at a resource that guards itself."""
    history = History()
    first = history.login("A")
    history.login("B")
    history.refresh(first, tokens("A", 1))
    history.use(None, 401)
    history.use("access A 1", 200)
    return history


def test_a_revoked_refresh_token_is_dead_and_others_live(history):
    """The other session of the same user may be the same grant; that of another client is not."""
    other = history.login("C", OTHER)
    history.revoke("refresh A 1")
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.ruling is Ruling.ALLOWED
    history.refresh("refresh B 0", INVALID_GRANT)
    assert history.ruling is Ruling.UNDECIDABLE
    history.refresh(other, INVALID_GRANT, asker=OTHER)
    assert history.violated == "rfc7009-2.1-same-grant"
    history.refresh("refresh A 1", tokens("A", 2))
    assert history.violated == "rfc7009-2-refresh-token-revoked"


def test_with_its_refresh_token_an_access_token_dies(history):
    """Where resources look it up."""
    history.revoke("refresh A 1")
    history.use("access A 1", 200)
    assert history.violated == "rfc7009-2.1-refresh-kills-access"


def test_a_revoked_access_token_is_dead(history):
    """A JWT may live on at a resource that reads it by itself."""
    history.revoke("access A 1")
    history.use("access A 1", 200)
    assert history.violated == "rfc7009-2-access-token-revoked"
    jwt = History()
    jwt.exchange(jwt.authorize("A"), tokens("A", 0, access_token="a.b.c"))
    jwt.use(None, 401)
    jwt.revoke("a.b.c")
    jwt.use("a.b.c", 200)
    assert jwt.forbidden == []


@pytest.mark.parametrize(
    ("client", "blamed"),
    [(OTHER, "rfc7009-2.1-foreign-token"), (Asker("app", Proof.WRONG), "rfc7009-2.1-client-authentication")],
)
def test_nobody_else_revokes(history, client, blamed):
    """What answer a stranger gets does not matter: the token has to live."""
    history.revoke("refresh A 1", Refused("invalid_client", 401), client=client)
    history.refresh("refresh A 1", INVALID_GRANT)
    assert history.violated == blamed


def test_a_wrong_hint_does_not_save_a_token(history):
    """The server has to look on (RFC 7009 §2.1)."""
    history.revoke("refresh A 1", hint="access_token")
    history.refresh("refresh A 1", tokens("A", 2))
    assert history.violated == "rfc7009-2.1-hint"


def test_a_server_may_not_revoke_access_tokens(history):
    """It says so, and the token lives on."""
    history.revoke("access A 1", Refused("unsupported_token_type", 400))
    history.use("access A 1", 200)
    assert history.forbidden == []


def test_introspection_may_call_a_replaced_token_either_in_its_grace():
    """RFC 7662 §2.2 leaves to the server what it calls active: a used token may be none, though a retry is served."""
    history = History(profile(reuse_grace=10))
    history.login("A")
    history.introspect("refresh A 0", active=True)
    history.refresh("refresh A 0", tokens("A", 1))
    history.introspect("refresh A 0", active=False)
    assert history.ruling is Ruling.UNDECIDABLE
    history.introspect("refresh A 0", active=True)
    assert history.ruling is Ruling.ALLOWED


def test_introspection_tells_the_truth_of_a_session_that_outlives_a_reuse(history):
    """That the session goes on is the finding; that introspection says so is none beside it."""
    history.introspect("refresh A 1", active=True)
    history.refresh("refresh A 0", INVALID_GRANT)
    history.introspect("refresh A 1", active=True)
    assert history.violated == "rfc9700-4.14.2-reuse-revokes-family"


def test_introspection_agrees_with_what_is_known(history):
    """Dead tokens are not active, and living ones are, for whom has been told of such."""
    history.introspect("access A 1", active=False)
    assert history.ruling is Ruling.UNDECIDABLE
    history.introspect("access B 0", active=True)
    assert history.forbidden == [("rfc7662-2.2-active", history.events[-2].id)]
    history.introspect("access A 1", active=False, client=OTHER)
    assert history.ruling is Ruling.ALLOWED
    history.introspect("refresh A 0", active=True)
    assert history.violated == "rfc7662-2.2-inactive-shape"


def test_who_is_told_of_refresh_tokens_need_not_be_told_of_access_tokens(history):
    """These are for resources, and a server may leave a client out that is none of them (RFC 7662 §2.2)."""
    history.introspect("refresh A 1", active=True)
    history.introspect("access A 1", active=False)
    assert history.ruling is Ruling.UNDECIDABLE


def test_introspection_tells_the_truth(history):
    """Whose a token is, and until when it lives."""
    history.introspect("access A 1", active=True, client_id="second")
    assert history.violated == "rfc7662-2.2-truth"
    history.introspect("access A 1", active=True, client_id="app", exp=history.now + 3598)
    assert history.ruling is Ruling.ALLOWED
    history.introspect("access A 1", active=True, exp=history.now + 7200)
    assert history.violated == "rfc7662-2.2-truth"


def test_an_access_token_lives_as_long_as_told(history):
    """An hour, neither less nor more."""
    history.wait(3000)
    history.use("access A 1", 401)
    assert history.violated == "rfc6749-5.1-expires-in-true"
    history.wait(700)
    history.use("access A 1", 200)
    assert history.violated == "rfc6750-3.1-expired-access-token"


def test_what_a_renewal_does_to_the_access_token_before_nobody_knows(history):
    """Unless it is documented."""
    history.use("access A 0", 401)
    assert history.ruling is Ruling.UNDECIDABLE
    described = profile().model_copy(deep=True)
    documented = History(
        described.model_validate(
            {**described.model_dump(exclude_unset=True), "tokens": {"access_token_after_refresh": "revoked"}}
        )
    )
    documented.login("A")
    documented.use(None, 401)
    documented.refresh("refresh A 0", tokens("A", 1))
    documented.use("access A 0", 200)
    assert documented.violated == "session-old-access-token"


@pytest.mark.parametrize("kept", [None, "refresh A 0"], ids=["not told", "told again"])
@pytest.mark.parametrize(
    ("documented", "refused", "accepted"),
    [
        ("unknown", None, None),
        ("revoked", None, "session-old-access-token"),
        ("lives", "session-old-access-token", None),
    ],
)
def test_each_renewal_by_a_kept_refresh_token_is_one(kept, documented, refused, accepted):
    """The access token of the second is renewed by the third, though one refresh token has yielded both."""
    described = profile(rotation="never").model_dump(exclude_unset=True)
    described["tokens"] = {"access_token_after_refresh": documented}
    for status, requirement in ((401, refused), (200, accepted)):
        history = History(Profile.model_validate(described))
        history.login("A")
        history.use(None, 401)
        history.use("access A 0", 200)
        for number in (1, 2, 3):
            history.refresh("refresh A 0", tokens("A", number, refresh_token=kept))
        history.use("access A 2", status)
        assert history.violated == requirement


def test_the_last_access_token_by_a_kept_refresh_token_has_to_live():
    """Nothing has renewed it."""
    history = History(profile(rotation="never"))
    history.login("A")
    history.use(None, 401)
    history.use("access A 0", 200)
    for number in (1, 2, 3):
        history.refresh("refresh A 0", tokens("A", number, refresh_token=None))
    history.use("access A 3", 401)
    assert history.violated == "session-new-access-token"


@pytest.mark.parametrize(
    ("token", "requirement"),
    [
        ("refresh A 1", "rfc6749-1.5-refresh-token-for-itself"),
        ("ACCESS A 1", "rfc6749-7-tampered-access-token"),
        ("made up", "rfc6749-7-tampered-access-token"),
    ],
)
def test_a_guarded_resource_takes_access_tokens_alone(history, token, requirement):
    """Whatever else it takes."""
    history.use(token, 200)
    assert history.violated == requirement


def test_an_open_resource_judges_nobody(history):
    """Who lets everybody in is no control."""
    history.use(None, 200)
    history.use("made up", 200)
    assert history.forbidden == []


def test_a_refusal_for_want_of_scope_is_none_of_the_token(history):
    """403 says that the token is good, and not for this."""
    history.note(Use(RESOURCE, "access A 1", "bearer"), Refused(None, 403))
    assert history.ruling is Ruling.UNDECIDABLE


def test_what_befalls_one_of_two_alike_tokens_spares_the_other():
    """JWTs without jti are alike where they are issued within a second; each session has a life of its own."""
    alike, history = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln", History()
    for name in ("A", "B"):
        history.exchange(history.authorize(name), tokens(name, 0, access_token=alike))
    history.use(None, 401)
    history.revoke(alike)
    history.introspect(alike, active=True)
    assert history.forbidden == []


def test_the_user_of_a_session_stays_the_same(history):
    """As introspection and userinfo name them, each in its own way."""
    me = f"{RESOURCE}/me"
    history.introspect("refresh A 1", active=True, sub="alice")
    history.note(Use(me, "access A 1", "bearer", userinfo=True), Served({"sub": "number 17"}))
    history.introspect("refresh B 0", active=True, sub="alice")
    assert history.forbidden == []
    history.introspect("refresh A 1", active=True, sub="bob")
    assert history.violated == "rfc7662-2.2-truth"
    history.note(Use(me, "access A 1", "bearer", userinfo=True), Served({"sub": "number 18"}))
    assert history.violated == "session-depth"


def test_who_asks_another_client_may_get_another_name(history):
    """Names of users may be pairwise (OIDC Core §8.1)."""
    history.introspect("refresh A 1", active=True, sub="alice")
    history.introspect("refresh A 1", active=True, sub="pairwise 1", client=OTHER)
    assert history.forbidden == []


def test_the_revocation_of_an_access_token_by_another_client_does_nothing(history):
    history.revoke("access A 1", client=OTHER)
    history.use("access A 1", 401)
    assert history.violated == "rfc7009-2.1-foreign-token"
