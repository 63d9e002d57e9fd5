"""Whatever a server says, no check breaks."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode

import httpx
import pytest

from tests.suites.judging import judged, name_of, profile_named
from token_conformance.plugin.selection import scenarios_of
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.run import Run
from token_conformance.verdict import Verdict

SUITES = ("device_authorization", "device_grant", "token_exchange", "resource_indicators")

VALUES = [
    None,
    True,
    0,
    -1,
    10**400,
    1.5,
    "",
    "\ud800",
    "https://[op.example/",
    "https://op.example:99999/",
    "a" * 10_000,
    [],
    ["a", None],
    {"a": []},
]
"""Members that are not what they should be."""

NAMES = (
    "access_token",
    "aud",
    "device_code",
    "error",
    "expires_in",
    "interval",
    "issued_token_type",
    "refresh_token",
    "scope",
    "token_type",
    "user_code",
    "verification_uri",
    "verification_uri_complete",
)

RIGHT = {
    "access_token": "an-access-token-0001",
    "token_type": "Bearer",
    "expires_in": 60,
    "refresh_token": "a-refresh-token-0002",
    "device_code": "a-device-code-0003",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://op.example/device",
    "active": True,
}

METADATA = {
    f"{name}_endpoint": f"https://op.example/{name}"
    for name in ("authorization", "token", "revocation", "introspection", "device_authorization", "userinfo")
}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize(
    "names", [NAMES, *((name,) for name in NAMES)], ids=lambda names: names[0] if len(names) == 1 else "all"
)
def test_no_check_breaks(checks, scripted_server, names, value):
    """Every check of the further grants judges, or says why it does not."""
    concerned = [check for check in checks if check.path.stem.removeprefix("test_") in SUITES]
    members = {**RIGHT, **dict.fromkeys(names, value)}

    def answer(request):
        if request.method == "GET":
            known = "well-known" in request.url.path
            return httpx.Response(200, json={**METADATA, "issuer": "https://op.example"} if known else RIGHT)
        return httpx.Response(200, content=json.dumps(members), headers={"Content-Type": "application/json"})

    profile = profile_named("by-password")
    run = Run("everything", profile, scripted_server(answer), Redactor())
    record = asyncio.run(gather(run, scenarios_of(concerned), lambda *progress: None))
    verdicts = {name_of(check): judged(check, record) for check in concerned}
    broken = {name: said.message for name, said in verdicts.items() if said.verdict is Verdict.ERROR}
    assert broken == {}


CLAIMS = ("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "azp", "acr", "amr", "jti", "client_id")
HEADERS = ("alg", "typ", "kid")
KEYS = ("kty", "kid", "n", "e", "use")
LISTS = (
    "issuer",
    "jwks_uri",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "grant_types_supported",
    "token_endpoint_auth_methods_supported",
    "code_challenge_methods_supported",
    "acr_values_supported",
    "refresh_token_expiration_types_supported",
    "scopes_supported",
    "signed_metadata",
)
MEMBERS = (
    "active",
    "acr",
    "auth_time",
    "authorization_expires_in",
    "sub",
    "exp",
    "iat",
    "nbf",
    "client_id",
    "username",
    "keys",
    "id_token",
    "error_description",
    "refresh_token_timeout",
)

HOSTILE = [None, True, 10**400, 1.5, "\ud800", "https://[op.example/", [["a"]], {"a": []}]
"""Of these values, those that have broken something, or are of a kind of their own."""

PLACES = [
    *(("members", (name,)) for name in ("active", "exp", "keys", "id_token", "expires_in")),
    ("members", ("authorization_expires_in", "refresh_token_timeout")),
    ("members", MEMBERS),
    ("claims", CLAIMS),
    ("header", HEADERS),
    ("key", KEYS),
    ("metadata", LISTS),
]


def each_at_each_place():
    """Every value at every place: by day every second pair, in which each value and each place has its share."""
    for number, (place, names) in enumerate(PLACES):
        for other, value in enumerate(HOSTILE):
            marks = [pytest.mark.nightly] if (number + other) % 2 else []
            yield pytest.param(place, names, value, id=f"{place}-{'-'.join(names)[:20]}-{value!r:.20}", marks=marks)


@pytest.mark.parametrize(("place", "names", "value"), [*each_at_each_place()])
def test_no_check_of_any_suite_breaks(checks, scripted_server, place, names, value):
    """Every check judges, or says why it does not, whatever stands in answers, JWTs, keys and metadata."""
    concerned = [check for check in checks if check.path.stem != "test_transport"]
    changes = {place: dict.fromkeys(names, value)}
    header = {"alg": "RS256", "typ": "at+jwt", "kid": "first", **changes.get("header", {})}
    claims = {"iss": "https://op.example", "sub": "alice", "exp": 4_000_000_000, "iat": 1, **changes.get("claims", {})}
    key = {"kty": "RSA", "kid": "first", "n": "AQAB" * 90, "e": "AQAB", "use": "sig", **changes.get("key", {})}
    token = f"{segment(header)}.{segment(claims)}.AAAA"
    members = {**RIGHT, "access_token": token, "id_token": token, "keys": [key], "sub": "alice"}
    metadata = {**METADATA, "issuer": "https://op.example", "jwks_uri": "https://op.example/jwks"}

    def answer(request):
        known = request.method == "GET" and "well-known" in request.url.path
        said = metadata | changes.get("metadata", {}) if known else members | changes.get("members", {})
        return httpx.Response(200, content=json.dumps(said), headers={"Content-Type": "application/json"})

    run = Run("everything", profile_named("by-password"), scripted_server(answer), Redactor())
    record = asyncio.run(gather(run, scenarios_of(concerned), lambda *progress: None))
    verdicts = {name_of(check): judged(check, record) for check in concerned}
    assert {name: said.message for name, said in verdicts.items() if said.verdict is Verdict.ERROR} == {}


def segment(value):
    """A part of a JWT (RFC 7515 §2)."""
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
