"""The reference server binds tokens to keys, and checks proofs of possession (RFC 9449)."""

import pytest

from token_conformance.provider.dpop import new_key, new_prover
from token_conformance.provider.proof_changes import CLOCKS, MISTIMED, NORMALIZED, RIGHT, WITH_PARTS, WRONG
from token_conformance.wire.exchange import Request

TOKEN = "https://op.example/id/token"
RESOURCE = "https://op.example/api/things"


@pytest.fixture
def prover():
    return new_prover("ES256")


def headers_of(prover, visitor, method, url, headers=()):
    return list(prover.proven(Request(method, url, headers), visitor.clock.timestamp).headers)


def password(prover, visitor):
    form = {"grant_type": "password", "username": "alice", "password": "wonderland", "client_id": "public"}
    return visitor.send("POST", TOKEN, data=form, headers=headers_of(prover, visitor, "POST", TOKEN))


def refresh(prover, visitor, refresh_token):
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": "public"}
    return visitor.send("POST", TOKEN, data=form, headers=headers_of(prover, visitor, "POST", TOKEN))


def use(prover, visitor, access_token, scheme="DPoP"):
    authorization = (("Authorization", f"{scheme} {access_token}"),)
    return visitor.send("GET", RESOURCE, headers=headers_of(prover, visitor, "GET", RESOURCE, authorization))


@pytest.fixture
def bound(visit):
    return lambda **options: visit(tokens={"dpop": "required", "access_token_format": "jwt"}, **options)


def test_a_token_is_bound_to_the_key_of_the_proof(bound, prover):
    """It is called DPoP, and works with a proof by its key, and with no other."""
    visitor = bound()
    tokens = password(prover, visitor).json()
    assert tokens["token_type"] == "DPoP"
    assert use(prover, visitor, tokens["access_token"]).status_code == 200
    assert use(prover.with_key(new_key("ES256")), visitor, tokens["access_token"]).status_code == 401
    refused = use(prover.changing(None), visitor, tokens["access_token"])
    assert 'error="invalid_dpop_proof"' in refused.headers["www-authenticate"]
    assert visitor.resource(tokens["access_token"]).status_code == 401


def test_a_request_without_a_proof_is_refused_where_it_is_required(bound, visit, prover):
    """Where it is merely supported, a bearer token is issued."""
    assert password(prover.changing(None), bound()).json()["error"] == "invalid_dpop_proof"
    assert password(prover.changing(None), visit(tokens={"dpop": "supported"})).json()["token_type"] == "Bearer"


def test_a_server_without_dpop_ignores_proofs(visit, prover):
    """As does every server that has never heard of it."""
    visitor = visit()
    assert password(prover.changing(WRONG["alg-none"]), visitor).json()["token_type"] == "Bearer"
    metadata = visitor.send("GET", "/id/.well-known/openid-configuration").json()
    assert "dpop_signing_alg_values_supported" not in metadata


@pytest.mark.parametrize("part", [*WRONG, *MISTIMED])
def test_a_wrong_proof_is_refused(bound, prover, part):
    """At the token endpoint by 400, at the resource by 401."""
    visitor = bound()
    wrong = prover.changing({**WRONG, **MISTIMED}[part])
    answer = password(wrong, visitor)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
    assert use(wrong, visitor, password(prover, visitor).json()["access_token"]).status_code == 401


@pytest.mark.parametrize("part", [*RIGHT, *WITH_PARTS, *NORMALIZED, "8-seconds-ahead"])
def test_an_unusual_proof_is_accepted(bound, prover, part):
    """Query and fragment of htu, further claims and the way in which an address is written do not matter."""
    visitor = bound()
    unusual = prover.changing({**RIGHT, **WITH_PARTS, **NORMALIZED, **CLOCKS}[part])
    assert use(unusual, visitor, password(unusual, visitor).json()["access_token"]).status_code == 200


def test_a_proof_works_once(bound, visit, prover):
    """Unless its second use is tolerated."""
    for variations, status in (([], 400), (["dpop-replay-tolerated"], 200)):
        visitor = bound(variations=variations)
        headers = headers_of(prover, visitor, "POST", TOKEN)
        form = {"grant_type": "password", "username": "alice", "password": "wonderland", "client_id": "public"}
        assert visitor.send("POST", TOKEN, data=form, headers=headers).status_code == 200
        assert visitor.send("POST", TOKEN, data=form, headers=headers).status_code == status


def test_refresh_tokens_of_public_clients_are_bound(bound, prover):
    """Another key is refused, and the right one works on."""
    visitor = bound()
    refresh_token = password(prover, visitor).json()["refresh_token"]
    assert refresh(prover.with_key(new_key("ES256")), visitor, refresh_token).json()["error"] == "invalid_grant"
    assert refresh(prover, visitor, refresh_token).json()["token_type"] == "DPoP"


def test_a_nonce_is_demanded_and_then_accepted(bound, prover):
    """Token endpoint and resource give out nonces of their own."""
    visitor = bound(variations=["dpop-nonce-demanded"])
    demand = password(prover, visitor)
    assert demand.json()["error"] == "use_dpop_nonce"
    prover.nonces[TOKEN] = demand.headers["dpop-nonce"]
    access_token = password(prover, visitor).json()["access_token"]
    demand = use(prover, visitor, access_token)
    assert 'error="use_dpop_nonce"' in demand.headers["www-authenticate"]
    assert demand.headers["dpop-nonce"] != prover.nonces[TOKEN]
    prover.nonces[RESOURCE] = demand.headers["dpop-nonce"]
    assert use(prover, visitor, access_token).status_code == 200


def test_a_code_is_bound_by_dpop_jkt(bound, prover):
    """The thumbprint of the authorization request is that of the proof, or the code is refused."""
    visitor = bound()
    public = {"client_id": "public", "redirect_uri": "https://public.example/", "code_challenge_method": "S256"}
    public["code_challenge"] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    def exchanged(by):
        code = visitor.code(**public, dpop_jkt=prover.thumbprint)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": public["redirect_uri"]}
        form |= {"client_id": "public", "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}
        return visitor.send("POST", TOKEN, data=form, headers=headers_of(by, visitor, "POST", TOKEN))

    assert exchanged(prover).status_code == 200
    assert exchanged(prover.with_key(new_key("ES256"))).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("text", ["", "..", "a.b.c", "e30.e30.", "W10.W10.W10", "é.é.é"])
def test_what_is_no_proof_is_refused(bound, text):
    """Nothing that is sent crashes the server."""
    answer = bound().send("POST", TOKEN, data={"grant_type": "password"}, headers={"DPoP": text.encode()})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
