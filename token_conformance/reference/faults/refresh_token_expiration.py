"""Faults in what answers tell of lifetimes (Refresh Token Expiration draft)."""

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import Change, policy, together
from token_conformance.reference.faults.fault import Fault, at, refreshed_tokens, tokens


def expiring(change: Change) -> Change:
    """A change of a server that tells how long refresh tokens live."""
    return together(policy("refresh", expiration_told=True), change)


def _as_text(answer: Answer) -> Answer:
    told = answer.members.get("refresh_token_timeout")
    return answer.saying(refresh_token_timeout=str(told)) if told is not None else answer


def _ending_soon(answer: Answer) -> Answer:
    """The authorization ends in a day, and the refresh token lives for longer."""
    told = "authorization_expires_in" in answer.members
    return answer.saying(authorization_expires_in=86_400) if told else answer


def _ending_at_once(answer: Answer) -> Answer:
    """The authorization and the refresh token end in a minute, and the access token lives for longer."""
    told = "authorization_expires_in" in answer.members
    return answer.saying(authorization_expires_in=60, refresh_token_timeout=60) if told else answer


def _prolonged(answer: Answer) -> Answer:
    return answer.saying(authorization_expires_in=answer.members["authorization_expires_in"] + 3600)


REFRESH_TOKEN_EXPIRATION = (
    Fault(
        "refresh-timeout-text",
        "refresh_token_timeout is text",
        ("rt-expiration-6.1-seconds",),
        expiring(tokens(_as_text)),
    ),
    Fault(
        "refresh-timeout-beyond-authorization",
        "refresh_token_timeout is longer than the authorization",
        ("rt-expiration-6.1-within-authorization",),
        expiring(tokens(_ending_soon)),
    ),
    Fault(
        "access-token-outlives-authorization",
        "the access token lives for longer than the authorization",
        ("rt-expiration-5-access-token",),
        expiring(tokens(_ending_at_once)),
    ),
    Fault(
        "refresh-timeout-forgotten",
        "a refresh does not tell the lifetimes that the login told",
        ("rt-expiration-6.1-with-each-refresh-token",),
        expiring(refreshed_tokens(lambda answer: answer.silent_about("refresh_token_timeout"))),
    ),
    Fault(
        "refresh-prolongs-authorization",
        "the authorization lives for longer after each refresh",
        ("rt-expiration-6.1-authorization-counts-down",),
        expiring(refreshed_tokens(_prolonged)),
    ),
    Fault(
        "refresh-timeout-undeclared",
        "the metadata does not declare the lifetimes that answers tell",
        ("rt-expiration-7-declared",),
        expiring(at("metadata", lambda answer: answer.silent_about("refresh_token_expiration_types_supported"))),
    ),
    Fault(
        "refresh-timeout-types-unknown",
        "the metadata declares lifetimes by words of its own",
        ("rt-expiration-7-types", "rt-expiration-7-declared"),
        expiring(at("metadata", lambda answer: answer.saying(refresh_token_expiration_types_supported=["refresh"]))),
    ),
    Fault(
        "refresh-timeout-unheeded",
        "a refresh token works after the time that was told",
        ("rt-expiration-5-refused",),
        expiring(policy("refresh", expiry_checked=False)),
    ),
)
