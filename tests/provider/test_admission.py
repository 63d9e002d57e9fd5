"""How a client gets in is found out by one request, and by a few more where that one is refused."""

import asyncio
from base64 import b64decode
from urllib.parse import parse_qs

import httpx
import pytest

from token_conformance.provider import Provider
from token_conformance.provider.admission import Admission
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.verdict import Inconclusive

ODD = {"client_id": "odd", "client_secret": "odd %d+sec:ret/=9", "authentication": "client_secret_basic"}
PLAIN = {"client_id": "app", "client_secret": "app-secret-value", "authentication": "client_secret_basic"}
POST = {"client_id": "app", "client_secret": "app-secret-value", "authentication": "client_secret_post"}
TOKENS = {"access_token": "an-access-token", "token_type": "Bearer"}

KNOWN = httpx.Response(400, json={"error": "invalid_grant"})
STRANGER = httpx.Response(401, json={"error": "invalid_client", "error_description": "Who are you?"})


def pair_of(request):
    """Id and secret in the request's HTTP Basic."""
    header = request.headers.get("authorization", "")
    return b64decode(header.removeprefix("Basic ")).decode() if header.startswith("Basic ") else None


def form_of(request):
    return {name: value for name, (value,) in parse_qs(request.content.decode()).items()}


@pytest.fixture
def admitted(make_profile, make_wire):
    """Asks for the ways of the clients at a server that lets in whom a function knows; gives it all, and the requests."""

    def admitted(known, *clients, careful=False, **tables):
        seen = []

        def handler(request):
            seen.append(request)
            answer = known(request)
            return answer if isinstance(answer, httpx.Response) else KNOWN if answer else STRANGER

        named = [{"name": f"client {number}", **client} for number, client in enumerate(clients)]
        profile = make_profile(clients=named, **tables)
        wire = make_wire(handler)
        admission = Admission(profile, wire, Discovery(profile, wire), careful=careful)

        async def ask():
            for client in profile.clients:
                await admission.way(client)

        return admission, profile, ask, seen

    return admitted


def sentences(admission, ask):
    asyncio.run(ask())
    return admission.sentences


def test_a_client_that_is_let_in_is_asked_for_once(admitted):
    """Another client of the kind takes the same way, and nothing is peculiar."""
    admission, _, ask, seen = admitted(lambda request: True, PLAIN, {**PLAIN, "client_id": "second"})
    assert sentences(admission, ask) == ()
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (lambda request: pair_of(request) == "odd:odd %d+sec:ret/=9", "as they are, not form-encoded"),
        (lambda request: pair_of(request) == "odd:odd%20%25d%2Bsec%3Aret%2F%3D9", "a blank written %20, not +"),
        (lambda request: bool(pair_of(request)) and "client_id" in form_of(request), "with client_id beside it"),
        (lambda request: "client_secret" in form_of(request), "the secret in the form accepted"),
    ],
)
def test_what_a_server_makes_of_basic_is_found_and_said(admitted, known, told):
    """The first way by which an answer is one to a known client is taken."""
    admission, _, ask, seen = admitted(known, ODD)
    (sentence,) = sentences(admission, ask)
    assert sentence.startswith('client "client 0": client_secret_basic')
    assert told in sentence
    let_in = [number for number, request in enumerate(seen) if known(request)]
    assert let_in[0] >= len(seen) - 2, "nothing more is tried than an impostor by the same way"


def test_who_looks_at_the_token_first_is_asked_about_a_code(admitted):
    """A made-up refresh token gets everybody the same answer; a code shows who is known."""

    def known(request):
        token_first = form_of(request)["grant_type"] == "refresh_token"
        return token_first or pair_of(request) == "odd:odd %d+sec:ret/=9"

    grants = {"refresh_token": {}, "authorization_code": {"scope": "read"}}
    admission, _, ask, seen = admitted(known, ODD, grants=grants)
    (sentence,) = sentences(admission, ask)
    assert "as they are, not form-encoded" in sentence
    assert [form_of(request)["grant_type"] for request in seen[:3]] == [
        "refresh_token",
        "refresh_token",
        "authorization_code",
    ]


def test_who_lets_everybody_in_proves_nothing(admitted):
    """The registered way is taken, and nothing is said of it."""
    admission, _, ask, _ = admitted(lambda request: True, ODD, grants={"refresh_token": {}})
    assert sentences(admission, ask) == ()
    assert not any(finding.proven for finding in admission.found.values())


def test_scenarios_go_on_that_way(admitted, make_wire):
    """So does whoever has a wrong secret: the request differs in that alone."""
    admission, profile, ask, _ = admitted(lambda request: pair_of(request) == "odd:odd %d+sec:ret/=9", ODD)
    asyncio.run(ask())
    sent = []
    wire = make_wire(lambda request: sent.append(pair_of(request)) or KNOWN)
    provider = Provider(profile, wire, Discovery(profile, wire), Lineage(), LoginBudget(1), ways=admission)
    wrong = profile.main.model_copy(update={"client_secret": "another secret"})

    async def go():
        for client in (profile.main, wrong):
            await provider.token({"grant_type": "x"}, client=client)

    asyncio.run(go())
    assert sent == ["odd:odd %d+sec:ret/=9", "odd:another secret"]


def test_a_client_that_nobody_lets_in_is_not_used_any_more(admitted):
    """Its refusal is the run's trouble, in the server's own words."""
    admission, _, ask, seen = admitted(lambda request: False, PLAIN, careful=True)
    with pytest.raises(Inconclusive, match='refuses client "client 0", 401 invalid_client "Who are you'):
        asyncio.run(ask())
    asked = len(seen)
    assert admission.trouble is not None
    assert "check its credentials" in admission.trouble
    with pytest.raises(Inconclusive):
        asyncio.run(ask())
    assert len(seen) == asked == 3


def test_where_no_account_is_at_stake_it_is_used_all_the_same(admitted):
    """A recording, and the reference server, show what becomes of it."""
    admission, _, ask, _ = admitted(lambda request: False, PLAIN)
    asyncio.run(ask())
    assert admission.trouble is None


def test_the_secret_of_a_service_is_tried_on_its_grant(admitted):
    """A service that may not ask in its own name is let in all the same: that is said once, by the client's name."""
    refused = httpx.Response(400, json={"error": "unauthorized_client"})
    admission, profile, ask, seen = admitted(
        lambda request: refused, POST, careful=True, grants={"client_credentials": {}, "password": {}}
    )
    (sentence,) = sentences(admission, ask)
    assert sentence.startswith('client "client 0" is let in, and may not use client_credentials: 400')
    assert asyncio.run(admission.barred(profile.main)) == sentence
    assert admission.trouble is None
    assert [form_of(request)["grant_type"] for request in seen] == ["client_credentials"]


def test_a_refused_service_is_the_trouble_of_a_run_that_has_nothing_else(admitted):
    """Wrong credentials do not end in red verdicts."""
    admission, _, ask, _ = admitted(
        lambda request: False, POST, careful=True, grants={"client_credentials": {}}, login={}
    )
    with pytest.raises(Inconclusive):
        asyncio.run(ask())
    assert "the token endpoint refuses client" in admission.trouble


@pytest.mark.parametrize("status", [404, 429, 500])
def test_an_answer_about_something_else_leaves_the_registered_way(admitted, status):
    """Nothing is tried again where the answer is not about the client."""
    admission, _, ask, seen = admitted(lambda request: httpx.Response(status), ODD)
    assert sentences(admission, ask) == ()
    assert len(seen) == 1


def test_a_client_with_one_way_asks_nothing(admitted):
    """client_secret_post, and a public client, get in as they do."""
    public = {"client_id": "public", "authentication": "none"}
    admission, _, ask, seen = admitted(lambda request: False, POST, public)
    assert sentences(admission, ask) == ()
    assert seen == []


REVOKING = {
    "token_endpoint": "https://op.example/token",
    "revocation_endpoint": "https://op.example/revoke",
    "issuer": "https://op.example",
}
SECRET_JWT = {
    "client_id": "app",
    "client_secret": "a-secret-that-is-long-enough-to-sign-with",
    "authentication": "client_secret_jwt",
}


async def at_tokens_and_revocation(admission, client):
    return await admission.way(client), await admission.way(client, "revocation_endpoint")


def test_an_assertion_gets_client_id_beside_it_where_a_server_wants_that(admitted):
    """It is tried after all ways without it, since RFC 7521 §4.2 has it as unnecessary; other endpoints get it, too."""

    def known(request):
        return "client_id" in form_of(request) or httpx.Response(400, json={"error": "invalid_request"})

    admission, profile, _, seen = admitted(known, SECRET_JWT, server=REVOKING)
    at_tokens, at_revocation = asyncio.run(at_tokens_and_revocation(admission, profile.main))
    assert at_tokens.named
    assert at_revocation.named
    assert "assertions work only with client_id beside them" in admission.sentences[0]
    assert ["client_id" in form_of(request) for request in seen] == [False, False, True, True]


def test_an_assertion_that_is_enough_stays_alone(admitted):
    """Nothing is peculiar, and nothing more is tried."""
    admission, profile, _, seen = admitted(
        lambda request: "client_assertion" in form_of(request), SECRET_JWT, server=REVOKING
    )
    at_tokens, at_revocation = asyncio.run(at_tokens_and_revocation(admission, profile.main))
    assert not at_tokens.named
    assert not at_revocation.named
    assert admission.sentences == ()
    assert ["client_id" in form_of(request) for request in seen] == [False, False]
