"""Faults of scope (RFC 6749 §3.3 and §6)."""

# ruff: noqa: S106 - policies are named after the secrets that they concern

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import policy, together
from token_conformance.reference.faults.fault import Fault, at, crash, refusals, tokens


def _array(answer: Answer) -> Answer:
    return answer.saying(scope=answer.members.get("scope", "").split())


def _commas(answer: Answer) -> Answer:
    return answer.saying(scope=",".join(answer.members.get("scope", "").split()))


def _double_spaces(answer: Answer) -> Answer:
    return answer.saying(scope="  ".join(answer.members.get("scope", "").split()))


def _unclear(answer: Answer) -> Answer:
    return answer.saying(error="invalid_request") if answer.members.get("error") == "invalid_scope" else answer


def _silent_where_named(answer: Answer) -> Answer:
    return answer.silent_about("scope") if "scope" in answer.form else answer


SCOPE = (
    Fault(
        "refresh-scope-refused-once",
        "a refresh for a foreign scope is refused once, and granted after that",
        ("rfc6749-6-scope-not-exceeded",),
        policy("refresh", refused_once=frozenset({"scope"})),
    ),
    Fault(
        "refresh-refused-scope-uses-up-token",
        "a refresh that is refused for its scope uses up the refresh token",
        ("session-no-stranding",),
        policy("refresh", refused_scope_uses_up=True),
    ),
    Fault(
        "refresh-scope-escalation-granted",
        "the scope of a refresh is copied into the new token, whatever was granted",
        ("rfc6749-6-scope-not-exceeded",),
        policy("refresh", scope_exceeded="granted"),
    ),
    Fault(
        "authorization-scope-wrong-error",
        "an unknown scope of an authorization request is called an invalid_request",
        ("rfc6749-5.2-invalid-scope",),
        at("authorization", _unclear),
    ),
    Fault(
        "refresh-scope-compared-with-client",
        "the scope of a refresh is compared with what the client may ask for, and not with what the user granted",
        ("rfc6749-6-scope-not-exceeded",),
        policy("refresh", scope_exceeded="granted_if_known"),
    ),
    Fault(
        "refresh-granted-scope-refused",
        "a refresh that names the granted scope is refused",
        ("rfc6749-6-granted-scope-accepted",),
        policy("refresh", granted_scope_accepted=False),
    ),
    Fault(
        "refresh-scope-escalation-in-silence",
        "a scope beyond the grant is ignored, and the answer does not say what was granted",
        ("rfc6749-6-scope-not-exceeded", "rfc6749-5.1-scope-told"),
        together(policy("refresh", scope_exceeded="ignored"), tokens(lambda answer: answer.silent_about("scope"))),
    ),
    Fault(
        "refresh-narrowing-ignored",
        "a narrower scope of a refresh is ignored in silence",
        ("rfc6749-6-scope-narrowing-honoured", "rfc6749-5.1-scope-told"),
        policy("refresh", scope_narrowed="ignored_in_silence"),
    ),
    Fault(
        "refresh-narrowing-refused",
        "a narrower scope of a refresh is refused",
        ("rfc6749-6-scope-narrowing-honoured",),
        policy("refresh", scope_narrowed="refused"),
    ),
    Fault(
        "refresh-without-offline-access-refused",
        "a refresh is refused that names a scope without offline_access",
        ("rfc6749-6-scope-narrowing-honoured",),
        policy("refresh", scope_narrowed="offline_access_missed"),
    ),
    Fault(
        "refresh-narrowing-shrinks-grant",
        "the narrower scope of one refresh is stored on the next refresh token",
        ("rfc6749-6-narrowing-does-not-shrink-grant",),
        policy("refresh", narrowing_shrinks_grant=True),
    ),
    Fault(
        "refresh-omitted-scope-default",
        "a refresh without scope yields a token with the first scope value only",
        ("rfc6749-6-omitted-scope-is-original",),
        policy("refresh", omitted_scope="first"),
    ),
    Fault(
        "scope-dropped-in-silence",
        "an unknown scope value is dropped, and the answer does not say so",
        ("rfc6749-5.1-scope-told",),
        together(policy("scope", unknown="dropped"), tokens(lambda answer: answer.silent_about("scope"))),
    ),
    Fault(
        "scope-unknown-alone-dropped-in-silence",
        "an unknown scope without others is dropped for the default, and the answer does not say so",
        ("rfc6749-5.1-scope-told",),
        together(policy("scope", unknown_alone="default"), tokens(_silent_where_named)),
    ),
    Fault(
        "scope-folded-in-silence",
        "a scope in capitals is taken for the one in small letters, and the answer does not say so",
        ("rfc6749-5.1-scope-told",),
        together(policy("scope", case_ignored=True), tokens(_silent_where_named)),
    ),
    Fault(
        "scope-default-untold",
        "the scope of a request that names none is not told",
        ("rfc6749-5.1-scope-told",),
        tokens(lambda answer: answer if "scope" in answer.form else answer.silent_about("scope")),
    ),
    Fault("scope-array", "scope is an array", ("rfc6749-3.3-scope-syntax",), tokens(_array)),
    Fault("scope-commas", "scope values are separated by commas", ("rfc6749-3.3-scope-syntax",), tokens(_commas)),
    Fault(
        "scope-double-spaces",
        "scope values are separated by two spaces",
        ("rfc6749-3.3-scope-syntax",),
        tokens(_double_spaces),
    ),
    Fault(
        "scope-unknown-granted",
        "any scope is granted as asked",
        ("rfc6749-3.3-invalid-scope",),
        policy("scope", unknown="granted"),
    ),
    Fault(
        "scope-unknown-granted-in-silence",
        "any scope is granted as asked, so that answers need not tell it, to access tokens that do not tell it either",
        ("rfc6749-3.3-invalid-scope",),
        together(
            policy("scope", unknown="granted", echo="when_different"), policy("token", access_token_format="opaque")
        ),
    ),
    Fault(
        "scope-unknown-crashes",
        "an unknown scope leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "invalid_scope"),
    ),
    Fault(
        "scope-unknown-wrong-error",
        "an unknown scope is answered by access_denied",
        ("rfc6749-3.3-invalid-scope", "rfc6749-5.2-registered-code"),
        refusals(lambda answer: answer.saying(error="access_denied"), "invalid_scope"),
    ),
    Fault(
        "scope-order-matters",
        "the scope is refused in another order than the registered one",
        ("rfc6749-3.3-scope-order",),
        policy("scope", order_matters=True),
    ),
    Fault(
        "scope-case-ignored",
        "a scope in other letters is taken for the registered one",
        ("rfc6749-3.3-scope-order",),
        policy("scope", case_ignored=True),
    ),
    Fault(
        "scope-absent-invalid-request",
        "a request without scope is refused as invalid_request",
        ("rfc6749-3.3-default-scope",),
        policy("scope", unnamed="invalid_request"),
    ),
    Fault(
        "scope-unknown-granted-by-users",
        "users grant any scope that they are asked for",
        ("rfc6749-3.3-invalid-scope",),
        policy("scope", unknown_of_users="granted"),
    ),
    Fault(
        "scope-dropped-in-silence-at-login",
        "an unknown scope value of a login is dropped, and the answer does not say so",
        ("rfc6749-5.1-scope-told",),
        together(
            policy("scope", unknown_of_users="dropped"),
            tokens(lambda answer: answer.silent_about("scope") if "code" in answer.form else answer),
        ),
    ),
)
