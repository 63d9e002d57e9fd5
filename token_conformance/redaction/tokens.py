"""What a report shows of a JWT: of its header and claims those that checks judge; nothing about the person."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from token_conformance.wire.exchange import parse_json

HEADER = ("alg", "typ", "kid", "cty", "crit")
CLAIMS = (
    "iss",
    "aud",
    "azp",
    "client_id",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "at_hash",
    "c_hash",
    "s_hash",
    "scope",
    "cnf",
)
PRESENT = ("sub", "nonce", "jti", "sid")


def is_jwt(value: object) -> bool:
    """Whether a value has the form of a JWT."""
    return isinstance(value, str) and value.startswith("ey") and value.count(".") == 2 and bool(summary_of(value))


def summary_of(token: str) -> str:
    """The judged part of a JWT's header and claims, on one line; empty where the token is none."""
    parts = token.split(".")
    header, claims = (_decoded(part) for part in parts[:2]) if len(parts) == 3 else (None, None)
    if header is None or claims is None:
        return ""
    present = {name: "(present)" for name in PRESENT if name in claims}
    return f"{json.dumps(_selected(header, HEADER))} {json.dumps(_selected(claims, CLAIMS) | present)}"


def _selected(members: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: members[name] for name in names if name in members}


def _decoded(segment: str) -> dict[str, Any] | None:
    try:
        value = parse_json(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
