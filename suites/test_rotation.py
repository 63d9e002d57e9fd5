"""Rotation of refresh tokens (RFC 9700 §4.14.2): measured first, judged by profile and claims afterwards."""

from dataclasses import dataclass

from token_conformance import refusal, requirement, scenario
from token_conformance.provider import Login, Provider
from token_conformance.token_response import TokenResponse


@dataclass(frozen=True)
class Reuse:
    """Two refreshes in a row, then the first refresh token again, then the newest."""

    login: Login
    first: TokenResponse
    second: TokenResponse
    reuse: TokenResponse
    newest: TokenResponse


@scenario(needs="login refresh", ends_session=True)
async def reuse(provider: Provider) -> Reuse:
    """Log in, refresh twice, then present the first refresh token again, and the newest after that."""
    login = await provider.login()
    first = await provider.refresh(login.refresh_token)
    second = await provider.refresh(first.refresh_token or login.refresh_token)
    again = await provider.refresh(login.refresh_token)
    newest = await provider.refresh(second.refresh_token or first.refresh_token or login.refresh_token)
    return Reuse(login, first, second, again, newest)


@requirement("rfc9700-4.14.2-grandparent-refused")
def test_refresh_token_of_two_generations_ago_is_refused(reuse: Reuse) -> None:
    """A refresh token that was rotated away two refreshes ago is refused as invalid_grant."""
    assert refusal(reuse.reuse, control=reuse.second).error == "invalid_grant"
