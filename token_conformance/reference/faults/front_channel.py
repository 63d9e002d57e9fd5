"""Faults of the authorization response (RFC 6749 §4.1.2, OIDC Core §3.3.2)."""

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import id_tokens, policy
from token_conformance.reference.faults.fault import Fault, at
from token_conformance.reference.unsigned import Unsigned


def _other_state(answer: Answer) -> Answer:
    return answer.saying(state="another-state") if "state" in answer.members else answer


def _other_user_in_front(token: Unsigned) -> Unsigned:
    return token.claiming(sub="somebody-else") if token.occasion == "authorization" else token


FRONT_CHANNEL = (
    Fault(
        "state-changed",
        "state does not come back as it was sent",
        ("rfc6749-4.1.2-state",),
        at("authorization", _other_state),
    ),
    Fault(
        "hybrid-without-id-token",
        "the answer to code id_token holds no ID token",
        ("oidc-3.3.2.5-parameters",),
        at("authorization", lambda answer: answer.silent_about("id_token")),
    ),
    Fault(
        "hybrid-in-query",
        "the answer to code id_token comes in the query",
        ("oidc-3.3.2.5-fragment",),
        policy("code", answers_in_query=True),
    ),
    Fault(
        "hybrid-users-differ",
        "the ID token of the authorization response is of another user",
        ("oidc-3.3.3.6-same-user",),
        id_tokens(_other_user_in_front),
    ),
    Fault(
        "id-token-s-hash-other",
        "s_hash is of another state",
        ("fapi1-5.1.1-s-hash",),
        id_tokens(lambda token: token.claiming(s_hash="AAAAAAAAAAAAAAAAAAAAAA")),
    ),
    Fault(
        "authorization-error-without-state",
        "an error of the authorization endpoint comes back without state",
        ("rfc6749-4.1.2.1-error-state",),
        policy("code", error_tells_state=False),
    ),
    Fault(
        "redirect-uri-any",
        "the authorization endpoint answers at any redirect_uri",
        ("rfc6749-4.1.2.1-no-open-redirect", "rfc9700-2.1-exact-redirect-uri"),
        policy("code", registered_redirect_uri="any"),
    ),
    Fault(
        "redirect-uri-beginning",
        "a redirect_uri that begins with the registered one is taken for it",
        ("rfc9700-2.1-exact-redirect-uri",),
        policy("code", registered_redirect_uri="prefix"),
    ),
    Fault(
        "authorization-allows-origins",
        "scripts of any origin may read the authorization endpoint",
        ("rfc9700-2.6-authorization-no-cors",),
        policy("code", allows_origins=True),
    ),
    Fault(
        "authorization-access-token",
        "an access token comes beside the code",
        ("front-channel-no-access-token",),
        at(
            "authorization",
            lambda answer: answer.saying(access_token="abc") if "code" in answer.members else answer,  # noqa: S106 - no secret
        ),
    ),
    Fault(
        "login-form-sent-on",
        "the login form is answered by 307, so that the browser sends the password on",
        ("rfc9700-4.12-no-307",),
        policy("code", login_redirect=307),
    ),
    Fault(
        "hybrid-nonce-absent",
        "the ID token of the authorization response has no nonce",
        ("oidc-3.3.2.11-nonce",),
        id_tokens(lambda token: token.silent_about("nonce") if token.occasion == "authorization" else token),
    ),
)
