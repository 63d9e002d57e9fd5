"""The authorization server under test, as one scenario talks to it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from token_conformance.evidence.login import Authorization, Login
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider.authorizing import Authorizing
from token_conformance.provider.client_authentication import Credentials, with_listed_method
from token_conformance.provider.lacking import present
from token_conformance.verdict import Inconclusive, NotApplicable, NotJudged
from token_conformance.wire.exchange import Exchange


class Provider(Authorizing):
    """Makes the exchanges of one scenario, grant by grant; every method gives what came back and judges nothing."""

    def forget_browser(self) -> None:
        """Have the user go on in a browser that the provider has never seen."""
        self.wire.forget_cookies()
        self.lineage.known = False
        if self.lineage.window is not None:
            self.lineage.window.forget()

    def another_user(self) -> Self:
        """The same with another user of the profile, who begins in a browser that the provider has never seen.

        Raises:
            NotApplicable: the profile has no further user.

        """
        if not self.profile.login.users or self.profile.login.seeded:
            raise NotApplicable("the profile has no further user: [[login.users]]")
        self.forget_browser()
        other = copy.copy(self)
        login = self.profile.login.of_each_user[1]
        other.profile, other._usual = self.profile.model_copy(update={"login": login}), False  # noqa: SLF001 - of its own kind
        return other

    async def metadata(self) -> Exchange:
        """The answer that holds the provider's metadata (OIDC Discovery §4, RFC 8414 §3).

        Raises:
            NotApplicable: the profile names no issuer.

        """
        await self.discovery.ask()
        if self.discovery.exchange is None:
            raise NotApplicable("the profile names no issuer, so that there is no metadata to ask for")
        return self.discovery.exchange

    async def session(self) -> Login:
        """A living session of the user: that of the scenario before, or else a new login; its newest tokens work.

        Raises:
            Inconclusive: the login is not possible.

        """
        living = self.lineage.session
        if living is None:
            return await self.login()
        self._heed_token_type(living.response)
        if self.lineage.due(self.clock.now()):
            await self.refresh(living.refresh_token)
            return self.lineage.session or await self.login()
        return living

    async def login(self, *, client: Client | None = None, scope: str | None = None) -> Login:
        """Log the user in by the profile's strategy and give the first tokens.

        Raises:
            Inconclusive: the login is not possible.

        """
        login = await self._login(client, scope)
        if self._usual:
            self.lineage.begin(login)
        else:
            self.lineage.doubt()
        return login

    async def exchange_code(
        self,
        authorization: Authorization,
        *,
        client: Client | None = None,
        changes: Mapping[str, str | None] | None = None,
    ) -> TokenResponse:
        """Exchange an authorization code for tokens (RFC 6749 §4.1.3).

        Args:
            authorization: the answer that holds the code.
            client: who presents it; the client that asked for it without it.
            changes: parameters that differ from the right ones; None omits one.

        Raises:
            Inconclusive: the authorization endpoint gave no code.

        """
        if authorization.code is None:
            raise Inconclusive(authorization.refusal)
        parameters = {
            "grant_type": "authorization_code",
            "code": authorization.code,
            "redirect_uri": authorization.redirect_uri,
            "code_verifier": authorization.code_verifier,
            **(changes or {}),
        }
        response = await self.token(parameters, client=client or authorization.client)
        if changes is None and (client is None or client == authorization.client):
            self.logins.exchanged(authorization.client, response, self.user)
        return response

    async def refresh(
        self,
        refresh_token: str | None,
        *,
        scope: str | None = None,
        client: Client | None = None,
        changes: Mapping[str, str | None] | None = None,
    ) -> TokenResponse:
        """Use a refresh token (RFC 6749 §6).

        Raises:
            Inconclusive: there is no refresh token to use.

        """
        value = present(refresh_token, "refresh token", self.wire.exchanges)
        parameters = {"grant_type": "refresh_token", "refresh_token": value, "scope": scope, **(changes or {})}
        return await self.token(parameters, client=client)

    async def client_credentials(self, *, scope: str | None = None, client: Client | None = None) -> TokenResponse:
        """Ask for a token in the client's own name (RFC 6749 §4.4).

        Raises:
            Inconclusive: the client is known not to be allowed that.

        """
        grant, client = self.profile.grants.client_credentials, client or self.service_client
        if (barred := await self.ways.barred(client)) is not None:
            raise Inconclusive(barred)
        scope = scope if scope is not None else (grant.scope if grant else None)
        return await self.token({"grant_type": "client_credentials", "scope": scope}, client=client)

    async def password(
        self, *, username: str | None = None, password: str | None = None, client: Client | None = None
    ) -> TokenResponse:
        """Exchange the user's name and password for tokens (RFC 6749 §4.3), those of the profile without others.

        A wrong password of the user is presented once in a run, and the right one right after it.

        Raises:
            Inconclusive: those of the profile are known to be refused, or a wrong one was presented before; some providers
                count them.
            NotApplicable: the profile wants no wrong password to be presented.

        """
        own = client is None or client == self.password_client
        if own and username is None and password is None:
            return await self._by_password()
        if username in {None, self.user} and password not in {None, self.profile.login.password}:
            return await self._with_wrong_password(client, password)
        return await self._with_password(client, username, password)

    async def _with_wrong_password(self, client: Client | None, password: str | None) -> TokenResponse:
        self.logins.risk(self.user)
        attempt = await self._with_password(client, None, password)
        with suppress(
            NotJudged
        ):  # who counts wrong passwords begins anew; it is no evidence, and in no older recording
            await self._with_password(client)
        return attempt

    async def _by_password(self, client: Client | None = None, *, spent: bool = False) -> TokenResponse:
        """The answer to the user's own name and password; `spent` tells that it is one of the run's logins."""
        async with self.logins.attempt(self.user):
            if spent:
                self.logins.take(self.wire.scenario)
            response = await self._with_password(client)
        self.logins.exchanged(client or self.password_client, response, self.user, password=True)
        return response

    async def _with_password(
        self, client: Client | None, username: str | None = None, password: str | None = None
    ) -> TokenResponse:
        grant, login = self.profile.grants.password, self.profile.login
        parameters = {
            "grant_type": "password",
            "username": username if username is not None else login.username,
            "password": password if password is not None else login.password,
            "scope": grant.scope if grant else None,
        }
        return await self.token(parameters, client=client or self.password_client)

    @property
    def password_client(self) -> Client:
        """The client of the password grant."""
        grant = self.profile.grants.password
        return self.profile.client(grant.client if grant else None)

    @property
    def service_client(self) -> Client:
        """The client of the client credentials grant."""
        grant = self.profile.grants.client_credentials
        return self.profile.client(grant.client if grant else None)

    async def revoke(self, token: str | None, *, hint: str | None = None, client: Client | None = None) -> Exchange:
        """Revoke a token (RFC 7009 §2.1)."""
        self.lineage.touched(token or "")
        return await self._post_token("revocation_endpoint", token, hint, client)

    async def introspect(self, token: str | None, *, hint: str | None = None, client: Client | None = None) -> Exchange:
        """Ask what a token is (RFC 7662 §2.1)."""
        return await self._post_token("introspection_endpoint", token, hint, client)

    async def userinfo(self, access_token: str | None) -> Exchange:
        """Read the claims of the user (OIDC Core §5.3.1)."""
        url = await self.endpoint("userinfo_endpoint", mutual_tls=self.profile.user_client.certificate is not None)
        return await self.get(url, access_token=self._present(access_token))

    async def resource_address(self) -> str:
        """The address of the profile's resource, or else of the userinfo endpoint.

        Raises:
            NotApplicable: the profile names no resource and the provider no userinfo endpoint.

        """
        mutual_tls = self.profile.user_client.certificate is not None
        return self.profile.server.resource or await self.endpoint("userinfo_endpoint", mutual_tls=mutual_tls)

    async def resource(self, access_token: str | None, *, proof: Credentials | None = None) -> Exchange:
        """Use an access token (RFC 6750 §2.1) at the profile's resource, or else at the userinfo endpoint; see `get`.

        Raises:
            NotApplicable: the profile names no resource and the provider no userinfo endpoint.
            Inconclusive: there is no access token to use.

        """
        return await self.get(await self.resource_address(), access_token=self._present(access_token), proof=proof)

    async def jwks(self) -> Exchange:
        """Read the provider's public keys (RFC 7517 §5)."""
        return await self.get(await self.endpoint("jwks_uri"))

    async def _post_token(self, endpoint: str, token: str | None, hint: str | None, client: Client | None) -> Exchange:
        form = {"token": token, "token_type_hint": hint}
        client = client or self.profile.user_client
        fitting = with_listed_method(client, await self.methods_at(endpoint))
        exchange = await self._post(endpoint, await self.credentials(fitting, endpoint), form, ())
        if fitting != client and exchange.answer is not None and exchange.answer.status == 401:
            # Metadata may list what this client is not registered for.
            exchange = await self._post(endpoint, await self.credentials(client, endpoint), form, ())
        return exchange

    async def _login(self, client: Client | None, scope: str | None) -> Login:
        if self.profile.login.seeded:
            return await self._seeded_login()
        if self.profile.login.strategy == "password" or self.profile.grants.authorization_code is None:
            return await self._password_login(client, scope)
        authorization = await self.authorize(client=client, scope=scope)
        if authorization.code is None:
            raise self.logins.deny(authorization.refusal, self.user)
        response = await self.exchange_code(authorization)
        return Login(response, authorization.client, authorization, authorization.scope)

    async def _password_login(self, client: Client | None, scope: str | None) -> Login:
        if self.profile.grants.password is None:
            raise NotApplicable('login.strategy is "password", and the profile has no [grants.password]')
        response = await self._by_password(client, spent=True)
        return Login(response, client or self.profile.user_client, None, scope or self.profile.grants.password.scope)

    async def _seeded_login(self) -> Login:
        response = await self.refresh(self.lineage.take_seed(self.wire.scenario))
        if not response.accepted:
            raise self.logins.deny(f"{self.lineage.only} was not accepted: {response}", self.user)
        return Login(response, self.profile.user_client)

    def _present(self, access_token: str | None) -> str:
        return present(access_token, "access token", self.wire.exchanges)
