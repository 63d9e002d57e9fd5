"""What proves in a request who sends it: the client's credentials, assertions and proofs, taken apart."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from token_conformance.profile.client import Client
from token_conformance.provider.client_authentication import certificate_of
from token_conformance.provider.dpop import without_query
from token_conformance.reference.assertion import AssertionReader
from token_conformance.reference.dpop import CHECKS, Presented
from token_conformance.reference.installation import Installation
from token_conformance.reference.policies import AssertionPolicy, DPoPPolicy
from token_conformance.reference.reading import Incoming
from token_conformance.wire.exchange import Request, header

Parts = Mapping[str, Any]

NOW = 5
"""Seconds by which what was made just now may be off."""


def client_parts(request: Request, form: Mapping[str, str], installation: Installation) -> Parts:
    """Who the client says it is, by which method, and what that proves."""
    basic = from_basic(request)
    posted = (form["client_id"], form.get("client_secret")) if "client_id" in form else None
    named = basic or posted
    if "client_assertion" in form:
        named = part(form["client_assertion"], 1).get("sub"), None
    client = next((each for each in installation.profile.clients if named and each.client_id == named[0]), None)
    if named is None:
        return {"client id": "nobody", "certificate": certificate(request, None)}
    proved = "client_assertion" in form
    return {
        "client id": named[0],
        "client proof": "right" if proved else proof_of(client, named[1], installation),
        "client method": "as registered" if proved else method_of(client, basic, posted, request),
        "client id beside": posted[0] if basic and posted and posted[0] != basic[0] else None,
        "certificate": certificate(request, client),
    }


def from_basic(request: Request) -> tuple[str, str | None] | None:
    """The id and the secret of HTTP Basic."""
    scheme, _, encoded = (header(request.headers, "authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return unquote_plus(name), unquote_plus(secret)


def proof_of(client: Client | None, secret: str | None, installation: Installation) -> str:
    """Whether a secret is the client's; of an unknown client, whether it is anybody's."""
    if secret is None:
        return "right" if client is not None and client.client_secret is None else "none"
    secrets = [each.client_secret for each in installation.profile.clients]
    right = secret == client.client_secret if client is not None else secret in secrets
    return "right" if right else f"another secret: {secret}"


def method_of(client: Client | None, basic: Any, posted: Any, request: Request) -> str:
    """Whether the secret, where there is one, is sent as the client is registered for."""
    if basic is None and posted[1] is None:
        usual = client is None or client.public or client.authenticates_by_certificate
        return "as registered" if usual else "none"
    both = basic is not None and posted is not None and posted[1] is not None
    used = "both" if both else "client_secret_basic" if basic else "client_secret_post"
    spelled = (header(request.headers, "authorization") or "Basic").partition(" ")[0]
    usual = client is None or client.authentication == used
    return ("as registered" if usual else used) + ("" if spelled == "Basic" else f", written {spelled}")


def certificate(request: Request, client: Client | None) -> tuple[bool, str | None]:
    """Whether the connection presents the client's own certificate, and which one it is."""
    presented, own = request.certificate, certificate_of(client) if client is not None else None
    return presented == own, presented.thumbprint if presented is not None else None


def signed_parts(request: Request, form: Mapping[str, str], installation: Installation, drawn: set[str]) -> Parts:
    """The assertion and the proof of a request, and the access token that it bears."""
    parts: dict[str, Any] = {}
    scheme, _, token = (header(request.headers, "authorization") or "").partition(" ")
    if scheme and scheme.lower() != "basic":
        parts |= {"scheme": scheme, **bearer(token, installation)}
    if "client_assertion" in form:
        parts |= assertion(form, installation, drawn)
    proofs = [value for name, value in request.headers if name.lower() == "dpop"]
    parts["proofs"] = len(proofs) or None
    if proofs:
        parts |= proof(proofs[0], request, token if scheme.lower() == "dpop" else None, installation, drawn)
    return parts


def bearer(token: str, installation: Installation) -> Parts:
    """Where an access token in a header comes from."""
    from tests.suites.watched import provenance

    return provenance("access token", token, installation)


def assertion(form: Mapping[str, str], installation: Installation, drawn: set[str]) -> Parts:
    """The claims of an assertion (RFC 7523 §3); what is fresh in each is held against now."""
    text = form["client_assertion"]
    head, claims = part(text, 0), part(text, 1)
    signers = [client for client in installation.profile.clients if client.asserts]
    reader = AssertionReader(AssertionPolicy(), issuer="", token_endpoint="")
    parts = {"type": form.get("client_assertion_type"), "alg": head.get("alg")}
    parts["signature"] = any(reader._signed(text, client) for client in signers)
    parts |= timely(claims, installation.now, drawn)
    return {
        **{f"assertion: {name}": value for name, value in parts.items()},
        "client id beside": form.get("client_id"),
    }


def proof(text: str, request: Request, token: str | None, installation: Installation, drawn: set[str]) -> Parts:
    """The parts of a DPoP proof (RFC 9449 §4.2); what is fresh in each is held against now and the request."""
    head, claims, url = part(text, 0), part(text, 1), without_query(request.url)
    incoming = Incoming(request.method, url, {}, "", b"", None)
    presented = Presented(text, head, claims, incoming, installation.now, DPoPPolicy(), token)
    parts = {"typ": head.get("typ"), "alg": head.get("alg"), "jwk": json.dumps(head.get("jwk"), sort_keys=True)}
    parts["signature"] = dict(CHECKS)["signature"](presented)
    parts |= timely(claims, installation.now, drawn)
    nonces = [nonce for given in installation.memory.dpop_nonces.values() for nonce in given]
    hashed = urlsafe_b64encode(hashlib.sha256((token or "").encode()).digest()).rstrip(b"=").decode()
    right = {"htm": request.method, "htu": url, "ath": hashed}
    parts |= {name: "right" for name, value in right.items() if claims.get(name) == value}
    if claims.get("nonce") in nonces:
        parts["nonce"] = "given out"
    parts["form"] = "a JWT" if head else "no JWT"
    return {f"proof: {name}": value for name, value in parts.items()}


def timely(claims: Mapping[str, Any], now: float, drawn: set[str]) -> Parts:
    """Claims as they are, but times by how far they lie from now, and a jti by whether it was seen before."""
    told = dict(claims)
    for name in ("iat", "nbf", "exp"):
        value = claims.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            minutes = (value - now) / 60
            told[name] = 0 if abs(value - now) <= NOW else round(minutes) or (1 if minutes > 0 else -1)
    if isinstance(jti := claims.get("jti"), str):
        told["jti"] = "used" if jti in drawn else "fresh"
        drawn.add(jti)
    return told


def part(text: str, number: int) -> dict[str, Any]:
    """A part of a JWT; empty where it is none."""
    try:
        encoded = text.split(".")[number]
        decoded = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (ValueError, IndexError):
        return {}
    return decoded if isinstance(decoded, dict) else {}
