"""An assertion that a server has seen is not shown to it again, whatever makes the request be repeated (RFC 7523 §3)."""

import asyncio
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc.jwk import ECKey

from token_conformance.evidence.jwt_reading import read
from token_conformance.provider import Provider
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.wire.pace import Pace

KEY = ECKey.generate_key("P-256", private=True).as_pem(private=True).decode()
CLIENT = {"client_id": "app", "authentication": "private_key_jwt", "signing_key": KEY}
TOKENS = {"access_token": "an-access-token", "token_type": "Bearer"}


async def no_time(seconds):
    """Nobody sleeps here."""


@pytest.fixture
def ask(make_profile, make_wire):
    """Asks for a token at a server that gives these answers; gives the last one, and the assertions that were sent."""

    def ask(*answers, by=None, **tables):
        seen, script = [], iter(answers)

        def handler(request):
            form = parse_qs(request.content.decode())
            seen.append(read(form["client_assertion"][0]).claims["jti"])
            return next(script)

        async def go():
            wire = make_wire(handler)
            wire.pace = Pace(wire.limits, patient=True, sleep=no_time)
            profile = make_profile(clients=[CLIENT], **tables)
            provider = Provider(profile, wire, Discovery(profile, wire), Lineage(), LoginBudget(1))
            if by is not None:
                proof = (await provider.assertion(profile.main)).credentials()
                return await provider.token_as(proof, {"grant_type": "x"})
            return await provider.token({"grant_type": "x"})

        return asyncio.run(go()), seen

    return ask


def later(status=429):
    return httpx.Response(status, headers={"Retry-After": "0"})


def test_one_that_was_put_off_is_made_again(ask):
    """Each request has an assertion of its own."""
    response, seen = ask(later(), later(503), httpx.Response(200, json=TOKENS))
    assert response.accepted
    assert len(set(seen)) == len(seen) == 3


def test_one_whose_proof_needs_a_nonce_is_made_again(ask):
    """The request with the nonce is another one (RFC 9449 §8)."""
    demand = httpx.Response(400, json={"error": "use_dpop_nonce"}, headers={"DPoP-Nonce": "a-nonce"})
    response, seen = ask(demand, httpx.Response(200, json=TOKENS), tokens={"dpop": "supported"})
    assert response.accepted
    assert len(set(seen)) == len(seen) == 2


def test_one_that_a_scenario_made_is_sent_once(ask):
    """Another one might be none of those that the scenario is about."""
    response, seen = ask(later(), by="a scenario")
    assert (response.status, len(seen)) == (429, 1)
