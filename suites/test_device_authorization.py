"""The device authorization endpoint (RFC 8628 §3.1 and §3.2), where the profile has it."""

import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.unguessable import varying_bits
from token_conformance.provider import DeviceAuthorization, Provider, device_authorization
from token_conformance.provider.addresses import parts_of
from token_conformance.provider.client_authentication import unauthenticated
from token_conformance.running.record import Record

USER_CODE_BITS = 16
"""Less can be guessed even where attempts are limited: about five digits, since two codes may begin alike."""

ALIKE = ({"0", "O"}, {"1", "l", "I"})
"""Characters that are easily confused with each other (RFC 8628 §6.1)."""

KINDS = (string.digits, string.ascii_uppercase, string.ascii_lowercase)

BY_CHANCE = 0.01
"""A character that does not come, though the chance is less than this, is none of the alphabet."""

NOT_GRANTED = ("invalid_scope", "unauthorized_client")
"""What a client is told that may not ask for that scope, or for no device (RFC 6749 §5.2)."""

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class DeviceRequests:
    """Device authorizations that nobody decides on, and one that was asked for without credentials."""

    authorizations: tuple[DeviceAuthorization, ...]
    unproved: DeviceAuthorization | None

    @property
    def first(self) -> DeviceAuthorization:
        """The one that is looked at closely; the others are there to compare."""
        return self.authorizations[0]


@scenario(needs="device_code")
async def device_requests(provider: Provider) -> DeviceRequests:
    """Ask for device codes four times, and once without the client's credentials."""
    authorizations = [await device_authorization(provider) for _ in range(4)]
    client, unproved = authorizations[0].client, None
    if not client.public:
        unproved = await device_authorization(provider, client=unauthenticated(client))
    return DeviceRequests(tuple(authorizations), unproved)


def handed_over(device: DeviceAuthorization) -> dict[str, Any]:
    """The members of a device authorization response.

    Raises:
        Inconclusive: there is none; another check says so.

    """
    if not device.accepted:
        raise Inconclusive(f"the device authorization was answered by {device}")
    return device.exchange.members


def is_text(value: object) -> bool:
    """Whether a member is a string that says something."""
    return isinstance(value, str) and value != ""


def is_positive(value: object) -> bool:
    """Whether a member is a whole number of seconds."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_page(value: object) -> bool:
    """Whether a member is an absolute https address (http on loopback alone)."""
    parts = parts_of(value if isinstance(value, str) else "")
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
    answer = device_requests.first.exchange
    if answer.response.status == 429 or answer.response.status >= 500:
        raise Inconclusive(f"the device authorization endpoint answered {answer.response.status}")
    if answer.members.get("error") in NOT_GRANTED:
        raise Inconclusive(f"the client may not ask so: {device_requests.first}; see grants.device_code")
    assert answer.status == 200 and answer.members, f"the device authorization was answered by {device_requests.first}"
    members = answer.members
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
def test_codes_live_and_are_polled_for_as_documented(device_requests: DeviceRequests, conformance_run: Record) -> None:
    """expires_in and interval are those of the documentation."""
    grant, members = conformance_run.profile.grants.device_code, handed_over(device_requests.first)
    documented = {"expires_in": grant.lifetime.documented, "interval": grant.interval.documented} if grant else {}
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


@requirement("rfc8628-client-authentication")
def test_device_authorization_needs_credentials(device_requests: DeviceRequests) -> None:
    """A confidential client gets no device code without its credentials."""
    if device_requests.unproved is None:
        raise NotApplicable("the profile's client is public")
    handed_over(device_requests.first)
    answer = device_requests.unproved
    assert not answer.accepted, f"a client without its credentials was answered by {answer.exchange.response.status}"


@requirement("rfc8628-3.3-user-code-apart")
def test_user_code_is_not_in_the_address(device_requests: DeviceRequests) -> None:
    """verification_uri, which the user types, does not hold the user code."""
    members = handed_over(device_requests.first)
    code, address = members.get("user_code"), members.get("verification_uri")
    if not is_text(code) or not is_text(address):
        raise Inconclusive("the answer has no user_code or no verification_uri; another check says so")
    assert plain(str(code)) not in plain(str(address)), "verification_uri holds the user code"


def plain(text: str) -> str:
    """A text without punctuation, in capitals, as user codes are compared (RFC 8628 §6.1)."""
    return "".join(character for character in text if character.isalnum()).upper()


@requirement("rfc8628-6.1-clear-characters")
def test_user_codes_are_easy_to_read(device_requests: DeviceRequests) -> None:
    """User codes do not mix characters that are easily confused: 0 with O, and 1, l and I with each other."""
    shown = "".join(values_of(device_requests, "user_code"))
    for alike in ALIKE:
        mixed = sorted(alike & set(shown))
        assert len(mixed) < 2, f"user codes hold both {' and '.join(mixed)}"
    if confusable(shown) and unseen(shown) > BY_CHANCE:
        raise Inconclusive(
            f"{len(shown)} characters of user codes are too few to tell which others the server draws from"
        )


def alphabet(shown: str) -> set[str]:
    """The digits, capitals and small letters that user codes may hold, of each kind of which they show one."""
    return set().union(*(kind for kind in KINDS if set(kind) & set(shown)))


def confusable(shown: str) -> bool:
    """Whether user codes of such kinds of characters may hold some that look alike."""
    return any(len(alike & alphabet(shown)) > 1 for alike in ALIKE)


def unseen(shown: str) -> float:
    """The chance that a character of the alphabet has not come yet."""
    return float((1 - 1 / len(alphabet(shown))) ** len(shown))
