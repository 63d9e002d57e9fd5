"""Faults in how the token endpoint reads a request (RFC 6749 §3.2)."""

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import answers, policy
from token_conformance.reference.faults.fault import Fault, at, crash, refusals

LONG_VALUE = 16_384
"""Characters beyond which a careless server gives up."""

TRACE = 'Traceback (most recent call last):\n  File "/srv/auth/token.py", line 71, in lookup\nValueError: null byte'


def _crash_at_long_values(answer: Answer) -> Answer:
    values = answer.form.values()
    return crash(answer).with_body(TRACE, "text/plain") if any(len(value) > LONG_VALUE for value in values) else answer


def _crash_at_strange_bytes(answer: Answer) -> Answer:
    values = answer.form.values()
    return (
        crash(answer).with_body(TRACE, "text/plain")
        if any({"\0", "\ufffd"} & set(value) for value in values)
        else answer
    )


def _redirect(answer: Answer) -> Answer:
    return answer.with_status(307).headed("Location", "/elsewhere/token")


def _sent_to_log_in(answer: Answer) -> Answer:
    return answer.with_status(302).with_body("", "text/plain").headed("Location", "/login")


def _open_to_every_origin(answer: Answer) -> Answer:
    origin = answer.request_headers.get("origin", "https://anywhere.example")
    return answer.headed("Access-Control-Allow-Origin", origin).headed("Access-Control-Allow-Credentials", "true")


def _page_for_browsers(answer: Answer) -> Answer:
    page = f"<html><body><h1>{answer.members.get('error')}</h1></body></html>"
    return answer.with_body(page, "text/html") if "html" in answer.request_headers.get("accept", "") else answer


ENDPOINT = (
    Fault(
        "get-accepted", "the token endpoint takes GET", ("rfc6749-3.2-post-only",), policy("request", get_accepted=True)
    ),
    Fault(
        "put-accepted", "the token endpoint takes PUT", ("rfc6749-3.2-post-only",), policy("request", put_accepted=True)
    ),
    Fault(
        "lower-case-hex-not-decoded",
        "percent-encoding in small letters is not decoded",
        ("rfc6749-3.2-order-free",),
        policy("request", lower_case_hex_decoded=False),
    ),
    Fault("get-crashes", "GET leads to 500", ("endpoint-no-server-error",), refusals(crash, "method")),
    Fault(
        "get-without-allow",
        "405 comes without Allow",
        ("rfc9110-405-allow",),
        refusals(lambda answer: answer.bare_of("Allow"), "method"),
    ),
    Fault(
        "get-allow-wrong",
        "the Allow header of the 405 does not list POST",
        ("rfc9110-405-allow",),
        refusals(lambda answer: answer.headed("Allow", "GET, HEAD"), "method"),
    ),
    Fault(
        "other-media-type-crashes",
        "a body that is no form leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "media_type"),
    ),
    Fault("json-accepted", "tokens come for a JSON body", ("rfc6749-3.2-form",), policy("request", json_accepted=True)),
    Fault(
        "query-accepted",
        "parameters in the query are read",
        ("rfc6749-3.2-query-ignored",),
        policy("request", query_read=True),
    ),
    Fault(
        "credentials-in-query-accepted",
        "the client may authenticate in the query",
        ("rfc6749-2.3.1-credentials-in-body",),
        policy("request", credentials_in_query_read=True),
    ),
    Fault(
        "charset-refused",
        "a media type with a charset is not taken for a form",
        ("rfc6749-3.2-form",),
        policy("request", charset_taken=False),
    ),
    Fault(
        "media-type-case-sensitive",
        "the media type of a request is compared to the letter",
        ("rfc9110-8.3.1-media-type-case",),
        policy("request", media_type_in_any_case=False),
    ),
    Fault(
        "repetition-of-client-id-accepted",
        "of a repeated client_id the last counts",
        ("rfc6749-3.2-duplicate",),
        policy("request", repeatable=frozenset({"client_id"})),
    ),
    Fault(
        "repetition-of-refresh-token-accepted",
        "of a repeated refresh_token the last counts",
        ("rfc6749-3.2-duplicate",),
        policy("request", repeatable=frozenset({"refresh_token"})),
    ),
    Fault(
        "repetition-of-code-accepted",
        "of a repeated code the last counts",
        ("rfc6749-3.2-duplicate",),
        policy("request", repeatable=frozenset({"code"})),
    ),
    Fault(
        "repetition-of-scope-accepted",
        "of a repeated scope the last counts",
        ("rfc6749-3.2-duplicate",),
        policy("request", repeatable=frozenset({"scope"})),
    ),
    Fault(
        "repetition-first-wins",
        "of a repeated parameter the first counts",
        ("rfc6749-3.2-duplicate",),
        policy("request", repetition="first"),
    ),
    Fault(
        "repetition-last-wins",
        "of a repeated parameter the last counts",
        ("rfc6749-3.2-duplicate",),
        policy("request", repetition="last"),
    ),
    Fault(
        "repetition-invalid-grant",
        "a repeated parameter is answered by invalid_grant",
        ("rfc6749-3.2-duplicate",),
        refusals(lambda answer: answer.saying(error="invalid_grant"), "repeated_parameter"),
    ),
    Fault(
        "repetition-crashes",
        "a repeated parameter leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "repeated_parameter"),
    ),
    Fault(
        "empty-parameter-refused",
        "an empty parameter is taken for a value",
        ("rfc6749-3.2-empty-omitted",),
        policy("request", empty_is_omitted=False),
    ),
    Fault(
        "empty-scope-refused",
        "scope= is taken for a scope that nobody has",
        ("rfc6749-3.2-empty-omitted",),
        policy("request", empty_scope="refused"),
    ),
    Fault(
        "empty-scope-grants-nothing",
        "scope= at a refresh yields tokens without any scope",
        ("rfc6749-3.2-empty-omitted",),
        policy("request", empty_scope="no_scope"),
    ),
    Fault(
        "unknown-parameter-refused",
        "an unknown parameter is refused",
        ("rfc6749-3.2-unknown-ignored",),
        policy("request", unknown_refused=True),
    ),
    Fault(
        "order-matters",
        "grant_type has to come first",
        ("rfc6749-3.2-order-free",),
        policy("request", order_matters=True),
    ),
    Fault(
        "long-value-crashes",
        "a long value leads to 500 with a stack trace",
        ("endpoint-oversized", "errors-no-stack-trace"),
        at("token", _crash_at_long_values),
    ),
    Fault(
        "strange-bytes-crash",
        "%00 or %FF leads to 500 with a stack trace",
        ("endpoint-oversized", "errors-no-stack-trace"),
        at("token", _crash_at_strange_bytes),
    ),
    Fault(
        "token-endpoint-redirects",
        "the token endpoint answers 307",
        ("endpoint-no-redirect",),
        at("token", _redirect),
    ),
    Fault(
        "repetition-sent-to-log-in",
        "a request with a parameter twice is redirected to a page for logging in",
        ("endpoint-no-redirect",),
        refusals(_sent_to_log_in, "repeated_parameter"),
    ),
    Fault(
        "token-endpoint-cors-credentials",
        "any origin may read the tokens, with credentials",
        ("metadata-cors-redirect",),
        answers(lambda answer: _open_to_every_origin(answer) if answer.endpoint == "token" else answer),
    ),
    Fault(
        "multipart-accepted",
        "a body of multipart/form-data is taken for a form",
        ("rfc6749-3.2-form",),
        policy("request", multipart_accepted=True),
    ),
    Fault(
        "broken-json-traced",
        "JSON that breaks off is answered by what the parser said, and where",
        ("errors-no-stack-trace",),
        policy("request", broken_json="traced"),
    ),
    Fault(
        "large-body-crashes",
        "a body above 100 kB leads to 500",
        ("endpoint-oversized", "endpoint-no-server-error"),
        at("token", lambda answer: crash(answer) if sum(map(len, answer.form.values())) > 100_000 else answer),
    ),
    Fault(
        "error-in-html-for-browsers",
        "who accepts HTML gets errors as HTML",
        ("rfc6749-5.2-content-type", "rfc6749-5.2-json-error"),
        refusals(_page_for_browsers),
    ),
    Fault(
        "grant-type-guessed",
        "a request without grant_type is taken for the grant that its code or refresh token belongs to",
        ("rfc6749-5.2-missing-grant-type",),
        policy("request", grant_type_guessed=True),
    ),
    Fault(
        "grant-type-missing-unsupported",
        "a request without grant_type is answered by unsupported_grant_type",
        ("rfc6749-5.2-missing-grant-type",),
        refusals(lambda answer: answer.saying(error="unsupported_grant_type"), "missing_grant_type"),
    ),
    Fault(
        "grant-type-missing-crashes",
        "a request without grant_type leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "missing_grant_type"),
    ),
    Fault(
        "grant-type-unknown-invalid-request",
        "an unknown grant_type is answered by invalid_request",
        ("rfc6749-5.2-unsupported-grant",),
        refusals(lambda answer: answer.saying(error="invalid_request"), "unsupported_grant_type"),
    ),
    Fault(
        "grant-type-unknown-not-implemented",
        "an unknown grant_type answers 501",
        ("rfc6749-5.2-unsupported-grant", "rfc6749-5.2-status-400"),
        refusals(lambda answer: answer.with_status(501), "unsupported_grant_type"),
    ),
    Fault(
        "grant-type-folded",
        "grant_type is compared without regard to case and blanks",
        ("rfc6749-1.9-case-sensitive",),
        policy("request", grant_type_folded=True),
    ),
)
