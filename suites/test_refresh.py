"""Refreshing an access token, and the scope of a refresh: the same, less, and never more (RFC 6749 §6)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import scope_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.transcripts import Refreshed
from token_conformance.evidence.unguessable import with_another_end
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.provider import Login, Provider

FOREIGN = "urn:example:a-scope-that-nobody-registered"


@dataclass(frozen=True)
class BadRefreshes:
    """A refresh that is accepted, refreshes that are wrong in one thing each, and a good one at the end."""

    control: TokenResponse
    misshapen: tuple[TokenResponse, ...]
    altered: TokenResponse
    folded: TokenResponse | None
    without_token: TokenResponse
    empty_token: TokenResponse
    afterwards: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        unknown = {"a refresh token with another end": self.altered}
        made_up = {f"made-up refresh token {number}": each for number, each in enumerate(self.misshapen, 1)}
        refused_by, clause = "rfc6749-6-unknown-token-refused", "rfc6749-6-missing-refresh-token"
        return (
            *mistaken(self.control, unknown, "invalid_grant", refused_by=refused_by),
            *mistaken(self.control, made_up, "invalid_grant", "invalid_request", refused_by=refused_by),
            *mistaken(
                self.control, {"a refresh without refresh_token": self.without_token}, "invalid_request", clause=clause
            ),
            *mistaken(
                self.control,
                {"an empty refresh_token": self.empty_token},
                "invalid_request",
                "invalid_grant",
                clause=clause,
            ),
        )


@scenario(needs="login refresh", reach="session")
async def bad_refreshes(provider: Provider) -> BadRefreshes:
    """Refresh, then with tokens that were never issued or are missing, then rightly again."""
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token or ""
    folded = None
    altered = await provider.refresh(with_another_end(newest), client=login.client)
    newest = altered.refresh_token or newest
    if newest.swapcase() != newest:
        folded = await provider.refresh(newest.swapcase(), client=login.client)
        newest = folded.refresh_token or newest
    made_up, misshapen = (provider.draw("refresh_token"), newest[:-1], newest[: len(newest) // 2]), []
    for token in made_up:
        misshapen.append(await provider.refresh(token, client=login.client))
        newest = misshapen[-1].refresh_token or newest
    return BadRefreshes(
        control=control,
        misshapen=tuple(misshapen),
        altered=altered,
        folded=folded,
        without_token=await provider.token({"grant_type": "refresh_token"}, client=login.client),
        empty_token=await provider.refresh("", client=login.client),
        afterwards=await provider.refresh(newest, client=login.client),
    )


@requirement("rfc6749-6-refresh-succeeds")
def test_refresh_yields_an_access_token(bad_refreshes: BadRefreshes) -> None:
    """A valid refresh token yields a new access token."""
    answer = bad_refreshes.control
    if not answer.accepted and not answer.refused:
        raise Inconclusive(f"neither accepted nor refused: {answer} to {answer.exchange}")
    assert answer.accepted


@requirement(
    "rfc6749-6-unknown-token-refused", formerly=("suites/test_refresh.py::test_unknown_refresh_token_is_invalid_grant",)
)
def test_unknown_refresh_token_is_refused(bad_refreshes: BadRefreshes) -> None:
    """A refresh token that differs in its last character from one that was issued yields nothing."""
    answer = refusal(bad_refreshes.altered, control=bad_refreshes.control)
    assert not answer.handed_over, "a refresh token with another end was accepted"


@requirement("rfc6749-6-unknown-token-refused")
def test_made_up_refresh_token_is_refused(bad_refreshes: BadRefreshes) -> None:
    """A made-up refresh token, or a part of one, yields nothing."""
    for attempt in bad_refreshes.misshapen:
        answer = refusal(attempt, control=bad_refreshes.control)
        assert not answer.handed_over, "a refresh token was accepted that was never issued"


@requirement("rfc6749-1.9-case-sensitive")
def test_case_of_a_refresh_token_matters(bad_refreshes: BadRefreshes) -> None:
    """A refresh token with small letters for capitals, and the other way round, is another one, and yields nothing."""
    if bad_refreshes.folded is None:
        raise NotApplicable("the refresh token has no letters")
    answer = refusal(bad_refreshes.folded, control=bad_refreshes.control)
    assert not answer.handed_over, "a refresh token in other letters was accepted"


@requirement("session-chain")
def test_wrong_tokens_do_not_end_the_session(bad_refreshes: BadRefreshes) -> None:
    """Refreshes with tokens that were never issued leave the user's refresh token alone."""
    assert refusal(bad_refreshes.afterwards, control=bad_refreshes.control).accepted


@dataclass(frozen=True)
class ScopedRefreshes:
    """Refreshes with less scope, with none, with just what was granted and with more."""

    login: Login
    granted: frozenset[str]
    narrower: frozenset[str]
    narrowed: TokenResponse | None
    unnamed: TokenResponse
    repeated: TokenResponse
    escalated: TokenResponse
    again: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        foreign = {"a refresh for a scope that nobody registered": self.escalated}
        refused_by = "rfc6749-6-scope-not-exceeded"
        return mistaken(self.unnamed, foreign, "invalid_scope", refused_by=refused_by, afterwards=self.again)

    @property
    def carried(self) -> frozenset[str] | None:
        """The scope that the access token of the login has in itself: fewer values than were granted, or further ones."""
        return scope_of(self.login.access_token)

    def before(self, answer: TokenResponse) -> frozenset[str]:
        """The scope of the login, as the one that tells that of an answer tells it: the answer, or its token alone."""
        return self.granted if answer.scope is not None or self.carried is None else self.carried


@scenario(needs="login refresh", reach="session")
async def scoped_refreshes(provider: Provider) -> ScopedRefreshes:
    """Refresh with the scope that was granted, with less, with none, and with a foreign value beside what was granted."""
    login = await provider.login()
    granted = login.response.scope or scope_of(login.access_token) or frozenset((login.scope or "").split())
    narrower, narrowed = narrower_than(granted), None
    # Before the one with less: a server that shrinks the grant would refuse it for that.
    repeated = await provider.refresh(login.refresh_token, scope=" ".join(sorted(granted)) or None, client=login.client)
    newest = repeated.refresh_token or login.refresh_token
    if narrower:
        narrowed = await provider.refresh(newest, scope=" ".join(sorted(narrower)), client=login.client)
        newest = narrowed.refresh_token or newest
    unnamed = await provider.refresh(newest, client=login.client)
    newest = unnamed.refresh_token or newest
    escalated = await provider.refresh(newest, scope=" ".join([*sorted(granted), FOREIGN]), client=login.client)
    again = await provider.refresh(escalated.refresh_token or newest, client=login.client)
    return ScopedRefreshes(login, granted, narrower, narrowed, unnamed, repeated, escalated, again)


def narrower_than(granted: frozenset[str]) -> frozenset[str]:
    """The granted scope without one value that a client can do without; empty where there is none to leave out."""
    dispensable = sorted(granted - {"openid", "offline_access"})
    return granted - {dispensable[0]} if dispensable and len(granted) > 1 else frozenset()


def seen_scope(response: TokenResponse) -> frozenset[str] | None:
    """The scope of the access token, as the answer or the token itself tells it."""
    return response.scope or scope_of(response.access_token)


@requirement("rfc6749-6-scope-narrowing-honoured")
def test_narrower_scope_is_granted(scoped_refreshes: ScopedRefreshes) -> None:
    """A refresh that asks for a part of the granted scope yields a token of that part."""
    if scoped_refreshes.narrowed is None:
        raise NotApplicable("the granted scope has no value that could be left out")
    answer = refusal(scoped_refreshes.narrowed, control=scoped_refreshes.unnamed)
    assert answer.accepted, f"a refresh with less scope was answered by {answer}"
    told, carried = answer.scope, scope_of(answer.access_token)
    always = (scoped_refreshes.carried or frozenset()) - scoped_refreshes.granted
    kept = ((told or frozenset()) | (carried or frozenset())) - scoped_refreshes.narrower - always
    assert not kept, f"less scope was asked for, and {' '.join(sorted(kept))} was granted all the same"


@dataclass(frozen=True)
class OnlineRefresh:
    """Second refreshes that name what was granted: all of it, all but offline_access, and, of that refused, some of it."""

    control: TokenResponse
    online: TokenResponse
    narrowed: TokenResponse | None


@scenario(needs="login refresh", ends_session=True, tried_out=True)
async def online_refresh(provider: Provider) -> OnlineRefresh:
    """Refresh for the granted scope, and for it without offline_access, which nobody needs in an access token."""
    login = await provider.session()
    granted = login.response.scope or frozenset((login.scope or "").split())
    if "offline_access" not in granted or len(granted) == 1:
        raise NotApplicable("offline_access was not granted beside another scope")
    newest, answers = login.refresh_token, []
    for scope in (None, granted, granted - {"offline_access"}):
        named = " ".join(sorted(scope)) if scope is not None else None
        answers.append(await provider.refresh(newest, scope=named, client=login.client))
        newest = answers[-1].refresh_token or newest
    narrower, narrowed = narrower_than(granted), None
    if narrower and not answers[-1].accepted:
        narrowed = await provider.refresh(newest, scope=" ".join(sorted(narrower)), client=login.client)
    return OnlineRefresh(answers[1], answers[2], narrowed)


@requirement("rfc6749-6-scope-narrowing-honoured")
def test_scope_without_offline_access_is_granted(online_refresh: OnlineRefresh) -> None:
    """A refresh that names the granted scope without offline_access is accepted."""
    answer = refusal(online_refresh.online, control=online_refresh.control)
    if online_refresh.narrowed is not None and not online_refresh.narrowed.accepted:
        raise NotApplicable("no refresh for less scope is accepted, which another check judges")
    assert answer.accepted, f"a refresh for all of the scope but offline_access was answered by {answer}"


@requirement("rfc6749-6-narrowing-does-not-shrink-grant")
def test_narrowing_does_not_shrink_the_grant(scoped_refreshes: ScopedRefreshes) -> None:
    """After a refresh with less scope, a refresh without scope yields all of the scope again."""
    if scoped_refreshes.narrowed is None or not scoped_refreshes.narrowed.accepted:
        raise NotApplicable("no refresh with less scope was accepted")
    granted = seen_scope(scoped_refreshes.unnamed)
    if not scoped_refreshes.unnamed.accepted or granted is None:
        raise Inconclusive("the answer does not tell the scope")
    lost = scoped_refreshes.before(scoped_refreshes.unnamed) - granted
    assert not lost, f"{' '.join(sorted(lost))} is lost for good after a refresh with less scope"


@requirement("rfc6749-6-omitted-scope-is-original")
def test_refresh_without_scope_means_the_granted_scope(scoped_refreshes: ScopedRefreshes, refreshed: Refreshed) -> None:
    """A refresh that names no scope yields a token of the granted scope."""
    answer = refreshed.response
    scope = seen_scope(answer)
    if not answer.accepted or scope is None:
        raise Inconclusive("the answer does not tell the scope")
    assert scope == scoped_refreshes.before(answer), (
        f"the scope is {' '.join(sorted(scope))} after a refresh that named none"
    )


@requirement("rfc6749-6-granted-scope-accepted")
def test_refresh_may_name_the_granted_scope(scoped_refreshes: ScopedRefreshes) -> None:
    """A refresh that names just the granted scope is accepted, as one that names none is."""
    answer = refusal(scoped_refreshes.repeated, control=scoped_refreshes.unnamed)
    assert answer.accepted


@requirement("rfc6749-6-scope-not-exceeded")
def test_refresh_never_widens_the_scope(scoped_refreshes: ScopedRefreshes) -> None:
    """A refresh that asks for more than was granted is refused, or yields no more than was granted."""
    refreshes = scoped_refreshes
    answer = refusal(refreshes.escalated, control=refreshes.unnamed, afterwards=refreshes.again)
    judge_widening(answer, refreshes.granted | (refreshes.carried or frozenset()))


def judge_widening(answer: TokenResponse, granted: frozenset[str]) -> None:
    """Hold the answer to a refresh that asks for too much against what the user granted."""
    if not answer.handed_over:
        return
    beyond = ((answer.scope or frozenset()) | (scope_of(answer.access_token) or frozenset())) - granted
    assert not beyond, f"a refresh granted {' '.join(sorted(beyond))}, which the user never did"


@requirement("rfc6749-5.1-scope-told")
def test_refused_widening_is_told(scoped_refreshes: ScopedRefreshes) -> None:
    """Where a refresh yields less scope than it asked for, the answer tells the scope."""
    answer = refusal(scoped_refreshes.escalated, control=scoped_refreshes.unnamed)
    if not answer.accepted:
        raise NotApplicable("a refresh that asks for too much is refused")
    assert "scope" in answer.members, "more scope was asked for than granted, and tokens came without scope"


@dataclass(frozen=True)
class WiderRefresh:
    """A login with less scope than the client may ask for, and a refresh that asks for the rest."""

    granted: frozenset[str]
    control: TokenResponse
    widened: TokenResponse
    again: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        wider = {"a refresh for scope that the user did not grant": self.widened}
        refused_by = "rfc6749-6-scope-not-exceeded"
        return mistaken(self.control, wider, "invalid_scope", refused_by=refused_by, afterwards=self.again)


@scenario(needs="login refresh", reach="session")
async def wider_refresh(provider: Provider) -> WiderRefresh:
    """Log in without one value of the client's scope, refresh, and ask for that value in a refresh."""
    grant = provider.profile.grants.authorization_code
    asked = frozenset((grant.scope or "").split()) if grant is not None else frozenset()
    less = narrower_than(asked)
    if not less or provider.profile.login.strategy in {"password", "refresh_token", "interactive", "device"}:
        raise NotApplicable("the login cannot ask for less scope than the client may have")
    login = await provider.login(scope=" ".join(sorted(less)))
    granted = seen_scope(login.response) or less
    if asked <= granted:
        raise NotApplicable("the provider grants all of the client's scope, whatever is asked for")
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    widened = await provider.refresh(newest, scope=" ".join(sorted(granted | asked)), client=login.client)
    again = await provider.refresh(widened.refresh_token or newest, client=login.client)
    return WiderRefresh(granted | (scope_of(login.access_token) or frozenset()), control, widened, again)


@requirement("rfc6749-6-scope-not-exceeded")
def test_refresh_adds_no_scope_of_the_client(wider_refresh: WiderRefresh) -> None:
    """A refresh does not add scope that the client may ask for and the user did not grant."""
    answer = refusal(wider_refresh.widened, control=wider_refresh.control, afterwards=wider_refresh.again)
    if answer.accepted and seen_scope(answer) is None:
        raise Inconclusive("more scope was asked for than granted, and tokens came without telling their scope")
    judge_widening(answer, wider_refresh.granted)
