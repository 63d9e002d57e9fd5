"""A login in a browser anywhere: the user enters there the code that is shown here (RFC 8628)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider.addresses import can_be_opened
from token_conformance.provider.device import DeviceAuthorization, device_authorization, poll
from token_conformance.redaction import Redactor
from token_conformance.redaction.visible import on_one_line
from token_conformance.sessions.logging_in import Say, logging_in, session_of, words_of
from token_conformance.sessions.problems import LoginError
from token_conformance.sessions.session import StoredSession
from token_conformance.sessions.store import SessionStore

Sleep = Callable[[float], Awaitable[None]]

SLOWER = 5
"""Seconds that `slow_down` adds to the interval (RFC 8628 §3.5)."""

ENDS = {
    "access_denied": "the login was denied at the provider",
    "expired_token": "the code expired before the login was done; log in again",
}
"""What the user is told of errors that end the polling (RFC 8628 §3.5)."""


async def log_in_by_device(
    store: SessionStore, say: Say, patience: float, sleep: Sleep = asyncio.sleep
) -> StoredSession:
    """Have the user log in elsewhere, and give the session, which the caller stores.

    Args:
        store: where the session will lie, and of which profile it is.
        say: prints a line.
        patience: the seconds after which nobody is waited for any more.
        sleep: lets seconds pass.

    Raises:
        LoginError: there is no session; the message says why, without any secret.

    """
    async with logging_in(store.profile, Redactor()) as provider:
        device = await device_authorization(provider)
        if not device.accepted:
            raise LoginError(f"the device authorization endpoint gave no device code: {device}{_words(device)}")
        _show(device, say)
        waits = min(patience, device.lifetime or patience)
        say(f"Waiting up to {waits:.0f} s for the login …")
        response = await _polled(lambda: poll(provider, device), device.interval, waits, sleep)
        grant = store.profile.grants.device_code
        return session_of(store, provider, device.client, grant.scope if grant else None, response)


def _show(device: DeviceAuthorization, say: Say) -> None:
    """Say where to go and what to enter (RFC 8628 §3.3); what the provider sent is no more than text."""
    members = device.exchange.members
    address, complete = members.get("verification_uri"), members.get("verification_uri_complete")
    if device.user_code is None or not _opens(address):
        raise LoginError(
            "the answer of the device authorization endpoint lacks a user_code, or a verification_uri that a browser "
            "may be sent to: an address of http or https"
        )
    say("To log in, open this address in any browser:")
    say(str(address))
    say(f"and enter the code {on_one_line(device.user_code)}")
    if _opens(complete):
        say(f"or open {complete}, which holds the code, and compare it there.")


def _opens(address: object) -> bool:
    return isinstance(address, str) and can_be_opened(address)


async def _polled(
    ask: Callable[[], Awaitable[TokenResponse]], interval: float, left: float, sleep: Sleep
) -> TokenResponse:
    """Ask for the tokens until they come, or never will (RFC 8628 §3.4 and §3.5)."""
    while interval <= left:
        await sleep(interval)
        left -= interval
        response = await ask()
        if response.exchange.answer is None or response.status == 429 or response.status >= 500:
            interval *= 2
        elif response.accepted:
            return response
        elif response.error == "slow_down":
            interval += SLOWER
        elif response.error != "authorization_pending":
            told = ENDS.get(response.error or "", "the token endpoint gave no tokens to the device")
            raise LoginError(f"{told}: {response}{words_of(response)}")
    raise LoginError("nobody has logged in with the code in time; log in again, and see --timeout")


def _words(device: DeviceAuthorization) -> str:
    said = device.exchange.members.get("error_description")
    return f" ({said})" if isinstance(said, str) and said else ""
