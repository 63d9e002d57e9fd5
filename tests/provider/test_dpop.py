"""Proofs of possession as a client makes them (RFC 9449 §4.2), checked by joserfc, and the nonces that it follows."""

import asyncio

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import JWKRegistry

from token_conformance.evidence.jwt_reading import read
from token_conformance.provider import Provider
from token_conformance.provider.binding import binding, bound
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.dpop import Proof, hash_of, new_prover
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.provider.proof_changes import (
    CLOCKS,
    MISTIMED,
    NONCES,
    NORMALIZED,
    OF_THE_TOKEN,
    RIGHT,
    WITH_PARTS,
    WRONG,
)
from token_conformance.verdict import NotApplicable
from token_conformance.wire.exchange import Request, header

REQUEST = Request("POST", "https://op.example/token?tenant=1#part")


def proof_in(request):
    return read(header(request.headers, "dpop"))


def talking(make_profile, make_wire, handler, **tables):
    profile = make_profile(**tables)
    wire = make_wire(handler)
    return Provider(profile, wire, Discovery(profile, wire), Lineage(), LoginBudget(1))


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "PS256", "RS256", "EdDSA"])
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_proof_is_signed_by_the_key_in_its_header(algorithm):
    """A library that knows nothing of us verifies it."""
    sent = new_prover(algorithm).proven(REQUEST, 1_700_000_000.9)
    proof = proof_in(sent)
    registry = jws.JWSRegistry(algorithms=[algorithm])
    registry.max_header_length = 2000
    jws.deserialize_compact(proof.text, JWKRegistry.import_key(proof.header["jwk"]), registry=registry)
    assert proof.header["typ"] == "dpop+jwt"
    assert {"d", "kid", "alg"} & proof.header["jwk"].keys() == set()


def test_a_proof_is_made_for_one_request():
    """htm, htu without query and fragment, and iat are those of the request; each jti is another."""
    prover = new_prover("ES256")
    first, second = (proof_in(prover.proven(REQUEST, 1_700_000_000.9)) for _ in range(2))
    jti = first.claims.pop("jti")
    assert first.claims == {"htm": "POST", "htu": "https://op.example/token", "iat": 1_700_000_000}
    assert len(jti) >= 16
    assert jti != second.claims["jti"]


def test_a_proof_at_a_resource_holds_the_hash_of_the_token():
    """The example of RFC 9449 §7.1."""
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    assert hash_of(token) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    request = Request("GET", "https://api.example/", (("Authorization", f"DPoP {token}"),))
    assert proof_in(new_prover("ES256").proven(request, 0)).claims["ath"] == hash_of(token)


@pytest.mark.parametrize(
    "change",
    [*{**WRONG, **MISTIMED, **RIGHT, **WITH_PARTS, **NORMALIZED, **OF_THE_TOKEN, **CLOCKS, **NONCES}.items()],
    ids=lambda change: change[0],
)
def test_every_change_makes_another_proof(change):
    """Nothing that is meant to be different is the same."""
    prover = new_prover("ES256")
    right = prover.proof(Request("GET", "https://op.example/", (("Authorization", "DPoP abc"),)), 0)
    right = right.claiming(nonce="nonce")
    assert change[1](right) != right
    assert change[1](right).compact().count(".") == 2


def test_two_proofs_are_two_headers():
    """Each of the two would do alone."""
    sent = new_prover("ES256").changing(Proof.twice).proven(REQUEST, 0)
    first, second = (value for name, value in sent.headers if name == "DPoP")
    assert first != second


def test_a_request_keeps_the_proof_that_it_has():
    """So that a suite can send any."""
    sent = Request("POST", "https://op.example/token", (("DPoP", "mine"),))
    assert new_prover("ES256").proven(sent, 0) == sent
    assert new_prover("ES256").changing(None).proven(REQUEST, 0) == REQUEST


def test_a_demand_for_a_nonce_is_followed_once(make_profile, make_wire):
    """A request comes again with the nonce, the next one has it from the start, and nobody goes round in circles."""
    seen = []

    def handler(request):
        seen.append(read(request.headers["dpop"]).claims.get("nonce"))
        return httpx.Response(400, json={"error": "use_dpop_nonce"}, headers={"DPoP-Nonce": f"nonce-{len(seen)}"})

    provider = talking(make_profile, make_wire, handler, tokens={"dpop": "required"})
    with asyncio.Runner() as runner:
        runner.run(provider.token({"grant_type": "client_credentials"}))
        assert seen == [None, "nonce-1"]
        runner.run(provider.token({"grant_type": "client_credentials"}))
        assert seen[2] == "nonce-2"


def test_a_bound_token_is_used_by_its_scheme(make_profile, make_wire):
    """The token_type of the answer decides, and unbound tokens come without a proof."""
    kinds, seen = iter(["DPoP", "Bearer"]), []

    def handler(request):
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "abc", "token_type": next(kinds)})
        seen.append((request.headers["authorization"], "dpop" in request.headers))
        return httpx.Response(200)

    provider = talking(make_profile, make_wire, handler, tokens={"dpop": "supported"})

    async def ask_and_use():
        response = await provider.token({"grant_type": "client_credentials"})
        await provider.get("https://api.example/", access_token=response.access_token)
        return response

    with asyncio.Runner() as runner:
        bound(provider, runner.run(ask_and_use()))
        unbound = runner.run(ask_and_use())
    assert seen == [("DPoP abc", True), ("Bearer abc", False)]
    with pytest.raises(NotApplicable, match="bearer tokens"):
        bound(provider, unbound)


@pytest.mark.parametrize(
    ("documented", "used"), [({}, "PS256"), ({"dpop_algorithm": "ES384"}, "ES384")], ids=["by metadata", "by profile"]
)
def test_proofs_are_signed_as_documented_or_else_as_listed(make_profile, make_wire, documented, used):
    """The algorithm that a profile does not name is nobody's word: metadata decide then."""
    document = {
        "issuer": "https://op.example",
        "token_endpoint": "https://op.example/t",
        "dpop_signing_alg_values_supported": ["PS256"],
    }
    profile = make_profile(server={"issuer": "https://op.example"}, tokens={"dpop": "supported", **documented})
    wire = make_wire(lambda request: httpx.Response(200, json=document))
    discovery = Discovery(profile, wire)
    asyncio.run(discovery.ask())
    assert Provider(profile, wire, discovery, Lineage(), LoginBudget(1)).prover.algorithm == used


def test_without_dpop_there_are_no_proofs(make_profile, make_wire):
    """A profile that does not tell of DPoP is talked to as ever."""
    provider = talking(make_profile, make_wire, lambda request: httpx.Response(400))
    response = asyncio.run(provider.token({"grant_type": "client_credentials"}))
    assert header(response.exchange.request.headers, "dpop") is None


@pytest.mark.parametrize("algorithms", [None, "ES256", [], ["ES512", 7]])
def test_metadata_without_a_known_algorithm_tells_of_no_support(make_profile, make_wire, algorithms):
    """Whatever it says instead."""
    document = {"token_endpoint": "https://op.example/t", "dpop_signing_alg_values_supported": algorithms}
    provider = talking(
        make_profile,
        make_wire,
        lambda request: httpx.Response(200, json=document),
        server={"issuer": "https://op.example"},
    )
    with pytest.raises(NotApplicable, match="supports DPoP"):
        asyncio.run(binding(provider))


def test_metadata_can_tell_of_support(make_profile, make_wire):
    """The algorithm is one that both know."""
    document = {"token_endpoint": "https://op.example/t", "dpop_signing_alg_values_supported": ["ES512", "EdDSA"]}
    provider = talking(
        make_profile,
        make_wire,
        lambda request: httpx.Response(200, json=document),
        server={"issuer": "https://op.example"},
    )
    proving, prover = asyncio.run(binding(provider))
    assert prover.algorithm == "EdDSA"
    assert proving.prover is prover
    assert provider.prover is None
