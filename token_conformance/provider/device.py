"""A device without a browser, and the user who lets it in (RFC 8628)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider.login.verification import Decision, Verification, Verified, follow_verification
from token_conformance.provider.provider import Provider
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire.exchange import Exchange

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
"""The `grant_type` of the polling (RFC 8628 §3.4)."""

USUAL_INTERVAL = 5
"""Seconds between polls where the answer tells none (RFC 8628 §3.2)."""

SLOWED_DOWN = 5
"""Seconds that slow_down adds to the interval (RFC 8628 §3.5)."""

LONGEST_INTERVAL = 60
"""Seconds above which an interval is no time to wait for."""


@dataclass(frozen=True)
class DeviceAuthorization:
    """An answer of the device authorization endpoint (RFC 8628 §3.2), or something that is none."""

    client: Client
    exchange: Exchange

    @property
    def accepted(self) -> bool:
        """Whether a device code was handed over."""
        return self.exchange.response.status in range(200, 300) and self.device_code is not None

    @property
    def device_code(self) -> str | None:
        """The device code, where it is a non-empty string."""
        return _text(self.exchange.members.get("device_code"))

    @property
    def user_code(self) -> str | None:
        """The user code, where it is a non-empty string."""
        return _text(self.exchange.members.get("user_code"))

    @property
    def lifetime(self) -> int | None:
        """Seconds until the codes expire, where expires_in is a whole number."""
        return _seconds(self.exchange.members.get("expires_in"))

    @property
    def interval(self) -> int:
        """Seconds between two polls."""
        told = _seconds(self.exchange.members.get("interval"))
        return told if told is not None and told <= LONGEST_INTERVAL else USUAL_INTERVAL

    def __str__(self) -> str:
        error = self.exchange.members.get("error")
        return f"{self.exchange.response.status} {error if isinstance(error, str) else 'without an error code'}"


async def device_authorization(provider: Provider, *, client: Client | None = None) -> DeviceAuthorization:
    """Ask for a device code and a user code (RFC 8628 §3.1)."""
    grant = provider.profile.grants.device_code
    client = client or provider.profile.client(grant.client if grant else None)
    scope = {"scope": grant.scope if grant else None}
    return DeviceAuthorization(client, await provider.ask("device_authorization_endpoint", scope, client=client))


async def verify(provider: Provider, device: DeviceAuthorization, decision: Decision = "approve") -> Verified:
    """Have the user enter the user code, log in and decide (RFC 8628 §3.3).

    Raises:
        NotApplicable: nobody is there to enter it.
        Inconclusive: there is no user code, or the user does not get to the end.

    """
    if provider.profile.login.strategy != "form":
        raise NotApplicable('the profile\'s login.strategy is not "form": nobody enters the user code')
    address = _text(device.exchange.members.get("verification_uri"))
    if device.user_code is None or address is None:
        raise Inconclusive(f"there is no user code or no verification_uri to enter it at: {device}")
    provider.logins.check()
    provider.lineage.doubt()
    walk = Verification.of(provider.profile)
    walk.user_code, walk.decision = device.user_code, decision
    with provider.logins.spent_by(provider.wire.scenario, walk):
        return await follow_verification(provider.wire, address, walk)


async def poll(
    provider: Provider, device: DeviceAuthorization, *, code: str | None = None, client: Client | None = None
) -> TokenResponse:
    """Ask for the tokens (RFC 8628 §3.4); with another device code, or as another client, where it is given.

    Raises:
        Inconclusive: there is no device code.

    """
    if device.device_code is None:
        raise Inconclusive(f"there is no device code: the device authorization was answered by {device}")
    parameters = {"grant_type": DEVICE_CODE, "device_code": code or device.device_code}
    return await provider.token(parameters, client=client or device.client)


async def poll_patiently(
    provider: Provider, device: DeviceAuthorization, *, client: Client | None = None
) -> TokenResponse:
    """Poll after the interval, and where that is too soon for the server, once more as slow_down asks for (RFC 8628 §3.5).

    Raises:
        Inconclusive: there is no device code.

    """
    await provider.clock.wait(device.interval)
    answer = await poll(provider, device, client=client)
    if answer.error == "slow_down":
        await provider.clock.wait(device.interval + SLOWED_DOWN)
        answer = await poll(provider, device, client=client)
    return answer


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _seconds(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and value > 0 else None
