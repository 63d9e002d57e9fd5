"""Polling by the device authorization grant (RFC 8628 §3.4 and §3.5), where the profile has it."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import LATENESS
from token_conformance.profile.client import Client
from token_conformance.provider import Provider, device_authorization, poll, verify
from token_conformance.provider.client_authentication import unauthenticated
from token_conformance.provider.device import DEVICE_CODE

PENDING = {"authorization_pending", "slow_down"}
"""What polling is answered by as long as the user has not decided (RFC 8628 §3.5)."""

SLOWED_DOWN = 5
"""Seconds that slow_down adds to the interval (RFC 8628 §3.5)."""


@dataclass(frozen=True)
class DevicePolls:
    """Polls for a device code that nobody decides on, and some that are wrong in one thing each."""

    pending: TokenResponse
    hasty: TokenResponse
    unproved: TokenResponse | None
    without_code: TokenResponse
    unknown_code: TokenResponse


@scenario(needs="device_code")
async def device_polls(provider: Provider) -> DevicePolls:
    """Ask for codes, poll in time, at once again, without a code, with a made-up one, and without credentials."""
    device = await device_authorization(provider)
    await provider.clock.wait(device.interval)
    pending, hasty = await poll(provider, device), await poll(provider, device)
    without_code = await provider.token({"grant_type": DEVICE_CODE}, client=device.client)
    unknown_code = await poll(provider, device, code=provider.draw("device_code"))
    unproved = None
    if not device.client.public:
        await provider.clock.wait(device.interval + SLOWED_DOWN)
        unproved = await poll(provider, device, client=unauthenticated(device.client))
    return DevicePolls(pending, hasty, unproved, without_code, unknown_code)


def known(control: TokenResponse) -> None:
    """Judge nothing where the server does not even say of a good device code that it is pending."""
    if control.error not in PENDING:
        raise Inconclusive(f"a good device code was answered by {control}")


def decided(answer: TokenResponse) -> TokenResponse:
    """Give back an answer once it is the token endpoint's own."""
    if not answer.accepted and not answer.refused:
        raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
    return answer


@requirement("rfc8628-pending")
def test_polling_before_the_decision_is_pending(device_polls: DevicePolls) -> None:
    """As long as the user has not decided, polling is answered by authorization_pending, or by slow_down."""
    answer = decided(device_polls.pending)
    assert answer.error in PENDING


@requirement("rfc8628-pending")
def test_hasty_polling_is_slowed_down_or_pending(device_polls: DevicePolls) -> None:
    """Polling without waiting for the interval is answered by slow_down or authorization_pending."""
    known(device_polls.pending)
    answer = decided(device_polls.hasty)
    assert answer.error in PENDING, f"polling at once again was answered by {answer}"


@requirement("rfc8628-pending")
def test_pending_is_400(device_polls: DevicePolls) -> None:
    """authorization_pending and slow_down have the status 400."""
    for answer in (device_polls.pending, device_polls.hasty):
        if decided(answer).error in PENDING:
            assert answer.status == 400, f"{answer.error} came with status {answer.status}"


@requirement("rfc8628-unknown-code")
def test_polling_without_code_is_invalid_request(device_polls: DevicePolls) -> None:
    """Polling without device_code is refused as invalid_request."""
    known(device_polls.pending)
    answer = decided(device_polls.without_code)
    assert answer.error == "invalid_request"


@requirement("rfc8628-unknown-code")
def test_unknown_device_code_is_invalid_grant(device_polls: DevicePolls) -> None:
    """A device code that was never issued is refused as invalid_grant, or as expired_token."""
    known(device_polls.pending)
    answer = decided(device_polls.unknown_code)
    assert answer.error in {"invalid_grant", "expired_token"}


@requirement("rfc8628-client-authentication")
def test_polling_needs_credentials(device_polls: DevicePolls) -> None:
    """A confidential client learns nothing by polling without its credentials."""
    known(device_polls.pending)
    if device_polls.unproved is None:
        raise NotApplicable("the profile's client is public")
    answer = decided(device_polls.unproved)
    assert not answer.accepted and answer.error not in PENDING


@dataclass(frozen=True)
class ApprovedDevice:
    """A device code that the user approves, the tokens for it, and the same code again."""

    tokens: TokenResponse
    replay: TokenResponse


@scenario(needs="device_code", reach="user")
async def approved_device(provider: Provider) -> ApprovedDevice:
    """Ask for codes, have the user approve, poll for the tokens, and poll again."""
    device = await device_authorization(provider)
    await verify(provider, device)
    await provider.clock.wait(device.interval)
    tokens = await poll(provider, device)
    await provider.clock.wait(device.interval)
    return ApprovedDevice(tokens, await poll(provider, device))


@requirement("rfc8628-approved")
def test_approved_device_gets_tokens(approved_device: ApprovedDevice) -> None:
    """After the user has approved, polling yields an access token."""
    answer = decided(approved_device.tokens)
    if answer.error in PENDING:
        raise Inconclusive(f"the user went through the pages to their end, and the server still waits: {answer}")
    assert answer.accepted


@requirement("rfc8628-single-use")
def test_device_code_works_once(approved_device: ApprovedDevice) -> None:
    """A device code that has yielded tokens is refused as invalid_grant, or as expired_token."""
    answer = refusal(approved_device.replay, control=approved_device.tokens)
    assert answer.error in {"invalid_grant", "expired_token"}


@dataclass(frozen=True)
class ForeignDevice:
    """An approved device code, presented by another client and then by its own."""

    foreign: TokenResponse
    own: TokenResponse


@scenario(needs="device_code", reach="session")
async def foreign_device(provider: Provider) -> ForeignDevice:
    """Ask for codes, have the user approve, and poll as another client before the own one does."""
    grant = provider.profile.grants.device_code
    stranger = stranger_to(provider.profile.clients, provider.profile.client(grant.client if grant else None))
    device = await device_authorization(provider)
    await verify(provider, device)
    await provider.clock.wait(device.interval)
    foreign = await poll(provider, device, client=stranger)
    await provider.clock.wait(device.interval)
    return ForeignDevice(foreign, await poll(provider, device))


def stranger_to(clients: list[Client], client: Client) -> Client:
    """A confidential client that is another one.

    Raises:
        NotApplicable: the profile has none.

    """
    others = [other for other in clients if other.client_id != client.client_id and not other.public]
    if not others:
        raise NotApplicable("the profile has no second confidential client")
    return others[0]


@requirement("rfc8628-single-use")
def test_other_clients_get_no_tokens(foreign_device: ForeignDevice) -> None:
    """A device code is refused to another client than the one that asked for it, best as invalid_grant."""
    works = foreign_device.own.accepted
    answer = decided(foreign_device.foreign)
    if not works and not answer.accepted:
        raise Inconclusive(f"the device code does not work for its own client either: {foreign_device.own}")
    if answer.error == "invalid_client":
        raise Inconclusive(f"the second client was not let in: {answer}")
    assert answer.error in {"invalid_grant", "expired_token", "unauthorized_client"}


@dataclass(frozen=True)
class DeniedDevice:
    """What polling is answered by after the user has said no."""

    answer: TokenResponse


@scenario(needs="device_code")
async def denied_device(provider: Provider) -> DeniedDevice:
    """Ask for codes, have the user deny, and poll."""
    device = await device_authorization(provider)
    verified = await verify(provider, device, "deny")
    if not verified.denied:
        raise NotApplicable("no page of the verification has a button that denies")
    await provider.clock.wait(device.interval)
    return DeniedDevice(await poll(provider, device))


@requirement("rfc8628-3.5-denied")
def test_denied_device_gets_access_denied(denied_device: DeniedDevice, approved_device: ApprovedDevice) -> None:
    """After the user has denied, polling is answered by access_denied."""
    answer = refusal(denied_device.answer, control=approved_device.tokens)
    assert answer.error == "access_denied"


@dataclass(frozen=True)
class ExpiredDevice:
    """A device code that nobody decides: when it is new, and after its time."""

    pending: TokenResponse
    expired: TokenResponse


@scenario(needs="device_code", waits=True)
async def expired_device(provider: Provider) -> ExpiredDevice:
    """Ask for codes, poll, wait until the codes have expired, and poll again."""
    device = await device_authorization(provider)
    if device.lifetime is None or device.lifetime > 31_536_000:
        raise Inconclusive("the answer does not tell when the codes expire")
    provider.clock.check(device.lifetime + LATENESS)
    await provider.clock.wait(device.interval)
    pending = await poll(provider, device)
    await provider.clock.wait(device.lifetime + LATENESS)
    return ExpiredDevice(pending, await poll(provider, device))


@requirement("rfc8628-3.5-expired")
def test_expired_device_code_is_expired_token(expired_device: ExpiredDevice) -> None:
    """A device code after its time is answered by expired_token, or by invalid_grant once it is forgotten."""
    known(expired_device.pending)
    answer = decided(expired_device.expired)
    assert answer.error in {"expired_token", "invalid_grant"}
