"""Rotation of refresh tokens (RFC 9700 §4.14.2): measured first, judged by profile and claims afterwards."""

from dataclasses import dataclass

import pytest

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.rotation import (
    USUAL_GRACE,
    Rotation,
    demanded_by,
    grace_of,
    held_to,
    measured,
    require_race,
    sender_constrained,
    tally,
)
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.transcripts import TwoLogins
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.violation import violating
from token_conformance.profile.models import Profile
from token_conformance.provider import Login, Provider
from token_conformance.provider.grace import Again, outlast_grace, present_again
from token_conformance.running.record import Record


@dataclass(frozen=True)
class Reuse:
    """A refresh, the used token in the documented grace and after it, and then the newest token.

    Where no grace is documented and the used token works at once, `again` tells how it goes on.
    """

    login: Login
    first: TokenResponse
    within_grace: TokenResponse | None
    after_grace: TokenResponse
    again: Again | None
    newest: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called, where the provider rotates."""
        if not rotated(self.first, self.login):
            return ()
        used, newest = {"a used refresh token": self.last}, {"the newest refresh token after reuse": self.newest}
        return (
            *mistaken(self.first, used, "invalid_grant", refused_by="rfc9700-4.14.2-old-token-refused"),
            *mistaken(self.first, newest, "invalid_grant", refused_by="rfc9700-4.14.2-reuse-revokes-family"),
        )

    @property
    def last(self) -> TokenResponse:
        """The last answer to the used token."""
        return self.again.answers[-1] if self.again is not None else self.after_grace

    @property
    def outlived(self) -> bool:
        """Whether the used token was tried after every grace that there may be."""
        return self.again is None or self.again.waited

    @property
    def rotation(self) -> Rotation:
        """What the server does with a used refresh token."""
        earliest, used = self.within_grace or self.after_grace, self.login.refresh_token
        after_use = self.again.answers[0] if self.again is not None else None
        return measured(self.first, earliest, self.last, used, after_use=after_use)


@scenario(needs="login refresh", ends_session=True, waits=True, tried_out=True)
async def reuse(provider: Provider) -> Reuse:
    """Log in, refresh, present the used refresh token in the documented grace and after it, then the newest."""
    login = await provider.session()
    grace, within, again = grace_of(provider.profile), None, None
    first = await refreshed(provider, login)
    if grace:
        within = await provider.refresh(login.refresh_token, client=login.client)
    newest = await outlast_grace(provider, login, accepted(first, within))
    after = await provider.refresh(login.refresh_token, client=login.client)
    if not grace.known and rotated(first, login) and after.accepted:
        again = await present_again(provider, login, (first, after))
        newest = again.newest
    last = await provider.refresh(newest.refresh_token or login.refresh_token, client=login.client)
    return Reuse(login, first, within, after, again, last)


async def refreshed(provider: Provider, login: Login) -> TokenResponse:
    """Refresh; where the same token comes again, once more after the documented grace: some providers rotate only then."""
    first = await provider.refresh(login.refresh_token, client=login.client)
    if not grace_of(provider.profile).seconds or not first.accepted or rotated(first, login):
        return first
    await outlast_grace(provider, login, (first,))
    return await provider.refresh(login.refresh_token, client=login.client)


def accepted(first: TokenResponse, *others: TokenResponse | None) -> tuple[TokenResponse, ...]:
    """The first answer, and those of the others that hold tokens."""
    return (first, *(other for other in others if other is not None and other.accepted))


def rotated(refresh: TokenResponse, login: Login) -> bool:
    """Whether a refresh handed over another refresh token."""
    return refresh.refresh_token not in {None, login.refresh_token}


@requirement("rotation-as-documented")
def test_rotation_is_as_documented(reuse: Reuse, conformance_run: Record) -> None:
    """The provider rotates refresh tokens, or does not, as the profile documents."""
    grant, rotation = conformance_run.profile.grants.refresh_token, reuse.rotation
    documented = grant.rotation.documented if grant is not None else None
    if documented is None:
        raise NotApplicable(f"measured, not judged: the provider {rotation}")
    rotates = rotation is not Rotation.NONE
    assert rotates == (documented == "always"), (
        f"the profile documents rotation {documented!r}; the provider {rotation}"
    )


@requirement("rfc9700-4.14.2-old-token-refused", "rotation-as-documented")
def test_used_refresh_token_is_refused(reuse: Reuse, conformance_run: Record) -> None:
    """After rotation, and the documented grace, the used refresh token yields nothing."""
    if reuse.rotation is Rotation.NONE:
        raise NotApplicable(f"the provider {reuse.rotation}")
    if demanded_by(conformance_run.profile) is None:
        raise NotApplicable(f"measured, not judged: the provider {reuse.rotation}")
    answer = refusal(reuse.last, control=reuse.first)
    if answer.handed_over and not reuse.outlived:
        raise Inconclusive(f"the used refresh token works at once; whether it does after {USUAL_GRACE} s takes a wait")
    with violating(held_to(conformance_run.profile, "rfc9700-4.14.2-old-token-refused")):
        assert not answer.handed_over, "a used refresh token was accepted"


@requirement("rotation-as-documented")
def test_used_refresh_token_works_in_the_grace(reuse: Reuse, conformance_run: Record) -> None:
    """In the documented grace the used refresh token still works."""
    if reuse.within_grace is None:
        raise NotApplicable("the profile documents no grace")
    if not rotated(reuse.first, reuse.login):
        raise NotApplicable(f"the provider {Rotation.NONE}")
    answer = refusal(reuse.within_grace, control=reuse.first)
    grace = grace_of(conformance_run.profile)
    assert answer.accepted, f"the profile documents a grace {grace}; at once the used token was answered by {answer}"


@requirement("session-no-stranding")
def test_retry_in_the_grace_does_not_strand_the_client(reuse: Reuse) -> None:
    """What a retry in the documented grace hands over does not die with the grace."""
    retry, used = reuse.within_grace, reuse.login.refresh_token
    if retry is None or not rotated(reuse.first, reuse.login):
        raise NotApplicable("the profile documents no grace, or the provider does not rotate")
    if not retry.accepted or reuse.after_grace.accepted:
        raise Inconclusive(
            "the used refresh token does not work in the grace, or works after it, which is judged there"
        )
    refusal(reuse.after_grace, control=reuse.first)
    handed = "the used one again" if retry.refresh_token == used else "no refresh token"
    assert retry.refresh_token not in {None, used}, (
        f"a retry in the grace yields {handed}, and that dies with the grace"
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
    if not reuse.rotation.kills:
        raise NotApplicable(f"the provider {reuse.rotation}")
    seen = "lives on" if reuse.newest.handed_over else f"is answered by {reuse.newest}"
    wanted = grant is not None and grant.reuse_revokes_family.documented is True
    if not wanted and demanded_by(conformance_run.profile) is None:
        raise NotApplicable(f"measured, not judged: after reuse the newest refresh token {seen}")
    answer = refusal(reuse.newest, control=reuse.first)
    assert not answer.handed_over, f"after reuse of a used refresh token the newest one {seen}"


@dataclass(frozen=True)
class Grandparent:
    """Two refreshes, then the first refresh token, and how it goes on where no grace is documented."""

    login: Login
    first: TokenResponse
    second: TokenResponse
    at_once: TokenResponse
    again: Again | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called, where the provider rotates."""
        if not rotated(self.first, self.login):
            return ()
        oldest = {"a refresh token of two generations ago": self.oldest}
        return mistaken(self.second, oldest, "invalid_grant", refused_by="rfc9700-4.14.2-grandparent-refused")

    @property
    def oldest(self) -> TokenResponse:
        """The last answer to the first refresh token."""
        return self.again.answers[-1] if self.again is not None else self.at_once


@scenario(needs="login refresh", ends_session=True, waits=True, tried_out=True)
async def grandparent(provider: Provider) -> Grandparent:
    """Log in, refresh twice, then present the refresh token of the login."""
    login = await provider.session()
    first = await provider.refresh(login.refresh_token, client=login.client)
    second = await provider.refresh(first.refresh_token or login.refresh_token, client=login.client)
    await outlast_grace(provider, login, accepted(first, second))
    oldest, again = await provider.refresh(login.refresh_token, client=login.client), None
    if not grace_of(provider.profile).known and rotated(first, login) and oldest.accepted:
        again = await present_again(provider, login, (first, second, oldest))
    return Grandparent(login, first, second, oldest, again)


@requirement("rfc9700-4.14.2-grandparent-refused", "rotation-as-documented")
def test_refresh_token_of_two_generations_ago_is_refused(grandparent: Grandparent, conformance_run: Record) -> None:
    """A refresh token that was used two refreshes ago yields nothing after the documented grace."""
    if not rotated(grandparent.first, grandparent.login):
        raise NotApplicable(f"the provider {Rotation.NONE}")
    if demanded_by(conformance_run.profile) is None:
        seen = "works" if grandparent.oldest.handed_over else f"is answered by {grandparent.oldest}"
        raise NotApplicable(f"measured, not judged: a refresh token of two generations ago {seen}")
    answer, again = refusal(grandparent.oldest, control=grandparent.second), grandparent.again
    if answer.handed_over and again is not None and not again.waited:
        raise Inconclusive(f"an old refresh token works at once; whether it does after {USUAL_GRACE} s takes a wait")
    with violating(held_to(conformance_run.profile, "rfc9700-4.14.2-grandparent-refused")):
        assert not answer.handed_over, "a refresh token of two generations ago was accepted"


def rotates_each_time(grandparent: Grandparent, profile: Profile) -> bool:
    """Whether two refreshes in a row handed over another refresh token each.

    Raises:
        NotApplicable: the profile does not claim FAPI 2.0.
        Inconclusive: there were no two refreshes.

    """
    if "fapi2" not in profile.claims:
        raise NotApplicable("the profile does not claim fapi2")
    if not grandparent.second.accepted:
        raise Inconclusive(f"the second refresh was not accepted: {grandparent.second}")
    handed = (grandparent.login.refresh_token, grandparent.first.refresh_token, grandparent.second.refresh_token)
    return None not in handed and len(set(handed)) == len(handed)


def retried(reuse: Reuse) -> bool:
    """Whether a used refresh token could be tried again."""
    return refusal(reuse.within_grace or reuse.after_grace, control=reuse.first).accepted


@requirement("fapi2-no-rotation-needed")
def test_fapi2_does_not_rotate_for_the_sake_of_it(
    grandparent: Grandparent, reuse: Reuse, conformance_run: Record
) -> None:
    """Under FAPI 2.0 two refreshes in a row do not both rotate the refresh token and kill the used one."""
    assert not rotates_each_time(grandparent, conformance_run.profile) or retried(reuse), (
        "two refreshes in a row handed over another refresh token each, and the used one is refused at once"
    )


@requirement("fapi2-5.3.2.1-rotation-with-retry")
def test_fapi2_rotates_by_way_of_exception(grandparent: Grandparent, reuse: Reuse, conformance_run: Record) -> None:
    """Under FAPI 2.0 two refreshes in a row do not both rotate the refresh token, even if the used one goes on working."""
    rotates = rotates_each_time(grandparent, conformance_run.profile)
    if rotates and not retried(reuse):
        raise NotApplicable("the used refresh token is refused at once, which another check judges")
    assert not rotates, "two refreshes in a row handed over another refresh token each; the used one still works"


@requirement("rotation-family-is-one-grant")
def test_reuse_leaves_other_logins_alone(two_logins: TwoLogins) -> None:
    """Reuse in one login leaves the user's other logins alone."""
    if refusal(two_logins.reuse, control=two_logins.first).handed_over:
        raise NotApplicable(f"reuse was not refused: {two_logins.reuse}")
    answer = refusal(two_logins.other, control=two_logins.first)
    assert answer.accepted, f"after reuse in one login, another login of the user was answered by {answer}"


@dataclass(frozen=True)
class Race:
    """One refresh token sent several times at once."""

    login: Login
    control: TokenResponse
    racers: tuple[TokenResponse, ...]


@scenario(needs="login refresh", ends_session=True, tried_out=True)
async def race(provider: Provider) -> Race:
    """Log in, refresh once, then send the newest refresh token several times at once."""
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    attempts = [provider.refresh(newest, client=login.client) for _ in range(provider.profile.limits.race)]
    racers = await provider.at_once(attempts)
    return Race(login, control, racers)


@pytest.mark.evidence_of("reuse")
@requirement("rotation-parallel-refresh", "rotation-as-documented")
def test_parallel_refreshes_have_one_winner(race: Race, conformance_run: Record) -> None:
    """Of several refreshes at once with one rotating refresh token, one is accepted, or all hand over the same next one."""
    if not race.control.accepted:
        raise Inconclusive(f"the refresh before was not accepted: {race.control}")
    if not rotated(race.control, race.login):
        raise NotApplicable(f"the provider {Rotation.NONE}")
    found, all_of_them = tally(race.racers), len(race.racers)
    if demanded_by(conformance_run.profile) is None or graced(conformance_run, found.winners):
        raise NotApplicable(
            f"measured, not judged: {found.winners} of {all_of_them} parallel refreshes won, with {found.lineages} different refresh tokens"
        )
    if found.winners == 0:
        raise Inconclusive(f"none of {all_of_them} parallel refreshes was accepted")
    with violating(held_to(conformance_run.profile, "rotation-parallel-refresh")):
        assert found.lineages == 1, (
            f"{found.winners} of {all_of_them} parallel refreshes were accepted, "
            f"with {found.lineages} different refresh tokens"
        )
    if conformance_run.kind == "live":
        require_race(racer.exchange for racer in race.racers)


def graced(run: Record, winners: int) -> bool:
    """Whether a grace explains that several parallel refreshes won: a documented one, or one that was seen."""
    grace = grace_of(run.profile)
    if grace.known or winners < 2:
        return bool(grace)
    return run.transcript("reuse").rotation in {Rotation.AFTER_GRACE, Rotation.UNTIL_USED}
