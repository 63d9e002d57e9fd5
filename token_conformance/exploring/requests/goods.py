"""The good requests that are changed: one of each grant that can be asked for again and again, made anew each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from token_conformance.evidence.login import Login
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.exploring.requests.draft import Draft
from token_conformance.exploring.requests.mutation import Grant
from token_conformance.profile.client import Client
from token_conformance.provider import Provider
from token_conformance.provider.exchanging import exchange_of, exchanging_client
from token_conformance.verdict import Inconclusive, NotApplicable, NotJudged

Parameters = Mapping[str, str | None]

OF_A_LOGIN = frozenset({Grant.REFRESH_TOKEN, Grant.TOKEN_EXCHANGE})
"""The grants that need a session of the user."""


KEPT_LOGINS = 3
"""Logins that requests by password leave to sessions."""


@dataclass
class Goods:
    """Makes good requests, and follows what comes of them: rotated tokens, and sessions that are over.

    `lacking` says of the grants that cannot be asked for why not. A code works once, so that codes, and those of devices,
    are left to checks.
    """

    provider: Provider
    lacking: dict[Grant, str] = field(default_factory=dict)
    _login: Login | None = None

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The grants of the profile by which can be asked, the best one to change first."""
        grants = self.provider.profile.grants
        offered = {
            Grant.REFRESH_TOKEN: grants.refresh_token,
            Grant.CLIENT_CREDENTIALS: grants.client_credentials,
            Grant.TOKEN_EXCHANGE: grants.token_exchange,
            Grant.PASSWORD: grants.password,
        }
        return tuple(each for each, documented in offered.items() if documented and each not in self.lacking)

    async def draft(self, grant: Grant) -> Draft | None:
        """A good request; None where there can be none any more."""
        try:
            client, parameters = await self._request(grant)
            proof = await self.provider.credentials(client)
        except NotJudged as problem:
            self.lacking[grant] = str(problem)
            return None
        profile = self.provider.profile
        pairs = tuple((name, value) for name, value in parameters.items() if value is not None)
        others = tuple(each for each in profile.clients if each.client_id != client.client_id)
        return Draft(client, pairs, proof, others, tuple(profile.tokens.resource_indicators))

    def follow(self, grant: Grant, answer: TokenResponse) -> None:
        """Go on with the tokens of an answer, where it has some."""
        if grant is Grant.REFRESH_TOKEN and self._login is not None and answer.accepted:
            self._login = self._login.renewed(answer)

    def spend(self, grant: Grant) -> None:
        """Count a request that is a login each time.

        Raises:
            Inconclusive: the run has no login left.

        """
        if grant is Grant.PASSWORD:
            self.provider.logins.take(self.provider.wire.scenario)

    def end(self, grant: Grant) -> None:
        """Begin with a new session the next time, where the grant needs one."""
        if grant in OF_A_LOGIN:
            self._login = None

    def needs_login(self, grant: Grant) -> bool:
        """Whether the next request costs a login."""
        return grant in OF_A_LOGIN and self._login is None

    async def _request(self, grant: Grant) -> tuple[Client, Parameters]:
        provider, grants = self.provider, self.provider.profile.grants
        match grant:
            case Grant.REFRESH_TOKEN:
                login = await self._session()
                return login.client, {"grant_type": "refresh_token", "refresh_token": self._refresh_token(login)}
            case Grant.TOKEN_EXCHANGE:
                return exchanging_client(provider.profile), exchange_of(provider.profile, await self._session())
            case Grant.CLIENT_CREDENTIALS:
                scope = grants.client_credentials.scope if grants.client_credentials else None
                client = provider.service_client
                if (barred := await provider.ways.barred(client)) is not None:
                    raise Inconclusive(barred)
                return client, {"grant_type": "client_credentials", "scope": scope}
            case Grant.PASSWORD:
                self._ask_for_login()
                return provider.password_client, self._by_password()

    def _ask_for_login(self) -> None:
        """Ask whether a request may be a login, so that sessions can be begun all the same.

        Raises:
            Inconclusive: there are few logins left.

        """
        logins = self.provider.logins
        logins.check()
        if logins.limit - logins.spent <= KEPT_LOGINS:
            raise Inconclusive("the logins that are left are kept for sessions")

    def _by_password(self) -> Parameters:
        login, grant = self.provider.profile.login, self.provider.profile.grants.password
        user = {"username": login.username, "password": login.password}
        return {"grant_type": "password", **user, "scope": grant.scope if grant else None}

    def _refresh_token(self, login: Login) -> str:
        if login.refresh_token is None:
            raise NotApplicable("the login yields no refresh token")
        return login.refresh_token

    async def _session(self) -> Login:
        if self._login is None:
            login = await self.provider.login()
            if not login.response.accepted:
                raise Inconclusive(f"the login yields no tokens: {login.response}")
            self._login = login
        return self._login
