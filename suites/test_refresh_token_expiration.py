"""What answers tell of the lifetimes of refresh tokens and of authorizations (Refresh Token Expiration draft)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import COUNTABLE, TokenResponse
from token_conformance.evidence.transcripts import Refreshed
from token_conformance.judging.refusal import LATENESS
from token_conformance.provider import Provider
from token_conformance.wire.exchange import Exchange

TIMEOUT, AUTHORIZATION = "refresh_token_timeout", "authorization_expires_in"
TYPES = {TIMEOUT: "credential", AUTHORIZATION: "authorization"}
"""The members, and what the metadata calls them in refresh_token_expiration_types_supported."""

SLACK = 5
"""Seconds by which two answers may round or be late."""


def told_in(response: TokenResponse, name: str) -> float | None:
    """The seconds that an answer tells, where the member is a number."""
    value = response.members.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < COUNTABLE else None


def answers_of(refreshed: Refreshed, *names: str) -> list[TokenResponse]:
    """The accepted answers of a login and its refresh that have any of the members.

    Raises:
        NotApplicable: there is none.

    """
    accepted = [each for each in (refreshed.login.response, refreshed.response) if each.accepted]
    found = [each for each in accepted if any(name in each.members for name in names)]
    if not found:
        raise NotApplicable(f"no answer has {' or '.join(names)}")
    return found


@requirement("rt-expiration-6.1-seconds")
def test_lifetimes_are_numbers_of_seconds(refreshed: Refreshed) -> None:
    """refresh_token_timeout and authorization_expires_in are positive numbers of seconds."""
    for response in answers_of(refreshed, *TYPES):
        for name in TYPES:
            value = response.members.get(name)
            good = name not in response.members or (told_in(response, name) or 0) > 0
            assert good, f"{name} is {value!r} in the answer to {response.exchange}"


@requirement("rt-expiration-6.1-within-authorization")
def test_refresh_token_dies_with_the_authorization(refreshed: Refreshed) -> None:
    """refresh_token_timeout is not more than authorization_expires_in."""
    both = [each for each in answers_of(refreshed, TIMEOUT) if told_in(each, AUTHORIZATION) is not None]
    if not both:
        raise NotApplicable("no answer tells both lifetimes")
    for response in both:
        timeout, authorization = told_in(response, TIMEOUT) or 0, told_in(response, AUTHORIZATION) or 0
        assert timeout <= authorization, (
            f"{TIMEOUT} is {timeout:.0f} and {AUTHORIZATION} {authorization:.0f} in the answer to {response.exchange}"
        )


@requirement("rt-expiration-5-access-token")
def test_access_token_dies_with_the_authorization(refreshed: Refreshed) -> None:
    """expires_in is not more than authorization_expires_in."""
    for response in answers_of(refreshed, AUTHORIZATION):
        lifetime, authorization = response.expires_in, told_in(response, AUTHORIZATION)
        if lifetime is None or authorization is None:
            raise Inconclusive(f"expires_in or {AUTHORIZATION} is no number; other checks say so")
        assert lifetime <= authorization, f"expires_in is {lifetime}, and {AUTHORIZATION} {authorization:.0f}"


@requirement("rt-expiration-6.1-with-each-refresh-token")
def test_lifetimes_come_with_each_refresh_token(refreshed: Refreshed) -> None:
    """What a login tells of the lifetimes, a refresh tells too, where it hands over a refresh token."""
    first, second = refreshed.login.response, refreshed.response
    told = [name for name in TYPES if name in first.members]
    if not told:
        raise NotApplicable(f"the login's answer has neither {TIMEOUT} nor {AUTHORIZATION}")
    if not second.accepted:
        raise Inconclusive(f"the refresh was not accepted: {second}")
    if second.refresh_token is None:
        raise NotApplicable("the refresh hands over no refresh token")
    absent = [name for name in told if name not in second.members]
    assert not absent, f"the login tells {', '.join(absent)}, the refresh does not"


@requirement("rt-expiration-6.1-authorization-counts-down")
def test_refresh_does_not_prolong_the_authorization(refreshed: Refreshed) -> None:
    """authorization_expires_in is less after a refresh than before, by the time that has passed."""
    first, second = (told_in(each, AUTHORIZATION) for each in (refreshed.login.response, refreshed.response))
    if first is None or second is None:
        raise NotApplicable(f"login and refresh do not both tell {AUTHORIZATION}")
    passed = (refreshed.response.answered - refreshed.login.response.answered).total_seconds()
    assert second <= first - passed + SLACK, (
        f"{AUTHORIZATION} was {first:.0f}, and {passed:.0f} s later, after a refresh, it is {second:.0f}"
    )


@requirement("rt-expiration-7-declared")
def test_lifetimes_are_declared(refreshed: Refreshed, metadata: Exchange) -> None:
    """refresh_token_expiration_types_supported names what answers tell."""
    told = [name for name in TYPES if any(name in each.members for each in answers_of(refreshed, *TYPES))]
    if metadata.response.status != 200 or not metadata.members:
        raise Inconclusive(f"the metadata cannot be read: status {metadata.response.status}")
    value = metadata.members.get("refresh_token_expiration_types_supported")
    declared = value if isinstance(value, list) else []
    for name in told:
        assert TYPES[name] in declared, (
            f"answers have {name}, and refresh_token_expiration_types_supported is {value or 'absent'}"
        )


@requirement("rt-expiration-7-types")
def test_declared_types_are_known(metadata: Exchange) -> None:
    """refresh_token_expiration_types_supported, where it is there, is a list of authorization and credential."""
    value = metadata.members.get("refresh_token_expiration_types_supported")
    if value is None:
        raise NotApplicable("the metadata has no refresh_token_expiration_types_supported")
    good = isinstance(value, list) and value and all(each in TYPES.values() for each in value)
    assert good, f"refresh_token_expiration_types_supported is {value!r}"


@dataclass(frozen=True)
class TimedOut:
    """A refresh, and one with its refresh token after the time that the answer told."""

    control: TokenResponse
    late: TokenResponse
    seconds: float


@scenario(needs="login refresh", waits=True, parks=True)
async def timed_out(provider: Provider) -> TimedOut:
    """Log in, refresh, wait until refresh_token_timeout has passed, and present the newest refresh token."""
    login = await provider.login()
    first = told_in(login.response, TIMEOUT)
    if first is None or first <= 0:
        raise NotApplicable(f"the login's answer does not tell {TIMEOUT}")
    provider.clock.check(first + LATENESS)
    control = await provider.refresh(login.refresh_token, client=login.client)
    seconds = told_in(control, TIMEOUT) or first
    await provider.clock.wait(seconds + LATENESS)
    newest = control.refresh_token or login.refresh_token
    return TimedOut(control, await provider.refresh(newest, client=login.client), seconds)


@requirement("rt-expiration-5-refused")
def test_refresh_token_dies_as_told(timed_out: TimedOut) -> None:
    """A refresh token that was held for longer than refresh_token_timeout is refused."""
    answer = refusal(timed_out.late, control=timed_out.control)
    assert not answer.handed_over, (
        f"{TIMEOUT} is {timed_out.seconds:.0f}, and the refresh token works {LATENESS} s after it"
    )
