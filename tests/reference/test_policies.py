"""The reference server keeps the specifications where libraries leave them to their users."""

import pytest

from tests.reference.conftest import APP, SECOND, SERVICE, answered, claims, credentials


def error_of(answer):
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["error"]


def test_a_refresh_rotates(visit):
    """The new refresh token works, the old one does not."""
    visitor = visit()
    old = visitor.password().json()["refresh_token"]
    new = visitor.refresh(old).json()["refresh_token"]
    assert visitor.refresh(new).status_code == 200
    assert error_of(visitor.refresh(old)) == (400, "invalid_grant")


def test_reuse_revokes_the_family(visit):
    """The newest token dies with the reuse of an old one, and another login lives on."""
    visitor = visit()
    old, other = visitor.password().json()["refresh_token"], visitor.password().json()["refresh_token"]
    new = visitor.refresh(old).json()
    visitor.refresh(old)
    assert error_of(visitor.refresh(new["refresh_token"])) == (400, "invalid_grant")
    assert visitor.resource(new["access_token"]).status_code == 401
    assert visitor.refresh(other).status_code == 200


def test_grace_is_kept_to_the_second(visit):
    """A used refresh token works within the documented grace and no longer."""
    visitor = visit(grants={"password": {}, "refresh_token": {"reuse_grace": 10}})
    old = visitor.password().json()["refresh_token"]
    visitor.refresh(old)
    visitor.clock.advance(10)
    assert visitor.refresh(old).status_code == 200
    visitor.clock.advance(1)
    assert visitor.refresh(old).status_code == 400


def test_a_retry_may_replace_the_unused_successor(visit):
    """The token that the first use handed over dies unused, and the one of the retry works."""
    visitor = visit(variations=["refresh-grace-replaces-successor"])
    old = visitor.password().json()["refresh_token"]
    first, second = (visitor.refresh(old).json()["refresh_token"] for _ in range(2))
    assert first != second
    assert error_of(visitor.refresh(first)) == (400, "invalid_grant")


def test_a_retry_may_repeat_the_successor(visit):
    """Both uses hand over the same token, within the grace; behind it the retry is reuse."""
    visitor = visit(variations=["refresh-grace-same-successor"])
    old = visitor.password().json()["refresh_token"]
    assert len({visitor.refresh(old).json()["refresh_token"] for _ in range(2)}) == 1
    visitor.clock.advance(11)
    assert error_of(visitor.refresh(old)) == (400, "invalid_grant")


def test_origins_that_nobody_registered_are_refused(visit):
    """A page from elsewhere gets 403, and the token that it has sent goes on to work."""
    visitor = visit(variations=["origin-refused"])
    token = visitor.password().json()["refresh_token"]
    form, elsewhere = {"grant_type": "refresh_token", "refresh_token": token}, {"Origin": "https://foreign.example"}
    refused = visitor.send("POST", "/id/token", data=form, auth=credentials(APP), headers=elsewhere)
    assert refused.status_code == 403
    assert visitor.refresh(token).status_code == 200


def test_parallel_refreshes_have_one_winner(visit):
    """Looking at a refresh token and marking it used are one step."""
    visitor = visit()
    token = visitor.password().json()["refresh_token"]
    answers = visitor.in_parallel(5, grant_type="refresh_token", refresh_token=token)
    assert [answer.status_code for answer in answers].count(200) == 1


def test_a_race_has_several_winners_where_it_is_switched_on(visit):
    """The fault refresh-race lets parallel refreshes win."""
    visitor = visit(faults=["refresh-race"])
    token = visitor.password().json()["refresh_token"]
    answers = visitor.in_parallel(5, grant_type="refresh_token", refresh_token=token)
    assert [answer.status_code for answer in answers].count(200) == 5


def test_narrowing_is_for_one_access_token(visit):
    """A narrower scope is granted, and the refresh after it has all of the scope again."""
    visitor = visit()
    login = visitor.password().json()
    narrowed = visitor.refresh(login["refresh_token"], scope="openid").json()
    assert narrowed["scope"] == "openid"
    assert visitor.refresh(narrowed["refresh_token"]).json()["scope"] == login["scope"]


def test_a_refresh_cannot_ask_for_more(visit):
    """A scope beyond the grant is refused, and the refresh token lives on."""
    visitor = visit()
    token = visitor.password(scope="openid offline_access").json()["refresh_token"]
    assert error_of(visitor.refresh(token, scope="openid profile")) == (400, "invalid_scope")
    assert visitor.refresh(token).status_code == 200


def test_a_refreshed_id_token_keeps_what_it_must(visit):
    """sub, aud and auth_time stay, iat is new, and there is no nonce (OIDC Core §12.2)."""
    visitor = visit()
    first = visitor.exchange(visitor.code()).json()
    visitor.clock.advance(60)
    old, new = claims(first["id_token"]), claims(visitor.refresh(first["refresh_token"]).json()["id_token"])
    assert {name: new[name] for name in ("iss", "sub", "aud", "auth_time")} == {
        name: old[name] for name in ("iss", "sub", "aud", "auth_time")
    }
    assert new["iat"] == old["iat"] + 60
    assert "nonce" not in new


def test_another_client_cannot_use_a_refresh_token(visit):
    """It is refused, and the rightful client goes on."""
    visitor = visit()
    token = visitor.password().json()["refresh_token"]
    assert error_of(visitor.refresh(token, client=SECOND)) == (400, "invalid_grant")
    assert visitor.refresh(token).status_code == 200


def test_a_replayed_code_revokes_its_tokens(visit):
    """The second use of a code is refused and ends what came of the first."""
    visitor = visit()
    code = visitor.code()
    tokens = visitor.exchange(code).json()
    assert error_of(visitor.exchange(code)) == (400, "invalid_grant")
    assert visitor.refresh(tokens["refresh_token"]).status_code == 400


def test_a_code_lives_a_minute(visit):
    """A code is refused after its lifetime."""
    visitor = visit()
    code = visitor.code()
    visitor.clock.advance(60)
    assert error_of(visitor.exchange(code)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://app.example/other"},
        {"client": SECOND},
        {"redirect_uri": "https://app.example/callback/"},
    ],
)
def test_a_failed_exchange_spares_the_code(visit, changes):
    """A wrong exchange is refused, and the right one succeeds afterwards."""
    visitor = visit()
    code = visitor.code()
    assert error_of(visitor.exchange(code, **changes)) == (400, "invalid_grant")
    assert visitor.exchange(code).status_code == 200


def test_an_access_token_dies_in_time(visit):
    """The resource refuses an expired access token with a challenge (RFC 6750 §3.1)."""
    visitor = visit()
    token = visitor.password().json()
    visitor.clock.advance(token["expires_in"])
    refused = visitor.resource(token["access_token"])
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


def test_the_challenge_without_a_token_has_no_error(visit):
    """RFC 6750 §3.1: no error code where nothing was presented."""
    assert "error" not in visit().send("GET", "/api/things").headers["www-authenticate"]


@pytest.mark.parametrize("method", ["basic", "post"])
def test_both_methods_are_taken(visit, method):
    """Id and secret are taken from the header and from the body."""
    proof = {"auth": credentials(SERVICE)} if method == "basic" else {}
    body = {} if proof else {"client_id": SERVICE[0], "client_secret": SERVICE[1]}
    form = {"grant_type": "client_credentials", **body}
    assert visit().send("POST", "/id/token", data=form, **proof).status_code == 200


def test_both_methods_at_once_are_refused(visit):
    """RFC 6749 §2.3: no more than one method."""
    assert error_of(visit().token(SERVICE, grant_type="client_credentials", client_secret=SERVICE[1])) == (
        400,
        "invalid_request",
    )


@pytest.mark.parametrize("client", [(APP[0], "wrong"), ("nobody", "wrong"), (APP[0], "")])
def test_a_failed_basic_is_challenged_alike(visit, client):
    """Wrong secrets and unknown clients get the same 401 (RFC 6749 §5.2)."""
    refused = visit().token(client, grant_type="client_credentials")
    assert refused.json() == {"error": "invalid_client", "error_description": "Client authentication failed."}
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert refused.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("grant_type=password&grant_type=password", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("", "invalid_request"),
        ("grant_type=Password", "unsupported_grant_type"),
        ("grant_type=refresh_token", "invalid_request"),
        ("grant_type=refresh_token&refresh_token=%00%FF", "invalid_grant"),
        ("grant_type=client_credentials&scope=nothing", "invalid_scope"),
    ],
)
def test_a_bad_request_is_told_so(visit, body, error):
    """Each mistake has its error code."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = visit().send("POST", "/id/token", content=body, headers=headers, auth=credentials(APP))
    assert error_of(answer) == (400, error)


def test_empty_and_unknown_parameters_are_ignored(visit):
    """RFC 6749 §3.2: an empty value is an omitted one, an unknown parameter is none."""
    assert visit().token(SERVICE, grant_type="client_credentials", scope="", x="1").status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_only_post_is_taken(visit, method):
    """Other methods answer 405 with Allow."""
    refused = visit().send(method, "/id/token", params={"grant_type": "client_credentials"}, auth=credentials(SERVICE))
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_json_is_no_form(visit):
    """A JSON body is an invalid_request."""
    answer = visit().send("POST", "/id/token", json={"grant_type": "client_credentials"}, auth=credentials(SERVICE))
    assert error_of(answer) == (400, "invalid_request")


def test_revocation_ends_the_family(visit):
    """A revoked refresh token takes its access token along, and its revocation may be repeated."""
    visitor = visit()
    tokens = visitor.password().json()
    for _ in range(2):
        form = {"token": tokens["refresh_token"], "token_type_hint": "access_token"}
        assert visitor.send("POST", "/id/revoke", data=form, auth=credentials(APP)).status_code == 200
    assert visitor.refresh(tokens["refresh_token"]).status_code == 400
    assert visitor.resource(tokens["access_token"]).status_code == 401


def test_introspection_tells_nothing_of_dead_tokens(visit):
    """A live token is described, a used one is not active and no more."""
    visitor = visit()
    token = visitor.password().json()["refresh_token"]

    def introspected():
        return visitor.send("POST", "/id/introspect", data={"token": token}, auth=credentials(APP)).json()

    assert introspected()["active"] is True
    visitor.refresh(token)
    assert introspected() == {"active": False}


def test_introspection_is_for_clients_that_prove_themselves(visit):
    """Neither nobody nor a public client may introspect."""
    visitor = visit()
    assert visitor.send("POST", "/id/introspect", data={"token": "x"}).status_code == 401
    assert visitor.send("POST", "/id/introspect", data={"token": "x", "client_id": "public"}).status_code == 401


def test_the_metadata_is_where_both_specifications_want_it(visit):
    """OIDC Discovery §4 and RFC 8414 §3.1 place it differently behind an issuer with a path."""
    visitor = visit()
    for path in ("/id/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/id"):
        assert visitor.send("GET", path).json()["issuer"] == "https://op.example/id"


def test_published_keys_are_public(visit):
    """The JWKS holds no private member."""
    keys = visit().send("GET", "/id/jwks").json()["keys"]
    assert {key["alg"] for key in keys} == {"RS256", "PS256", "ES256", "ES384", "EdDSA"}
    assert not any("d" in key for key in keys)


def test_userinfo_needs_openid(visit):
    """A token in a service's own name tells of no user."""
    visitor = visit()
    service = visitor.token(SERVICE, grant_type="client_credentials").json()["access_token"]
    user = visitor.password().json()["access_token"]
    assert visitor.resource(service, "/id/userinfo").status_code == 403
    assert visitor.resource(user, "/id/userinfo").json()["sub"] == "user-alice"


def test_the_date_is_that_of_the_clock(visit):
    """The server lives in its own time throughout."""
    visitor = visit()
    visitor.clock.advance(3600)
    assert visitor.send("GET", "/id/jwks").headers["date"] == "Thu, 01 Jan 2026 13:00:00 GMT"


def test_an_error_of_the_authorization_request_reaches_the_client(visit):
    """An unknown scope is told to the redirect_uri, with the state."""
    answer = answered(visit().authorize(scope="openid nothing"))
    assert (answer["error"], answer["state"]) == ("invalid_scope", "the-state")


def test_a_grandparent_is_accepted_where_only_the_parent_is_remembered(visit):
    """The fault refresh-grandparent-accepted refuses the token before, and accepts the one before that."""
    visitor = visit(faults=["refresh-grandparent-accepted"])
    first = visitor.password().json()["refresh_token"]
    visitor.refresh(visitor.refresh(first).json()["refresh_token"])
    assert visitor.refresh(first).status_code == 200


def test_an_alias_is_the_same_endpoint(visit):
    """The token endpoint answers at its aliases too."""
    server = {
        "token_endpoint": "https://op.example/id/token",
        "token_endpoint_aliases": ["https://op.example/OAuth/Token"],
    }
    answer = visit(server=server).send(
        "POST", "/OAuth/Token", data={"grant_type": "client_credentials"}, auth=credentials(SERVICE)
    )
    assert answer.status_code == 200
