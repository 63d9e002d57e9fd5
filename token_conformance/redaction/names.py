"""The names under which secrets go, and words that are none."""

SECRET_NAMES = frozenset(
    {
        "access_token",
        "actor_token",
        "assertion",
        "auth_req_id",
        "authorization_code",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "id_token",
        "id_token_hint",
        "login_token",
        "logout_token",
        "password",
        "refresh_token",
        "registration_access_token",
        "subject_token",
        "token",
        "user_code",
    }
)
"""The names of parameters and members whose values are secrets."""

PUBLIC_FIELDS = frozenset(
    {
        "acr_values",
        "audience",
        "client_id",
        "code_challenge_method",
        "display",
        "grant_type",
        "max_age",
        "prompt",
        "redirect_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "ui_locales",
        "username",
    }
)
"""Hidden fields of a login page that are no secrets: the parameters of the authorization request."""

PUBLIC_PARAMETERS = PUBLIC_FIELDS | {"code_challenge", "nonce", "request_uri", "state"}
"""Parameters of an address in a login page that are no secrets: those of our own request, as the report shows it."""

PUBLIC_TOKENS = frozenset({"signed_metadata"})
"""JWTs that are no secrets; those of any other name are, whatever they are for."""

PERSONAL_CLAIMS = frozenset(
    {
        "address",
        "birthdate",
        "email",
        "family_name",
        "formatted",
        "given_name",
        "locality",
        "middle_name",
        "nickname",
        "phone_number",
        "picture",
        "postal_code",
        "preferred_username",
        "profile",
        "region",
        "sid",
        "street_address",
        "sub",
        "upn",
        "username",
        "user_name",
        "userName",
        "website",
    }
)
"""The claims that say who somebody is (OIDC Core §5.1), and what servers call them beside the token."""

PROTOCOL_MEMBERS = frozenset(
    {
        "acr",
        "active",
        "act",
        "alg",
        "amr",
        "aud",
        "auth_time",
        "azp",
        "client_id",
        "cnf",
        "email_verified",
        "error",
        "error_description",
        "error_uri",
        "events",
        "exp",
        "expires_in",
        "htm",
        "htu",
        "iat",
        "iss",
        "issued_token_type",
        "jkt",
        "nbf",
        "phone_number_verified",
        "scope",
        "scp",
        "token_type",
        "token_use",
        "typ",
        "x5t",
        "x5t#S256",
    }
)
"""Members of a JWT, or of an answer about a token, that say nothing about a person."""

PLAIN_MEMBERS = frozenset(
    {
        "acr",
        "aud",
        "azp",
        "client_id",
        "htu",
        "iss",
        "issued_token_type",
        "jkt",
        "kid",
        "scope",
        "verification_uri",
        "x5t",
        "x5t#S256",
    }
)
"""Members that are no secrets, whatever they look like: names, and the hashes of public keys."""

PRIVATE_KEY_MEMBERS = frozenset({"d", "dp", "dq", "k", "p", "q", "qi"})
"""Members of a JWK that only its owner knows (RFC 7518 §6)."""

PROTOCOL_WORDS = SECRET_NAMES | {
    "bearer",
    "client",
    "client_id",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "secret",
    "topsecret",
    "unauthorized_client",
    "unsupported_grant_type",
}
"""What the protocol itself says: looked for, a password `password` would be found in every request."""


def is_secret(name: str) -> bool:
    """Whether a parameter or form field of that name holds a secret."""
    return name.lower() in SECRET_NAMES


def is_secret_member(name: str) -> bool:
    """Whether a JSON member of that name holds a secret; `code` is an error's number there, as a rule."""
    return is_secret(name) and name.lower() != "code"


def kind_of(name: str) -> str:
    """What a secret of that name is called in its label."""
    return name.lower().removesuffix("_hint")
