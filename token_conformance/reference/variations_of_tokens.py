"""Variations in what tokens look like, how long they live and what ends them."""

from __future__ import annotations

from token_conformance.reference.behaviour import access_tokens, id_tokens, policy, together
from token_conformance.reference.faults.fault import refreshed_id_tokens, refreshed_tokens
from token_conformance.reference.unsigned import Unsigned
from token_conformance.reference.variation import Variation

TIMES = ("exp", "iat", "auth_time")


def _fractional(token: Unsigned) -> Unsigned:
    """Times with a fraction, which a NumericDate may have (RFC 7519 §2)."""
    return token.claiming(**{name: token.claims[name] + 0.25 for name in TIMES if name in token.claims})


def _of_the_resource(token: Unsigned) -> Unsigned:
    """The scope of the resource alone, and a value that every token has there."""
    values = [value for value in token.claims["scope"].split() if value not in {"openid", "offline_access"}]
    return token.claiming(scope=" ".join([*values, "everybody"]))


LIVES = (
    Variation(
        "refresh-tokens-are-jwts",
        "refresh tokens are JWTs, whose signature is decoded before it is compared",
        policy("token", refresh_tokens_are_jwts=True),
    ),
    Variation("tokens-prefixed", "codes and tokens begin by what they are", policy("token", handles="prefixed")),
    Variation("tokens-hexadecimal", "codes and tokens are hexadecimal numbers", policy("token", handles="hexadecimal")),
    Variation("tokens-long", "codes and opaque tokens are long", policy("token", handles="long")),
    Variation(
        "tokens-with-reserved-characters",
        "tokens hold characters that have to be encoded in a form (RFC 6749 §A.17)",
        policy("token", reserved_characters=True, access_token_format="opaque"),  # noqa: S106 - a format
    ),
    Variation("times-with-fraction", "the times of ID tokens have a fraction", id_tokens(_fractional)),
    Variation(
        "id-token-without-further-claims",
        "ID tokens have no claim that OIDC Core does not require",
        id_tokens(lambda token: token.silent_about("sid", "at_hash")),
    ),
    Variation(
        "refreshed-id-token-lives-longer",
        "a refreshed ID token lives for a day, whatever the one of the login did",
        refreshed_id_tokens(lambda token: token.claiming(exp=token.claims["iat"] + 86_400)),
    ),
    Variation(
        "refreshed-id-token-without-at-hash",
        "a refreshed ID token has no at_hash",
        refreshed_id_tokens(lambda token: token.silent_about("at_hash")),
    ),
    Variation(
        "refresh-grace-until-used",
        "a used refresh token works until a token that replaced it is used",
        policy("refresh", grace_until_used=True),
    ),
    Variation(
        "refresh-token-kept-within-grace",
        "within 10 s of its issue a refresh token is handed out again, also to whoever presents the one before",
        policy("refresh", reuse_grace=10, kept_within_grace=True),
    ),
    Variation(
        "refresh-lifetime-absolute",
        "a refresh token lives no longer than the one before would have",
        policy("refresh", lifetime_absolute=True),
    ),
    Variation(
        "access-token-lifetime-varies",
        "no two access tokens live equally long",
        policy("token", access_token_lifetime_varies=True),
    ),
    Variation(
        "jwt-access-tokens-without-jti",
        "access tokens are JWTs of no profile, alike where they are issued within a second",
        together(
            policy("token", access_token_format="jwt"),  # noqa: S106 - a format
            access_tokens(lambda token: token.headed(typ="JWT").silent_about("jti")),
        ),
    ),
    Variation(
        "scope-of-access-tokens-their-own",
        "JWT access tokens have the scope of the resource alone, and refreshes do not tell the one that was granted",
        together(
            policy("token", access_token_format="jwt"),  # noqa: S106 - a format
            access_tokens(_of_the_resource),
            refreshed_tokens(lambda answer: answer if "scope" in answer.form else answer.silent_about("scope")),
        ),
    ),
    Variation(
        "refresh-expiration-told",
        "answers tell how long the refresh token and the user's authorization live",
        policy("refresh", expiration_told=True),
    ),
    Variation("resource-clock-leeway", "resources take access tokens for another 15 s", policy("resource", leeway=15)),
    Variation("code-clock-leeway", "codes are taken for another 15 s", policy("code", leeway=15)),
    Variation("code-burnt-by-failure", "a failed exchange uses up its code", policy("code", failure_burns=True)),
    Variation(
        "code-missing-redirect-uri-invalid-request",
        "an exchange without redirect_uri is an invalid_request",
        policy("code", missing_redirect_uri="invalid_request"),
    ),
    Variation(
        "pkce-plain-taken-unadvertised",
        "a challenge by the method plain is taken, and not advertised",
        policy("code", plain_accepted=True),
    ),
    Variation(
        "verifier-unexpected-invalid-request",
        "a code_verifier without a challenge is an invalid_request",
        policy("code", unexpected_verifier="invalid_request"),
    ),
    Variation(
        "scope-unnamed-invalid-scope",
        "a service has to name its scope (RFC 6749 §3.3)",
        policy("scope", unnamed="invalid_scope"),
    ),
    Variation(
        "revoking-access-token-ends-grant",
        "with an access token its refresh token is revoked (RFC 7009 §2.1)",
        policy("afterlife", access_tokens="revoked_with_grant"),
    ),
    Variation(
        "revocation-ends-all-of-user-and-client",
        "with a refresh token all sessions of its user at its client are revoked, which are one grant there",
        policy("afterlife", revocation_ends="user and client"),
    ),
    Variation(
        "service-token-kept",
        "a service gets the same access token while it lives, with the rest of its life",
        policy("token", service_tokens="kept"),
    ),
    Variation(
        "introspection-of-access-tokens-alone",
        "introspection knows access tokens alone",
        policy("afterlife", refresh_tokens_introspected=False),
    ),
    Variation(
        "introspection-tells-its-client-alone",
        "introspection tells a client nothing of the tokens of another one (RFC 7662 §2.2)",
        policy("afterlife", tells="its client"),
    ),
    Variation(
        "introspection-for-resources-alone",
        "introspection tells clients that are no resource of no token (RFC 7662 §2.2)",
        policy("afterlife", tells="no client"),
    ),
    Variation(
        "one-session-per-user-and-client",
        "a login ends the refresh tokens of the user's earlier logins at the same client",
        policy("refresh", one_session=True),
    ),
    Variation(
        "login-not-remembered",
        "the user is asked for the password at each authorization",
        policy("code", login_remembered=False),
    ),
)
