"""The device authorization endpoint (RFC 8628 §3.1 and §3.2)."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from typing import Any

from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint  # type: ignore[import-untyped]
from authlib.oauth2.rfc8628.endpoint import create_digital_user_code  # type: ignore[import-untyped]

from token_conformance.reference.answer import NO_STORE, Answer
from token_conformance.reference.grants.device_code import DeviceGrant
from token_conformance.reference.grants.scope import granted_scope
from token_conformance.reference.installation import Installation
from token_conformance.reference.memory import DeviceCode
from token_conformance.reference.reading import Parameters
from token_conformance.reference.refusal import invalid_request, unauthorized_client

KNOWN_PARAMETERS = frozenset(
    {"client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource"}
)

UNLIKE = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Digits and letters of which none looks like another one."""


class DeviceAuthorization(DeviceAuthorizationEndpoint):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's endpoint, with codes in the server's memory."""

    server: Any
    _serial: Iterator[int]

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self._serial = itertools.count(1001)

    def create_endpoint_response(self, request: Parameters) -> Answer:
        """Hand over a device code and a user code."""
        installation: Installation = self.server.installation
        policy = installation.behaviour.device
        if policy.unknown_refused and not request.form.keys() <= KNOWN_PARAMETERS:
            raise invalid_request("There is an unknown parameter.")
        if not policy.client_identified and "authorization" not in request.headers:
            request.payload.data.setdefault("client_id", installation.profile.user_client.client_id)
        client = installation.authenticator.authenticate(request, required=policy.authorization_authenticated)
        if not client.check_grant_type(DeviceGrant.GRANT_TYPE):
            raise unauthorized_client()
        code = self._code(installation, client.client_id, request.payload.data.get("scope"))
        page = installation.addresses.verification_page
        members = {
            "device_code": code.value,
            "user_code": code.user_code,
            "verification_uri": f"{page}/{code.user_code}" if policy.user_code_in_uri else page,
            "expires_in": policy.lifetime,
        }
        if policy.complete_uri_told:
            members["verification_uri_complete"] = f"{page}?user_code={code.user_code}"
        if policy.interval_told:
            members["interval"] = policy.interval
        return Answer("device_authorization", members=members, headers=NO_STORE)

    def generate_user_code(self) -> str:
        """A code that people can type (RFC 8628 §6.1)."""
        match self.server.installation.behaviour.device.user_code:
            case "digits":
                return str(create_digital_user_code())
            case "mixed":
                return "".join(secrets.choice(UNLIKE) for _ in range(8))
            case "counted":
                return f"AAAA-{next(self._serial)}"
            case "confusable":
                return f"{super().generate_user_code()}-0O1I"
            case _:
                return str(super().generate_user_code())

    def _code(self, installation: Installation, client_id: str, asked: str | None) -> DeviceCode:
        policy, user_code = installation.behaviour.device, self.generate_user_code()
        value = f"device-code-number-{next(self._serial)}" if policy.predictable else str(self.generate_device_code())
        scope = granted_scope(installation, asked)
        expires = installation.now + policy.lifetime
        code = DeviceCode(value, user_code, client_id, scope, asked, expires, policy.interval)
        installation.memory.device_codes[value] = code
        return code
