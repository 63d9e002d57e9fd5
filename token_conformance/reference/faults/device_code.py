"""Faults of the device authorization grant (RFC 8628)."""

from dataclasses import replace

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, at, crash, refusals
from token_conformance.reference.refusal import BASIC_CHALLENGE

RESPONSE = ("rfc8628-3.2-response",)
PENDING = ("rfc8628-pending",)
SINGLE_USE = ("rfc8628-single-use",)
UNKNOWN = ("rfc8628-unknown-code",)
AUTHENTICATION = ("rfc8628-client-authentication",)


def _saying(answer: Answer, **members: object) -> Answer:
    """An answer with codes in which some members are others."""
    return answer.saying(**members) if "device_code" in answer.members else answer


DEVICE_CODE = (
    Fault(
        "device-verification-uri-absent",
        "the device authorization response names verification_url, as before the RFC",
        RESPONSE,
        at(
            "device_authorization",
            lambda answer: _saying(answer.silent_about("verification_uri"), verification_url="/"),
        ),
    ),
    Fault(
        "device-expires-in-string",
        "expires_in of the device authorization is a string",
        RESPONSE,
        at("device_authorization", lambda answer: _saying(answer, expires_in="600")),
    ),
    Fault(
        "device-interval-string",
        "interval is a string",
        RESPONSE,
        at("device_authorization", lambda answer: _saying(answer, interval="5")),
    ),
    Fault(
        "device-response-html",
        "the media type of the device authorization response is text/html",
        RESPONSE,
        at("device_authorization", lambda answer: replace(answer, media_type="text/html")),
    ),
    Fault(
        "device-response-stored",
        "the device authorization response may be stored",
        ("device-response-not-stored",),
        at("device_authorization", lambda answer: answer.bare_of("Cache-Control")),
    ),
    Fault(
        "device-lifetime-other",
        "device codes live shorter than documented",
        ("device-as-documented",),
        policy("device", lifetime=300),
    ),
    Fault(
        "device-interval-other",
        "the interval is longer than documented",
        ("device-as-documented",),
        policy("device", interval=30),
    ),
    Fault(
        "device-code-counted",
        "device codes are counted",
        ("rfc8628-5.2-device-code-entropy",),
        policy("device", predictable=True),
    ),
    Fault(
        "device-user-code-counted",
        "user codes are counted",
        ("rfc8628-5.1-user-code-entropy",),
        policy("device", user_code="counted"),
    ),
    Fault(
        "device-pending-invalid-grant",
        "polling before the decision is answered by invalid_grant",
        PENDING,
        refusals(lambda answer: answer.saying(error="invalid_grant"), "pending_device_code"),
    ),
    Fault(
        "device-pending-401",
        "polling before the decision is answered by 401",
        (*PENDING, "rfc6749-5.2-status-400"),
        refusals(
            lambda answer: answer.with_status(401).headed("WWW-Authenticate", BASIC_CHALLENGE), "pending_device_code"
        ),
    ),
    Fault(
        "device-haste-invalid-request",
        "hasty polling is answered by invalid_request",
        PENDING,
        refusals(lambda answer: answer.saying(error="invalid_request"), "hasty_polling"),
    ),
    Fault(
        "device-approval-needless",
        "device codes yield tokens before the user has approved",
        PENDING,
        policy("device", approval_needed=False),
    ),
    Fault(
        "device-approved-refused",
        "device codes are refused once the user has approved",
        ("rfc8628-approved",),
        policy("device", approval_kept=False),
    ),
    Fault(
        "device-denial-forgotten",
        "polling goes on after the user has denied",
        ("rfc8628-3.5-denied",),
        policy("device", denial_remembered=False),
    ),
    Fault(
        "device-denial-ignored",
        "a device gets tokens that the user has denied it",
        ("rfc8628-3.5-denied",),
        policy("device", denial_refused=False),
    ),
    Fault(
        "device-denied-invalid-grant",
        "a denied request is answered by invalid_grant",
        ("rfc8628-3.5-denied",),
        refusals(lambda answer: answer.saying(error="invalid_grant"), "denied_device_code"),
    ),
    Fault(
        "device-expired-pending",
        "device codes do not expire",
        ("rfc8628-3.5-expired",),
        policy("device", expiry_checked=False),
    ),
    Fault("device-code-works-twice", "device codes work again", SINGLE_USE, policy("device", single_use=False)),
    Fault(
        "device-other-client-accepted",
        "device codes work for any client",
        SINGLE_USE,
        policy("device", client_compared=False),
    ),
    Fault(
        "device-code-unknown-pending",
        "an unknown device code is answered by authorization_pending",
        UNKNOWN,
        refusals(lambda answer: answer.saying(error="authorization_pending"), "unknown_device_code"),
    ),
    Fault(
        "device-code-unknown-200",
        "an unknown device code is answered by an error with the status 200",
        ("rfc6749-5.2-status-400",),
        refusals(lambda answer: answer.with_status(200), "unknown_device_code"),
    ),
    Fault(
        "device-code-missing-crashes",
        "polling without device_code leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "missing_device_code"),
    ),
    Fault(
        "device-code-missing-invalid-grant",
        "polling without device_code is answered by invalid_grant",
        UNKNOWN,
        refusals(lambda answer: answer.saying(error="invalid_grant"), "missing_device_code"),
    ),
    Fault(
        "device-authorization-open",
        "device codes are handed over without client authentication",
        AUTHENTICATION,
        policy("device", authorization_authenticated=False),
    ),
    Fault(
        "device-polling-open",
        "polling needs no client authentication",
        AUTHENTICATION,
        policy("device", client_authenticated=False),
    ),
    Fault(
        "device-unknown-parameter-refused",
        "a device authorization request with an unknown parameter is refused",
        ("rfc8628-3.1-unknown-ignored",),
        policy("device", unknown_refused=True),
    ),
    Fault(
        "device-for-nobody",
        "a public client need not say who it is",
        ("rfc8628-3.1-public-client-id",),
        policy("device", client_identified=False),
    ),
    Fault(
        "device-slowed-down-by-a-minute",
        "each slow_down adds a minute to the interval",
        ("rfc8628-3.5-five-seconds-more",),
        policy("device", slowed_down_by=60),
    ),
    Fault(
        "device-user-code-in-address",
        "verification_uri holds the user code",
        ("rfc8628-3.3-user-code-apart",),
        policy("device", user_code_in_uri=True),
    ),
    Fault(
        "device-user-codes-confusable",
        "user codes hold 0 and O, 1 and I",
        ("rfc8628-6.1-clear-characters",),
        policy("device", user_code="confusable"),
    ),
)
