"""What holds of the first renewal of a session holds of the eighth: members, scope, claims, rotation, races."""

from dataclasses import dataclass
from functools import reduce

import pytest

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of, scope_of
from token_conformance.evidence.id_token import asked, id_token_in
from token_conformance.evidence.jwt_reading import Token
from token_conformance.evidence.lifetime import judge_jwt
from token_conformance.evidence.rotation import Rotation, demanded_by, grace_of, require_race, tally
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.resource import Protected
from token_conformance.provider import Login, Provider
from token_conformance.provider.grace import outlast_grace
from token_conformance.running.record import Record
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange

RENEWALS = 8
"""Renewals in a row."""

JUDGED_BEFORE = 5
"""Renewals that the suite of stored sessions judges."""


@dataclass(frozen=True)
class LongSession:
    """A login and its renewals in a row, and what userinfo tells by the first access token, the second and the last, and by none."""

    login: Login
    renewals: tuple[TokenResponse, ...]
    userinfo: tuple[Exchange, ...]
    without_token: Exchange | None

    @property
    def last(self) -> TokenResponse:
        """The last renewal.

        Raises:
            Inconclusive: not all renewals were accepted, which a check of its own judges.

        """
        if len(self.renewals) < RENEWALS or not self.renewals[-1].accepted:
            raise Inconclusive(f"renewal number {len(self.renewals)} was not accepted: {self.renewals[-1]}")
        return self.renewals[-1]


@scenario(needs="login refresh", long=True)
async def long_session(provider: Provider) -> LongSession:
    """Log in, renew once, and seven times more two seconds later, and ask for userinfo by the access tokens of the login, the first and the last."""
    login = await provider.login()
    known = [await at_userinfo(provider, login.response)]
    renewals = [await provider.refresh(login.refresh_token, client=login.client)]
    known.append(await at_userinfo(provider, renewals[0]))
    await provider.clock.wait(2)
    renewals += await renewed(provider, login, renewals[0], RENEWALS - 1)
    known.append(await at_userinfo(provider, renewals[-1]))
    asked = [each for each in known if each is not None]
    without = await provider.get(asked[0].request.url) if asked else None
    return LongSession(login, tuple(renewals), tuple(asked), without)


async def at_userinfo(provider: Provider, answer: TokenResponse) -> Exchange | None:
    """What userinfo tells by an access token; None where there is none to ask."""
    try:
        return await provider.userinfo(answer.access_token) if provider.profile.openid else None
    except NotJudged:
        return None


async def renewed(provider: Provider, login: Login, answer: TokenResponse, times: int) -> list[TokenResponse]:
    """The answers to some refreshes in a row that go on from one, as long as they are accepted."""
    answers, newest = [answer], answer.refresh_token or login.refresh_token
    while len(answers) <= times and answers[-1].accepted:
        answers.append(await provider.refresh(newest, client=login.client))
        newest = answers[-1].refresh_token or newest
    return answers[1:]


@requirement("session-chain")
def test_eighth_renewal_is_accepted(long_session: LongSession) -> None:
    """Eight renewals in a row are accepted, each with the newest refresh token alone."""
    if len(long_session.renewals) <= JUDGED_BEFORE:
        raise Inconclusive(f"renewal number {len(long_session.renewals)} was not accepted: {long_session.renewals[-1]}")
    answer = refusal(long_session.renewals[-1], control=long_session.renewals[0])
    assert answer.accepted, f"renewal number {len(long_session.renewals)} was answered by {answer}"


@requirement("session-depth")
def test_late_renewals_have_the_members_of_the_first(long_session: LongSession) -> None:
    """The eighth renewal has the members of the first: token type, scope, expires_in, and the ID token where there was one."""
    first, last = long_session.renewals[0], long_session.last
    expected = {"expires_in", "id_token", "scope", "token_type"} & first.members.keys()
    missing = sorted(expected - last.members.keys())
    assert not missing, f"renewal number {RENEWALS} has no {', '.join(missing)}, which the first one had"


@requirement("rfc6749-6-omitted-scope-is-original")
def test_late_renewals_keep_the_scope(long_session: LongSession) -> None:
    """The eighth renewal, which names no scope as none before, yields the scope of the first."""
    first, last = (each.scope or scope_of(each.access_token) for each in (long_session.renewals[0], long_session.last))
    if first is None or last is None:
        raise Inconclusive("the answers do not tell the scope")
    assert first == last, f"the scope was {' '.join(sorted(first))} at first, and is {' '.join(sorted(last))}"


@requirement("rfc6749-5.1-expires-in-true")
def test_late_expires_in_agrees_with_the_jwt(long_session: LongSession) -> None:
    """Where expires_in of the first renewal agrees with the exp of its JWT access token, that of the eighth does, too."""
    last = long_session.last
    try:
        judge_jwt(long_session.renewals[0])
    except AssertionError as disagreement:
        raise NotApplicable(f"of the first renewal, which another check judges, {disagreement}") from None
    judge_jwt(last)


@requirement("rfc6749-6-omitted-scope-is-original")
def test_renewed_access_tokens_open_the_same_claims(long_session: LongSession) -> None:
    """Userinfo tells by the access tokens of the first and of the eighth renewal what it told by that of the login."""
    if len(long_session.userinfo) < 2 or long_session.without_token is None:
        raise NotApplicable("there is no userinfo endpoint, or the profile asks for no openid")
    login, *renewed = long_session.userinfo
    resource = Protected(login, long_session.without_token)
    for each in renewed:
        answer = resource.beside(each)
        lost = sorted(login.members.keys() - answer.members.keys())
        assert not lost, f"by a renewed access token userinfo does not tell {', '.join(lost)}: {answer}"


def id_tokens(long_session: LongSession, run: Record) -> tuple[Token, Token]:
    """The ID tokens of the first and of the last renewal.

    Raises:
        NotApplicable: nobody asked for them, or renewals bring none.

    """
    asked(run.profile)
    last = long_session.last
    if last.id_token is None or long_session.renewals[0].id_token is None:
        raise NotApplicable("one of the renewals brings no ID token, which OIDC Core §12.2 leaves open")
    return id_token_in(long_session.renewals[0]), id_token_in(last)


@requirement("oidc-12.2-iss-sub-aud")
def test_late_id_token_is_of_the_same_user(long_session: LongSession, conformance_run: Record) -> None:
    """The ID token of the eighth renewal keeps iss, sub and aud of the first one's."""
    before, after = id_tokens(long_session, conformance_run)
    for claim in ("iss", "sub"):
        assert before.claims.get(claim) == after.claims.get(claim), f"{claim} of the eighth renewal is another one"
    assert set(before.audience) == set(after.audience), (
        f"aud was {before.claims.get('aud')!r} and is {after.claims.get('aud')!r}"
    )


@requirement("oidc-12.2-auth-time")
def test_late_id_token_keeps_auth_time(long_session: LongSession, conformance_run: Record) -> None:
    """auth_time of the ID token of the eighth renewal is that of the first one's."""
    before, after = id_tokens(long_session, conformance_run)
    if "auth_time" not in before.claims or "auth_time" not in after.claims:
        raise NotApplicable("one of the ID tokens has no auth_time")
    assert before.claims["auth_time"] == after.claims["auth_time"], "auth_time of the eighth renewal is another one"


@requirement("session-depth")
def test_late_access_token_is_of_the_same_user(long_session: LongSession) -> None:
    """A JWT access token of the eighth renewal names the user, client and audience that the first renewal's did."""
    before, after = (jwt_of(each.access_token) for each in (long_session.renewals[0], long_session.last))
    if before is None or after is None:
        raise NotApplicable("the access token is opaque")
    for claim in ("sub", "client_id", "azp", "aud"):
        was, is_now = before.claims.get(claim), after.claims.get(claim)
        assert was == is_now, f"{claim} of the access token was {was!r}, and is {is_now!r} at the eighth renewal"


async def aged(provider: Provider) -> Login:
    """A session after six renewals, with the tokens of the last one.

    Raises:
        Inconclusive: one of them was not accepted, which a check of its own judges.
        NotApplicable: renewals bring no refresh token, so that none is used up.

    """
    login = await provider.session()
    renewals = await renewed(provider, login, login.response, RENEWALS - 2)
    answer = renewals[-1] if renewals else login.response
    if not answer.accepted:
        raise Inconclusive(f"after {len(renewals)} renewals one was not accepted: {answer}")
    if renewals and all(renewal.refresh_token is None for renewal in renewals):
        raise NotApplicable("renewals bring no refresh token, so that none is used up")
    return reduce(Login.renewed, renewals, login)


@dataclass(frozen=True)
class LateReuse:
    """The seventh renewal, and the refresh token that it used, presented again after the documented grace."""

    aged: Login
    control: TokenResponse
    reuse: TokenResponse


@scenario(needs="login refresh", ends_session=True, waits=True, tried_out=True, long=True)
async def late_reuse(provider: Provider) -> LateReuse:
    """Renew seven times, and present the last used refresh token again when the documented grace is over."""
    login = await aged(provider)
    control = await provider.refresh(login.refresh_token, client=login.client)
    await outlast_grace(provider, login, (control,))
    return LateReuse(login, control, await provider.refresh(login.refresh_token, client=login.client))


@pytest.mark.evidence_of("reuse")
@requirement("rfc9700-4.14.2-old-token-refused", "rotation-as-documented")
def test_late_used_refresh_token_is_refused(late_reuse: LateReuse, conformance_run: Record) -> None:
    """The refresh token that the seventh renewal used is as dead as that of the first, at a server whose dies at once."""
    if conformance_run.transcript("reuse").rotation is not Rotation.AT_ONCE:
        raise NotApplicable("the first used refresh token does not die at once, which other checks judge")
    if late_reuse.control.refresh_token in {None, late_reuse.aged.refresh_token}:
        raise NotApplicable("the seventh renewal does not rotate, which another check judges")
    if demanded_by(conformance_run.profile) is None:
        raise NotApplicable("measured, not judged: nothing demands that used refresh tokens die")
    answer = refusal(late_reuse.reuse, control=late_reuse.control)
    assert not answer.handed_over, "the refresh token that the seventh renewal used works again"


@dataclass(frozen=True)
class LateRace:
    """The refresh token of the sixth renewal, sent several times at once."""

    aged: Login
    racers: tuple[TokenResponse, ...]


@scenario(needs="login refresh", ends_session=True, tried_out=True, long=True)
async def late_race(provider: Provider) -> LateRace:
    """Renew six times, then send the newest refresh token several times at once."""
    login = await aged(provider)
    attempts = [provider.refresh(login.refresh_token, client=login.client) for _ in range(provider.profile.limits.race)]
    return LateRace(login, await provider.at_once(attempts))


@pytest.mark.evidence_of("race")
@requirement("rotation-parallel-refresh", "rotation-as-documented")
def test_late_parallel_refreshes_have_one_winner(late_race: LateRace, conformance_run: Record) -> None:
    """Several refreshes at once after six renewals have as many winners as after the first, where that was one."""
    if demanded_by(conformance_run.profile) is None:
        raise NotApplicable("measured, not judged: nothing demands that used refresh tokens die")
    if (grace := grace_of(conformance_run.profile)).known and grace:
        raise NotApplicable("measured, not judged: within the documented grace several refreshes may win, or one")
    early, found = tally(conformance_run.transcript("race").racers), tally(late_race.racers)
    if early.winners != 1:
        raise NotApplicable(
            f"{early.winners} of the refreshes at once won after the first renewal, which is judged there"
        )
    if found.winners == 0:
        raise Inconclusive(f"none of {len(late_race.racers)} parallel refreshes was accepted")
    assert found.lineages == 1, (
        f"after six renewals {found.winners} of {len(late_race.racers)} parallel refreshes were accepted, "
        f"with {found.lineages} different refresh tokens"
    )
    if conformance_run.kind == "live":
        require_race(racer.exchange for racer in late_race.racers)
