"""Faults of token revocation (RFC 7009)."""

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import Behaviour, policy
from token_conformance.reference.faults.fault import Fault, at

UNKNOWN = ("rfc7009-2.2-unknown-token-200",)


def _refusing_unknown(answer: Answer) -> Answer:
    unknown = answer.status == 200 and answer.reason == "unknown_token"
    return answer.with_status(400).saying(error="invalid_request") if unknown else answer


def _missing_unknown(answer: Answer) -> Answer:
    return answer.with_status(404) if answer.reason == "unknown_token" else answer


def _refusing_revoked(answer: Answer) -> Answer:
    revoked = answer.status == 200 and answer.reason == "revoked_token"
    return answer.with_status(400).saying(error="invalid_grant") if revoked else answer


def _refusing_hints(answer: Answer) -> Answer:
    known = answer.form.get("token_type_hint") in {None, "access_token", "refresh_token"}
    return answer if known else answer.with_status(401).saying(error="unsupported_token_type")


def _refusing_misled(answer: Answer) -> Answer:
    misled = answer.reason == "unknown_token" and "token_type_hint" in answer.form
    return answer.with_status(400).saying(error="invalid_request") if misled else answer


def _refusing_wrong_hints(behaviour: Behaviour) -> Behaviour:
    misled = policy("afterlife", hint_decides=True)(behaviour)
    return at("revocation", _refusing_misled)(misled)


REVOCATION = (
    Fault(
        "revocation-without-effect",
        "revocation answers 200 and does nothing",
        ("rfc7009-2-refresh-token-revoked",),
        policy("afterlife", revokes=False),
    ),
    Fault(
        "revocation-crashes",
        "revocation answers 500",
        ("rfc7009-2-refresh-token-revoked",),
        at("revocation", lambda answer: answer.with_status(500)),
    ),
    Fault("revocation-unknown-refused", "an unknown token answers 400", UNKNOWN, at("revocation", _refusing_unknown)),
    Fault("revocation-unknown-not-found", "an unknown token answers 404", UNKNOWN, at("revocation", _missing_unknown)),
    Fault("revocation-repeated-refused", "a revoked token answers 400", UNKNOWN, at("revocation", _refusing_revoked)),
    Fault(
        "revocation-unknown-hint-refused",
        "a token_type_hint that nobody knows answers 401 unsupported_token_type",
        ("rfc7009-2.2-hint-ignored",),
        at("revocation", _refusing_hints),
    ),
    Fault(
        "revocation-hint-decides",
        "a token with a wrong token_type_hint is not found",
        ("rfc7009-2.1-hint", "rfc7662-2.1-hint"),
        policy("afterlife", hint_decides=True),
    ),
    Fault(
        "revocation-wrong-hint-refused",
        "a token with a wrong token_type_hint is not found, and the revocation answers 400",
        ("rfc7009-2.1-hint", "rfc7662-2.1-hint"),
        _refusing_wrong_hints,
    ),
    Fault(
        "revocation-hints-mixed-up",
        "refresh tokens are looked for where token_type_hint says access_token, and the other way round",
        ("rfc7009-2.1-hint", "rfc7662-2.1-hint"),
        policy("afterlife", hints_mixed_up=True),
    ),
    Fault(
        "revocation-spares-access-token",
        "the revocation of an access token answers 200 and does nothing",
        (
            "rfc7009-2-access-token-revoked",
            "rfc8693-2.1-validated",
        ),
        policy("afterlife", access_tokens="spared"),
    ),
    Fault(
        "revocation-spares-access-token-of-grant",
        "the revocation of a refresh token leaves its access token alone",
        ("rfc7009-2.1-refresh-kills-access",),
        policy("afterlife", access_tokens_go_with_family=False),
    ),
    Fault(
        "revocation-spares-older-access-tokens",
        "the revocation of a refresh token leaves the access tokens of earlier renewals alone",
        ("rfc7009-2.1-refresh-kills-access",),
        policy("afterlife", older_access_tokens_go_with_family=False),
    ),
    Fault(
        "revocation-ends-all-of-a-user",
        "the revocation of a refresh token ends the user's sessions at all clients",
        ("rfc7009-2.1-same-grant",),
        policy("afterlife", revocation_ends="user"),
    ),
    Fault(
        "revocation-ends-everybody",
        "the revocation of a refresh token ends the sessions of all users",
        ("rfc7009-2.1-same-grant",),
        policy("afterlife", revocation_ends="everybody"),
    ),
    Fault(
        "login-revives-grants",
        "a login revives what was revoked of the same user",
        ("rfc7009-2-refresh-token-revoked", "rfc9700-4.14.2-reuse-revokes-family"),
        policy("refresh", revived_by_login=True),
    ),
    Fault(
        "revocation-needs-hint",
        "a revocation without token_type_hint answers 200 and does nothing",
        ("rfc7009-2-refresh-token-revoked",),
        policy("afterlife", revocation_needs_hint=True),
    ),
    Fault(
        "revocation-of-nothing-accepted",
        "a revocation without token answers 200",
        ("rfc7009-2.2.1-missing-token",),
        at("revocation", lambda answer: answer.with_status(200) if answer.reason == "missing_token" else answer),
    ),
    Fault(
        "revocation-of-foreign-token",
        "any client can revoke any token",
        ("rfc7009-2.1-foreign-token",),
        policy("afterlife", client_compared=False),
    ),
    Fault(
        "revocation-of-foreign-access-token",
        "any client can revoke any access token, and no refresh token of another",
        ("rfc7009-2.1-foreign-token",),
        policy("afterlife", client_of_access_tokens_compared=False),
    ),
    Fault(
        "revocation-unauthenticated",
        "revocation needs no client authentication",
        ("rfc7009-2.1-client-authentication",),
        policy("afterlife", revocation_authenticated=False),
    ),
    Fault(
        "revocation-wrong-secret-accepted",
        "revocation looks for credentials, and does not compare them",
        ("rfc7009-2.1-client-authentication", "rfc7009-2.1-public-client-id"),
        policy("afterlife", revocation_failure="ignored"),
    ),
    Fault(
        "revocation-failure-untold",
        "a client that fails to authenticate is answered by 200, and its token lives on",
        ("rfc7009-2.1-client-authentication",),
        policy("afterlife", revocation_failure="silent"),
    ),
    Fault(
        "revocation-failure-untold-of-dead-tokens",
        "a client that fails to authenticate is answered by 200, where the token was revoked before",
        ("rfc7009-2.1-client-authentication",),
        policy("afterlife", revocation_failure="told of living tokens"),
    ),
    Fault(
        "revocation-by-address",
        "a revocation is read from the query, by GET too",
        ("rfc7009-2.1-body-alone",),
        policy("afterlife", address_read=True),
    ),
)
