"""The device authorization grant (RFC 8628 §3.4 and §3.5)."""

from __future__ import annotations

from authlib.oauth2.rfc8628 import DeviceCodeGrant  # type: ignore[import-untyped]

from token_conformance.reference.client_authentication import RegisteredClient
from token_conformance.reference.grants.foundation import Foundation, TokenAnswer
from token_conformance.reference.memory import DeviceCode, Family
from token_conformance.reference.refusal import Refusal, invalid_grant, missing


class DeviceGrant(Foundation, DeviceCodeGrant):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's grant, with codes that work once and for their client alone, and by the server's own clock."""

    def validate_token_request(self) -> None:
        """Check the client, the device code, and what the user has decided."""
        self._identify()
        client = self.authenticated_client(required=self.installation.behaviour.device.client_authenticated)
        value = self.request.form.get("device_code")
        if value is None:
            raise missing("device_code")
        self.request.credential = self._decided(self._presented(value, client))
        self.restrict()

    def _identify(self) -> None:
        """Take the client from the device code, as a careless server does."""
        code = self.installation.memory.device_codes.get(self.request.form.get("device_code", ""))
        named = "client_id" in self.request.form or "authorization" in self.request.headers
        if code is not None and not named and not self.installation.behaviour.device.client_identified:
            self.request.payload.data["client_id"] = code.client_id

    def create_token_response(self) -> TokenAnswer:
        """The tokens of the user who has approved."""
        code: DeviceCode = self.request.credential
        installation = self.installation
        now = int(installation.now)
        user = code.user or installation.documented.user
        code.family = code.family or Family(code.client_id, user, code.scope, now)
        code.family.asked = code.asked
        code.family.refreshable = self.refreshable(self.request.client, code.scope)
        code.polled = installation.now
        return self.tokens_of(code.family, code.scope, "device")

    def _presented(self, value: str, client: RegisteredClient) -> DeviceCode:
        policy, code = self.installation.behaviour.device, self.installation.memory.device_codes.get(value)
        if code is None:
            raise Refusal(policy.unknown, "unknown_device_code", "The device code is unknown.")
        self._in_time(code)
        if code.client_id != client.client_id and policy.client_compared:
            if policy.foreign_use_revokes:
                code.expires = self.installation.now
            raise invalid_grant("foreign_device_code")
        if code.family is not None and policy.single_use:
            raise invalid_grant("used_device_code")
        return code

    def _in_time(self, code: DeviceCode) -> None:
        """Slow down who polls at the very second of the interval, as a server does that counts whole seconds."""
        policy, now = self.installation.behaviour.device, self.installation.now
        if code.polled is None or policy.punctual_in_time or int(now - code.polled) > code.interval:
            return
        code.polled = now
        raise Refusal("slow_down", "hasty_polling", "Poll less often.")

    def _decided(self, code: DeviceCode) -> DeviceCode:
        policy, now = self.installation.behaviour.device, self.installation.now
        if now >= code.expires and policy.expiry_checked:
            raise Refusal(policy.expired, "expired_device_code", "The device code has expired.")
        if code.decision == "denied" and not policy.denial_refused:
            return code
        if code.decision == "denied" and policy.denial_remembered:
            raise Refusal("access_denied", "denied_device_code", "The user has denied the request.")
        if code.decision == "approved" and not policy.approval_kept:
            raise invalid_grant("approved_device_code")
        if code.decision == "approved" or not policy.approval_needed:
            return code
        hasty = code.polled is not None and now < code.polled + code.interval
        code.polled = now
        if hasty and policy.haste == "slow_down":
            code.interval += policy.slowed_down_by
            raise Refusal("slow_down", "hasty_polling", "Poll less often.")
        raise Refusal("authorization_pending", "pending_device_code", "The user has not decided yet.")
