"""The device authorization grant (RFC 8628), where the profile has it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.judging import LATENESS
from token_conformance.profile import Client
from token_conformance.provider import DeviceAuthorization, Provider, device_authorization, poll, verify
from token_conformance.provider.client_authentication import unauthenticated
from token_conformance.run import Run
from token_conformance.token_response import TokenResponse
from token_conformance.unguessable import varying_bits

PENDING = {"authorization_pending", "slow_down"}
"""What polling is answered by as long as the user has not decided (RFC 8628 §3.5)."""

SLOWED_DOWN = 5
"""Seconds that slow_down adds to the interval (RFC 8628 §3.5)."""

USER_CODE_BITS = 16
"""Less can be guessed even where attempts are limited: about five digits, since two codes may begin alike."""

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class DeviceRequests:
    """Device authorizations that nobody decides, and requests about the first of them."""

    authorizations: tuple[DeviceAuthorization, ...]
    unauthenticated: DeviceAuthorization | None
    pending: TokenResponse
    hasty: TokenResponse
    unproved: TokenResponse | None
    without_code: TokenResponse
    unknown_code: TokenResponse

    @property
    def first(self) -> DeviceAuthorization:
        """The authorization that is polled for."""
        return self.authorizations[0]


@scenario(needs="device_code")
async def device_requests(provider: Provider) -> DeviceRequests:
    """Ask for four device codes, poll for the first in time, at once again, and with no code and a made-up one."""
    authorizations = [await device_authorization(provider) for _ in range(4)]
    device, client = authorizations[0], authorizations[0].client
    await provider.clock.wait(device.interval)
    pending, hasty = await poll(provider, device), await poll(provider, device)
    parameters = {"grant_type": dict(pending.exchange.request.form)["grant_type"]}
    without_code = await provider.token(parameters, client=client)
    unknown_code = await poll(provider, device, code=provider.draw("device_code"))
    anonymous = unproved = None
    if not client.public:
        anonymous = await device_authorization(provider, client=unauthenticated(client))
        await provider.clock.wait(device.interval + SLOWED_DOWN)
        unproved = await poll(provider, device, client=unauthenticated(client))
    return DeviceRequests(tuple(authorizations), anonymous, pending, hasty, unproved, without_code, unknown_code)


def handed_over(device: DeviceAuthorization) -> dict[str, Any]:
    """The members of a device authorization response.

    Raises:
        Inconclusive: the server limits the rate of requests, or fails.

    """
    status = device.exchange.response.status
    if status == 429 or status >= 500:
        raise Inconclusive(f"the device authorization endpoint answered {status}")
    assert device.exchange.status == 200 and device.exchange.members, (
        f"the device authorization was answered by {device}"
    )
    return device.exchange.members


def known(control: TokenResponse) -> None:
    """Judge nothing where the server does not even say of a good device code that it is pending."""
    if control.error not in PENDING:
        raise Inconclusive(f"a good device code was answered by {control}")


def decided(answer: TokenResponse) -> TokenResponse:
    """Give back an answer once it is the token endpoint's own."""
    if not answer.accepted and not answer.refused:
        raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
    return answer


def is_text(value: object) -> bool:
    """Whether a member is a string that says something."""
    return isinstance(value, str) and value != ""


def is_positive(value: object) -> bool:
    """Whether a member is a whole number of seconds."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_page(value: object) -> bool:
    """Whether a member is an absolute https address (http on loopback alone)."""
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


REQUIRED: dict[str, Callable[[object], bool]] = {
    "device_code": is_text,
    "user_code": is_text,
    "verification_uri": is_page,
    "expires_in": is_positive,
}
OPTIONAL: dict[str, Callable[[object], bool]] = {"verification_uri_complete": is_page, "interval": is_positive}
"""The members of RFC 8628 §3.2, and what they are."""


@requirement("rfc8628-3.2-response")
def test_device_authorization_has_its_members(device_requests: DeviceRequests) -> None:
    """The device authorization response has device_code, user_code, verification_uri and expires_in, of their types."""
    members = handed_over(device_requests.first)
    for name, right in REQUIRED.items():
        assert right(members.get(name)), f"{name} is {shown(name, members)}"


@requirement("rfc8628-3.2-response")
def test_optional_members_have_their_types(device_requests: DeviceRequests) -> None:
    """verification_uri_complete is an address and interval a number of seconds, where they are told."""
    members = handed_over(device_requests.first)
    for name, right in OPTIONAL.items():
        assert name not in members or right(members[name]), f"{name} is {shown(name, members)}"


def shown(name: str, members: dict[str, Any]) -> str:
    """A member as a message may show it: codes are secrets."""
    if name not in members:
        return "absent"
    return f"a {type(members[name]).__name__}" if name.endswith("_code") else repr(members[name])


@requirement("rfc8628-3.2-response")
def test_device_authorization_is_json(device_requests: DeviceRequests) -> None:
    """The media type of the device authorization response is application/json."""
    handed_over(device_requests.first)
    kind = device_requests.first.exchange.media_type
    assert kind == "application/json", f"the media type is {kind}"


@requirement("device-response-not-stored")
def test_device_authorization_is_not_stored(device_requests: DeviceRequests) -> None:
    """The device authorization response carries Cache-Control: no-store."""
    handed_over(device_requests.first)
    value = device_requests.first.exchange.header("cache-control") or ""
    assert "no-store" in value.lower(), f"Cache-Control is {value or 'absent'}"


@requirement("device-as-documented")
def test_codes_live_and_are_polled_for_as_documented(device_requests: DeviceRequests, conformance_run: Run) -> None:
    """expires_in and interval are those of the documentation."""
    grant, members = conformance_run.profile.grants.device_code, handed_over(device_requests.first)
    documented = {"expires_in": grant.lifetime.value, "interval": grant.interval.value} if grant else {}
    told = {"interval": 5, **members}
    if not any(documented.values()):
        raise NotApplicable("the profile documents neither lifetime nor interval of the device grant")
    for name, value in documented.items():
        assert value is None or told.get(name) == value, f"{name} is {told.get(name)!r}; {value} is documented"


def values_of(device_requests: DeviceRequests, name: str) -> list[str]:
    """The device codes or user codes of the run."""
    told = [device.exchange.members.get(name) for device in device_requests.authorizations]
    values = [value for value in told if isinstance(value, str) and value]
    if len(values) < 2:
        raise Inconclusive(f"{len(values)} answers hold a {name}; it takes two to compare")
    return values


@requirement("rfc8628-5.2-device-code-entropy")
def test_device_codes_cannot_be_guessed(device_requests: DeviceRequests) -> None:
    """What differs between device codes is too much to be guessed: 128 bits at the least."""
    values = values_of(device_requests, "device_code")
    bits = varying_bits(values)
    assert bits >= 128, f"at most {bits:.0f} bits differ between {len(values)} device codes"


@requirement("rfc8628-5.1-user-code-entropy")
def test_user_codes_cannot_be_guessed(device_requests: DeviceRequests) -> None:
    """What differs between user codes is too much to be guessed in a few attempts: 16 bits at the least."""
    values = values_of(device_requests, "user_code")
    bits = varying_bits(values)
    assert bits >= USER_CODE_BITS, f"at most {bits:.0f} bits differ between {len(values)} user codes"


@requirement("rfc8628-pending")
def test_polling_before_the_decision_is_pending(device_requests: DeviceRequests) -> None:
    """As long as the user has not decided, polling is answered by authorization_pending, or by slow_down."""
    answer = decided(device_requests.pending)
    assert answer.error in PENDING


@requirement("rfc8628-pending")
def test_hasty_polling_is_slowed_down_or_pending(device_requests: DeviceRequests) -> None:
    """Polling without waiting for the interval is answered by slow_down or authorization_pending."""
    known(device_requests.pending)
    answer = decided(device_requests.hasty)
    assert answer.error in PENDING, f"polling at once again was answered by {answer}"


@requirement("rfc8628-pending")
def test_pending_is_400(device_requests: DeviceRequests) -> None:
    """authorization_pending and slow_down have the status 400."""
    for answer in (device_requests.pending, device_requests.hasty):
        if answer.error in PENDING:
            assert answer.status == 400, f"{answer.error} came with status {answer.status}"


@requirement("rfc8628-unknown-code")
def test_polling_without_code_is_invalid_request(device_requests: DeviceRequests) -> None:
    """Polling without device_code is refused as invalid_request."""
    known(device_requests.pending)
    answer = decided(device_requests.without_code)
    assert answer.error == "invalid_request"


@requirement("rfc8628-unknown-code")
def test_unknown_device_code_is_invalid_grant(device_requests: DeviceRequests) -> None:
    """A device code that was never issued is refused as invalid_grant, or as expired_token."""
    known(device_requests.pending)
    answer = decided(device_requests.unknown_code)
    assert answer.error in {"invalid_grant", "expired_token"}


@requirement("rfc8628-client-authentication")
def test_device_authorization_needs_credentials(device_requests: DeviceRequests) -> None:
    """A confidential client gets no device code without its credentials."""
    if device_requests.unauthenticated is None:
        raise NotApplicable("the profile's client is public")
    handed_over(device_requests.first)
    answer = device_requests.unauthenticated
    assert not answer.accepted, f"a client without its credentials was answered by {answer.exchange.response.status}"


@requirement("rfc8628-client-authentication")
def test_polling_needs_credentials(device_requests: DeviceRequests) -> None:
    """A confidential client learns nothing by polling without its credentials."""
    known(device_requests.pending)
    if device_requests.unproved is None:
        raise NotApplicable("the profile's client is public")
    answer = decided(device_requests.unproved)
    assert not answer.accepted and answer.error not in PENDING


@dataclass(frozen=True)
class ApprovedDevice:
    """A device code that the user approves, the tokens for it, and the same code again."""

    tokens: TokenResponse
    replay: TokenResponse


@scenario(needs="device_code")
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


@scenario(needs="device_code")
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
    """A device code is refused to another client than the one that asked for it."""
    answer = decided(foreign_device.foreign)
    if not answer.accepted:
        answer = refusal(answer, control=foreign_device.own)
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


@scenario(needs="device_code")
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
