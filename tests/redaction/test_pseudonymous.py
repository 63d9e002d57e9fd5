"""What is kept of an exchange holds no secret and nobody's name, and says all else to the letter."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from time import process_time
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from token_conformance.profile.models import Profile
from token_conformance.redaction import Redactor, pseudonymous
from token_conformance.redaction.jwt_text import decoded, encoded
from token_conformance.redaction.pseudonymous import Pseudonymous
from token_conformance.redaction.pseudonymous_profile import with_pseudonyms
from token_conformance.wire.exchange import Exchange, Request, Response

FORM = ("Content-Type", "application/x-www-form-urlencoded")
TOKEN = "Zq8vN2mX4kLp7Rt1Yw5Bc9Df3Gh6Js0AaQeUiOpLkJh"
REFRESH = "another-refresh-token-0815-of-the-user"
SECRET = "s3cret/of the&app"


@pytest.fixture
def profile():
    return Profile.model_validate(
        {
            "profile": {"name": "Example"},
            "server": {"token_endpoint": "https://op.example/token"},
            "clients": [{"client_id": "app", "client_secret": SECRET, "redirect_uri": "https://app.example/cb"}],
            "grants": {"authorization_code": {"scope": "openid"}, "refresh_token": {}},
            "login": {"username": "alice.adams", "password": "hunter2-of-alice"},
        }
    )


@pytest.fixture
def kept(profile):
    redactor = Redactor()
    redactor.learn_profile(profile)
    return Pseudonymous(profile, redactor)


def exchange(request, answer=None):
    return Exchange("example", 1, request, answer, datetime.now(UTC))


def answered(kept, body, headers=(), request=None, status=200):
    text = body if isinstance(body, str) else json.dumps(body)
    request = request or Request("POST", "https://op.example/token", (FORM,), b"grant_type=refresh_token")
    return kept.exchange(exchange(request, Response(status, tuple(headers), text.encode()))).answer


def test_what_repeats_repeats(kept):
    """A token is the same in the answer, in the next request, in a header, and in an echo of any spelling."""
    told = json.loads(answered(kept, {"access_token": TOKEN, "refresh_token": REFRESH}).body)
    sent = Request("POST", "https://op.example/revoke", (FORM,), f"token={REFRESH}".encode())
    assert kept.exchange(exchange(sent)).request.body == f"token={told['refresh_token']}".encode()
    used = Request("GET", "https://op.example/userinfo", (("Authorization", f"Bearer {TOKEN}"),))
    assert kept.exchange(exchange(used)).request.headers[0][1] == f"Bearer {told['access_token']}"
    echo = answered(kept, {"error_description": f"bad token {TOKEN}"}, status=400)
    assert json.loads(echo.body)["error_description"] == f"bad token {told['access_token']}"


def test_credentials_stay_credentials(kept, profile):
    """Basic keeps its form (RFC 6749 §2.3.1), the client its id, and the secret is that of the profile in the evidence."""
    pair = f"app:{quote(SECRET, safe='').replace('%20', '+')}"
    sent = Request(
        "POST", "https://op.example/token", (FORM, ("Authorization", f"Basic {b64encode(pair.encode()).decode()}"))
    )
    client, _, secret = b64decode(kept.exchange(exchange(sent)).request.headers[1][1][6:]).decode().partition(":")
    told = with_pseudonyms(profile, kept.pseudonyms).clients[0].client_secret
    assert (client, secret) == ("app", quote(told, safe=""))
    assert told != SECRET


def test_credentials_that_are_repeated_are_those_of_the_request(kept):
    """An error that reflects Authorization does so in the evidence."""
    pair = b64encode(f"app:{quote(SECRET, safe='')}".encode()).decode()
    sent = Request(
        "POST", "https://op.example/token", (FORM, ("Authorization", f"Basic {pair}")), b"grant_type=password"
    )
    told = kept.exchange(exchange(sent, Response(400, (), json.dumps({"error_description": f"not {pair}"}).encode())))
    (repeated,) = [value.partition(" ")[2] for name, value in told.request.headers if name == "Authorization"]
    assert repeated != pair
    assert json.loads(told.answer.body)["error_description"] == f"not {repeated}"


def test_what_is_too_short_to_be_a_secret_elsewhere_stays(kept):
    """A digit of a cookie is one of an address, too."""
    answered(kept, {}, [("Set-Cookie", "steps=1")])
    moved = answered(kept, "", [("Location", "https://app.example/cb?more=1")], status=302)
    assert moved.headers[0][1] == "https://app.example/cb?more=1"


def test_a_nonce_for_proofs_is_the_one_in_the_next_proof(kept):
    """However short it is (RFC 9449 §8)."""
    answer = answered(kept, {"error": "use_dpop_nonce"}, [("DPoP-Nonce", "nonce-1")], status=400)
    claims = encoded(json.dumps({"nonce": "nonce-1", "htm": "POST"}))
    proof = f"{encoded(json.dumps({'typ': 'dpop+jwt', 'alg': 'ES256'}))}.{claims}.c2lnbmF0dXJl"
    sent = kept.exchange(exchange(Request("POST", "https://op.example/token", (FORM, ("DPoP", proof))))).request
    (told,) = [value for name, value in sent.headers if name == "DPoP"]
    assert json.loads(decoded(told.split(".")[1]))["nonce"] == dict(answer.headers)["DPoP-Nonce"] != "nonce-1"


def test_signed_metadata_speak_of_nobody(kept):
    """Their algorithms are no names of people, which would be looked for everywhere (RFC 8414 §2.1)."""
    said = {"issuer": "https://op.example", "token_endpoint": "https://op.example/token", "algorithms": ["RS256"]}
    signed = f"{encoded(json.dumps({'alg': 'RS256'}))}.{encoded(json.dumps(said))}.c2lnbmF0dXJl"
    told = json.loads(answered(kept, {**said, "signed_metadata": signed}).body)
    assert json.loads(decoded(told["signed_metadata"].split(".")[1])) == said
    key = {"kty": "RSA", "alg": "RS256", "kid": "first", "e": "AQAB", "n": "AQAB"}
    assert json.loads(answered(kept, {"keys": [key]}).body) == {"keys": [key]}


def test_our_own_values_are_not_to_be_seen(kept):
    """State, nonce and challenge come back as they are sent, and are others than those that were drawn."""
    state = kept.drawn("state", TOKEN)
    url = f"https://op.example/authorize?client_id=app&state={TOKEN}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
    location = ("Location", f"https://app.example/cb?code={REFRESH}&state={TOKEN}")
    told = kept.exchange(exchange(Request("GET", url), Response(302, (location,))))
    assert told.request.url == url.replace(TOKEN, state)
    assert parse_qs(urlsplit(told.answer.headers[0][1]).query)["state"] == [state]
    assert REFRESH not in told.answer.headers[0][1]


def test_people_are_not_to_be_known_again(kept):
    """Userinfo keeps the types of its claims; what the protocol says stays."""
    used = Request("GET", "https://op.example/userinfo", (("Authorization", f"Bearer {TOKEN}"),))
    claims = {
        "sub": 24400320,
        "name": "Alice Adams",
        "email_verified": True,
        "groups": ["Buyers of 2024"],
        "iss": "https://op.example",
    }
    told = json.loads(answered(kept, claims, request=used).body)
    assert told["iss"] == "https://op.example"
    assert told["email_verified"] is True
    assert isinstance(told["sub"], int)
    assert told["sub"] != 24400320
    assert "Alice" not in str(told)
    assert "Buyers" not in str(told)


def test_a_jwt_keeps_its_header_and_what_is_judged(kept):
    """Times, issuer and audience stay; who it is about, its nonce and its signature do not."""
    claims = {"iss": "https://op.example", "sub": "alice.adams", "aud": "app", "exp": 1_800_000_000, "nonce": TOKEN}
    head, signature = encoded('{"alg":"RS256","kid":"k1"}'), "c2lnbmF0dXJlLW9mLXRoZS1wcm92aWRlcg"
    jwt = f"{head}.{encoded(json.dumps(claims))}.{signature}"
    told = json.loads(answered(kept, {"id_token": jwt}).body)["id_token"].split(".")
    assert told[0] == head
    assert told[2] != signature
    said = json.loads(decoded(told[1]))
    assert {name: said[name] for name in ("iss", "aud", "exp")} == {
        name: claims[name] for name in ("iss", "aud", "exp")
    }
    assert said["nonce"] != TOKEN
    assert "alice" not in said["sub"]


def test_what_looks_like_a_token_is_none_that_may_be_read(kept):
    """A server may say in an error what it issues later."""
    told = answered(
        kept, {"error": "invalid_grant", "error_description": f"not {TOKEN}"}, [("X-Echo", TOKEN)], status=400
    )
    assert TOKEN not in told.body.decode()
    assert TOKEN not in told.headers[0][1]
    assert json.loads(told.body)["error"] == "invalid_grant"


def test_what_nobody_could_mistake_stays(kept):
    """Metadata, key sets, and what is no value of JSON."""
    metadata = '{"issuer":"https://op.example",\n\n"token_endpoint": "https://op.example/v2.0/token1234abcd",}'
    assert answered(kept, metadata).body.decode() == metadata


def test_a_private_key_is_told_to_nobody(kept):
    """Should a server publish one."""
    told = answered(kept, {"keys": [{"kty": "EC", "x": "public-x-value-1", "d": "private-d-value-1"}]})
    assert b"public-x-value-1" in told.body
    assert b"private-d-value-1" not in told.body


def test_a_page_is_cut_and_a_body_that_is_no_text_left_out(kept):
    """JSON is kept whole, since it is judged."""
    written = b"<p>" + b"x " * 20_000 + b"<form action=/login><input name=user></form>"
    page = kept.exchange(exchange(Request("GET", "https://op.example/"), Response(200, (), written)))
    assert page.answer.body == written[:20_000] + b"\n<form action=/login><input name=user></form>"
    assert page.note == "cut after 20,000 of 40,047 characters, its other forms follow"
    picture = kept.exchange(exchange(Request("GET", "https://op.example/"), Response(200, (), b"\x89PNG\0\0" * 99)))
    assert picture.note == "594 bytes that are no text were left out"
    long = json.dumps({"values": ["value"] * 9000})
    assert answered(kept, long).body.decode() == long


def test_bytes_that_are_no_utf_8_stay_what_they_are(kept):
    """A check judges them."""
    request = Request("POST", "https://op.example/token", (FORM,), b"")
    told = kept.exchange(exchange(request, Response(400, (), b'{"error": "caf\xe9 is no word of the protocol"}')))
    assert told.answer.body == b'{"error": "caf\xe9 is no word of the protocol"}'


def test_a_handle_of_the_browser_is_none_that_may_be_used(kept):
    """What a login page's address carries under a name of its own, also in an address within the address."""
    handle = "k9Qw3xZ7vB1nM5pL"
    location = f"/login?session_code={handle}&returnUrl=%2Fauthorize%3Fclient_id%3Dapp%26flow%3D{handle}&ui_locales=nl"
    answer = Response(302, (("Location", location),))
    told = kept.exchange(exchange(Request("GET", "https://op.example/"), answer)).answer.headers[0][1]
    assert handle not in told
    said = parse_qs(urlsplit(told).query)
    assert said["ui_locales"] == ["nl"]
    assert said["returnUrl"] == [f"/authorize?client_id=app&flow={said['session_code'][0]}"]


def test_what_no_browser_asked_for_is_left_out(kept):
    """A browser asks for pages: large JSON is none, and no login goes on by it."""
    body = json.dumps({"access_token": TOKEN, "filling": "a-b-" * 10_000})
    asked = Request("GET", "https://op.example/login", (("Accept", "text/html"),))
    told = kept.exchange(exchange(asked, Response(200, (), body.encode())))
    assert told.note == f"{len(body):,} bytes were left out: they are no page, which a browser asked for"
    assert b"a-b" not in told.answer.body
    assert b"a-b" in answered(kept, body).body


def test_what_holds_more_secrets_than_are_learnt_is_left_out(kept):
    """As it is in a report."""
    tokens = [{"access_token": f"{n:016x}-of-many"} for n in range(1000)]
    said = exchange(
        Request("POST", "https://op.example/token", (FORM,)), Response(200, (), json.dumps(tokens).encode())
    )
    told = kept.exchange(said)
    assert told.note.endswith("they hold more secrets than any provider has to tell")
    assert b"of-many" not in told.answer.body


def test_what_would_need_too_many_pseudonyms_is_left_out(kept, monkeypatch):
    """Each word that looks like a token has one of its own."""
    words = " ".join(f"{n:08x}" for n in range(30_001))
    told = kept.exchange(exchange(Request("GET", "https://op.example/"), Response(200, (), words.encode())))
    assert told.note.endswith("they hold more than 30,000 words")
    assert len(kept.pseudonyms) < 20
    monkeypatch.setattr(pseudonymous, "MOST_PSEUDONYMS", 1)
    told = kept.exchange(exchange(Request("GET", "https://op.example/"), Response(200, (), b"said")))
    assert told.note == "4 bytes were left out: there are more than 1 pseudonyms in the run"


def test_large_bodies_are_kept_until_there_are_too_many(kept, monkeypatch):
    """Small ones are kept all the same."""
    monkeypatch.setattr(pseudonymous, "MOST_IN_ALL", 50_000)
    filling = {"filling": "a-b-" * 10_000}
    assert [len(answered(kept, filling).body) > 40_000 for _ in range(3)] == [True, True, False]
    assert answered(kept, {"scope": "a b"}).body == b'{"scope": "a b"}'


@pytest.mark.parametrize(
    "body",
    [b"<form>" * 20_000, b'{"error_description": "' + b"a" * 100_000 + b' %41"}', b'"' * 100_000, b" " * 100_000],
    ids=["forms", "percent", "quotes", "blanks"],
)
def test_a_long_body_is_looked_through_soon(kept, body):
    """The time grows with its length, and not with the square of it."""
    began = process_time()
    kept.exchange(exchange(Request("GET", "https://op.example/"), Response(200, (), body)))
    assert process_time() - began < 2
