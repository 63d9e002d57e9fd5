"""A refresh token in the hands of others: nobody, an impostor and another client (RFC 6749 §6)."""

from contextlib import suppress
from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import WITHOUT_CREDENTIALS, Mistake, mistaken
from token_conformance.judging.refusal import NOT_LET_IN, stranger
from token_conformance.profile.client import Client
from token_conformance.provider import Login, Provider, own_refresh
from token_conformance.provider.client_authentication import impostor, unauthenticated
from token_conformance.verdict import NotJudged


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


@scenario(needs="login refresh", reach="user", tried_out=True, long=True)
async def strangers_refresh(provider: Provider) -> StrangersRefresh:
    """Refresh twice, then without authentication, with a wrong secret, and as another client, and rightly after each, in another session where one was ended."""
    login, second = await provider.session(), provider.profile.second_client
    before, newest = await twice_refreshed(provider, login)
    works = before.accepted

    async def attempt(client: Client) -> Attempt:
        nonlocal login, before, newest
        if works and not before.accepted:
            # The attempt before has ended the session; there need not be another one.
            with suppress(NotJudged):
                another = await provider.login()
                before, newest = await twice_refreshed(provider, another)
                login = another
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


async def twice_refreshed(provider: Provider, login: Login) -> tuple[TokenResponse, str | None]:
    """The second refresh of a session, and its newest refresh token: only a second one shows that what a refresh hands over works."""
    first = await provider.refresh(login.refresh_token, client=login.client)
    second = await provider.refresh(first.refresh_token or login.refresh_token, client=login.client)
    return second, second.refresh_token or first.refresh_token or login.refresh_token


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


@requirement(
    "rfc6749-6-client-authentication-required",
    formerly=("suites/test_refresh.py::test_confidential_client_must_authenticate",),
)
def test_confidential_client_must_authenticate(strangers_refresh: StrangersRefresh) -> None:
    """A refresh of a confidential client without its credentials yields nothing."""
    attempt = attempted(strangers_refresh.unauthenticated, PUBLIC)
    answer = refusal(attempt.answer, control=attempt.before)
    assert not answer.handed_over, "a confidential client refreshed without its credentials"


@requirement(
    "rfc6749-6-client-authentication-required",
    formerly=("suites/test_refresh.py::test_unauthenticated_attempt_leaves_the_token_alone",),
)
def test_unauthenticated_attempt_leaves_the_token_alone(strangers_refresh: StrangersRefresh) -> None:
    """An attempt without authentication does not kill the refresh token."""
    judge_aftermath(attempted(strangers_refresh.unauthenticated, PUBLIC))


def judge_aftermath(attempt: Attempt) -> None:
    """Hold the refresh after an attempt of somebody else against the one before it."""
    if refusal(attempt.answer, control=attempt.before).handed_over:
        raise Inconclusive(f"the attempt was not refused: {attempt.answer}")
    answer = refusal(attempt.after, control=attempt.before)
    assert answer.accepted, f"after an attempt of somebody else the refresh token was answered by {answer}"


@requirement(
    "rfc6749-6-client-authentication-required", formerly=("suites/test_refresh.py::test_wrong_secret_does_not_refresh",)
)
def test_wrong_secret_does_not_refresh(strangers_refresh: StrangersRefresh) -> None:
    """A refresh with a wrong secret, or the signature of another key, yields nothing."""
    attempt = attempted(strangers_refresh.wrong_secret, NO_PROOF)
    answer = refusal(attempt.answer, control=attempt.before)
    assert not answer.handed_over, "a client refreshed with a wrong secret or signature"


@requirement(
    "rfc6749-6-bound-to-client", formerly=("suites/test_refresh.py::test_refresh_token_is_bound_to_its_client",)
)
def test_refresh_token_is_bound_to_its_client(strangers_refresh: StrangersRefresh) -> None:
    """The refresh token of one client yields nothing to another client."""
    attempt = attempted(strangers_refresh.foreign, NO_SECOND)
    answer = stranger(attempt.answer, control=attempt.before, let_in=strangers_refresh.let_in)
    assert not answer.handed_over, "another client used the refresh token"


@requirement(
    "rfc6749-6-foreign-use-harmless", formerly=("suites/test_refresh.py::test_foreign_attempt_leaves_the_token_alone",)
)
def test_foreign_attempt_leaves_the_token_alone(strangers_refresh: StrangersRefresh) -> None:
    """An attempt by another client does not kill the refresh token."""
    judge_aftermath(attempted(strangers_refresh.foreign, NO_SECOND))
