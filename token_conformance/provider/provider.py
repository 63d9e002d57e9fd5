"""The authorization server under test, as one scenario talks to it."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Literal

from token_conformance.evidence.login import Authorization, AuthorizationRequest, Login
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.grants import AuthorizationCode
from token_conformance.provider.addresses import with_query
from token_conformance.provider.client_authentication import Credentials, with_listed_method
from token_conformance.provider.lacking import present
from token_conformance.provider.login.browsing import AuthorizationAnswer, Walk, follow_to_redirect
from token_conformance.provider.requesting import Requesting
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire.exchange import Exchange

PUSHED_ALONE = (
    "the provider takes pushed authorization requests alone (require_pushed_authorization_requests of its metadata, "
    "RFC 9126 §5), which this suite does not send; what needs no login is judged all the same"
)
"""Why nobody logs in where the authorization endpoint is closed to our requests."""


class Provider(Requesting):
    """Makes the exchanges of one scenario, grant by grant; every method gives what came back and judges nothing."""

    def forget_browser(self) -> None:
        """Have the user go on in a browser that the provider has never seen."""
        self.wire.forget_cookies()
        self.lineage.known = False
        if self.lineage.window is not None:
            self.lineage.window.forget()

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

    async def authorize(
        self,
        *,
        client: Client | None = None,
        scope: str | None = None,
        redirect_uri: str | None = None,
        pkce: bool = True,
        refreshable: bool = True,
        parameters: Mapping[str, str | tuple[str, ...]] | None = None,
    ) -> Authorization:
        """Send the user to the authorization endpoint, log in and consent there, and give the answer (RFC 6749 §4.1.1).

        Args:
            client: the client that asks; the profile's without it.
            scope: the scope asked for; the profile's without it.
            redirect_uri: where to answer; the client's without it.
            pkce: whether to send the code_challenge that the profile asks for.
            refreshable: whether to send the profile's `prompt`, without which many providers give no refresh token
                (OIDC Core §11), and ask a user who is logged in nothing.
            parameters: further parameters; an empty value removes one, and several values repeat one.

        Raises:
            Inconclusive: no answer reached the redirect_uri.
            NotApplicable: the profile has no authorization code grant.

        """
        grant = self._authorization_code_grant()
        # Some providers keep one grant for each user and client: what happens to this one happens to the session.
        self.lineage.doubt()
        request = await self.authorization_request(
            client=client,
            scope=scope,
            redirect_uri=redirect_uri,
            code_challenge_method=grant.code_challenge_method if pkce else None,
            refreshable=refreshable,
            parameters=parameters,
        )
        plain = parameters is None and pkce and request.redirect_uri == request.client.redirect_uri
        answer = await self._followed(request.url, request.redirect_uri, plain=plain, known=not grant.asks_again)
        return request.answered(answer.parameters, answer.mode, answer.exchange)

    async def authorization_request(
        self,
        *,
        client: Client | None = None,
        scope: str | None = None,
        redirect_uri: str | None = None,
        code_challenge_method: Literal["S256", "plain"] | None = None,
        refreshable: bool = True,
        parameters: Mapping[str, str | tuple[str, ...]] | None = None,
    ) -> AuthorizationRequest:
        """Write the address that the user's browser is sent to (RFC 6749 §4.1.1); see `authorize`.

        Raises:
            Inconclusive: nobody knows the authorization endpoint, or requests to it have to be pushed (RFC 9126).
            NotApplicable: the profile has no authorization code grant, or the provider no authorization endpoint.

        """
        grant = self._authorization_code_grant()
        endpoint = await self.endpoint("authorization_endpoint")
        if self.discovery.metadata.get("require_pushed_authorization_requests") is True:
            raise self.logins.deny(PUSHED_ALONE)
        client = client or self.profile.user_client
        asked = scope if scope is not None else grant.scope
        redirect_uri = redirect_uri or client.redirect_uri or self.profile.user_client.redirect_uri or ""
        state = self.draw("state")
        nonce = self.draw("nonce") if "openid" in (asked or "").split() else None
        verifier = self.draw("code_verifier") if code_challenge_method else None
        query: dict[str, str | tuple[str, ...] | None] = {
            "response_type": grant.response_type,
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "scope": asked,
            "state": state,
            "nonce": nonce,
            "response_mode": grant.response_mode,
            "prompt": grant.prompt if refreshable else None,
            **grant.parameters,
        }
        if verifier is not None and code_challenge_method is not None:
            query["code_challenge"] = code_challenge(verifier, code_challenge_method)
            query["code_challenge_method"] = code_challenge_method
        query.update(parameters or {})
        url = with_query(endpoint, query)
        return AuthorizationRequest(
            url, client, grant.response_type, asked, redirect_uri, state, nonce, code_verifier=verifier
        )

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
        if changes is None and client in {None, authorization.client}:
            self.logins.exchanged(authorization.client, response)
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
        """Ask for a token in the client's own name (RFC 6749 §4.4)."""
        grant = self.profile.grants.client_credentials
        scope = scope if scope is not None else (grant.scope if grant else None)
        return await self.token(
            {"grant_type": "client_credentials", "scope": scope}, client=client or self.service_client
        )

    async def password(
        self, *, username: str | None = None, password: str | None = None, client: Client | None = None
    ) -> TokenResponse:
        """Exchange the user's name and password for tokens (RFC 6749 §4.3)."""
        grant, login = self.profile.grants.password, self.profile.login
        parameters = {
            "grant_type": "password",
            "username": username if username is not None else login.username,
            "password": password if password is not None else login.password,
            "scope": grant.scope if grant else None,
        }
        return await self.token(parameters, client=client or self.profile.client(grant.client if grant else None))

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
        exchange = await self._post(endpoint, await self.credentials(fitting), form, ())
        if fitting != client and exchange.answer is not None and exchange.answer.status == 401:
            # Metadata may list what this client is not registered for.
            exchange = await self._post(endpoint, await self.credentials(client), form, ())
        return exchange

    async def _login(self, client: Client | None, scope: str | None) -> Login:
        if self.profile.login.seeded:
            return await self._seeded_login()
        if self.profile.login.strategy == "password" or self.profile.grants.authorization_code is None:
            return await self._password_login(client, scope)
        authorization = await self.authorize(client=client, scope=scope)
        if authorization.code is None:
            raise self.logins.deny(authorization.refusal)
        response = await self.exchange_code(authorization)
        return Login(response, authorization.client, authorization, authorization.scope)

    async def _followed(self, url: str, redirect_uri: str, *, plain: bool, known: bool) -> AuthorizationAnswer:
        """What comes to the redirect_uri, by the browser of the strategy `browser` where there is one."""
        walk, window = Walk(redirect_uri, self.profile.login), self.lineage.window
        async with self.logins.attempt(plain=plain):
            with self.logins.spent_by(self.wire.scenario, walk, known=known and plain and self.lineage.known):
                if window is not None:
                    answer = await window.follow_to_redirect(self.wire, url, walk)
                else:
                    answer = await follow_to_redirect(self.wire, url, walk)
            if "code" in answer.parameters:
                self.logins.succeed()
        self.lineage.known = self.lineage.known or walk.logged_in
        return answer

    async def _password_login(self, client: Client | None, scope: str | None) -> Login:
        if self.profile.grants.password is None:
            raise NotApplicable('login.strategy is "password", and the profile has no [grants.password]')
        async with self.logins.attempt():
            self.logins.take(self.wire.scenario)
            response = await self.password(client=client)
        self.logins.exchanged(client or self.profile.user_client, response, password=True)
        return Login(response, client or self.profile.user_client, None, scope or self.profile.grants.password.scope)

    async def _seeded_login(self) -> Login:
        response = await self.refresh(self.lineage.take_seed(self.wire.scenario))
        if not response.accepted:
            raise self.logins.deny(f"{self.lineage.only} was not accepted: {response}")
        return Login(response, self.profile.user_client)

    def _authorization_code_grant(self) -> AuthorizationCode:
        grant = self.profile.grants.authorization_code
        if grant is None:
            raise NotApplicable("the profile has no [grants.authorization_code]")
        return grant

    def _present(self, access_token: str | None) -> str:
        return present(access_token, "access token", self.wire.exchanges)


def code_challenge(verifier: str, method: str) -> str:
    """The challenge to a verifier (RFC 7636 §4.2)."""
    if method == "plain":
        return verifier
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
