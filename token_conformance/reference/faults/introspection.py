"""Faults of token introspection (RFC 7662)."""

# ruff: noqa: S106 - policies are named after the secrets that they concern

from dataclasses import replace

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, at

INACTIVE = ("rfc7662-2.2-inactive-shape",)


def _talkative(answer: Answer) -> Answer:
    inactive = answer.members.get("active") is False
    return answer.saying(error="token_expired", client_id="app", exp=1_700_000_000) if inactive else answer


def _textual(answer: Answer) -> Answer:
    return answer.saying(active=str(answer.members["active"]).lower()) if "active" in answer.members else answer


def _refusing(answer: Answer) -> Answer:
    inactive = answer.members.get("active") is False
    return answer.with_status(400).saying(error="invalid_token") if inactive else answer


def _live(answer: Answer) -> bool:
    return answer.members.get("active") is True


def _in_milliseconds(answer: Answer) -> Answer:
    times = {name: answer.members[name] * 1000 for name in ("exp", "iat") if name in answer.members}
    return answer.saying(**times)


def _inactive_where_missing(answer: Answer) -> Answer:
    missing = answer.reason == "missing_token"
    return replace(answer, status=200, members={"active": False}) if missing else answer


INTROSPECTION = (
    Fault(
        "introspection-used-token-active",
        "used refresh tokens are active",
        INACTIVE,
        policy("afterlife", used_refresh_token_active=True),
    ),
    Fault(
        "introspection-revoked-token-active",
        "revoked tokens are active",
        INACTIVE,
        policy("afterlife", revoked_token_active=True),
    ),
    Fault(
        "introspection-expired-token-active",
        "expired tokens are active",
        INACTIVE,
        policy("afterlife", expired_token_active=True),
    ),
    Fault(
        "introspection-unknown-token-active",
        "unknown tokens are active",
        INACTIVE,
        policy("afterlife", unknown_token_active=True),
    ),
    Fault(
        "introspection-inactive-tells",
        "the answer to an inactive token tells more",
        ("rfc7662-2.2-inactive-tells-nothing",),
        at("introspection", _talkative),
    ),
    Fault("introspection-inactive-refused", "an inactive token answers 400", INACTIVE, at("introspection", _refusing)),
    Fault("introspection-active-string", "active is a string", INACTIVE, at("introspection", _textual)),
    Fault(
        "introspection-living-token-inactive",
        "no access token is active, and refresh tokens are",
        ("rfc7662-2.2-active",),
        policy("afterlife", living_access_token_active=False),
    ),
    Fault(
        "introspection-iss-other",
        "iss is another issuer",
        ("rfc7662-2.2-truth",),
        at(
            "introspection",
            lambda answer: answer.saying(iss="https://other.example") if answer.members.get("active") else answer,
        ),
    ),
    Fault(
        "introspection-exp-text",
        "exp is a text",
        ("rfc7662-2.2-types",),
        at(
            "introspection",
            lambda answer: answer.saying(exp=str(answer.members["exp"])) if "exp" in answer.members else answer,
        ),
    ),
    Fault(
        "introspection-html",
        "the media type is text/html",
        ("rfc7662-2.2-json",),
        at("introspection", lambda answer: replace(answer, media_type="text/html")),
    ),
    Fault(
        "introspection-stored",
        "answers may be stored",
        ("introspection-not-stored",),
        at("introspection", lambda answer: answer.bare_of("Cache-Control")),
    ),
    Fault(
        "introspection-wrong-secret-400",
        "wrong credentials answer 400",
        ("rfc7662-2.3-credentials",),
        at("introspection", lambda answer: answer.with_status(400) if answer.status == 401 else answer),
    ),
    Fault(
        "introspection-open",
        "introspection needs no authentication",
        ("rfc7662-2.1-authorization",),
        policy("afterlife", introspection_authenticated=False),
    ),
    Fault(
        "introspection-client-other",
        "client_id is another client",
        ("rfc7662-2.2-truth",),
        at("introspection", lambda answer: answer.saying(client_id="another-client") if _live(answer) else answer),
    ),
    Fault(
        "introspection-exp-milliseconds",
        "exp and iat are in milliseconds",
        ("rfc7662-2.2-truth", "rfc6749-5.1-expires-in-true"),
        at("introspection", _in_milliseconds),
    ),
    Fault(
        "introspection-refresh-token-beside-access-token",
        "a living refresh token is inactive once the access token beside it has expired",
        ("rfc7662-2.2-active",),
        policy("afterlife", refresh_token_active="beside its access token"),
    ),
    Fault(
        "introspection-refresh-token-at-first",
        "the refresh tokens of logins are active, and those of refreshes are not",
        ("rfc7662-2.2-active",),
        policy("afterlife", refresh_token_active="at first"),
    ),
    Fault(
        "introspection-by-another-ends-session",
        "a session ends when another client introspects one of its tokens",
        ("session-no-stranding",),
        policy("afterlife", foreign_introspection_revokes=True),
    ),
    Fault(
        "introspection-client-of-the-asker",
        "client_id is that of the client that asks",
        ("rfc7662-2.2-truth",),
        policy("afterlife", tells="everybody their own name"),
    ),
    Fault(
        "introspection-audience-of-the-asker",
        "aud is the client that asks",
        ("rfc7662-2.2-audience",),
        policy("afterlife", tells="everybody that it is for them"),
    ),
    Fault(
        "introspection-refresh-token-expiry-of-access-token",
        "exp of a refresh token is that of the access token beside it",
        ("rfc7662-2.2-truth",),
        policy("afterlife", refresh_token_expiry="of its access token"),
    ),
    Fault(
        "introspection-of-nothing-inactive",
        "introspection without token says that it is not active",
        ("rfc7662-2.1-missing-token",),
        at("introspection", _inactive_where_missing),
    ),
)
