"""Polling by the device authorization grant (RFC 8628 §3.4 and §3.5), where the profile has it."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import WITHOUT_CREDENTIALS, Mistake, mistaken
from token_conformance.judging.refusal import LATENESS, NOT_LET_IN, stranger
from token_conformance.profile.client import Client
from token_conformance.provider import Provider, device_authorization, poll, poll_patiently, verify
from token_conformance.provider.client_authentication import unauthenticated
from token_conformance.provider.device import DEVICE_CODE, SLOWED_DOWN


@dataclass(frozen=True)
class DevicePolls:
    """Polls for a device code that nobody decides on, and some that are wrong in one thing each."""

    pending: TokenResponse
    hasty: TokenResponse
    unproved: TokenResponse | None
    without_code: TokenResponse
    unknown_code: TokenResponse
    again: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        missing, clause = {"polling without device_code": self.without_code}, "rfc8628-unknown-code"
        unknown = {"an unknown device code": self.unknown_code}
        unproved = {"polling without the client's credentials": self.unproved}
        return (
            *mistaken(self.pending, missing, "invalid_request", clause=clause),
            *mistaken(self.pending, unknown, "invalid_grant", "expired_token", clause=clause),
            *mistaken(self.pending, unproved, *WITHOUT_CREDENTIALS, refused_by="rfc8628-client-authentication"),
        )


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
    await provider.clock.wait(device.interval + SLOWED_DOWN)
    again = await poll(provider, device)
    return DevicePolls(pending, hasty, unproved, without_code, unknown_code, again)


def known(control: TokenResponse) -> None:
    """Judge nothing where the server does not even say of a good device code that it is pending."""
    if not control.waits:
        raise Inconclusive(f"a good device code was answered by {control}")


def named(answer: TokenResponse) -> TokenResponse:
    """Give back an answer that says by a code what it is; one without is judged by the checks of its form."""
    if answer.handed_over or answer.waits:
        return answer
    if not answer.refused or answer.error is None:
        raise Inconclusive(f"neither accepted nor refused by a code: {answer} to {answer.exchange}")
    return answer


@requirement("rfc8628-pending")
def test_polling_before_the_decision_is_pending(device_polls: DevicePolls) -> None:
    """As long as the user has not decided, polling is answered by authorization_pending, or by slow_down."""
    answer = named(device_polls.pending)
    assert answer.waits, f"polling before the decision was answered by {answer}"


@requirement("rfc8628-pending")
def test_hasty_polling_is_slowed_down_or_pending(device_polls: DevicePolls) -> None:
    """Polling without waiting for the interval is answered by slow_down or authorization_pending."""
    known(device_polls.pending)
    answer = named(device_polls.hasty)
    assert answer.waits, f"polling at once again was answered by {answer}"


@requirement("rfc8628-client-authentication")
def test_polling_needs_credentials(device_polls: DevicePolls) -> None:
    """A confidential client learns nothing by polling without its credentials."""
    if device_polls.unproved is None:
        raise NotApplicable("the profile's client is public")
    answer = refusal(device_polls.unproved, control=device_polls.pending, afterwards=device_polls.again)
    assert answer.refused, f"polling without the client's credentials was answered by {answer}"


@dataclass(frozen=True)
class ApprovedDevice:
    """A device code that the user approves, the tokens for it, and the same code again."""

    tokens: TokenResponse
    replay: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        used = {"a device code that has yielded tokens": self.replay}
        return mistaken(self.tokens, used, "invalid_grant", "expired_token", refused_by="rfc8628-single-use")


@scenario(needs="device_code", reach="user")
async def approved_device(provider: Provider) -> ApprovedDevice:
    """Ask for codes, have the user approve, poll for the tokens, and poll again."""
    device = await device_authorization(provider)
    await verify(provider, device)
    tokens = await poll_patiently(provider, device)
    return ApprovedDevice(tokens, await poll_patiently(provider, device))


@requirement("rfc8628-approved")
def test_approved_device_gets_tokens(approved_device: ApprovedDevice) -> None:
    """After the user has approved, polling yields an access token."""
    answer = approved_device.tokens
    if answer.waits:
        raise Inconclusive(f"the user went through the pages to their end, and the server still waits: {answer}")
    if not answer.accepted and not answer.refused:
        raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
    assert answer.accepted


@requirement("rfc8628-single-use")
def test_device_code_works_once(approved_device: ApprovedDevice) -> None:
    """A device code that has yielded tokens yields no others."""
    answer = refusal(approved_device.replay, control=approved_device.tokens)
    assert answer.refused, f"a device code that had yielded tokens was answered by {answer}"


@dataclass(frozen=True)
class ForeignDevice:
    """Approved device codes: one presented by its client, and one by another client, which may use such codes, and then by its own."""

    control: TokenResponse
    let_in: TokenResponse | None
    foreign: TokenResponse
    own: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        foreign, codes = {"a device code of another client": self.foreign}, ("invalid_grant", "expired_token")
        return mistaken(self.control, foreign, *codes, *NOT_LET_IN, refused_by="rfc8628-single-use")


@scenario(needs="device_code", reach="session")
async def foreign_device(provider: Provider) -> ForeignDevice:
    """Have the user approve two devices, poll for one, and for the other as another client before the own one does."""
    grant = provider.profile.grants.device_code
    other = stranger_to(provider.profile.clients, provider.profile.client(grant.client if grant else None))
    twin, device = await device_authorization(provider), await device_authorization(provider)
    others = await device_authorization(provider, client=other)
    for each in (twin, device):
        await verify(provider, each)
    control = await poll_patiently(provider, twin)
    let_in = await poll(provider, others) if others.accepted else None
    foreign = await poll_patiently(provider, device, client=other)
    return ForeignDevice(control, let_in, foreign, await poll_patiently(provider, device))


def stranger_to(clients: list[Client], client: Client) -> Client:
    """Another confidential client, one that may use device codes, as far as the profile tells.

    Raises:
        NotApplicable: the profile has none.

    """
    others = [other for other in clients if other.client_id != client.client_id and not other.public]
    able = [other for other in others if other.grant_types is None or DEVICE_CODE in other.grant_types]
    if not able:
        raise NotApplicable("the profile has no second confidential client that may use device codes")
    return able[0]


@requirement("rfc8628-single-use")
def test_other_clients_get_no_tokens(foreign_device: ForeignDevice) -> None:
    """A device code yields nothing to another client than the one that asked for it."""
    polls = foreign_device
    answer = stranger(polls.foreign, control=polls.control, let_in=polls.let_in, afterwards=polls.own)
    assert answer.refused, f"another client polled with the device code and was answered by {answer}"


@dataclass(frozen=True)
class DeniedDevice:
    """What polling is answered by before the user has decided, and after they have said no."""

    pending: TokenResponse
    answer: TokenResponse


@scenario(needs="device_code")
async def denied_device(provider: Provider) -> DeniedDevice:
    """Ask for codes, poll, have the user deny, and poll again."""
    device = await device_authorization(provider)
    pending = await poll_patiently(provider, device)
    verified = await verify(provider, device, "deny")
    if not verified.denied:
        raise NotApplicable("no page of the verification has a button that denies")
    return DeniedDevice(pending, await poll_patiently(provider, device))


@requirement("rfc8628-3.5-denied")
def test_denied_device_gets_no_tokens(denied_device: DeniedDevice) -> None:
    """After the user has denied, polling yields no tokens."""
    known(denied_device.pending)
    answer = refusal(denied_device.answer, control=denied_device.pending)
    assert not answer.handed_over, "a device got tokens that the user had denied them to"


@requirement("rfc8628-3.5-denied")
def test_denied_device_gets_access_denied(denied_device: DeniedDevice) -> None:
    """After the user has denied, polling is answered by access_denied."""
    known(denied_device.pending)
    answer = named(refusal(denied_device.answer, control=denied_device.pending))
    if answer.handed_over:
        raise Inconclusive("the device got tokens, which another check tells")
    assert answer.error == "access_denied", f"after the user had denied, polling was answered by {answer}"


@dataclass(frozen=True)
class ExpiredDevice:
    """A device code that nobody decides: when it is new, and after its time."""

    pending: TokenResponse
    expired: TokenResponse


@scenario(needs="device_code", waits=True, parks=True)
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
    answer = named(refusal(expired_device.expired, control=expired_device.pending))
    assert answer.error in {"expired_token", "invalid_grant"}, f"an expired device code was answered by {answer}"
