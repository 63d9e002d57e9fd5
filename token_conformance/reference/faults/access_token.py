"""Faults of access tokens and of the resource that takes them (RFC 6750, RFC 9068)."""

# ruff: noqa: S106 - policies are named after the secrets that they concern

from dataclasses import replace

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import access_tokens, answers, policy
from token_conformance.reference.faults.fault import Fault, at
from token_conformance.reference.unsigned import Unsigned

EXPIRED = ("rfc6750-3.1-expired-access-token",)
CHALLENGE = ("rfc6750-3-challenge",)
CLAIMS = ("rfc9068-claims",)
ALGORITHM = ("access-token-alg",)


def _at_resources(answer: Answer) -> bool:
    return answer.endpoint in {"resource", "userinfo"}


def _unchallenged(answer: Answer) -> Answer:
    return answer.bare_of("WWW-Authenticate") if _at_resources(answer) else answer


def _basic_challenge(answer: Answer) -> Answer:
    return (
        answer.headed("WWW-Authenticate", 'Basic realm="resource"')
        if _at_resources(answer) and answer.status == 401
        else answer
    )


def _error_without_token(answer: Answer) -> Answer:
    if answer.reason != "no_token":
        return answer
    return answer.headed("WWW-Authenticate", 'Bearer realm="resource", error="invalid_token"')


def _forbidden(answer: Answer) -> Answer:
    return (
        answer.with_status(403).bare_of("WWW-Authenticate")
        if answer.reason in {"no_token", "invalid_token"}
        else answer
    )


def _error_untold(answer: Answer) -> Answer:
    at_fault = _at_resources(answer) and answer.reason == "invalid_token"
    return answer.headed("WWW-Authenticate", 'Bearer realm="resource"') if at_fault else answer


def _of_a_user(token: Unsigned) -> Unsigned:
    return token.claiming(sub="user-alice.example") if token.occasion == "client_credentials" else token


def _error_twice(answer: Answer) -> Answer:
    at_fault = _at_resources(answer) and answer.reason == "invalid_token"
    said = 'Bearer realm="resource", error="invalid_token", error="invalid_request"'
    return answer.headed("WWW-Authenticate", said) if at_fault else answer


def _with_backslash(answer: Answer) -> Answer:
    at_fault = _at_resources(answer) and answer.reason == "invalid_token"
    said = 'Bearer realm="resource", error="invalid_token", error_description="No \\"good\\" token"'
    return answer.headed("WWW-Authenticate", said) if at_fault else answer


def _behind_a_comma(answer: Answer) -> Answer:
    at_fault = _at_resources(answer) and answer.reason == "invalid_token"
    return answer.headed("WWW-Authenticate", 'Bearer, error="invalid_token"') if at_fault else answer


ACCESS_TOKEN = (
    Fault(
        "challenge-error-twice",
        "the challenge to a dead token has two errors",
        ("rfc6750-3-attributes-once",),
        answers(_error_twice),
    ),
    Fault(
        "challenge-behind-a-comma",
        "a comma stands between the scheme of a challenge and its parameters",
        ("rfc9110-11.6.1-challenge",),
        answers(_behind_a_comma),
    ),
    Fault(
        "challenge-with-quotation-marks",
        "error_description of a challenge holds quotation marks",
        ("rfc6750-3-attribute-characters",),
        answers(_with_backslash),
    ),
    Fault(
        "resource-audience-unchecked",
        "the resource takes access tokens for other resources",
        ("rfc9068-4-aud-checked",),
        policy("resource", audience_checked=False),
    ),
    Fault(
        "access-token-sub-of-client",
        "sub of a user's access token is the client",
        ("rfc9068-2.2-sub-of-users",),
        access_tokens(lambda token: token.claiming(sub=token.claims["client_id"])),
    ),
    Fault(
        "access-token-sub-of-user",
        "sub of a client's own access token is a user",
        ("rfc9700-4.15-no-confusion",),
        access_tokens(_of_a_user),
    ),
    Fault(
        "jwks-without-rs256",
        "no RSA key is published for access tokens of the type at+jwt",
        ("rfc9068-2.1-rs256",),
        policy("token", published_keys=("PS256", "ES256", "ES384", "EdDSA"), access_token_algorithm="ES256"),
    ),
    Fault(
        "resource-takes-a-token-twice",
        "the resource takes access tokens in the query, in the header beside it too",
        ("rfc6750-3.1-two-methods", "rfc6750-2.3-query"),
        policy("resource", query_accepted=True, two_methods_refused=False),
    ),
    Fault(
        "resource-query-cacheable",
        "the resource takes access tokens in the query, and answers what caches may keep for all",
        ("rfc6750-2.3-private", "rfc6750-2.3-query"),
        policy("resource", query_accepted=True, queried_is_private=False),
    ),
    Fault(
        "resource-scheme-case-sensitive",
        "the resource takes the scheme Bearer in this spelling alone",
        ("rfc9110-11.1-scheme-case",),
        policy("resource", schemes=("Bearer",)),
    ),
    Fault(
        "resource-expired-accepted",
        "the resource does not check expiry",
        EXPIRED,
        policy("resource", expiry_checked=False),
    ),
    Fault(
        "resource-any-token-accepted",
        "the resource takes any token",
        ("rfc6749-7-tampered-access-token",),
        policy("resource", token_checked=False),
    ),
    Fault(
        "resource-changed-token-accepted",
        "the resource takes an access token with another signature",
        ("rfc6749-7-tampered-access-token",),
        policy("resource", whole_token_compared=False),
    ),
    Fault(
        "resource-id-token-accepted",
        "the resource takes ID tokens",
        ("rfc9068-4-id-token-refused",),
        policy("resource", id_token_accepted=True),
    ),
    Fault(
        "resource-error-untold",
        "the challenge to a dead token has no error code",
        ("rfc6750-3.1-invalid-token",),
        answers(_error_untold),
    ),
    Fault(
        "resource-refuses-bearer",
        "the resource refuses Bearer",
        ("rfc6750-2-header",),
        policy("resource", schemes=frozenset({"token"})),
    ),
    Fault("resource-without-challenge", "401 comes without WWW-Authenticate", CHALLENGE, answers(_unchallenged)),
    Fault("resource-basic-challenge", "401 comes with a challenge to Basic", CHALLENGE, answers(_basic_challenge)),
    Fault(
        "resource-error-without-token",
        "the challenge has an error code though no token was sent",
        ("rfc6750-3-no-error-without-token",),
        answers(_error_without_token),
    ),
    Fault("resource-forbidden", "a missing or bad token answers 403", CHALLENGE, answers(_forbidden)),
    Fault(
        "resource-unsigned-token-accepted",
        "the resource takes a JWT with alg none",
        ("rfc9068-4-alg-none",),
        policy("resource", unsigned_token_accepted=True),
    ),
    Fault(
        "resource-query-accepted",
        "the resource takes access tokens in the query",
        ("rfc6750-2.3-query", "oauth2.1-5.1-query"),
        policy("resource", query_accepted=True),
    ),
    Fault(
        "access-token-sub-absent", "the JWT has no sub", CLAIMS, access_tokens(lambda token: token.silent_about("sub"))
    ),
    Fault(
        "access-token-jti-absent", "the JWT has no jti", CLAIMS, access_tokens(lambda token: token.silent_about("jti"))
    ),
    Fault(
        "access-token-client-absent",
        "the JWT has no client_id",
        CLAIMS,
        access_tokens(lambda token: token.silent_about("client_id")),
    ),
    Fault(
        "access-token-client-other",
        "client_id of the JWT is of another client",
        CLAIMS,
        access_tokens(lambda token: token.claiming(client_id="another-client")),
    ),
    Fault(
        "access-token-iss-other",
        "iss of the JWT is of another provider",
        CLAIMS,
        access_tokens(lambda token: token.claiming(iss="https://other.example")),
    ),
    Fault(
        "access-token-aud-absent", "the JWT has no aud", CLAIMS, access_tokens(lambda token: token.silent_about("aud"))
    ),
    Fault(
        "access-token-scope-array",
        "scope is an array in the JWT",
        ("rfc9068-2.2.3-scope",),
        access_tokens(lambda token: token.claiming(scope=token.claims["scope"].split())),
    ),
    Fault(
        "access-token-alg-none",
        "the JWT is not signed",
        ALGORITHM,
        access_tokens(lambda token: replace(token, signature="none")),
    ),
    Fault(
        "access-token-signature-zeroed",
        "the JWT's signature is all zeros",
        ALGORITHM,
        access_tokens(lambda token: replace(token, signature="zeroed")),
    ),
    Fault(
        "access-token-signature-foreign",
        "another key than the published one signs the JWT",
        ALGORITHM,
        access_tokens(lambda token: replace(token, signature="foreign")),
    ),
    Fault(
        "access-token-exp-short",
        "the JWT's exp comes before expires_in says",
        ("rfc6749-5.1-expires-in-true",),
        access_tokens(lambda token: token.claiming(exp=token.claims["exp"] - 1800)),
    ),
    Fault(
        "access-token-exp-past",
        "the JWT of a new access token has expired",
        ("rfc6749-5.1-expires-in-true",),
        access_tokens(lambda token: token.claiming(exp=token.claims["iat"] - 1)),
    ),
    Fault(
        "access-token-typ-jwt",
        "typ of access tokens of RFC 9068 is JWT",
        ("rfc9068-2.1-typ",),
        access_tokens(lambda token: token.headed(typ="JWT")),
    ),
    Fault(
        "access-token-signature-zeroed-refreshed",
        "the signature of a refreshed JWT access token is all zeros",
        ("access-token-alg",),
        access_tokens(lambda token: replace(token, signature="zeroed") if token.refreshed else token),
    ),
    Fault(
        "access-token-claims-of-service-absent",
        "the JWT of client_credentials has no sub",
        CLAIMS,
        access_tokens(lambda token: token.silent_about("sub") if token.occasion == "client_credentials" else token),
    ),
    Fault(
        "access-token-iat-tomorrow",
        "iat of the JWT is tomorrow",
        CLAIMS,
        access_tokens(lambda token: token.claiming(iat=token.claims["iat"] + 86_400)),
    ),
    Fault(
        "access-token-jti-constant",
        "all JWTs have the same jti",
        ("rfc7519-4.1.7-jti",),
        access_tokens(lambda token: token.claiming(jti="0")),
    ),
    Fault(
        "userinfo-any-token-accepted",
        "the userinfo endpoint takes any token",
        ("oidc-5.3.3-userinfo-error",),
        policy("resource", userinfo_checks=False),
    ),
    Fault(
        "userinfo-expired-accepted",
        "the userinfo endpoint does not check expiry",
        ("oidc-5.3.3-userinfo-error",),
        policy("resource", userinfo_checks_expiry=False),
    ),
    Fault(
        "userinfo-without-challenge",
        "the 401 of the userinfo endpoint comes without WWW-Authenticate",
        ("oidc-5.3.3-userinfo-error",),
        at("userinfo", lambda answer: answer.bare_of("WWW-Authenticate")),
    ),
    Fault(
        "resource-refresh-token-accepted",
        "a refresh token is taken for an access token",
        ("rfc6749-1.5-refresh-token-for-itself",),
        policy("resource", refresh_token_accepted=True),
    ),
)
