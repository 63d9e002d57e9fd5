"""Variations that the specifications allow: servers at which nobody must take offence."""

# ruff: noqa: S106 - policies are named after the secrets that they concern

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import Behaviour, access_tokens, answers, id_tokens, policy, together
from token_conformance.reference.faults.fault import at, refreshed_id_tokens, refusals, tokens
from token_conformance.reference.unsigned import Unsigned
from token_conformance.reference.variation import Variation
from token_conformance.reference.variations_of_answers import FORMS
from token_conformance.reference.variations_of_clients import CLIENTS
from token_conformance.reference.variations_of_grants import FURTHER_GRANTS
from token_conformance.reference.variations_of_servers import HABITS
from token_conformance.reference.variations_of_tokens import LIVES


def _long_access_token(token: Unsigned) -> Unsigned:
    return token.claiming(permissions=[f"https://api.example/permission/{number}" for number in range(100)])


def _audience_array(token: Unsigned) -> Unsigned:
    return token.claiming(aud=[token.claims["aud"]])


def _authorized_party(token: Unsigned) -> Unsigned:
    """The azp of the client, in every ID token, so that a refresh changes nothing."""
    audience = token.claims["aud"]
    return token.claiming(azp=audience if isinstance(audience, str) else audience[0])


def _indented(answer: Answer) -> Answer:
    return answer.with_body(json.dumps(answer.members, indent=4) + "\n") if answer.body is None else answer


def _charset(answer: Answer) -> Answer:
    json_answer = answer.body is None and answer.media_type == "application/json"
    return replace(answer, media_type="application/json;charset=UTF-8") if json_answer else answer


def _rotated_scope(answer: Answer) -> Answer:
    values = answer.members.get("scope", "").split()
    return answer.saying(scope=" ".join(reversed(values))) if values else answer


def _a_second_less(answer: Answer) -> Answer:
    return answer.saying(expires_in=answer.members["expires_in"] - 1)


def _members_in_another_order(answer: Answer) -> Answer:
    return replace(answer, members={name: answer.members[name] for name in reversed(list(answer.members))})


def _single_key(behaviour: Behaviour) -> Behaviour:
    """One key, so that neither it nor the tokens need a name."""
    algorithm = behaviour.token.id_token_algorithm
    single = replace(behaviour.token, published_keys=(algorithm,), access_token_algorithm=algorithm)
    return replace(behaviour, token=single)


def _unnamed_keys(answer: Answer) -> Answer:
    return answer.saying(
        keys=[{name: value for name, value in key.items() if name != "kid"} for key in answer.members["keys"]]
    )


def _further_headers(answer: Answer) -> Answer:
    further = {
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "Server": "reference",
    }
    for name, value in further.items():
        answer = answer.headed(name, value)
    return answer


def _further_challenge(answer: Answer) -> Answer:
    if answer.status != 401:
        return answer
    return replace(answer, headers=(*answer.headers, ("WWW-Authenticate", 'Negotiate realm="corporate"')))


def _upper_case_header_values(answer: Answer) -> Answer:
    return answer.headed("Cache-Control", "No-Store").headed("Pragma", "No-Cache")


ALL = (
    Variation(
        "certificates-at-another-host",
        "certificates are asked for at another host, which mtls_endpoint_aliases names",
        policy("mutual_tls", alias_host="mtls.op.example"),
    ),
    Variation(
        "token-type-lower-case", "token_type is bearer", tokens(lambda answer: answer.saying(token_type="bearer"))
    ),
    Variation(
        "token-type-upper-case", "token_type is BEARER", tokens(lambda answer: answer.saying(token_type="BEARER"))
    ),
    Variation(
        "further-members",
        "answers hold members that the RFC does not know",
        tokens(
            lambda answer: answer.saying(
                created_at=1_700_000_000, session_state="a1b2", refresh_expires_in=2_592_000, not_before_policy=0
            )
        ),
    ),
    Variation(
        "further-claims",
        "ID tokens hold claims of the provider's own",
        id_tokens(lambda token: token.claiming(idp="local", amr=["pwd"], tenant={"id": 7})),
    ),
    Variation("audience-array", "aud is an array of one", id_tokens(_audience_array)),
    Variation("access-token-audience-array", "aud of the JWT access token is an array", access_tokens(_audience_array)),
    Variation(
        "cache-control-richer",
        "Cache-Control has more directives",
        answers(
            lambda answer: (
                answer.headed("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
                if answer.endpoint == "token"
                else answer
            )
        ),
    ),
    Variation(
        "cache-control-case", "Cache-Control and Pragma are in another case", at("token", _upper_case_header_values)
    ),
    Variation("scope-other-order", "scope comes in another order", tokens(_rotated_scope)),
    Variation(
        "scope-when-different",
        "scope is told only where it differs from what was asked",
        policy("scope", echo="when_different"),
    ),
    Variation("scope-always", "scope is always told", policy("scope", echo="always")),
    Variation(
        "scope-unknown-dropped",
        "unknown scope values are dropped, and the answer tells what was granted",
        policy("scope", unknown="dropped"),
    ),
    Variation(
        "scope-escalation-ignored",
        "a refresh for more is answered with what was granted, and says so",
        policy("refresh", scope_exceeded="ignored"),
    ),
    Variation("refresh-without-id-token", "refreshes yield no ID token", policy("refresh", id_token="never")),
    Variation(
        "refresh-token-kept", "refresh tokens are not rotated, and are returned again", policy("refresh", rotates=False)
    ),
    Variation(
        "refresh-token-kept-in-silence",
        "refresh tokens are not rotated, and not returned again",
        policy("refresh", rotates=False, repeats_kept_token=False),
    ),
    Variation(
        "refresh-token-kept-revokes-access-token",
        "refresh tokens are not rotated, and each refresh revokes the access token before",
        policy("refresh", rotates=False, old_access_token="revoked"),
    ),
    Variation(
        "refresh-token-malformed-invalid-request",
        "a refresh token that is not even of the right length is an invalid_request",
        policy("refresh", malformed="invalid_request"),
    ),
    Variation(
        "code-malformed-invalid-request",
        "a code that is not even of the right length is an invalid_request",
        policy("code", malformed="invalid_request"),
    ),
    Variation("refresh-grace", "a used refresh token works for another 10 s", policy("refresh", reuse_grace=10)),
    Variation(
        "refresh-same-access-token",
        "a living access token is returned again with its true remaining expires_in",
        policy("refresh", access_token="same"),
    ),
    Variation(
        "refresh-revokes-access-token",
        "a refresh revokes the access token before",
        policy("refresh", old_access_token="revoked"),
    ),
    Variation(
        "refresh-token-in-any-login",
        "a login yields a refresh token without offline_access too, as OIDC Core §11 leaves open",
        policy("scope", refresh_token_without_offline_access=True),
    ),
    Variation(
        "refreshed-id-token-without-auth-time",
        "a refreshed ID token does not tell auth_time, which OIDC Core §12.2 leaves open",
        refreshed_id_tokens(lambda token: token.silent_about("auth_time")),
    ),
    Variation("json-indented", "JSON is indented", answers(_indented)),
    Variation("json-charset", "the media type has a charset parameter", answers(_charset)),
    Variation("members-other-order", "the members come in another order", tokens(_members_in_another_order)),
    Variation("azp-present", "ID tokens name the authorized party", id_tokens(_authorized_party)),
    Variation(
        "at-hash-absent",
        "ID tokens of the token endpoint have no at_hash",
        id_tokens(lambda token: token.silent_about("at_hash")),
    ),
    Variation(
        "single-key-unnamed",
        "there is one key, and nothing has a kid",
        together(
            _single_key,
            at("jwks", _unnamed_keys),
            id_tokens(lambda token: token.headed(kid=None)),
            access_tokens(lambda token: token.headed(kid=None)),
        ),
    ),
    Variation(
        "id-token-without-typ", "the header of ID tokens has no typ", id_tokens(lambda token: token.headed(typ=None))
    ),
    Variation("es256", "ID tokens are signed by ES256", policy("token", id_token_algorithm="ES256")),
    Variation("es384", "ID tokens are signed by ES384", policy("token", id_token_algorithm="ES384")),
    Variation("ps256", "ID tokens are signed by PS256", policy("token", id_token_algorithm="PS256")),
    Variation("eddsa", "ID tokens are signed by EdDSA", policy("token", id_token_algorithm="EdDSA")),
    Variation("jwt-access-tokens", "access tokens are JWTs of RFC 9068", policy("token", access_token_format="jwt")),
    Variation(
        "at-jwt-long-type",
        "typ of access tokens is application/at+jwt",
        access_tokens(lambda token: token.headed(typ="application/at+jwt")),
    ),
    Variation("opaque-access-tokens", "access tokens are opaque", policy("token", access_token_format="opaque")),
    Variation(
        "long-access-tokens",
        "access tokens are long",
        together(policy("token", access_token_format="jwt"), access_tokens(_long_access_token)),
    ),
    Variation("expires-in-second-less", "expires_in is a second less for the transit", tokens(_a_second_less)),
    Variation(
        "error-without-description",
        "refusals hold the error code alone",
        refusals(lambda answer: answer.silent_about("error_description")),
    ),
    Variation(
        "error-with-uri",
        "refusals name a page about the error",
        refusals(lambda answer: answer.saying(error_uri="https://op.example/errors")),
    ),
    Variation(
        "error-further-members",
        "refusals hold further members",
        refusals(lambda answer: answer.saying(trace_id="4711", timestamp="2026-01-01T12:00:00Z")),
    ),
    Variation(
        "verifier-invalid-request",
        "a malformed or missing code_verifier is an invalid_request",
        policy("code", malformed_verifier="invalid_request"),
    ),
    Variation(
        "revocation-of-foreign-token-ignored",
        "revoking another client's token answers 200 and does nothing",
        policy("afterlife", foreign_token="ignored"),
    ),
    Variation(
        "revocation-empty",
        "revocation answers without a body",
        at("revocation", lambda answer: answer.with_body(b"") if answer.status == 200 else answer),
    ),
    Variation(
        "revocation-of-access-tokens-unsupported",
        "access tokens cannot be revoked",
        policy("afterlife", access_tokens="unsupported"),
    ),
    Variation(
        "userinfo-further-claims",
        "userinfo tells more",
        at(
            "userinfo",
            lambda answer: answer.saying(locale="nl-NL", groups=["a", "b"]) if answer.status == 200 else answer,
        ),
    ),
    Variation("further-headers", "answers have further headers", answers(_further_headers)),
    Variation("further-challenges", "401 comes with further challenges", answers(_further_challenge)),
    Variation(
        "resource-missing-token-400",
        "a request without a token is an invalid_request to the resource (RFC 6750 §3.1)",
        answers(lambda answer: answer.with_status(400) if answer.reason == "no_token" else answer),
    ),
    Variation("get-bad-request", "GET is refused with 400", refusals(lambda answer: answer.with_status(400), "method")),
    Variation(
        "other-media-type-415",
        "a body that is no form answers 415",
        refusals(lambda answer: answer.with_status(415), "media_type"),
    ),
    Variation("get-not-found", "GET is refused with 404", refusals(lambda answer: answer.with_status(404), "method")),
    Variation(
        "browser-refused",
        "a request to the token endpoint is refused that carries the session of the user's browser",
        policy("request", browser_accepted=False),
    ),
    Variation("pkce-required", "every authorization request needs PKCE", policy("code", pkce_required="always")),
    Variation(
        "code-replay-spares-tokens",
        "self-contained access tokens survive the replay of their code",
        policy("resource", revocation_checked=False),
    ),
    *CLIENTS,
    *FURTHER_GRANTS,
    *FORMS,
    *LIVES,
    *HABITS,
    Variation(
        "dpop-offered",
        "tokens are bound to a key where a proof comes (RFC 9449), as the metadata says",
        policy("dpop", offered=True),
    ),
    Variation("dpop-nonce-demanded", "proofs need a nonce (RFC 9449 §8)", policy("dpop", nonce="demanded")),
    Variation(
        "dpop-nonce-renewed",
        "proofs need a nonce, and each answer gives out the next one (RFC 9449 §8.2)",
        policy("dpop", nonce="demanded", nonce_renewed=True),
    ),
    Variation(
        "dpop-replay-tolerated", "a proof works more than once (RFC 9449 §11.1)", policy("dpop", replay_refused=False)
    ),
    Variation(
        "dpop-replay-invalid-grant",
        "a used proof is an invalid_grant, since RFC 9449 §4.3 does not count it among bad ones",
        refusals(lambda answer: answer.saying(error="invalid_grant"), "dpop_replay"),
    ),
    Variation(
        "dpop-bearer-issued",
        "tokens are not bound where DPoP is merely supported (RFC 9449 §5)",
        policy("dpop", binds_access_tokens=False),
    ),
    Variation(
        "dpop-binding-invalid-proof",
        "a code or refresh token with another key is an invalid_dpop_proof",
        policy("dpop", binding_error="invalid_dpop_proof"),
    ),
    Variation(
        "dpop-other-algorithms",
        "the metadata offer other algorithms for proofs than the usual ES256",
        at("metadata", lambda answer: answer.saying(dpop_signing_alg_values_supported=["PS256", "ES512"])),
    ),
    Variation("dpop-proofs-short-lived", "proofs work for five seconds", policy("dpop", proof_lifetime=5)),
    Variation(
        "access-token-lifetime-short", "access tokens live five minutes", policy("token", access_token_lifetime=300)
    ),
)

VARIATIONS: Mapping[str, Variation] = {variation.name: variation for variation in ALL}
"""All variations by their names."""
