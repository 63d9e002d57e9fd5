"""The resource owner password credentials grant (RFC 6749 §4.3), where the profile has it."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.refusal import decision
from token_conformance.provider import Provider
from token_conformance.running.record import Record
from token_conformance.verdict import NotJudged


@dataclass(frozen=True)
class PasswordRequests:
    """A right password, and requests that are wrong in one thing each."""

    control: TokenResponse
    wrong: TokenResponse | NotJudged
    wrong_username: TokenResponse
    without_username: TokenResponse
    without_password: TokenResponse

    @property
    def wrong_password(self) -> TokenResponse:
        """The answer to a wrong password.

        Raises:
            NotJudged: why none was presented.

        """
        if isinstance(self.wrong, NotJudged):
            raise self.wrong
        return self.wrong

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        wrong = {"an unknown user": self.wrong_username}
        if not isinstance(self.wrong, NotJudged):
            wrong = {"a wrong password": self.wrong} | wrong
        missing = {"no username": self.without_username, "no password": self.without_password}
        return (
            *mistaken(self.control, wrong, "invalid_grant", refused_by="rfc6749-4.3-wrong-password"),
            *mistaken(self.control, missing, "invalid_request", clause="rfc6749-4.3-missing"),
        )


@scenario(needs="password")
async def password_requests(provider: Provider) -> PasswordRequests:
    """Ask with the right name and password, with a wrong one of each, and without one of each."""
    grant, login = provider.profile.grants.password, provider.profile.login
    client = provider.profile.client(grant.client if grant else None)
    request = {"grant_type": "password", "scope": grant.scope if grant else None}
    return PasswordRequests(
        control=await provider.password(),
        wrong=await with_wrong_password(provider),
        wrong_username=await provider.password(username=provider.draw("username")),
        without_username=await provider.token({**request, "password": login.password}, client=client),
        without_password=await provider.token({**request, "username": login.username}, client=client),
    )


async def with_wrong_password(provider: Provider) -> TokenResponse | NotJudged:
    """Present a wrong password, or say why not: one in a run is as many as an account bears."""
    try:
        return await provider.password(password=provider.draw("password"))
    except NotJudged as reason:
        return reason


@requirement("rfc6749-4.3-succeeds")
def test_right_password_yields_tokens(password_requests: PasswordRequests) -> None:
    """The user's name and password yield an access token, as the profile documents."""
    assert decision(password_requests.control).accepted


@requirement("rfc6749-4.3-wrong-password", formerly=("suites/test_password.py::test_wrong_password_is_invalid_grant",))
def test_wrong_password_is_refused(password_requests: PasswordRequests) -> None:
    """A wrong password yields nothing."""
    answer = refusal(password_requests.wrong_password, control=password_requests.control)
    assert not answer.handed_over, "a wrong password was accepted"


@requirement("rfc6749-4.3-wrong-password", formerly=("suites/test_password.py::test_unknown_user_is_invalid_grant",))
def test_unknown_user_is_refused(password_requests: PasswordRequests) -> None:
    """An unknown user gets nothing."""
    answer = refusal(password_requests.wrong_username, control=password_requests.control)
    assert not answer.handed_over, "the password of a user was accepted of another one, who does not exist"


@requirement("password-no-oracle")
def test_unknown_user_and_wrong_password_look_alike(password_requests: PasswordRequests) -> None:
    """A stranger cannot learn from the answers which users exist."""
    wrong, unknown = password_requests.wrong_password, password_requests.wrong_username
    for attempt in (wrong, unknown):
        if refusal(attempt, control=password_requests.control).handed_over:
            raise Inconclusive("one of the two was not refused")
    if max(wrong.status, unknown.status) >= 500:
        raise Inconclusive("the server fails at one of the two, which another check tells")
    told_of_wrong = (wrong.status, wrong.error, wrong.error_description)
    told_of_unknown = (unknown.status, unknown.error, unknown.error_description)
    assert told_of_wrong == told_of_unknown, f"a wrong password is answered by {wrong}, an unknown user by {unknown}"


@requirement("rfc9700-2.4-no-password")
def test_password_grant_is_not_offered(password_requests: PasswordRequests, conformance_run: Record) -> None:
    """The password grant is not offered, where the provider claims RFC 9700, OAuth 2.1 or FAPI 2.0."""
    claimed = conformance_run.profile.claims & {"bcp", "oauth2.1", "fapi2"}
    if not claimed and not documented_as_deviation(conformance_run):
        raise NotApplicable(
            "the profile claims neither bcp nor oauth2.1 nor fapi2, and RFC 6749 has the password grant"
        )
    answer = password_requests.control
    assert not answer.accepted, "the password grant yields tokens"


def documented_as_deviation(run: Record) -> bool:
    """Whether the profile says itself that it departs from this requirement."""
    return any(deviation.requirement == "rfc9700-2.4-no-password" for deviation in run.profile.deviations)
