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
