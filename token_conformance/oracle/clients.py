"""Who asks: which client a request names, and whether what it shows is that client's (RFC 6749 §2.3)."""

from __future__ import annotations

import binascii
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote_plus

from token_conformance.evidence.jwt_reading import read
from token_conformance.oracle.events import Asker, Binding, Proof
from token_conformance.profile.client import Client
from token_conformance.profile.models import Profile
from token_conformance.wire.exchange import Request, header

Form = Mapping[str, str]


def asker_of(request: Request, form: Form, profile: Profile) -> Asker:
    """The client that a request names, with the worth of its proof; two proofs at once are worth nobody knows what."""
    basic, in_body = _basic(request), form.get("client_id")
    assertion = read(form["client_assertion"]) if "client_assertion" in form else None
    named = in_body if in_body is not None else (str(assertion.claims.get("sub")) if assertion else None)
    if basic is not None:
        return _by_basic(basic, form, profile)
    client = client_named(profile, named)
    if client is None:
        return Asker(named)
    proof = Proof.UNKNOWN if "client_assertion" in form else _in_body(client, form, request)
    return Asker(client.client_id, proof, client.public)


def client_named(profile: Profile, client_id: str | None) -> Client | None:
    """The client of the profile with that client_id."""
    return next((each for each in profile.clients if each.client_id == client_id), None)


def _in_body(client: Client, form: Form, request: Request) -> Proof:
    """What the body of a request, or its connection, proves; a public client has nothing to prove."""
    secret = form.get("client_secret")
    if client.public:
        return Proof.RIGHT if secret is None else Proof.UNKNOWN
    if secret is not None:
        return Proof.RIGHT if secret == client.client_secret else Proof.WRONG if client.sends_secret else Proof.UNKNOWN
    if client.authenticates_by_certificate:
        return Proof.ABSENT if request.certificate is None else Proof.UNKNOWN
    return Proof.ABSENT


def _by_basic(pair: str, form: Form, profile: Profile) -> Asker:
    claimed = [tuple(decoded(part) for part in pair.partition(":")[::2]) for decoded in (unquote_plus, str)]
    known = [(client_named(profile, id_), secret) for id_, secret in claimed]
    client = next((client for client, _ in known if client is not None), None)
    if client is None:
        return Asker(claimed[0][0])
    secrets = [secret for each, secret in known if each is client]
    if {"client_secret", "client_assertion"} & set(form) or form.get("client_id", client.client_id) != client.client_id:
        return Asker(client.client_id, Proof.UNKNOWN, client.public)
    return Asker(client.client_id, _worth(client, known[0][1], secrets), client.public)


def _worth(client: Client, decoded: str, secrets: list[str]) -> Proof:
    """Of a secret that is right only where it is not decoded, nobody can say what it is worth."""
    if client.public or client.client_secret is None:
        return Proof.UNKNOWN
    if decoded == client.client_secret:
        return Proof.RIGHT
    return Proof.UNKNOWN if client.client_secret in secrets else Proof.WRONG


def _basic(request: Request) -> str | None:
    if not request.by_basic:
        return None
    sent = (header(request.headers, "authorization") or "").partition(" ")[2]
    try:
        return b64decode(sent.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def binding_of(request: Request) -> Binding:
    """The keys that a request shows: that of its DPoP proof (RFC 9449 §4.2), and its certificate (RFC 8705)."""
    proof = header(request.headers, "dpop")
    shown = request.certificate.thumbprint if request.certificate is not None else None
    return Binding(proof is not None, _thumbprint(proof) if proof is not None else None, shown)


@lru_cache(maxsize=64)
def _thumbprint_of(members: tuple[tuple[str, str], ...]) -> str:
    text = "{" + ",".join(f'"{name}":"{value}"' for name, value in members) + "}"
    return urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()


REQUIRED = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}
"""The members of a public key that its thumbprint is of (RFC 7638 §3.2)."""


def _thumbprint(proof: str) -> str | None:
    token = read(proof)
    key = token.header.get("jwk") if token is not None else None
    if not isinstance(key, dict):
        return None
    members = tuple(_members(key))
    return _thumbprint_of(members) if members else None


def _members(key: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    names = REQUIRED.get(str(key.get("kty")), ())
    if all(isinstance(key.get(name), str) for name in names):
        yield from ((name, str(key[name])) for name in names)
