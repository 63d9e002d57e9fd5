"""Refreshing an access token (RFC 6749 §6)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.unguessable import with_another_end
from token_conformance.judging.mistakes import WITHOUT_CREDENTIALS, Mistake, mistaken
from token_conformance.judging.refusal import NOT_LET_IN, stranger
from token_conformance.profile.client import Client
from token_conformance.provider import Provider, own_refresh
from token_conformance.provider.client_authentication import impostor, unauthenticated


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
class Attempt:
    """Somebody else's attempt with a refresh token, and the refreshes of its own client before it and after."""

    before: TokenResponse
    answer: TokenResponse
    after: TokenResponse


@dataclass(frozen=True)
class StrangersRefresh:
    """A refresh token in the right hands, and in those of somebody else."""

    unauthenticated: Attempt | None
    wrong_secret: Attempt | None
    foreign: Attempt | None
    let_in: TokenResponse | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        refused_by = "rfc6749-6-client-authentication-required"
        return (
            *called(self.unauthenticated, "a refresh without credentials", *WITHOUT_CREDENTIALS, refused_by=refused_by),
            *called(self.wrong_secret, "a refresh with a wrong secret", "invalid_client", refused_by=refused_by),
            *called(
                self.foreign,
                "a refresh token of another client",
                "invalid_grant",
                *NOT_LET_IN,
                refused_by="rfc6749-6-bound-to-client",
            ),
        )


def called(attempt: Attempt | None, what: str, *codes: str, refused_by: str) -> tuple[Mistake, ...]:
    """What an attempt should be called, where it was made."""
    if attempt is None:
        return ()
    return mistaken(attempt.before, {what: attempt.answer}, *codes, refused_by=refused_by)


@scenario(needs="login refresh", reach="user")
async def strangers_refresh(provider: Provider) -> StrangersRefresh:
    """Refresh twice, then without authentication, with a wrong secret, and as another client, and rightly after each."""
    login, second = await provider.session(), provider.profile.second_client
    first = await provider.refresh(login.refresh_token, client=login.client)
    # Only a second one shows that what a refresh hands over works.
    before = await provider.refresh(first.refresh_token or login.refresh_token, client=login.client)
    newest = before.refresh_token or first.refresh_token or login.refresh_token

    async def attempt(client: Client) -> Attempt:
        nonlocal before, newest
        answer = await provider.refresh(newest, client=client)
        after = await provider.refresh(answer.refresh_token or newest, client=login.client)
        newest = after.refresh_token or answer.refresh_token or newest
        before, made = after, Attempt(before, answer, after)
        return made

    wrong = impostor(login.client, provider.draw("client_secret")) if login.client.can_be_imitated else None
    return StrangersRefresh(
        unauthenticated=None if login.client.public else await attempt(unauthenticated(login.client)),
        wrong_secret=await attempt(wrong) if wrong is not None else None,
        foreign=await attempt(second) if second is not None else None,
        let_in=await own_refresh(provider, second),
    )


def attempted(attempt: Attempt | None, why_not: str) -> Attempt:
    """Give back an attempt that was made.

    Raises:
        NotApplicable: it was not, and why.

    """
    if attempt is None:
        raise NotApplicable(why_not)
    return attempt


PUBLIC = "the profile's client is public"
NO_SECOND = "the profile has no second confidential client"
NO_PROOF = "the profile's client proves itself by neither a secret nor a signature"


@requirement("rfc6749-6-client-authentication-required")
def test_confidential_client_must_authenticate(strangers_refresh: StrangersRefresh) -> None:
    """A refresh of a confidential client without its credentials yields nothing."""
    attempt = attempted(strangers_refresh.unauthenticated, PUBLIC)
    answer = refusal(attempt.answer, control=attempt.before)
    assert not answer.handed_over, "a confidential client refreshed without its credentials"


@requirement("rfc6749-6-client-authentication-required")
def test_unauthenticated_attempt_leaves_the_token_alone(strangers_refresh: StrangersRefresh) -> None:
    """An attempt without authentication does not kill the refresh token."""
    judge_aftermath(attempted(strangers_refresh.unauthenticated, PUBLIC))


def judge_aftermath(attempt: Attempt) -> None:
    """Hold the refresh after an attempt of somebody else against the one before it."""
    if refusal(attempt.answer, control=attempt.before).handed_over:
        raise Inconclusive(f"the attempt was not refused: {attempt.answer}")
    answer = refusal(attempt.after, control=attempt.before)
    assert answer.accepted, f"after an attempt of somebody else the refresh token was answered by {answer}"


@requirement("rfc6749-6-client-authentication-required")
def test_wrong_secret_does_not_refresh(strangers_refresh: StrangersRefresh) -> None:
    """A refresh with a wrong secret, or the signature of another key, yields nothing."""
    attempt = attempted(strangers_refresh.wrong_secret, NO_PROOF)
    answer = refusal(attempt.answer, control=attempt.before)
    assert not answer.handed_over, "a client refreshed with a wrong secret or signature"


@requirement("rfc6749-6-bound-to-client")
def test_refresh_token_is_bound_to_its_client(strangers_refresh: StrangersRefresh) -> None:
    """The refresh token of one client yields nothing to another client."""
    attempt = attempted(strangers_refresh.foreign, NO_SECOND)
    answer = stranger(attempt.answer, control=attempt.before, let_in=strangers_refresh.let_in)
    assert not answer.handed_over, "another client used the refresh token"


@requirement("rfc6749-6-foreign-use-harmless")
def test_foreign_attempt_leaves_the_token_alone(strangers_refresh: StrangersRefresh) -> None:
    """An attempt by another client does not kill the refresh token."""
    judge_aftermath(attempted(strangers_refresh.foreign, NO_SECOND))
