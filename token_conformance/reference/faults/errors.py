"""Faults of the form of refusals (RFC 6749 §5.2)."""

# ruff: noqa: S106 - policies and members are named after the secrets that they concern

from base64 import b64decode
from dataclasses import replace
from urllib.parse import unquote_plus

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, crash, refusals

STATUS = ("rfc6749-5.2-status-400",)
JSON = ("rfc6749-5.2-json-error",)
CODE = ("rfc6749-5.2-registered-code",)
CODES = (
    "rfc6749-5.2-invalid-client",
    "rfc6749-5.2-invalid-grant",
    "rfc6749-5.2-invalid-scope",
    "rfc6749-5.2-unauthorized-client",
    "rfc6749-5.2-unsupported-grant",
)
CHARACTERS = ("rfc6749-5.2-description-charset",)
SECRETS = ("client_secret", "password", "refresh_token", "code", "code_verifier")

STACK_TRACE = (
    "Traceback (most recent call last): File /srv/auth/grants.py, line 214, in validate: raise InvalidGrant(row.id)"
)
HTML_PAGE = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>"

GRANT_REASONS = (
    "unknown_refresh_token",
    "foreign_refresh_token",
    "reused_refresh_token",
    "revoked_refresh_token",
    "expired_refresh_token",
    "unknown_code",
    "foreign_code",
    "used_code",
    "expired_code",
    "redirect_uri",
    "wrong_verifier",
)


def _with_tokens(answer: Answer) -> Answer:
    return answer.saying(access_token="bm90LWEtdG9rZW4tZm9yLXlvdQ", token_type="Bearer")


def _reflecting(answer: Answer) -> Answer:
    values = [answer.form[name] for name in SECRETS if name in answer.form]
    return answer.saying(error_description=f"bad value {values[0]}") if values else answer


def _reflecting_header(answer: Answer) -> Answer:
    values = [answer.form[name] for name in SECRETS if name in answer.form]
    return answer.headed("X-Debug", values[0].encode("ascii", "replace").decode()[:200]) if values else answer


def _reflecting_authorization(answer: Answer) -> Answer:
    header = answer.request_headers.get("authorization")
    return answer.saying(error_description=f"cannot use {header}") if header else answer


def _reflecting_basic(answer: Answer) -> Answer:
    scheme, _, encoded = answer.request_headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return answer
    try:
        secret = unquote_plus(b64decode(encoded, validate=True).decode().partition(":")[2])
    except ValueError:
        return answer
    return answer.saying(error_description=f"the secret {secret} is wrong")


ERRORS = (
    Fault(
        "error-uri-with-blank",
        "error_uri holds a blank",
        ("rfc6749-5.2-error-uri",),
        refusals(lambda answer: answer.saying(error_uri="https://op.example/what went wrong")),
    ),
    Fault("error-status-200", "refusals answer 200", STATUS, refusals(lambda answer: answer.with_status(200))),
    Fault("error-status-403", "refusals answer 403", STATUS, refusals(lambda answer: answer.with_status(403))),
    Fault("error-status-422", "refusals answer 422", STATUS, refusals(lambda answer: answer.with_status(422))),
    Fault("error-status-500", "refusals answer 500", STATUS, refusals(lambda answer: answer.with_status(500))),
    Fault(
        "error-grant-unauthorized",
        "invalid_grant answers 401",
        STATUS,
        refusals(
            lambda answer: answer.with_status(401).headed("WWW-Authenticate", 'Basic realm="token"'), *GRANT_REASONS
        ),
    ),
    Fault(
        "error-html", "refusals are HTML pages", JSON, refusals(lambda answer: answer.with_body(HTML_PAGE, "text/html"))
    ),
    Fault(
        "error-problem-details",
        "refusals are problem details of RFC 9457, and name no error",
        (*JSON, "rfc6749-5.2-content-type"),
        refusals(
            lambda answer: answer.with_body(
                b'{"type": "urn:example:invalid-grant", "title": "Refused", "status": 400}', "application/problem+json"
            )
        ),
    ),
    Fault("error-empty", "refusals have no body", JSON, refusals(lambda answer: answer.with_body(b""))),
    Fault(
        "error-plain",
        "refusals are the plain word Unauthorized",
        JSON,
        refusals(lambda answer: answer.with_body("Unauthorized", "text/plain")),
    ),
    Fault(
        "error-json-as-plain-text",
        "refusals are JSON, and say that they are text/plain",
        ("rfc6749-5.2-content-type",),
        refusals(lambda answer: replace(answer, media_type="text/plain")),
    ),
    Fault(
        "error-plain-unauthorized",
        "every refusal is 401 with the plain word Unauthorized",
        (*JSON, "rfc9110-401-challenge"),
        refusals(
            lambda answer: answer.with_status(401).with_body("Unauthorized", "text/plain").bare_of("WWW-Authenticate")
        ),
    ),
    Fault(
        "error-always-invalid-request",
        "every refusal is 400 invalid_request",
        CODES,
        refusals(lambda answer: answer.with_status(400).saying(error="invalid_request").bare_of("WWW-Authenticate")),
    ),
    Fault(
        "error-media-type-html",
        "refusals are JSON that says it is text/html",
        ("rfc6749-5.2-content-type",),
        refusals(lambda answer: answer.with_body(answer.content, "text/html")),
    ),
    Fault(
        "error-code-absent",
        "refusals have no error member",
        JSON,
        refusals(lambda answer: answer.silent_about("error")),
    ),
    Fault(
        "error-nested",
        "the error member is an object",
        JSON,
        refusals(lambda answer: answer.saying(error={"code": answer.members["error"], "message": "refused"})),
    ),
    Fault("error-code-number", "the error member is a number", JSON, refusals(lambda answer: answer.saying(error=400))),
    Fault(
        "error-code-unregistered",
        "refusals of grants say bad_grant",
        CODE,
        refusals(lambda answer: answer.saying(error="bad_grant"), *GRANT_REASONS),
    ),
    Fault(
        "error-code-upper-case",
        "error codes are in capitals",
        CODE,
        refusals(lambda answer: answer.saying(error=str(answer.members["error"]).upper())),
    ),
    Fault(
        "error-code-sentence",
        "the error code is a sentence",
        CODE,
        refusals(lambda answer: answer.saying(error="The grant is not good"), *GRANT_REASONS),
    ),
    Fault(
        "error-description-quotes",
        "descriptions hold quotes",
        CHARACTERS,
        refusals(lambda answer: answer.saying(error_description='the "grant" is not good')),
    ),
    Fault(
        "error-description-not-ascii",
        "descriptions hold letters beyond ASCII",
        CHARACTERS,
        refusals(lambda answer: answer.saying(error_description="die Berechtigung ist ungültig")),
    ),
    Fault(
        "error-description-backslash",
        "descriptions hold backslashes",
        CHARACTERS,
        refusals(lambda answer: answer.saying(error_description="AUTH\\REALM refuses")),
    ),
    Fault(
        "error-description-newline",
        "descriptions hold line ends",
        CHARACTERS,
        refusals(lambda answer: answer.saying(error_description="The grant is not good.\r\nTrace ID: 4711")),
    ),
    Fault("error-with-token", "refusals hold an access_token too", ("errors-no-token",), refusals(_with_tokens)),
    Fault(
        "error-reflects-secret", "descriptions repeat what was sent", ("errors-no-reflection",), refusals(_reflecting)
    ),
    Fault(
        "error-reflects-in-header",
        "a header repeats what was sent",
        ("errors-no-reflection",),
        refusals(_reflecting_header),
    ),
    Fault(
        "error-reflects-authorization",
        "descriptions repeat the Authorization header",
        ("errors-no-reflection",),
        refusals(_reflecting_authorization),
    ),
    Fault(
        "error-reflects-basic-secret",
        "descriptions repeat the secret of HTTP Basic, decoded",
        ("errors-no-reflection",),
        refusals(_reflecting_basic, "wrong_secret"),
    ),
    Fault(
        "error-exception",
        "descriptions name the exception that was not caught",
        ("errors-no-stack-trace",),
        refusals(
            lambda answer: answer.saying(error_description="NullReferenceException: Object reference not set"),
            *GRANT_REASONS,
        ),
    ),
    Fault(
        "error-stack-trace",
        "descriptions hold a stack trace",
        ("errors-no-stack-trace",),
        refusals(lambda answer: answer.saying(error_description=STACK_TRACE)),
    ),
    Fault(
        "error-sql",
        "descriptions hold the statement that failed",
        ("errors-no-stack-trace",),
        refusals(
            lambda answer: answer.saying(error_description="SELECT * FROM refresh_tokens WHERE value = ?: no row"),
            *GRANT_REASONS,
        ),
    ),
    Fault(
        "error-cacheable",
        "refusals come without Cache-Control",
        ("errors-cache-control",),
        refusals(lambda answer: answer.bare_of("Cache-Control")),
    ),
    Fault(
        "error-unknown-client-told",
        "an unknown client is told that it is unknown",
        ("errors-no-oracle",),
        policy("client", unknown_client="told"),
    ),
    Fault(
        "error-unknown-client-other-status",
        "an unknown client is answered by another status than a wrong secret",
        ("errors-no-oracle",),
        refusals(lambda answer: answer.with_status(404), "unknown_client"),
    ),
    Fault(
        "error-unknown-code-crashes",
        "an unknown code leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "unknown_code"),
    ),
    Fault(
        "error-with-quote",
        "the error code holds a quote",
        ("rfc6749-5.2-error-charset",),
        refusals(lambda answer: answer.saying(error=f'"{answer.members["error"]}"')),
    ),
    Fault(
        "unknown-grant-fickle",
        "an unknown grant_type is answered by another error each time",
        ("errors-repeatable",),
        policy("request", fickle=True),
    ),
)
