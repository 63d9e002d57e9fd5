"""Faults of the authorization response (RFC 6749 §4.1.2, OIDC Core §3.3.2)."""

from dataclasses import replace

from token_conformance.reference.answer import Answer, AnswerChange
from token_conformance.reference.behaviour import id_tokens, policy
from token_conformance.reference.faults.fault import Fault, at
from token_conformance.reference.unsigned import JWTChange


def _other_state(answer: Answer) -> Answer:
    return answer.saying(state="another-state") if "state" in answer.members else answer


def _in_front(change: JWTChange) -> JWTChange:
    """A change of the ID tokens of authorization responses."""
    return lambda token: change(token) if token.occasion == "authorization" else token


def _with_an_error(change: AnswerChange) -> AnswerChange:
    """A change of the authorization responses that refuse."""
    return lambda answer: change(answer) if "error" in answer.members else answer


def _calling(error: str, another: str) -> AnswerChange:
    """One error of authorization responses told as another."""
    return lambda answer: answer.saying(error=another) if answer.members.get("error") == error else answer


FRONT_CHANNEL = (
    Fault(
        "authorization-unknown-refused",
        "an unknown parameter of an authorization request is refused",
        ("rfc6749-3.1-unknown-ignored",),
        policy("front_door", unknown_refused=True),
    ),
    Fault(
        "authorization-empty-refused",
        "an empty parameter of an authorization request is refused",
        ("rfc6749-3.1-empty-omitted",),
        policy("front_door", empty_is_omitted=False),
    ),
    Fault(
        "authorization-repetition-served",
        "of a repeated parameter of an authorization request the last counts",
        ("rfc6749-3.1-duplicate",),
        policy("front_door", repetition_refused=False),
    ),
    Fault(
        "authorization-missing-response-type-untold",
        "a missing response_type is told to the user alone, by a page",
        ("rfc6749-3.1.1-missing-response-type",),
        policy("front_door", missing_response_type="page"),
    ),
    Fault(
        "authorization-missing-response-type-untold-with-200",
        "a missing response_type is told to the user alone, by a page with the status 200",
        ("rfc6749-3.1.1-missing-response-type",),
        policy("front_door", missing_response_type="page with 200"),
    ),
    Fault(
        "authorization-mistake-wrong-error",
        "a mistake in an authorization request is told as unauthorized_client",
        ("rfc6749-4.1.2.1-error-code",),
        at("authorization", _calling("invalid_request", "unauthorized_client")),
    ),
    Fault(
        "authorization-response-type-wrong-error",
        "a response_type that the server does not know is told as an invalid_scope",
        ("rfc6749-3.1.1-unknown-response-type",),
        at("authorization", _calling("unsupported_response_type", "invalid_scope")),
    ),
    Fault(
        "authorization-denial-wrong-error",
        "a user who denies is told as an invalid_request",
        ("rfc6749-4.1.2.1-access-denied",),
        at("authorization", _calling("access_denied", "invalid_request")),
    ),
    Fault(
        "authorization-error-with-quote",
        "error_description of an authorization response holds quotation marks",
        ("rfc6749-4.1.2.1-error-charset",),
        at("authorization", _with_an_error(lambda answer: answer.saying(error_description='Missing "scope"'))),
    ),
    Fault(
        "authorization-error-without-iss",
        "an error of the authorization endpoint does not name the issuer, as the metadata promises",
        ("rfc9207-2-errors",),
        at("authorization", _with_an_error(lambda answer: answer.silent_about("iss"))),
    ),
    Fault(
        "state-changed",
        "state does not come back as it was sent",
        ("rfc6749-4.1.2-state",),
        at("authorization", _other_state),
    ),
    Fault(
        "iss-promised-and-absent",
        "the authorization response does not name the issuer, as the metadata promise",
        ("rfc9207-iss", "fapi2-5.3.2.2-iss"),
        at("authorization", lambda answer: answer.silent_about("iss")),
    ),
    Fault(
        "iss-with-query",
        "iss of the authorization response has a query",
        ("rfc9207-2-address", "rfc9207-iss"),
        at("authorization", lambda answer: answer.saying(iss=f"{answer.members['iss']}?tenant=1")),
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
        id_tokens(_in_front(lambda token: token.claiming(sub="somebody-else"))),
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
        "redirect-uri-in-any-case",
        "small letters and capitals of a redirect_uri are the same",
        ("rfc9700-2.1-exact-redirect-uri",),
        policy("code", registered_redirect_uri="caseless"),
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
    Fault(
        "hybrid-signature-zeroed",
        "the signature of the ID token of the authorization response is all zeros",
        ("oidc-3.3.2.12-front-channel-id-token",),
        id_tokens(_in_front(lambda token: replace(token, signature="zeroed"))),
    ),
    Fault(
        "hybrid-audience-other",
        "aud of the ID token of the authorization response is another client",
        ("oidc-3.3.2.12-front-channel-id-token",),
        id_tokens(_in_front(lambda token: token.claiming(aud="another-client"))),
    ),
    Fault(
        "hybrid-issuer-slash",
        "iss of the ID token of the authorization response ends in another slash",
        ("oidc-3.3.2.12-front-channel-id-token", "oidc-3.3.3.6-same-user"),
        id_tokens(_in_front(lambda token: token.claiming(iss=f"{token.claims['iss']}/"))),
    ),
    Fault(
        "hybrid-id-token-expired",
        "the ID token of the authorization response has expired when it comes",
        ("oidc-3.3.2.12-front-channel-id-token",),
        id_tokens(_in_front(lambda token: token.claiming(exp=token.claims["iat"] - 3600))),
    ),
    Fault(
        "loopback-port-compared",
        "the port of an address of the loopback interface is compared",
        ("rfc8252-7.3-any-port",),
        policy("front_door", loopback_port_free=False),
    ),
    Fault(
        "native-app-waved-through",
        "the user is not asked a second time for a native app",
        ("rfc8252-8.6-consent-again",),
        policy("front_door", native_app_asked_again=False),
    ),
    Fault(
        "redirect-uri-guessed",
        "of several registered addresses the first is taken where a request names none",
        ("rfc6749-3.1.2.3-redirect-uri-named",),
        policy("front_door", unnamed_redirect_uri="first"),
    ),
    Fault(
        "pages-framed",
        "other sites may frame the pages of the login",
        ("rfc9700-4.16-no-framing",),
        policy("front_door", framing_forbidden=False),
    ),
    Fault(
        "pages-without-policy",
        "the pages of the login have no Content-Security-Policy",
        ("rfc9700-4.16-content-security-policy",),
        policy("front_door", content_policy=False),
    ),
    Fault(
        "pages-with-foreign-script",
        "the pages of the login load a script from another site",
        ("rfc9700-4.2.4-no-third-parties",),
        policy("front_door", third_party="script"),
    ),
    Fault(
        "pages-with-foreign-style",
        "the pages of the login import a style from another site",
        ("rfc9700-4.2.4-no-third-parties",),
        policy("front_door", third_party="style"),
    ),
    Fault(
        "login-form-found",
        "the login form is answered by 302",
        ("rfc9700-4.12-see-other",),
        policy("code", login_redirect=302),
    ),
)
