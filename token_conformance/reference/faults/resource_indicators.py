"""Faults of tokens that are asked for one resource (RFC 8707)."""

from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, refusals

TARGET = ("rfc8707-target",)
MALFORMED = ("rfc8707-2-malformed",)
AUDIENCE = ("rfc8707-2-audience",)

RESOURCE_INDICATORS = (
    Fault(
        "target-known-refused",
        "no resource is known",
        ("rfc8707-granted",),
        policy("target", known_granted=False),
    ),
    Fault(
        "target-unknown-granted",
        "a token is issued for any resource",
        TARGET,
        policy("target", unknown="granted"),
    ),
    Fault(
        "target-unknown-ignored",
        "an unknown resource is ignored",
        TARGET,
        policy("target", unknown="ignored"),
    ),
    Fault(
        "target-unknown-invalid-request",
        "an unknown resource is answered by invalid_request",
        (*TARGET, "rfc8693-2.2.2-invalid-target"),
        refusals(lambda answer: answer.saying(error="invalid_request"), "unknown_resource"),
    ),
    Fault(
        "target-malformed-ignored",
        "a malformed resource is ignored",
        MALFORMED,
        policy("target", malformed="ignored"),
    ),
    Fault(
        "target-malformed-invalid-scope",
        "a malformed resource is answered by invalid_scope",
        ("rfc8707-target",),
        refusals(lambda answer: answer.saying(error="invalid_scope"), "malformed_resource"),
    ),
    Fault(
        "target-audience-usual",
        "tokens have the same audience whatever they are asked for",
        AUDIENCE,
        policy("target", audience="usual"),
    ),
    Fault(
        "target-audience-usual-too",
        "tokens for one resource are for the usual one too",
        AUDIENCE,
        policy("target", audience="usual_too"),
    ),
    Fault(
        "target-refresh-unbound",
        "a refresh reaches any resource that is known",
        ("rfc9700-4.14.2-bound-to-scope",),
        policy("target", beyond="granted"),
    ),
    Fault(
        "target-audience-client",
        "a token that was asked for a resource is for the client that asked",
        AUDIENCE,
        policy("target", audience="client"),
    ),
    Fault(
        "target-forgotten-by-refreshes",
        "the token of a refresh is for the client, and no longer for the resource of the login",
        AUDIENCE,
        policy("target", forgotten_by_refreshes=True),
    ),
    Fault(
        "target-narrowing-ignored",
        "a refresh for one of the granted resources is for all of them",
        AUDIENCE,
        policy("target", narrowed="ignored"),
    ),
    Fault(
        "target-narrowing-refused",
        "a refresh for one of the granted resources is refused",
        ("rfc8707-2.2-narrowing",),
        policy("target", narrowed="refused"),
    ),
    Fault(
        "target-several-refused",
        "several resources in one request are a repeated parameter",
        ("rfc8707-2-several",),
        policy("target", several="refused"),
    ),
    Fault(
        "target-unknown-authorized",
        "an unknown resource is refused at the token endpoint alone",
        ("rfc8707-2.1-invalid-target",),
        policy("target", checked_at_authorization=False),
    ),
)
