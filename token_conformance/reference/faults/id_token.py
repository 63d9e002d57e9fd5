"""Faults of ID tokens (OIDC Core §2, §3.1.3.6, §3.1.3.7 and §3.3.2.11)."""

from dataclasses import replace

from token_conformance.reference.behaviour import id_tokens, policy, together
from token_conformance.reference.faults.fault import Fault, at, first_tokens
from token_conformance.reference.unsigned import Unsigned

SIGNATURE = ("oidc-3.1.3.7-signature",)
AUDIENCE = ("oidc-3.1.3.7-aud",)
TIMES = ("oidc-2-exp-iat",)
NONCE = ("oidc-3.1.3.7-nonce",)
DAY = 24 * 3600


def _with_hash(token: Unsigned, name: str) -> Unsigned:
    return token.claiming(**{name: "d3JvbmctaGFzaC12YWx1ZQ"}) if name in token.claims else token


def _without_nonce(token: Unsigned) -> Unsigned:
    return token.silent_about("nonce")


def _shifted(token: Unsigned, name: str, seconds: int) -> Unsigned:
    return token.claiming(**{name: token.claims[name] + seconds})


ID_TOKEN = (
    Fault(
        "id-token-absent",
        "a login with openid yields no ID token",
        ("oidc-3.1.3.3-id-token",),
        first_tokens(lambda answer: answer.silent_about("id_token")),
    ),
    Fault(
        "id-token-null",
        "id_token is null",
        ("oidc-3.1.3.3-id-token",),
        first_tokens(lambda answer: answer.saying(id_token=None) if "id_token" in answer.members else answer),
    ),
    Fault(
        "id-token-empty",
        "id_token is empty",
        ("oidc-3.1.3.3-id-token",),
        first_tokens(lambda answer: answer.saying(id_token="")),
    ),
    Fault(
        "id-token-signature-zeroed",
        "the signature is all zeros",
        SIGNATURE,
        id_tokens(lambda token: replace(token, signature="zeroed")),
    ),
    Fault(
        "id-token-signature-foreign",
        "another key than the published one signs",
        SIGNATURE,
        id_tokens(lambda token: replace(token, signature="foreign")),
    ),
    Fault(
        "id-token-alg-none",
        "the ID token is not signed",
        SIGNATURE,
        id_tokens(lambda token: replace(token, signature="none")),
    ),
    Fault(
        "id-token-mac-by-public-key",
        "alg is HS256, and the key of the MAC is the published one",
        (*SIGNATURE, "oidc-3.1.3.7-alg"),
        id_tokens(lambda token: replace(token, signature="public")),
    ),
    Fault(
        "id-token-alg-unadvertised",
        "ID tokens are signed by an algorithm that the metadata does not list",
        ("oidc-3.1.3.7-alg",),
        together(
            policy("token", id_token_algorithm="ES256"),  # noqa: S106 - no password
            at("metadata", lambda answer: answer.saying(id_token_signing_alg_values_supported=["RS256"])),
        ),
    ),
    Fault(
        "id-token-kid-absent",
        "several keys are published, and the ID token names none",
        ("oidc-10.1-kid",),
        id_tokens(lambda token: token.headed(kid=None)),
    ),
    Fault(
        "id-token-not-yet",
        "nbf of the ID token is an hour ahead",
        TIMES,
        id_tokens(lambda token: token.claiming(nbf=token.claims["iat"] + 3600)),
    ),
    Fault(
        "id-token-kid-unknown",
        "kid names a key that is not published",
        SIGNATURE,
        id_tokens(lambda token: token.headed(kid="retired-key")),
    ),
    Fault(
        "id-token-iss-slash",
        "iss ends in another slash",
        ("oidc-3.1.3.7-iss",),
        id_tokens(lambda token: token.claiming(iss=f"{token.claims['iss']}/")),
    ),
    Fault(
        "id-token-iss-other",
        "iss is another issuer",
        ("oidc-3.1.3.7-iss",),
        id_tokens(lambda token: token.claiming(iss="https://other.example")),
    ),
    Fault(
        "id-token-iss-absent",
        "there is no iss",
        ("oidc-3.1.3.7-iss",),
        id_tokens(lambda token: token.silent_about("iss")),
    ),
    Fault(
        "id-token-aud-other",
        "aud is another client",
        AUDIENCE,
        id_tokens(lambda token: token.claiming(aud="another-client")),
    ),
    Fault("id-token-aud-absent", "there is no aud", AUDIENCE, id_tokens(lambda token: token.silent_about("aud"))),
    Fault(
        "id-token-aud-further",
        "aud lists an audience that the client cannot know",
        (*("id-token-azp-beside-audiences",), "oidc-3.1.3.7-azp"),
        id_tokens(lambda token: token.claiming(aud=[token.claims["aud"], "https://unknown.example"])),
    ),
    Fault(
        "id-token-azp-other",
        "azp is another client",
        ("oidc-3.1.3.7-azp",),
        id_tokens(lambda token: token.claiming(azp="another-client")),
    ),
    Fault("id-token-exp-absent", "there is no exp", TIMES, id_tokens(lambda token: token.silent_about("exp"))),
    Fault(
        "id-token-never-lived",
        "the ID token expires in the second in which it is issued",
        TIMES,
        id_tokens(lambda token: token.claiming(exp=token.claims["iat"])),
    ),
    Fault(
        "id-token-expired",
        "the ID token has expired when it comes",
        TIMES,
        id_tokens(lambda token: _shifted(token, "exp", -DAY)),
    ),
    Fault(
        "id-token-exp-string",
        "exp is a string",
        TIMES,
        id_tokens(lambda token: token.claiming(exp=str(token.claims["exp"]))),
    ),
    Fault("id-token-iat-absent", "there is no iat", TIMES, id_tokens(lambda token: token.silent_about("iat"))),
    Fault("id-token-iat-tomorrow", "iat is tomorrow", TIMES, id_tokens(lambda token: _shifted(token, "iat", DAY))),
    Fault("id-token-iat-yesterday", "iat is yesterday", TIMES, id_tokens(lambda token: _shifted(token, "iat", -DAY))),
    Fault(
        "id-token-exp-milliseconds",
        "exp is in milliseconds",
        TIMES,
        id_tokens(lambda token: token.claiming(exp=token.claims["exp"] * 1000)),
    ),
    Fault(
        "id-token-sub-absent", "there is no sub", ("oidc-2-sub",), id_tokens(lambda token: token.silent_about("sub"))
    ),
    Fault(
        "id-token-sub-long",
        "sub is longer than 255 characters",
        ("oidc-2-sub",),
        id_tokens(lambda token: token.claiming(sub="u" * 256)),
    ),
    Fault("id-token-sub-number", "sub is a number", ("oidc-2-sub",), id_tokens(lambda token: token.claiming(sub=4711))),
    Fault(
        "id-token-nonce-other",
        "nonce is not the one of the request",
        NONCE,
        id_tokens(lambda token: token.claiming(nonce="bm90LXlvdXItbm9uY2U") if "nonce" in token.claims else token),
    ),
    Fault("id-token-nonce-absent", "the nonce of the request is missing", NONCE, id_tokens(_without_nonce)),
    Fault(
        "id-token-at-hash-other",
        "at_hash is of another access token",
        ("oidc-3.1.3.8-at-hash",),
        id_tokens(lambda token: _with_hash(token, "at_hash")),
    ),
    Fault(
        "id-token-c-hash-other",
        "c_hash is of another code",
        ("oidc-3.3.2.11-c-hash",),
        id_tokens(lambda token: _with_hash(token, "c_hash")),
    ),
    Fault(
        "id-token-c-hash-absent",
        "there is no c_hash in the front channel",
        ("oidc-3.3.2.11-c-hash",),
        id_tokens(lambda token: token.silent_about("c_hash")),
    ),
    Fault(
        "id-token-auth-time-zero",
        "auth_time is 0",
        ("oidc-auth-time",),
        id_tokens(lambda token: token.claiming(auth_time=0)),
    ),
    Fault(
        "id-token-auth-time-absent",
        "auth_time is missing though max_age was asked",
        ("oidc-auth-time",),
        id_tokens(lambda token: token.silent_about("auth_time")),
    ),
    Fault(
        "id-token-auth-time-tomorrow",
        "auth_time is tomorrow",
        ("oidc-auth-time",),
        id_tokens(lambda token: _shifted(token, "auth_time", DAY)),
    ),
    Fault(
        "userinfo-sub-other",
        "userinfo has another sub than the ID token",
        ("oidc-userinfo-sub",),
        at("userinfo", lambda answer: answer.saying(sub="somebody-else")),
    ),
    Fault(
        "userinfo-refuses",
        "userinfo refuses every access token",
        ("oidc-5.3-userinfo-accepts",),
        at("userinfo", lambda answer: answer.with_status(401).with_body("", "text/plain")),
    ),
    Fault(
        "userinfo-missing",
        "there is nothing at the userinfo endpoint that the metadata name",
        ("oidc-5.3-userinfo-accepts",),
        at("userinfo", lambda answer: answer.with_status(404).with_body("<h1>Not found</h1>", "text/html")),
    ),
    Fault(
        "userinfo-email-verified-as-text",
        "email_verified of userinfo is the text true",
        ("oidc-5.1-standard-claims",),
        at("userinfo", lambda answer: answer.saying(email_verified="true") if "sub" in answer.members else answer),
    ),
    Fault(
        "id-token-updated-at-as-text",
        "updated_at of ID tokens is a date in words",
        ("oidc-5.1-standard-claims",),
        id_tokens(lambda token: token.claiming(updated_at="2026-01-01T00:00:00Z")),
    ),
    Fault(
        "userinfo-sub-absent",
        "userinfo has no sub",
        ("oidc-userinfo-sub",),
        at("userinfo", lambda answer: answer.silent_about("sub")),
    ),
    Fault(
        "id-token-brings-key",
        "the header of ID tokens holds a key",
        ("oidc-2-key-headers",),
        id_tokens(lambda token: token.headed(jku="https://op.example/other-keys")),
    ),
    Fault(
        "id-token-acr-number",
        "acr is a number",
        ("oidc-2-optional-claims",),
        id_tokens(lambda token: token.claiming(acr=1)),
    ),
    Fault(
        "id-token-amr-string",
        "amr is a string",
        ("oidc-2-optional-claims",),
        id_tokens(lambda token: token.claiming(amr="pwd")),
    ),
    Fault(
        "userinfo-as-html",
        "the media type of the userinfo is text/html",
        ("oidc-userinfo-json",),
        at("userinfo", lambda answer: replace(answer, media_type="text/html")),
    ),
)
