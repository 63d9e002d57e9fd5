"""Two logins of one user, seconds apart: what one does, or when it was, is not the other one's (RFC 9700 §4.14.2, OIDC Core §12.2)."""

from dataclasses import dataclass

from token_conformance import NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.jwt_reading import read
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Login, Provider
from token_conformance.provider.grace import outlast_grace


@dataclass(frozen=True)
class TwoLogins:
    """Reuse in one login, and a refresh in another one of the same user."""

    login: Login
    first: TokenResponse
    reuse: TokenResponse
    other_login: Login
    other: TokenResponse


@scenario(needs="login refresh", reach="user", waits=True)
async def two_logins(provider: Provider) -> TwoLogins:
    """Log in twice, from two browsers, seconds apart, reuse a refresh token in the first login, and refresh in the second."""
    login = await provider.login()
    # In the same browser session some providers take the second login for a part of the first.
    provider.forget_browser()
    await provider.clock.wait(2)
    other = await provider.login()
    first = await provider.refresh(login.refresh_token, client=login.client)
    await outlast_grace(provider, login, (first,))
    again = await provider.refresh(login.refresh_token, client=login.client)
    return TwoLogins(login, first, again, other, await provider.refresh(other.refresh_token, client=other.client))


@requirement(
    "rotation-family-is-one-grant",
    formerly=("suites/test_rotation.py::test_reuse_leaves_other_logins_alone",),
)
def test_reuse_leaves_other_logins_alone(two_logins: TwoLogins) -> None:
    """Reuse in one login leaves the user's other logins alone."""
    if refusal(two_logins.reuse, control=two_logins.first).handed_over:
        raise NotApplicable(f"reuse was not refused: {two_logins.reuse}")
    answer = refusal(two_logins.other, control=two_logins.first)
    assert answer.accepted, f"after reuse in one login, another login of the user was answered by {answer}"


@requirement("oidc-12.2-auth-time")
def test_refreshed_auth_time_is_not_of_the_newest_login(two_logins: TwoLogins) -> None:
    """auth_time of a refreshed ID token is that of its login, and not that of a later login of the same user."""
    own, other = read(two_logins.login.id_token or ""), read(two_logins.other_login.id_token or "")
    after = read(two_logins.first.id_token or "")
    if own is None or other is None or after is None:
        raise NotApplicable("a login, or the refresh, brings no ID token")
    times = [token.claims.get("auth_time") for token in (own, other, after)]
    if None in times or times[0] == times[1]:
        raise NotApplicable("the ID tokens have no auth_time, or both logins the same one")
    assert times[2] != times[1], "auth_time of the refreshed ID token is that of the user's newest login"
