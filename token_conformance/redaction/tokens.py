"""What a report shows of a JWT: the header, and the claims that checks judge; nothing about the person."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

from token_conformance.exchange import parse_json

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


def summary_of(token: str) -> str:
    """The header and the judged claims of a JWT, on one line; empty where the token is none."""
    parts = token.split(".")
    header, claims = (_decoded(part) for part in parts[:2]) if len(parts) == 3 else (None, None)
    if header is None or claims is None:
        return ""
    shown: dict[str, Any] = {name: claims[name] for name in CLAIMS if name in claims}
    shown |= {name: "(present)" for name in PRESENT if name in claims}
    return f"{json.dumps(header)} {json.dumps(shown)}"


def _decoded(segment: str) -> dict[str, Any] | None:
    try:
        value = parse_json(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
