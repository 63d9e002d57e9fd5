"""How device authorization requests are read, and how hasty polling is slowed down (RFC 8628 §3.1, §3.4 and §3.5)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider import DeviceAuthorization, Provider, device_authorization, poll
from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.client_authentication import Credentials
from token_conformance.provider.device import DEVICE_CODE, SLOWED_DOWN

FORM = (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"))
PENDING = {"authorization_pending", "slow_down"}

UNKNOWN = ("x_unknown", "1")
EMPTY = ("resource", "")

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class OddDeviceRequests:
    """Device authorization requests that are right in an odd way, or with a parameter twice.

    `odd` has an unknown and an empty parameter; `unknown` and `empty` have one of them, where `odd` yields no code.
    """

    control: DeviceAuthorization
    odd: DeviceAuthorization
    unknown: DeviceAuthorization | None
    empty: DeviceAuthorization | None
    repeated: DeviceAuthorization | None


@scenario(needs="device_code")
async def odd_device_requests(provider: Provider) -> OddDeviceRequests:
    """Ask for device codes rightly, with unknown and empty parameters, and with scope twice."""
    control = await device_authorization(provider)
    scope = scope_of(provider)

    async def asked(*added: tuple[str, str]) -> DeviceAuthorization:
        exchange = await provider.ask("device_authorization_endpoint", [*scope, *added], client=control.client)
        return DeviceAuthorization(control.client, exchange)

    odd, unknown, empty = await asked(UNKNOWN, EMPTY), None, None
    if not odd.accepted:
        unknown, empty = await asked(UNKNOWN), await asked(EMPTY)
    return OddDeviceRequests(control, odd, unknown, empty, await asked(*scope) if scope else None)


def scope_of(provider: Provider) -> Pairs:
    """The scope of the device grant as a parameter, where the profile has one."""
    grant = provider.profile.grants.device_code
    return [("scope", grant.scope)] if grant is not None and grant.scope else []


def judged(attempt: DeviceAuthorization, control: DeviceAuthorization) -> DeviceAuthorization:
    """Give back the answer to an odd request, once it can be held against a usual one."""
    if not control.accepted:
        raise Inconclusive(f"the usual device authorization request was answered by {control}")
    status = attempt.exchange.response.status
    if status == 429 or status >= 500:
        raise Inconclusive(f"the device authorization endpoint answered {status}")
    return attempt


@requirement("rfc8628-3.1-unknown-ignored")
def test_unknown_parameter_of_a_device_is_ignored(odd_device_requests: OddDeviceRequests) -> None:
    """A parameter that the device authorization endpoint does not know changes nothing."""
    answer = judged(odd_device_requests.unknown or odd_device_requests.odd, odd_device_requests.control)
    assert answer.accepted, f"an unknown parameter was answered by {answer}"


@requirement("rfc8628-3.1-empty-omitted")
def test_empty_parameter_of_a_device_counts_as_omitted(odd_device_requests: OddDeviceRequests) -> None:
    """A parameter without a value changes nothing at the device authorization endpoint."""
    answer = judged(odd_device_requests.empty or odd_device_requests.odd, odd_device_requests.control)
    assert answer.accepted, f"a parameter without a value was answered by {answer}"


@requirement("rfc8628-3.1-duplicate")
def test_repeated_parameter_yields_no_device_code(odd_device_requests: OddDeviceRequests) -> None:
    """A device authorization request with a parameter twice yields no device code."""
    if odd_device_requests.repeated is None:
        raise NotApplicable("the profile's device grant has no scope that could come twice")
    answer = judged(odd_device_requests.repeated, odd_device_requests.control)
    assert not answer.accepted, "a device authorization request with scope twice yields a device code"


@dataclass(frozen=True)
class SlowedDown:
    """Polls for one device code: in time, at once again, and after the longer interval."""

    pending: TokenResponse
    hasty: TokenResponse
    patient: TokenResponse
    seconds: int


@scenario(needs="device_code")
async def slowed_down(provider: Provider) -> SlowedDown:
    """Ask for codes, poll in time, at once again, and once the interval with five seconds more has passed."""
    device = await device_authorization(provider)
    await provider.clock.wait(device.interval)
    pending, hasty = await poll(provider, device), await poll(provider, device)
    seconds = device.interval + SLOWED_DOWN
    await provider.clock.wait(seconds)
    return SlowedDown(pending, hasty, await poll(provider, device), seconds)


@requirement("rfc8628-3.5-five-seconds-more")
def test_five_seconds_more_are_enough(slowed_down: SlowedDown) -> None:
    """After slow_down, a poll five seconds later than the interval is not slowed down again."""
    if slowed_down.pending.error not in PENDING:
        raise Inconclusive(f"a good device code was answered by {slowed_down.pending}")
    if slowed_down.hasty.error != "slow_down":
        raise NotApplicable(f"hasty polling was answered by {slowed_down.hasty}, and not slowed down")
    answer = slowed_down.patient
    if not answer.waits and not answer.refused:
        raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
    assert answer.error != "slow_down", f"a poll after {slowed_down.seconds} s was answered by {answer} again"


@dataclass(frozen=True)
class Unidentified:
    """Requests of a public client without its client_id: for codes, and for the tokens of one that it got rightly."""

    control: DeviceAuthorization
    authorization: DeviceAuthorization
    pending: TokenResponse
    polled: TokenResponse


@scenario(needs="device_code")
async def unidentified_device(provider: Provider) -> Unidentified:
    """As a public client, ask for codes with and without client_id, and poll with and without it."""
    control = await device_authorization(provider)
    if not control.client.public:
        raise NotApplicable("the profile's client is confidential, and authenticates")
    address = await provider.endpoint("device_authorization_endpoint")
    body = form_encoded(scope_of(provider)).encode()
    nobody = DeviceAuthorization(stranger(), await provider.send("POST", address, headers=FORM, body=body))
    await provider.clock.wait(control.interval)
    pending = await poll(provider, control)
    await provider.clock.wait(control.interval + SLOWED_DOWN)
    parameters = {"grant_type": DEVICE_CODE, "device_code": control.device_code}
    return Unidentified(control, nobody, pending, await provider.token_as(Credentials(), parameters))


def stranger() -> Client:
    """A client that does not say who it is."""
    return Client(client_id="nobody", authentication="none")


@requirement("rfc8628-3.1-public-client-id")
def test_device_codes_are_for_somebody(unidentified_device: Unidentified) -> None:
    """A public client gets no device code without its client_id."""
    answer = judged(unidentified_device.authorization, unidentified_device.control)
    assert not answer.accepted, "a device authorization request without client_id yields a device code"


@requirement("rfc8628-3.1-public-client-id")
def test_polling_says_who_polls(unidentified_device: Unidentified) -> None:
    """A public client that polls without its client_id does not learn whether the user has decided."""
    if unidentified_device.pending.error not in PENDING:
        raise Inconclusive(f"a good device code was answered by {unidentified_device.pending}")
    answer = unidentified_device.polled
    waits = answer.error == "authorization_pending"
    if not answer.handed_over and not waits and not answer.refused:
        raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
    assert not answer.handed_over and not answer.waits, f"polling without client_id was answered by {answer}"
