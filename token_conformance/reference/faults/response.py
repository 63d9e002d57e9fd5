"""Faults of the form of successful responses (RFC 6749 §5.1)."""

import json

# ruff: noqa: S106 - policies and members are named after the secrets that they concern
from urllib.parse import urlencode

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, refreshed_tokens, tokens

JSON = ("rfc6749-5.1-json",)
ACCESS_TOKEN = ("rfc6749-5.1-access-token",)
TOKEN_TYPE = ("rfc6749-5.1-token-type",)
EXPIRES_IN = ("rfc6749-a.14-expires-in-number",)
REFRESH_TOKEN = ("rfc6749-5.1-refresh-token-string",)


def _form_encoded(answer: Answer) -> Answer:
    return answer.with_body(urlencode(answer.members), "application/x-www-form-urlencoded")


def _nested(answer: Answer) -> Answer:
    return Answer("token", answer.status, {"data": answer.members}, answer.headers)


def _broken_access_token(answer: Answer) -> Answer:
    return answer.saying(access_token=f"{answer.members['access_token'][:20]}\n{answer.members['access_token'][20:]}")


def _empty_refresh_token(answer: Answer) -> Answer:
    return answer.saying(refresh_token="") if "refresh_token" in answer.members else answer


def _null_refresh_token(answer: Answer) -> Answer:
    return answer.saying(refresh_token=None) if "refresh_token" in answer.members else answer


def _list_refresh_token(answer: Answer) -> Answer:
    return (
        answer.saying(refresh_token=[answer.members["refresh_token"]]) if "refresh_token" in answer.members else answer
    )


def _camel_case(answer: Answer) -> Answer:
    names = {
        "access_token": "accessToken",
        "token_type": "tokenType",
        "expires_in": "expiresIn",
        "refresh_token": "refreshToken",
    }
    return Answer(
        "token", answer.status, {names.get(name, name): value for name, value in answer.members.items()}, answer.headers
    )


RESPONSE = (
    Fault(
        "success-created",
        "tokens come with 201",
        ("rfc6749-5.1-status-200",),
        tokens(lambda answer: answer.with_status(201)),
    ),
    Fault(
        "success-accepted",
        "tokens come with 202",
        ("rfc6749-5.1-status-200",),
        tokens(lambda answer: answer.with_status(202)),
    ),
    Fault("success-form-encoded", "tokens come form-encoded", JSON, tokens(_form_encoded)),
    Fault(
        "success-html",
        "tokens come as text/html",
        ("rfc6749-5.1-content-type",),
        tokens(lambda answer: answer.with_body(answer.content, "text/html")),
    ),
    Fault(
        "success-text",
        "tokens come as text/plain",
        ("rfc6749-5.1-content-type",),
        tokens(lambda answer: answer.with_body(answer.content, "text/plain")),
    ),
    Fault(
        "success-truncated",
        "the JSON of the tokens ends too early",
        JSON,
        tokens(lambda answer: answer.with_body(answer.content[:-3])),
    ),
    Fault(
        "success-array",
        "the tokens are in an array",
        JSON,
        tokens(lambda answer: answer.with_body(b"[" + answer.content + b"]")),
    ),
    Fault("success-nested", "the tokens are members of a member", (*JSON, *ACCESS_TOKEN), tokens(_nested)),
    Fault(
        "success-byte-order-mark",
        "the JSON begins with a byte order mark",
        JSON,
        tokens(lambda answer: answer.with_body(b"\xef\xbb\xbf" + answer.content)),
    ),
    Fault("success-camel-case", "the members are in camelCase", ACCESS_TOKEN, tokens(_camel_case)),
    Fault(
        "access-token-absent",
        "there is no access_token",
        ACCESS_TOKEN,
        tokens(lambda answer: answer.silent_about("access_token")),
    ),
    Fault(
        "access-token-empty",
        "access_token is empty",
        ACCESS_TOKEN,
        tokens(lambda answer: answer.saying(access_token="")),
    ),
    Fault("access-token-newline", "access_token holds a newline", ACCESS_TOKEN, tokens(_broken_access_token)),
    Fault(
        "token-type-absent",
        "there is no token_type",
        TOKEN_TYPE,
        tokens(lambda answer: answer.silent_about("token_type")),
    ),
    Fault(
        "token-type-absent-refreshed",
        "refreshes yield no token_type",
        TOKEN_TYPE,
        refreshed_tokens(lambda answer: answer.silent_about("token_type")),
    ),
    Fault(
        "token-type-unknown",
        "token_type is one that nobody registered",
        TOKEN_TYPE,
        tokens(lambda answer: answer.saying(token_type="SuperToken")),
    ),
    Fault(
        "token-type-unproven",
        "token_type is DPoP although no proof came",
        TOKEN_TYPE,
        tokens(lambda answer: answer.saying(token_type="DPoP")),
    ),
    Fault("token-type-null", "token_type is null", TOKEN_TYPE, tokens(lambda answer: answer.saying(token_type=None))),
    Fault(
        "expires-in-string",
        "expires_in is a string",
        EXPIRES_IN,
        tokens(lambda answer: answer.saying(expires_in=str(answer.members["expires_in"]))),
    ),
    Fault(
        "expires-in-negative",
        "expires_in is negative",
        EXPIRES_IN,
        tokens(lambda answer: answer.saying(expires_in=-3600)),
    ),
    Fault(
        "expires-in-fraction",
        "expires_in has a fraction",
        EXPIRES_IN,
        tokens(lambda answer: answer.saying(expires_in=answer.members["expires_in"] + 0.5)),
    ),
    Fault("expires-in-null", "expires_in is null", EXPIRES_IN, tokens(lambda answer: answer.saying(expires_in=None))),
    Fault(
        "expires-in-boolean", "expires_in is true", EXPIRES_IN, tokens(lambda answer: answer.saying(expires_in=True))
    ),
    Fault("refresh-token-null", "refresh_token is null", REFRESH_TOKEN, tokens(_null_refresh_token)),
    Fault("refresh-token-empty", "refresh_token is empty", REFRESH_TOKEN, tokens(_empty_refresh_token)),
    Fault("refresh-token-list", "refresh_token is an array", REFRESH_TOKEN, tokens(_list_refresh_token)),
    Fault(
        "success-cacheable",
        "tokens come without Cache-Control",
        ("rfc6749-5.1-cache-control",),
        tokens(lambda answer: answer.bare_of("Cache-Control")),
    ),
    Fault(
        "success-cached-in-public",
        "tokens come with Cache-Control: public, max-age=3600",
        ("rfc6749-5.1-cache-control",),
        tokens(lambda answer: answer.headed("Cache-Control", "public, max-age=3600")),
    ),
    Fault(
        "success-private-cache",
        "tokens come with Cache-Control: private, which allows the browser's cache",
        ("rfc6749-5.1-cache-control",),
        tokens(lambda answer: answer.headed("Cache-Control", "private")),
    ),
    Fault(
        "success-cacheable-refreshed",
        "refreshed tokens come without Cache-Control",
        ("rfc6749-5.1-cache-control",),
        refreshed_tokens(lambda answer: answer.bare_of("Cache-Control")),
    ),
    Fault(
        "success-without-pragma",
        "tokens come without Pragma",
        ("rfc6749-5.1-pragma",),
        tokens(lambda answer: answer.bare_of("Pragma")),
    ),
    Fault(
        "access-tokens-live-a-day",
        "bearer tokens live for a day",
        ("rfc6750-5.3-short-lived",),
        policy("token", access_token_lifetime=86_400),
    ),
    Fault(
        "tokens-short",
        "tokens have 136 bits",
        ("token-entropy-160",),
        policy("token", handles="short"),
    ),
    Fault(
        "tokens-predictable",
        "tokens are numbered",
        ("token-entropy",),
        policy("token", predictable=True, access_token_format="opaque"),
    ),
    Fault(
        "refresh-token-shared",
        "two logins get the same refresh token",
        ("token-unique",),
        policy("token", refresh_token_shared=True),
    ),
    Fault(
        "documented-member-missing",
        "answers lack a member of their own that is documented",
        ("answers-as-documented",),
        tokens(lambda answer: answer.silent_about("created_at")),
    ),
    Fault(
        "success-member-twice",
        "token_type stands twice in the answer",
        ("rfc6749-3.2-duplicate-members",),
        tokens(lambda answer: answer.with_body(json.dumps(dict(answer.members))[:-1] + ', "token_type": "Bearer"}')),
    ),
    Fault(
        "success-form-encoded-unless-asked",
        "tokens come form-encoded where the request does not ask for JSON",
        JSON,
        tokens(lambda answer: answer if "json" in answer.request_headers.get("accept", "") else _form_encoded(answer)),
    ),
)
