"""Requests that do not say by which grant they ask (RFC 6749 §5.2): nothing may be guessed from what stands beside it."""

from dataclasses import dataclass

from token_conformance import refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Provider


@dataclass(frozen=True)
class UnnamedRefresh:
    """A refresh, and another one that does not say that it is one."""

    control: TokenResponse
    unnamed: TokenResponse


@scenario(needs="login refresh")
async def unnamed_refresh(provider: Provider) -> UnnamedRefresh:
    """Refresh, and send the newest refresh token without grant_type."""
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token
    return UnnamedRefresh(control, await provider.refresh(newest, client=login.client, changes={"grant_type": None}))


@requirement("rfc6749-5.2-missing-grant-type")
def test_refresh_token_alone_yields_nothing(unnamed_refresh: UnnamedRefresh) -> None:
    """A refresh token without grant_type yields no tokens."""
    answer = refusal(unnamed_refresh.unnamed, control=unnamed_refresh.control)
    assert not answer.handed_over, "a refresh token without grant_type was taken for a refresh"


@dataclass(frozen=True)
class UnnamedExchange:
    """The exchange of a code, and that of another one which does not say that it is one."""

    control: TokenResponse
    unnamed: TokenResponse


@scenario(needs="authorization_code unattended_login")
async def unnamed_exchange(provider: Provider) -> UnnamedExchange:
    """Exchange a code, and send another one without grant_type."""
    control = await provider.exchange_code(await provider.authorize(refreshable=False))
    other = await provider.authorize(refreshable=False)
    return UnnamedExchange(control, await provider.exchange_code(other, changes={"grant_type": None}))


@requirement("rfc6749-5.2-missing-grant-type")
def test_code_alone_yields_nothing(unnamed_exchange: UnnamedExchange) -> None:
    """A code without grant_type yields no tokens."""
    answer = refusal(unnamed_exchange.unnamed, control=unnamed_exchange.control)
    assert not answer.handed_over, "a code without grant_type was taken for an exchange"
