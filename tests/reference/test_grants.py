"""Every grant that a profile documents yields tokens."""

import pytest

from tests.reference.conftest import CHALLENGE, SERVICE, VERIFIER, answered, claims


def test_a_login_yields_all_tokens(visit):
    """The authorization code grant with openid and offline_access yields access, refresh and ID token."""
    visitor = visit()
    tokens = visitor.exchange(visitor.code()).json()
    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    assert visitor.resource(tokens["access_token"]).status_code == 200


def test_the_answer_returns_state_and_names_the_issuer(visit):
    """State comes back as it was sent, and iss says who answers (RFC 9207)."""
    answer = answered(visit().authorize())
    assert (answer["state"], answer["iss"]) == ("the-state", "https://op.example/id")


def test_an_id_token_is_about_the_login(visit):
    """Issuer, audience, nonce and times of an ID token are those of the request."""
    visitor = visit()
    told = claims(visitor.exchange(visitor.code()).json()["id_token"])
    assert (told["iss"], told["aud"], told["nonce"]) == ("https://op.example/id", "my.app/first", "the-nonce")
    assert told["exp"] - told["iat"] == 300


def test_a_second_login_needs_no_password_and_keeps_its_time(visit):
    """Single sign-on: auth_time stays that of the first login."""
    visitor = visit()
    first = claims(visitor.exchange(visitor.code()).json()["id_token"])
    visitor.clock.advance(100)
    second = claims(visitor.exchange(visitor.code()).json()["id_token"])
    assert second["auth_time"] == first["auth_time"]
    assert second["iat"] == first["iat"] + 100


def test_max_age_asks_for_the_password_again(visit):
    """A login that is older than max_age is renewed."""
    visitor = visit()
    visitor.code()
    visitor.clock.advance(100)
    told = claims(visitor.exchange(visitor.code(max_age="50")).json()["id_token"])
    assert told["auth_time"] == told["iat"]


def test_the_user_may_refuse(visit):
    """A refusal reaches the client as access_denied."""
    assert answered(visit().authorize(decision="deny"))["error"] == "access_denied"


def test_nobody_is_asked_with_prompt_none(visit):
    """Without a login, prompt=none is answered by login_required."""
    assert answered(visit().authorize(prompt="none"))["error"] == "login_required"


def test_a_foreign_redirect_uri_gets_no_answer(visit):
    """An unregistered redirect_uri is never redirected to."""
    assert visit().authorize(redirect_uri="https://attacker.example/").status_code == 400


@pytest.mark.parametrize(("mode", "part"), [("query", "?code="), ("fragment", "#code=")])
def test_the_hybrid_flow_hands_over_an_id_token_at_once(visit, mode, part):
    """The front channel holds code and ID token, in the response_mode that was asked for."""
    visitor = visit(grants={"authorization_code": {"response_type": "code id_token", "scope": "openid"}})
    redirect = visitor.authorize(response_type="code id_token", response_mode=mode, scope="openid")
    assert part in redirect.headers["location"]
    assert "c_hash" in claims(answered(redirect)["id_token"])


def test_form_post_is_a_form(visit):
    """With form_post the answer is a form to the redirect_uri."""
    page = visit().authorize(response_mode="form_post")
    assert page.status_code == 200
    assert 'action="https://app.example/callback"' in page.text


def test_pkce_is_checked(visit):
    """The right verifier is accepted."""
    visitor = visit()
    code = visitor.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert visitor.exchange(code, code_verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize("verifier", [None, "x" * 43, "x" * 42, CHALLENGE])
def test_any_other_verifier_is_refused(visit, verifier):
    """A wrong, missing or malformed verifier is an invalid_grant."""
    visitor = visit()
    code = visitor.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    refused = visitor.exchange(code, **({"code_verifier": verifier} if verifier else {}))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_a_public_client_needs_pkce(visit):
    """A public client without code_challenge is refused at the authorization endpoint."""
    answer = answered(visit().authorize(client_id="public", redirect_uri="https://public.example/"))
    assert answer["error"] == "invalid_request"


def test_a_service_gets_no_refresh_token(visit):
    """Client credentials yield an access token alone."""
    tokens = visit().token(SERVICE, grant_type="client_credentials").json()
    assert tokens["scope"] == "read write"
    assert "refresh_token" not in tokens


def test_a_service_may_not_log_users_in(visit):
    """A client that is registered for one grant may not use another."""
    assert visit().token(SERVICE, grant_type="password").json()["error"] == "unauthorized_client"


def test_a_password_yields_tokens(visit):
    """The password grant yields what a login yields."""
    assert "refresh_token" in visit().password().json()


def test_a_grant_that_is_not_documented_is_not_offered(visit):
    """A provider that documents no password grant refuses it."""
    visitor = visit(grants={"client_credentials": {}})
    assert visitor.password().json()["error"] == "unsupported_grant_type"


def test_a_refresh_token_has_to_be_asked_for(visit):
    """Without offline_access there is none, where the profile asks for it."""
    visitor = visit()
    assert "refresh_token" not in visitor.exchange(visitor.code(scope="openid")).json()


def test_a_known_refresh_token_works(visit):
    """A profile whose only login is a refresh token finds it issued."""
    login = {"strategy": "refresh_token", "refresh_token": "from-the-environment"}
    assert visit(login=login).refresh("from-the-environment").status_code == 200
