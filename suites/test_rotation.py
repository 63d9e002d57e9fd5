"""Rotation of refresh tokens (RFC 9700 §4.14.2): measured first, judged by profile and claims afterwards."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.rotation import (
    Rotation,
    demanded_by,
    measured,
    require_race,
    sender_constrained,
    tally,
)
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.models import Profile
from token_conformance.provider import Login, Provider
from token_conformance.running.record import Record
from token_conformance.verdict import NotJudged

USUAL_GRACE = 61
"""Seconds after which a used refresh token is dead at every provider that is known to have a grace."""


@dataclass(frozen=True)
class Reuse:
    """A refresh, the used token in the grace and after it, and then the newest token."""

    login: Login
    first: TokenResponse
    within_grace: TokenResponse | None
    after_grace: TokenResponse
    later: TokenResponse | None
    newest: TokenResponse

    @property
    def last(self) -> TokenResponse:
        """The last answer to the used token."""
        return self.later or self.after_grace

    @property
    def rotation(self) -> Rotation:
        """What the server does with a used refresh token."""
        earliest = self.within_grace or self.after_grace
        return measured(self.first, earliest, self.last, self.login.refresh_token)


@scenario(needs="login refresh", reach="user", waits=True)
async def reuse(provider: Provider) -> Reuse:
    """Log in, refresh, present the used refresh token in the documented grace and after it, then the newest."""
    login = await provider.session()
    first = await provider.refresh(login.refresh_token, client=login.client)
    within = later = None
    if documented_grace(provider.profile):
        within = await provider.refresh(login.refresh_token, client=login.client)
    await outlast_grace(provider)
    after = await provider.refresh(login.refresh_token, client=login.client)
    grant = provider.profile.grants.refresh_token
    if grant is not None and not grant.reuse_grace.known and rotated(first, login) and after.accepted:
        later = await after_a_usual_grace(provider, login)
    newest = await provider.refresh(first.refresh_token or login.refresh_token, client=login.client)
    return Reuse(login, first, within, after, later, newest)


def rotated(refresh: TokenResponse, login: Login) -> bool:
    """Whether a refresh handed over another refresh token."""
    return refresh.refresh_token not in {None, login.refresh_token}


async def after_a_usual_grace(provider: Provider, login: Login) -> TokenResponse | None:
    """The answer to the used refresh token once every usual grace is over; None where nobody can wait so long."""
    try:
        await provider.clock.wait(USUAL_GRACE)
    except NotJudged:
        return None
    return await provider.refresh(login.refresh_token, client=login.client)


def documented_grace(profile: Profile) -> int:
    """The seconds in which a used refresh token still works by the documentation."""
    grant = profile.grants.refresh_token
    return grant.reuse_grace.value or 0 if grant is not None else 0


async def outlast_grace(provider: Provider) -> None:
    """Let the time pass in which a used refresh token still works by the documentation."""
    grace = documented_grace(provider.profile)
    if grace:
        await provider.clock.wait(grace + 1)


@requirement("rotation-as-documented")
def test_rotation_is_as_documented(reuse: Reuse, conformance_run: Record) -> None:
    """The provider rotates refresh tokens, or does not, as the profile documents."""
    grant, rotation = conformance_run.profile.grants.refresh_token, reuse.rotation
    if grant is None or not grant.rotation.known:
        raise NotApplicable(f"measured, not judged: the provider {rotation}")
    rotates = rotation is not Rotation.NONE
    assert rotates == (grant.rotation.value == "always"), (
        f"the profile documents rotation {grant.rotation.value!r}; the provider {rotation}"
    )


@requirement("rfc9700-4.14.2-old-token-refused", "rotation-as-documented")
def test_used_refresh_token_is_refused(reuse: Reuse, conformance_run: Record) -> None:
    """After rotation, and the documented grace, the used refresh token is refused as invalid_grant."""
    if reuse.rotation is Rotation.NONE:
        raise NotApplicable(f"the provider {reuse.rotation}")
    if demanded_by(conformance_run.profile) is None:
        raise NotApplicable(f"measured, not judged: the provider {reuse.rotation}")
    grant = conformance_run.profile.grants.refresh_token
    if grant is not None and not grant.reuse_grace.known and reuse.after_grace.accepted and reuse.later is None:
        raise Inconclusive(f"the used refresh token works at once; whether it does after {USUAL_GRACE} s takes a wait")
    answer = refusal(reuse.last, control=reuse.first)
    assert answer.error == "invalid_grant"


@requirement("rotation-as-documented")
def test_used_refresh_token_works_in_the_grace(reuse: Reuse, conformance_run: Record) -> None:
    """In the documented grace the used refresh token still works."""
    if reuse.within_grace is None:
        raise NotApplicable("the profile documents no grace")
    if not rotated(reuse.first, reuse.login):
        raise NotApplicable(f"the provider {Rotation.NONE}")
    answer = refusal(reuse.within_grace, control=reuse.first)
    grace = documented_grace(conformance_run.profile)
    assert answer.accepted, (
        f"the profile documents a grace of {grace} s; at once the used token was answered by {answer}"
    )


@requirement("rfc9700-2.2.2-public-client-rotation")
def test_public_client_gets_new_refresh_tokens(reuse: Reuse, conformance_run: Record) -> None:
    """The refresh tokens of a public client rotate."""
    if not conformance_run.profile.user_client.public:
        raise NotApplicable("the profile's client is confidential")
    if sender_constrained(conformance_run.profile):
        raise NotApplicable("refresh tokens are bound to a key, so that they need not rotate")
    rotates = reuse.rotation is not Rotation.NONE
    assert rotates, "the public client gets the same refresh token back, and it is not bound to a key"


@requirement("fapi2-5.3.2.1-old-token-retry")
def test_fapi2_client_may_retry(reuse: Reuse, conformance_run: Record) -> None:
    """Under FAPI 2.0 a client that lost the answer to a refresh can repeat it with the used refresh token."""
    if "fapi2" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim fapi2")
    if not rotated(reuse.first, reuse.login):
        raise NotApplicable(f"the provider {Rotation.NONE}")
    answer = refusal(reuse.within_grace or reuse.after_grace, control=reuse.first)
    assert answer.accepted


@requirement("rfc9700-4.14.2-reuse-revokes-family")
def test_reuse_revokes_the_newest_token(reuse: Reuse, conformance_run: Record) -> None:
    """Where a used refresh token turns up again, the newest one of its family is revoked."""
    grant = conformance_run.profile.grants.refresh_token
    if reuse.rotation not in {Rotation.AT_ONCE, Rotation.AFTER_GRACE}:
        raise NotApplicable(f"the provider {reuse.rotation}")
    seen = "lives on" if reuse.newest.accepted else f"is answered by {reuse.newest}"
    wanted = grant is not None and grant.reuse_revokes_family.value is True
    if not wanted and demanded_by(conformance_run.profile) is None:
        raise NotApplicable(f"measured, not judged: after reuse the newest refresh token {seen}")
    answer = refusal(reuse.newest, control=reuse.first)
    assert answer.error == "invalid_grant", f"after reuse of a used refresh token the newest one {seen}"


@dataclass(frozen=True)
class Grandparent:
    """Two refreshes, then the first refresh token."""

    login: Login
    first: TokenResponse
    second: TokenResponse
    oldest: TokenResponse


@scenario(needs="login refresh", reach="user", waits=True)
async def grandparent(provider: Provider) -> Grandparent:
    """Log in, refresh twice, then present the refresh token of the login."""
    login = await provider.session()
    first = await provider.refresh(login.refresh_token, client=login.client)
    second = await provider.refresh(first.refresh_token or login.refresh_token, client=login.client)
    await outlast_grace(provider)
    return Grandparent(login, first, second, await provider.refresh(login.refresh_token, client=login.client))


@requirement("rfc9700-4.14.2-grandparent-refused", "rotation-as-documented")
def test_refresh_token_of_two_generations_ago_is_refused(grandparent: Grandparent, conformance_run: Record) -> None:
    """A refresh token that was used two refreshes ago is refused as invalid_grant after the documented grace."""
    if not rotated(grandparent.first, grandparent.login):
        raise NotApplicable(f"the provider {Rotation.NONE}")
    if demanded_by(conformance_run.profile) is None:
        seen = "works" if grandparent.oldest.accepted else f"is answered by {grandparent.oldest}"
        raise NotApplicable(f"measured, not judged: a refresh token of two generations ago {seen}")
    assert refusal(grandparent.oldest, control=grandparent.second).error == "invalid_grant"


def rotating(grandparent: Grandparent, reuse: Reuse, profile: Profile) -> bool:
    """Whether a used refresh token can be tried again, at a server that rotated at two refreshes in a row.

    Raises:
        NotApplicable: the profile does not claim FAPI 2.0, or the server does not rotate time and again.

    """
    if "fapi2" not in profile.claims:
        raise NotApplicable("the profile does not claim fapi2")
    handed = (grandparent.login.refresh_token, grandparent.first.refresh_token, grandparent.second.refresh_token)
    if not grandparent.second.accepted:
        raise Inconclusive(f"the second refresh was not accepted: {grandparent.second}")
    if None in handed or len(set(handed)) < len(handed):
        raise NotApplicable("the provider does not rotate refresh tokens at two refreshes in a row")
    return refusal(reuse.within_grace or reuse.after_grace, control=reuse.first).accepted


@requirement("fapi2-no-rotation-needed")
def test_fapi2_does_not_rotate_for_the_sake_of_it(
    grandparent: Grandparent, reuse: Reuse, conformance_run: Record
) -> None:
    """Under FAPI 2.0 two refreshes in a row do not both rotate the refresh token and kill the used one."""
    assert rotating(grandparent, reuse, conformance_run.profile), (
        "two refreshes in a row handed over another refresh token each, and the used one is refused at once"
    )


@requirement("fapi2-5.3.2.1-rotation-with-retry")
def test_fapi2_rotates_by_way_of_exception(grandparent: Grandparent, reuse: Reuse, conformance_run: Record) -> None:
    """Under FAPI 2.0 two refreshes in a row do not both rotate the refresh token, even if the used one goes on working."""
    if not rotating(grandparent, reuse, conformance_run.profile):
        raise NotApplicable("the used refresh token is refused at once, which another check judges")
    raise AssertionError("two refreshes in a row handed over another refresh token each; the used one still works")


@dataclass(frozen=True)
class TwoLogins:
    """Reuse in one login, and a refresh in another one of the same user."""

    first: TokenResponse
    reuse: TokenResponse
    other_login: Login
    other: TokenResponse


@scenario(needs="login refresh", reach="user", waits=True)
async def two_logins(provider: Provider) -> TwoLogins:
    """Log in twice, from two browsers, reuse a refresh token in the first login, and refresh in the second."""
    login = await provider.login()
    # In the same browser session some providers take the second login for a part of the first.
    provider.forget_browser()
    other = await provider.login()
    first = await provider.refresh(login.refresh_token, client=login.client)
    await outlast_grace(provider)
    again = await provider.refresh(login.refresh_token, client=login.client)
    return TwoLogins(first, again, other, await provider.refresh(other.refresh_token, client=other.client))


@requirement("rotation-family-is-one-grant")
def test_reuse_leaves_other_logins_alone(two_logins: TwoLogins) -> None:
    """Reuse in one login leaves the user's other logins alone."""
    if not two_logins.reuse.refused:
        raise NotApplicable(f"reuse was not refused: {two_logins.reuse}")
    answer = refusal(two_logins.other, control=two_logins.first)
    assert answer.accepted, f"after reuse in one login, another login of the user was answered by {answer}"


@dataclass(frozen=True)
class Race:
    """One refresh token sent several times at once."""

    login: Login
    control: TokenResponse
    racers: tuple[TokenResponse, ...]


@scenario(needs="login refresh", reach="user")
async def race(provider: Provider) -> Race:
    """Log in, refresh once, then send the newest refresh token several times at once."""
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    attempts = [provider.refresh(newest, client=login.client) for _ in range(provider.profile.limits.race)]
    racers = await provider.at_once(attempts)
    return Race(login, control, racers)


@requirement("rotation-parallel-refresh", "rotation-as-documented")
def test_parallel_refreshes_have_one_winner(race: Race, conformance_run: Record) -> None:
    """Of several refreshes at once with one rotating refresh token, one is accepted, or all hand over the same next one."""
    if not race.control.accepted:
        raise Inconclusive(f"the refresh before was not accepted: {race.control}")
    if not rotated(race.control, race.login):
        raise NotApplicable(f"the provider {Rotation.NONE}")
    found, all_of_them = tally(race.racers), len(race.racers)
    if documented_grace(conformance_run.profile) or demanded_by(conformance_run.profile) is None:
        raise NotApplicable(
            f"measured, not judged: {found.winners} of {all_of_them} parallel refreshes won, with {found.lineages} different refresh tokens"
        )
    if found.winners == 0:
        raise Inconclusive(f"none of {all_of_them} parallel refreshes was accepted")
    assert found.lineages == 1, (
        f"{found.winners} of {all_of_them} parallel refreshes were accepted, with {found.lineages} different refresh tokens"
    )
    if conformance_run.kind == "live":
        require_race(racer.exchange for racer in race.racers)
