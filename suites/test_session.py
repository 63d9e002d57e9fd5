"""What a client needs that stores its session and renews it one minute before it expires."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.lifetime import documented_lifetime, lifetime_slack
from token_conformance.evidence.rotation import grace_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import LATENESS
from token_conformance.judging.resource import Protected, took
from token_conformance.judging.violation import violating
from token_conformance.provider import Login, Provider, protected
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class StoredSession:
    """A login and five renewals in a row, each with only what the one before handed over.

    `resource` was asked with the login's access token before all renewals. `old_at_resource` is its answer to the same
    token after the first renewal, `older_at_resource` that to the one before the last after the last renewal.
    """

    login: Login
    renewals: tuple[TokenResponse, ...]
    resource: Protected | None
    old_at_resource: Exchange | None
    new_at_resource: Exchange | None
    older_at_resource: Exchange | None


@scenario(needs="login refresh", long=True)
async def stored_session(provider: Provider) -> StoredSession:
    """Log in, use the access token, renew after two seconds, use the old and the new one, renew four times more, use an old
    one again.
    """
    login = await provider.login()
    resource = await protected(provider, login.access_token)

    async def used(access_token: str | None) -> Exchange | None:
        return await provider.resource(access_token) if resource is not None and access_token is not None else None

    await provider.clock.wait(2)
    first = await provider.refresh(login.refresh_token, client=login.client)
    old, new = await used(login.access_token), await used(first.access_token)
    renewals, newest = [first], first.refresh_token or login.refresh_token
    while len(renewals) < 5 and renewals[-1].accepted:
        renewals.append(await provider.refresh(newest, client=login.client))
        newest = renewals[-1].refresh_token or newest
    older = None
    if len(renewals) > 1 and renewals[-1].accepted and renewals[-2].access_token != renewals[-1].access_token:
        older = await used(renewals[-2].access_token)
    return StoredSession(login, tuple(renewals), resource, old, new, older)


@requirement("rfc6749-6-early-refresh")
def test_renewal_before_expiry_is_accepted(stored_session: StoredSession) -> None:
    """A refresh is accepted while the access token is still valid."""
    answer = stored_session.renewals[0]
    if not answer.accepted and not answer.refused:
        raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
    assert answer.accepted


@requirement("session-chain")
def test_renewal_works_again_and_again(stored_session: StoredSession) -> None:
    """Five renewals in a row are accepted, each with the newest refresh token alone."""
    *before, last = stored_session.renewals
    if not before:
        raise Inconclusive(f"the first renewal was not accepted: {last}")
    answer = refusal(last, control=before[-1])
    assert answer.accepted, f"renewal number {len(stored_session.renewals)} was answered by {answer}"


@requirement("session-no-stranding")
def test_old_token_lives_until_a_new_one_comes(stored_session: StoredSession) -> None:
    """The old refresh token dies only when a new one is handed over."""
    first = stored_session.renewals[0]
    if not first.accepted or len(stored_session.renewals) < 2:
        raise Inconclusive(f"the first renewal was not accepted: {first}")
    second = refusal(stored_session.renewals[1], control=first)
    handed = "handed over another one" if first.refresh_token else "handed over none"
    assert second.accepted, f"after a renewal that {handed}, the next one was answered by {second}"


def ages_of_kept(session: StoredSession) -> list[float]:
    """The seconds for which each refresh token was known that a renewal handed out again, or did not replace."""
    newest, born, ages = session.login.refresh_token, session.login.response.exchange.answered, []
    for renewal in session.renewals:
        if renewal.refresh_token in {None, newest}:
            ages.append((renewal.exchange.started - born).total_seconds())
        else:
            newest, born = renewal.refresh_token, renewal.exchange.answered
    return ages


@requirement("rotation-as-documented")
def test_every_renewal_rotates_as_documented(stored_session: StoredSession, conformance_run: Record) -> None:
    """Each of five renewals hands over a new refresh token, or none does, as the profile documents."""
    grant = conformance_run.profile.grants.refresh_token
    documented = grant.rotation.documented if grant is not None else None
    if documented is None:
        raise NotApplicable("the profile does not tell whether refresh tokens rotate")
    renewals = [renewal for renewal in stored_session.renewals if renewal.accepted]
    if not renewals:
        raise Inconclusive(f"the first renewal was not accepted: {stored_session.renewals[0]}")
    tokens = [stored_session.login.refresh_token]
    tokens.extend(renewal.refresh_token or tokens[-1] for renewal in renewals)
    wanted = len(tokens) if documented == "always" else 1
    grace = grace_of(conformance_run.profile).seconds
    if len(set(tokens)) < wanted and grace and max(ages_of_kept(stored_session)) <= grace:
        raise Inconclusive(
            f"within the documented grace of {grace} s some providers hand the same refresh token out again; "
            f"a login and {len(renewals)} renewals had {len(set(tokens))} different ones"
        )
    assert len(set(tokens)) == wanted, (
        f"the profile documents rotation {documented!r}; "
        f"a login and {len(renewals)} renewals had {len(set(tokens))} different refresh tokens"
    )


@requirement("session-new-access-token")
def test_renewed_access_token_differs(stored_session: StoredSession) -> None:
    """A renewal yields another access token, or the same one with the rest of its life."""
    login, renewal = stored_session.login.response, stored_session.renewals[0]
    if not renewal.accepted:
        raise Inconclusive(f"the renewal was not accepted: {renewal}")
    if renewal.access_token != login.access_token:
        return
    passed = (renewal.answered - login.answered).total_seconds()
    honest = (
        renewal.expires_in is not None
        and login.expires_in is not None
        and renewal.expires_in <= login.expires_in - passed + 1
    )
    assert honest, f"the same access token came again with expires_in {renewal.expires_in}"


@requirement("session-new-access-token")
def test_renewed_access_token_works(stored_session: StoredSession) -> None:
    """The renewed access token is accepted at the resource, as the one before it was."""
    resource, new = stored_session.resource, stored_session.new_at_resource
    if not stored_session.renewals[0].accepted:
        raise Inconclusive(f"the renewal was not accepted: {stored_session.renewals[0]}")
    if resource is None or new is None:
        raise NotApplicable("there is no resource to use the access token at")
    answer = resource.beside(new)
    assert took(answer), f"the resource answered the renewed access token with {answer.status}"


@requirement("session-old-access-token")
def test_old_access_token_after_renewal_is_as_documented(
    stored_session: StoredSession, conformance_run: Record
) -> None:
    """The old access token lives on after a renewal, or dies with it, as the profile documents."""
    if not stored_session.renewals[0].accepted:
        raise Inconclusive(f"the renewal was not accepted: {stored_session.renewals[0]}")
    judge_old_access_token(stored_session, stored_session.old_at_resource, conformance_run)


@requirement("session-old-access-token")
def test_later_renewals_leave_old_access_tokens_as_documented(
    stored_session: StoredSession, conformance_run: Record
) -> None:
    """After the fifth renewal too, the access token before it lives on, or died with it, as the profile documents."""
    if len(stored_session.renewals) < 2 or not stored_session.renewals[-1].accepted:
        raise Inconclusive(f"renewal number {len(stored_session.renewals)} was not accepted")
    judge_old_access_token(stored_session, stored_session.older_at_resource, conformance_run)


def judge_old_access_token(session: StoredSession, old: Exchange | None, run: Record) -> None:
    """Hold the resource's answer to an access token that was renewed against what is documented of it."""
    if session.resource is None or old is None:
        raise NotApplicable("there is no resource to use the old access token at, or it is the new one")
    lives = took(session.resource.beside(old))
    seen, words = ("lives", "lives on") if lives else ("revoked", "is dead")
    documented = run.profile.tokens.access_token_after_refresh.documented
    if documented is None:
        raise NotApplicable(f"measured, not judged: after a renewal the old access token {words}")
    assert seen == documented, f"after a renewal the old access token is {seen}; the profile documents {documented}"


@requirement("refreshed-id-token-as-documented")
def test_every_renewal_brings_an_id_token_as_documented(stored_session: StoredSession, conformance_run: Record) -> None:
    """Each of five renewals brings an ID token, or none does, as the profile documents."""
    profile = conformance_run.profile
    grant = profile.grants.refresh_token
    documented = grant.id_token.documented if grant is not None else None
    if documented is None or not profile.openid:
        raise NotApplicable("the profile does not tell whether renewals bring ID tokens, or asks for no openid")
    renewals = [renewal for renewal in stored_session.renewals if renewal.accepted]
    if not renewals:
        raise Inconclusive(f"the first renewal was not accepted: {stored_session.renewals[0]}")
    for number, renewal in enumerate(renewals, start=1):
        brought = renewal.id_token is not None
        assert brought == (documented == "always"), (
            f"the profile documents ID tokens of renewals {documented!r}; "
            f"renewal number {number} brought {'one' if brought else 'none'}"
        )


@requirement("session-expires-in-usable")
def test_client_can_renew_a_minute_early(stored_session: StoredSession) -> None:
    """expires_in is there and above 60 in the first answer and in each renewal."""
    answers = [each for each in (stored_session.login.response, *stored_session.renewals) if each.accepted]
    if not answers:
        raise Inconclusive(f"the login yields no access token: {stored_session.login.response}")
    for answer in answers:
        value = answer.members.get("expires_in")
        usable = isinstance(value, int | float) and value > 60
        assert usable, (
            f"expires_in is {value!r} in the answer to {answer.exchange}: no client can renew a minute before"
        )


@dataclass(frozen=True)
class RenewedIdentity:
    """A renewal, and the userinfo of its access token where the ID token is missing."""

    renewal: TokenResponse
    userinfo: Exchange | None


@scenario(needs="login refresh openid")
async def renewed_identity(provider: Provider) -> RenewedIdentity:
    """Log in, renew, and read the user's identity as a client would: from the ID token, or else at the userinfo endpoint."""
    login = await provider.session()
    renewal = await provider.refresh(login.refresh_token, client=login.client)
    if not renewal.accepted:
        raise Inconclusive(f"the renewal was not accepted: {renewal}")
    return RenewedIdentity(renewal, None if renewal.id_token else await provider.userinfo(renewal.access_token))


@requirement("session-identity-readable")
def test_identity_is_readable_after_renewal(renewed_identity: RenewedIdentity) -> None:
    """After a renewal the user's identity can be read, from an ID token or at the userinfo endpoint."""
    answer = renewed_identity.userinfo
    if answer is None:
        assert renewed_identity.renewal.id_token is not None
        return
    status = answer.response.status
    if status == 429 or status >= 500:
        raise Inconclusive(f"the userinfo endpoint answered {status}")
    assert status == 200, (
        f"a renewal brings no ID token, and the userinfo endpoint answers its access token with {status}"
    )


@requirement("session-refresh-token-issued")
def test_login_yields_a_refresh_token(login: Login, conformance_run: Record) -> None:
    """A login yields a refresh token, as the profile documents."""
    if conformance_run.profile.grants.refresh_token is None:
        raise NotApplicable("the profile has no [grants.refresh_token]")
    answer = login.response
    if not answer.accepted:
        raise Inconclusive(f"the login yields no access token: {answer}")
    assert answer.refresh_token is not None, (
        "the login yields no refresh_token, though the profile has [grants.refresh_token]"
    )


@dataclass(frozen=True)
class ProlongedSession:
    """A refresh at half the life of the first refresh token, and another one when all of that life is over."""

    control: TokenResponse
    late: TokenResponse


@scenario(needs="login refresh", reach="user", waits=True, parks=True)
async def prolonged_session(provider: Provider) -> ProlongedSession:
    """Log in, refresh at half the life of the refresh token, and with the new one once the first one's life is over."""
    grant = provider.profile.grants.refresh_token
    if grant is None or grant.lifetime_from.likely is None:
        raise NotApplicable("the profile does not tell from when the lifetime of a refresh token counts")
    lifetime, late = documented_lifetime(provider.profile), lifetime_slack(provider.profile) + LATENESS
    half = lifetime // 2
    if half <= late + LATENESS:
        raise NotApplicable("refresh tokens live too short to tell from when their life counts")
    provider.clock.check(lifetime - half + late)
    login = await provider.login()
    await provider.clock.wait(half)
    control = await provider.refresh(login.refresh_token, client=login.client)
    await provider.clock.wait(lifetime - half + late)
    if (provider.clock.now() - control.answered).total_seconds() >= lifetime - LATENESS:
        raise Inconclusive(
            "nobody came back in time: by now both lives are over, that of the login and that of the renewal"
        )
    newest = control.refresh_token or login.refresh_token
    return ProlongedSession(control, await provider.refresh(newest, client=login.client))


@requirement("rfc6749-expiry-refresh-token", "refresh-token-lifetime-as-documented")
def test_renewals_prolong_the_session_as_documented(
    prolonged_session: ProlongedSession, conformance_run: Record
) -> None:
    """The life of a refresh token counts from the login, whatever is renewed, or from the renewal, as documented."""
    grant = conformance_run.profile.grants.refresh_token
    documented = grant.lifetime_from.documented if grant is not None else None
    answer = refusal(prolonged_session.late, control=prolonged_session.control)
    lives = "lives on" if answer.handed_over else "is over"
    if documented is None:
        raise NotApplicable(f"measured, not judged: a session that was renewed {lives} after the lifetime of its login")
    from_login = documented == "login"
    with violating("rfc6749-expiry-refresh-token" if from_login else "refresh-token-lifetime-as-documented"):
        assert answer.handed_over != from_login, (
            f"the lifetime is documented to count from the {documented}; a session that was renewed {lives} after it"
        )
