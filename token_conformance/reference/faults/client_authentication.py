"""Faults of client authentication (RFC 6749 §2.3 and §3.2.1)."""

# ruff: noqa: S106 - policies and members are named after the secrets that they concern

import re
from base64 import b64decode

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, at, crash, refusals

STRAY_PERCENT_SIGN = re.compile(rb"%(?![0-9A-Fa-f]{2})")

FAILED = ("wrong_secret", "malformed_basic", "unknown_client", "missing_authentication")
WRONG_SECRET = ("rfc6749-3.2.1-wrong-secret",)
BASIC = ("rfc6749-5.2-basic-401",)


def _crash_at_a_percent_sign(answer: Answer) -> Answer:
    scheme, _, value = answer.request_headers.get("authorization", "").partition(" ")
    try:
        written = b64decode(value, validate=True) if scheme.lower() == "basic" else b""
    except ValueError:
        return answer
    return crash(answer) if STRAY_PERCENT_SIGN.search(written) else answer


CLIENT_AUTHENTICATION = (
    Fault(
        "basic-unsupported",
        "HTTP Basic is refused",
        ("rfc6749-2.3.1-basic-supported",),
        policy("client", methods=("client_secret_post",)),
    ),
    Fault(
        "basic-raw",
        "id and secret in HTTP Basic are taken as they are, without decoding the form encoding",
        ("rfc6749-2.3.1-basic-form-encoding",),
        policy("client", basic_decoding="raw"),
    ),
    Fault(
        "basic-cut-at-each-colon",
        "HTTP Basic is not form-decoded, and a secret in it ends at its first colon",
        ("rfc6749-2.3.1-basic-form-encoding",),
        policy("client", basic_decoding="cut"),
    ),
    Fault(
        "basic-plus-kept",
        "a + in HTTP Basic is taken for itself, not for the blank that the form encoding makes it of",
        ("rfc6749-2.3.1-basic-form-encoding",),
        policy("client", basic_decoding="percent"),
    ),
    Fault(
        "basic-needs-client-id",
        "HTTP Basic is refused without client_id beside it in the form",
        ("rfc6749-2.3.1-basic-supported",),
        policy("client", basic_needs_client_id=True),
    ),
    Fault(
        "two-methods-accepted",
        "Basic and a secret in the body go together",
        ("rfc6749-2.3-one-method",),
        policy("client", two_methods_refused=False),
    ),
    Fault("wrong-secret-accepted", "the secret is not compared", WRONG_SECRET, policy("client", secret="ignored")),
    Fault(
        "secret-prefix-accepted", "the beginning of the secret will do", WRONG_SECRET, policy("client", secret="prefix")
    ),
    Fault(
        "secret-lengthened-accepted",
        "what follows the secret is not compared",
        WRONG_SECRET,
        policy("client", secret="lengthened"),
    ),
    Fault(
        "secret-case-ignored",
        "the secret is compared without regard to case",
        WRONG_SECRET,
        policy("client", secret="caseless"),
    ),
    Fault("empty-secret-accepted", "a client without a secret passes", WRONG_SECRET, policy("client", secret="empty")),
    Fault(
        "other-secret-accepted", "any client's secret will do", WRONG_SECRET, policy("client", secret="of_any_client")
    ),
    Fault(
        "wrong-secret-invalid-grant",
        "a wrong secret is answered by invalid_grant",
        ("rfc6749-5.2-invalid-client",),
        refusals(lambda answer: answer.saying(error="invalid_grant"), "wrong_secret"),
    ),
    Fault(
        "wrong-secret-crashes",
        "a wrong secret leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "wrong_secret"),
    ),
    Fault(
        "wrong-secret-forbidden",
        "a wrong secret answers 403",
        (*WRONG_SECRET, *BASIC),
        refusals(lambda answer: answer.with_status(403), "wrong_secret"),
    ),
    Fault(
        "wrong-secret-forbidden-plainly",
        "a wrong secret answers 403 and the word Forbidden",
        ("rfc6749-5.2-status-400", "rfc6749-5.2-json-error"),
        refusals(lambda answer: answer.with_status(403).with_body("Forbidden", "text/plain"), "wrong_secret"),
    ),
    Fault(
        "wrong-secret-forbidden-wordlessly",
        "a wrong secret answers 403 and nothing else",
        (*WRONG_SECRET, *BASIC, "rfc6749-5.2-status-400", "rfc6749-5.2-json-error"),
        refusals(lambda answer: answer.with_status(403).with_body("", "text/plain"), "wrong_secret"),
    ),
    Fault(
        "malformed-basic-crashes",
        "an Authorization header that is not Base64 leads to 500",
        ("endpoint-oversized",),
        refusals(crash, "malformed_basic"),
    ),
    Fault(
        "basic-percent-sign-crashes",
        "a percent sign in HTTP Basic that encodes nothing leads to 500",
        ("endpoint-oversized", "endpoint-no-server-error"),
        at("token", _crash_at_a_percent_sign),
    ),
    Fault(
        "basic-failure-400",
        "a failed HTTP Basic answers 400",
        BASIC,
        refusals(lambda answer: answer.with_status(400).bare_of("WWW-Authenticate"), *FAILED),
    ),
    Fault(
        "basic-failure-bearer-challenge",
        "a failed HTTP Basic is challenged to Bearer",
        BASIC,
        refusals(
            lambda answer: (
                answer.headed("WWW-Authenticate", 'Bearer realm="token"') if answer.status == 401 else answer
            ),
            *FAILED,
        ),
    ),
    Fault(
        "basic-challenge-without-realm",
        "a failed HTTP Basic is challenged to Basic without a realm",
        ("rfc7617-2-realm",),
        refusals(
            lambda answer: answer.headed("WWW-Authenticate", "Basic") if answer.status == 401 else answer, *FAILED
        ),
    ),
    Fault(
        "basic-failure-without-challenge",
        "401 comes without WWW-Authenticate",
        (*BASIC, "rfc9110-401-challenge"),
        refusals(lambda answer: answer.bare_of("WWW-Authenticate"), *FAILED),
    ),
    Fault(
        "body-failure-without-challenge",
        "401 comes without WWW-Authenticate where the credentials were in the body",
        ("rfc9110-401-challenge",),
        refusals(
            lambda answer: answer if answer.status == 401 else answer.with_status(401).bare_of("WWW-Authenticate"),
            *FAILED,
        ),
    ),
    Fault(
        "unknown-client-accepted",
        "who presents a client's secret is that client, whatever it calls itself",
        ("rfc6749-3.2.1-unknown-client",),
        policy("client", unknown_client="found_by_secret"),
    ),
    Fault(
        "unknown-client-invalid-request",
        "an unknown client is answered by invalid_request",
        ("rfc6749-5.2-invalid-client",),
        refusals(lambda answer: answer.saying(error="invalid_request").with_status(400), "unknown_client"),
    ),
    Fault(
        "unknown-client-crashes",
        "an unknown client leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "unknown_client"),
    ),
    Fault(
        "client-id-contradiction-ignored",
        "a client_id that contradicts HTTP Basic is ignored",
        ("client-id-mismatch",),
        policy("client", contradiction_refused=False),
    ),
    Fault(
        "client-id-inferred",
        "a public client need not say who it is: its code or refresh token does",
        ("rfc6749-3.2.1-public-client-id",),
        policy("client", inferred_from_grant=True),
    ),
    Fault(
        "code-of-any-name",
        "a code is exchanged in the name of any client, without its credentials",
        ("rfc6749-3.2.1-public-client-id", "rfc6749-4.1.3-code-bound-to-client"),
        policy("code", client_compared=False, client_authenticated=False),
    ),
    Fault(
        "post-unsupported",
        "id and secret in the form are refused",
        ("oauth2.1-2.4.1-post-supported",),
        policy("client", methods=("client_secret_basic",)),
    ),
    Fault(
        "public-client-without-challenge",
        "clients get codes without a challenge, public ones too",
        ("oauth2.1-4.1.2.1-public-client-challenge", "fapi2-5.3.2.2-pkce", "rfc8252-8.1-native-app-challenge"),
        policy("code", pkce_required="never"),
    ),
    Fault(
        "wrong-secret-accepted-in-the-form",
        "a secret in the form is not compared",
        WRONG_SECRET,
        policy("client", secret_ignored_by=frozenset({"client_secret_post"})),
    ),
    Fault(
        "wrong-secret-accepted-by-basic",
        "a secret in HTTP Basic is not compared",
        WRONG_SECRET,
        policy("client", secret_ignored_by=frozenset({"client_secret_basic"})),
    ),
    Fault(
        "wrong-secret-accepted-of-others",
        "the secret of the first client is compared, and that of no other",
        WRONG_SECRET,
        policy("client", later_secrets_compared=False),
    ),
    Fault(
        "basic-scheme-case-sensitive",
        "the token endpoint knows the scheme Basic in this spelling alone",
        ("rfc9110-11.1-scheme-case",),
        policy("client", basic_in_any_case=False),
    ),
    Fault(
        "service-public",
        "a public client gets tokens by client_credentials",
        ("rfc6749-4.4-authenticated", "rfc6749-5.2-unauthorized-client"),
        policy("client", service_may_be_public=True, grants_compared=False),
    ),
)
