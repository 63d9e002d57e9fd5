"""A wrong request that is repeated is as refused, and as harmless, as the first (RFC 6749 §6)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import scope_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import stranger
from token_conformance.provider import Provider

FOREIGN = "urn:example:a-scope-that-nobody-registered"


@dataclass(frozen=True)
class RepeatedScopes:
    """A refresh that is accepted, two for a foreign scope, and a right one with the token of whichever was accepted last."""

    control: TokenResponse
    granted: frozenset[str]
    attempts: tuple[TokenResponse, ...]
    afterwards: TokenResponse


@scenario(needs="login refresh", reach="session")
async def repeated_scopes(provider: Provider) -> RepeatedScopes:
    """Refresh, refresh twice for a foreign scope beside what was granted, and rightly again."""
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest, attempts = control.refresh_token or login.refresh_token, []
    granted = control.scope or scope_of(control.access_token) or frozenset((login.scope or "").split())
    for _ in range(2):
        scope = " ".join([*sorted(granted), FOREIGN])
        attempts.append(await provider.refresh(newest, scope=scope, client=login.client))
        newest = attempts[-1].refresh_token or newest
    afterwards = await provider.refresh(newest, client=login.client)
    return RepeatedScopes(control, granted, tuple(attempts), afterwards)


@requirement("rfc6749-6-scope-not-exceeded")
def test_foreign_scope_is_not_granted_at_the_second_attempt(repeated_scopes: RepeatedScopes) -> None:
    """A refresh for a foreign scope that was not granted at first is not granted when it is asked for again."""
    first, second = (refusal(each, control=repeated_scopes.control) for each in repeated_scopes.attempts)
    if beyond(first, repeated_scopes.granted):
        raise NotApplicable("the first attempt yields the foreign scope, which another check judges")
    more = beyond(second, repeated_scopes.granted)
    assert not more, f"refused at first, {' '.join(sorted(more))} was granted at the second attempt"


def beyond(answer: TokenResponse, granted: frozenset[str]) -> frozenset[str]:
    """What an answer grants beyond what was granted before."""
    if not answer.accepted:
        return frozenset()
    return ((answer.scope or frozenset()) | (scope_of(answer.access_token) or frozenset())) - granted


@requirement("session-no-stranding")
def test_refused_scope_does_not_use_up_the_token(repeated_scopes: RepeatedScopes) -> None:
    """A refresh token that was refused for the scope beside it works without that scope."""
    if any(attempt.accepted for attempt in repeated_scopes.attempts):
        raise NotApplicable("the refreshes for a foreign scope were not refused")
    answer = refusal(repeated_scopes.afterwards, control=repeated_scopes.control)
    assert answer.accepted, (
        f"after two refreshes that were refused for their scope, a right one was answered by {answer}"
    )


@dataclass(frozen=True)
class RepeatedStrangers:
    """A refresh that is accepted, two by another client, and a right one after each."""

    control: TokenResponse
    attempts: tuple[TokenResponse, ...]
    afterwards: tuple[TokenResponse, ...]


@scenario(needs="login refresh", reach="user", tried_out=True)
async def repeated_strangers(provider: Provider) -> RepeatedStrangers:
    """Refresh, let another client present the newest refresh token twice, and refresh rightly after each."""
    second = provider.profile.second_client
    if second is None:
        raise NotApplicable("the profile has no second confidential client")
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest, attempts, afterwards = control.refresh_token or login.refresh_token, [], []
    for _ in range(2):
        attempts.append(await provider.refresh(newest, client=second))
        newest = attempts[-1].refresh_token or newest
        afterwards.append(await provider.refresh(newest, client=login.client))
        newest = afterwards[-1].refresh_token or newest
    return RepeatedStrangers(control, tuple(attempts), tuple(afterwards))


@requirement("rfc6749-6-bound-to-client")
def test_other_client_is_refused_again(repeated_strangers: RepeatedStrangers) -> None:
    """Another client that was refused with a refresh token of its victim is refused with the next one, too."""
    first, second = repeated_strangers.attempts
    if refusal(first, control=repeated_strangers.control).handed_over:
        raise NotApplicable("the first attempt was not refused, which another check judges")
    answer = stranger(second, control=repeated_strangers.afterwards[0], let_in=None)
    assert not answer.handed_over, "refused at first, another client got tokens at its second attempt"


@requirement("rfc6749-6-foreign-use-harmless")
def test_second_foreign_attempt_leaves_the_token_alone(repeated_strangers: RepeatedStrangers) -> None:
    """A second attempt by another client kills the refresh token no more than the first one did."""
    before, after = repeated_strangers.afterwards
    if not before.accepted:
        raise Inconclusive(f"the first attempt has ended the session, which another check judges: {before}")
    if not repeated_strangers.attempts[1].refused:
        raise Inconclusive(f"the second attempt was not refused: {repeated_strangers.attempts[1]}")
    answer = refusal(after, control=before)
    assert answer.accepted, f"after the second attempt by another client the refresh token was answered by {answer}"
