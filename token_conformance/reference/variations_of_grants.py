"""Variations that RFC 8628, RFC 8693 and RFC 8707 allow."""

# ruff: noqa: S106 - policies and members are named after the secrets that they concern

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import access_tokens, policy, together
from token_conformance.reference.faults.fault import at
from token_conformance.reference.faults.token_exchange import SAML, exchanged
from token_conformance.reference.variation import Variation


def _scope_refused(answer: Answer) -> Answer:
    return replace(answer, status=400, members={"error": "invalid_scope"}) if answer.status == HTTPStatus.OK else answer


FURTHER_GRANTS = (
    Variation(
        "code-redirect-uri-optional-in-exchange",
        "an exchange may leave redirect_uri out, as OIDC Core §3.1.3.2 allows where a single one is registered",
        policy("code", redirect_uri="optional"),
    ),
    Variation(
        "scope-unknown-alone-is-default",
        "a scope of unknown values alone is answered by the default one, which the answer tells",
        policy("scope", unknown_alone="default"),
    ),
    Variation(
        "service-without-default-scope",
        "a service that names no scope gets a token without any",
        policy("scope", unnamed="nothing"),
    ),
    Variation(
        "device-never-slowed-down",
        "hasty polling of a device is answered by authorization_pending",
        policy("device", haste="authorization_pending"),
    ),
    Variation(
        "device-slowed-down-at-the-second",
        "a poll at the very second of the interval is slowed down, whatever became of the device code",
        policy("device", punctual_in_time=False),
    ),
    Variation(
        "device-expired-invalid-grant",
        "an expired device code is forgotten, and an invalid_grant",
        policy("device", expired="invalid_grant"),
    ),
    Variation(
        "device-unknown-expired-token",
        "an unknown device code is answered by expired_token",
        policy("device", unknown="expired_token"),
    ),
    Variation("device-user-code-digits", "user codes are of nine digits", policy("device", user_code="digits")),
    Variation(
        "device-user-code-mixed",
        "user codes are of digits and letters that nobody confuses (RFC 8628 §6.1)",
        policy("device", user_code="mixed"),
    ),
    Variation(
        "device-optional-members-absent",
        "the device authorization response has neither interval nor verification_uri_complete",
        policy("device", interval_told=False, complete_uri_told=False),
    ),
    Variation(
        "device-denial-not-offered",
        "the user of a device can only approve, or leave",
        policy("device", denial_offered=False),
    ),
    Variation(
        "device-scope-refused",
        "a device may not ask for the scope of the profile: invalid_scope (RFC 8628 §3.1, RFC 6749 §5.2)",
        at("device_authorization", _scope_refused),
    ),
    Variation(
        "device-code-dies-in-other-hands",
        "a device code that another client presents is not valid for its own client either",
        policy("device", foreign_use_revokes=True),
    ),
    Variation(
        "exchange-subject-invalid-grant",
        "an invalid subject_token is an invalid_grant",
        policy("token_exchange", invalid_subject="invalid_grant"),
    ),
    Variation(
        "exchange-unknown-type-replaced",
        "an unknown requested_token_type yields an access token, and issued_token_type says so",
        policy("token_exchange", unknown_type="replaced"),
    ),
    Variation(
        "exchange-scope-narrowed",
        "a wider scope of an exchange is answered by what the subject token allows, and says so",
        policy("token_exchange", scope_exceeded="narrowed"),
    ),
    Variation(
        "exchange-of-an-assertion",
        "an exchange yields a SAML assertion, to which token_type is not applicable",
        exchanged(lambda answer: answer.saying(issued_token_type=SAML, token_type="N_A")),
    ),
    Variation(
        "target-malformed-invalid-request",
        "a malformed resource is an invalid_request",
        policy("target", malformed="invalid_request"),
    ),
    Variation(
        "target-audience-mapped",
        "the audience of a JWT of no profile is the provider's own name of the resource, as RFC 8707 §2 allows",
        together(policy("target", audience="mapped"), access_tokens(lambda token: token.headed(typ="JWT"))),
    ),
    Variation(
        "target-audience-userinfo-too",
        "tokens for one resource are for userinfo too",
        policy("target", audience="userinfo_too"),
    ),
    Variation(
        "target-refresh-ignores-another-resource",
        "a refresh for a resource that was not granted yields a token for those that were",
        policy("target", beyond="ignored"),
    ),
    Variation(
        "target-opaque-untold",
        "introspection does not tell whom an opaque token is for",
        together(policy("token", access_token_format="opaque"), policy("target", audience="untold")),
    ),
    Variation(
        "target-opaque",
        "introspection tells whom an opaque token is for",
        policy("token", access_token_format="opaque"),
    ),
)
