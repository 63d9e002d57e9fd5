"""The authorization server under test, as one scenario talks to it."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from token_conformance.exchange import Exchange, Headers, Request
from token_conformance.profile import Client, Profile
from token_conformance.provider.browsing import follow_to_redirect
from token_conformance.provider.client_authentication import Credentials, credentials
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lacking import present
from token_conformance.provider.seed import Seed
from token_conformance.servers.connection import Clock
from token_conformance.token_response import TokenResponse
from token_conformance.verdict import Inconclusive, NotApplicable
from token_conformance.wire import Wire

Form = Mapping[str, str | None] | Iterable[tuple[str, str]]

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Accept", "application/json")


@dataclass(frozen=True)
class Authorization:
    """An authorization request and the answer to it (RFC 6749 §4.1.1 and §4.1.2)."""

    client: Client
    response_type: str
    scope: str | None
    redirect_uri: str
    state: str
    nonce: str | None
    code_verifier: str | None
    answer: Mapping[str, str]
    mode: str
    exchange: Exchange

    @property
    def code(self) -> str | None:
        """The authorization code, None where the answer is an error."""
        return self.answer.get("code")

    @property
    def error(self) -> str | None:
        """The error code of the answer (RFC 6749 §4.1.2.1)."""
        return self.answer.get("error")


@dataclass(frozen=True)
class Login:
    """A user's first tokens, and the authorization that they come from, where there was one."""

    response: TokenResponse
    client: Client
    authorization: Authorization | None = None
    scope: str | None = None

    @property
    def access_token(self) -> str | None:
        """The access token of the login."""
        return self.response.access_token

    @property
    def refresh_token(self) -> str | None:
        """The refresh token of the login."""
        return self.response.refresh_token


class Provider:
    """Sends the requests of one scenario; every method gives what came back and judges nothing."""

    def __init__(self, profile: Profile, wire: Wire, discovery: Discovery, seed: Seed) -> None:
        self.profile = profile
        self.wire = wire
        self.discovery = discovery
        self.logins = 0
        self._seed = seed

    @property
    def clock(self) -> Clock:
        """The time that the server lives in."""
        return self.wire.connection.clock

    def draw(self, kind: str) -> str:
        """An unpredictable value of 43 unreserved characters: a nonce, a state, a made-up token."""
        return self.wire.connection.draw(kind)

    async def endpoint(self, name: str) -> str:
        """The address of an endpoint by its name in RFC 8414 §2; see `Discovery.endpoint`."""
        return await self.discovery.endpoint(name)

    async def metadata(self) -> Exchange:
        """The answer that holds the provider's metadata (OIDC Discovery §4, RFC 8414 §3).

        Raises:
            NotApplicable: the profile names no issuer.

        """
        await self.discovery.ask()
        if self.discovery.exchange is None:
            raise NotApplicable("the profile names no issuer, so that there is no metadata to ask for")
        return self.discovery.exchange

    async def login(self, *, client: Client | None = None, scope: str | None = None) -> Login:
        """Log the user in by the profile's strategy and give the first tokens.

        Raises:
            Inconclusive: the login is not possible.

        """
        if self.profile.login.strategy == "refresh_token":
            return await self._seeded_login()
        if self.profile.login.strategy == "password" or self.profile.grants.authorization_code is None:
            return await self._password_login(client, scope)
        authorization = await self.authorize(client=client, scope=scope)
        response = await self.exchange_code(authorization)
        return Login(response, authorization.client, authorization, authorization.scope)

    async def authorize(
        self,
        *,
        client: Client | None = None,
        scope: str | None = None,
        redirect_uri: str | None = None,
        pkce: bool = True,
        parameters: Mapping[str, str] | None = None,
    ) -> Authorization:
        """Send the user to the authorization endpoint, log in and consent there, and give the answer (RFC 6749 §4.1.1).

        Args:
            client: the client that asks; the profile's without it.
            scope: the scope asked for; the profile's without it.
            redirect_uri: where to answer; the client's without it.
            pkce: whether to send the code_challenge that the profile asks for.
            parameters: further parameters; an empty value removes one.

        Raises:
            Inconclusive: no answer reached the redirect_uri.
            NotApplicable: the profile has no authorization code grant.

        """
        grant = self.profile.grants.authorization_code
        if grant is None:
            raise NotApplicable("the profile has no [grants.authorization_code]")
        self._count_login()
        client = client or self.profile.user_client
        asked = scope if scope is not None else grant.scope
        redirect_uri = redirect_uri or client.redirect_uri or self.profile.user_client.redirect_uri or ""
        state = self.draw("state")
        nonce = self.draw("nonce") if "openid" in (asked or "").split() else None
        verifier = self.draw("code_verifier") if pkce and grant.code_challenge_method else None
        query: dict[str, str | None] = {
            "response_type": grant.response_type,
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "scope": asked,
            "state": state,
            "nonce": nonce,
            "response_mode": grant.response_mode,
            "prompt": grant.prompt,
            **grant.parameters,
        }
        if verifier is not None and grant.code_challenge_method is not None:
            query["code_challenge"] = code_challenge(verifier, grant.code_challenge_method)
            query["code_challenge_method"] = grant.code_challenge_method
        query.update(parameters or {})
        url = _with_query(await self.endpoint("authorization_endpoint"), query)
        answer = await follow_to_redirect(self.wire, url, redirect_uri=redirect_uri, login=self.profile.login)
        return Authorization(
            client=client,
            response_type=grant.response_type,
            scope=asked,
            redirect_uri=redirect_uri,
            state=state,
            nonce=nonce,
            code_verifier=verifier,
            answer=answer.parameters,
            mode=answer.mode,
            exchange=answer.exchange,
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
            raise Inconclusive(
                f"the authorization endpoint gave no code: {authorization.error or 'the answer has neither code nor error'}"
            )
        parameters = {
            "grant_type": "authorization_code",
            "code": authorization.code,
            "redirect_uri": authorization.redirect_uri,
            "code_verifier": authorization.code_verifier,
            **(changes or {}),
        }
        return await self.token(parameters, client=client or authorization.client)

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

    async def token(self, parameters: Form, *, client: Client | None = None, headers: Headers = ()) -> TokenResponse:
        """Send a request to the token endpoint (RFC 6749 §3.2); parameters that are None are left out."""
        return await self.token_as(credentials(client or self.profile.user_client), parameters, headers=headers)

    async def token_as(self, proof: Credentials, parameters: Form, *, headers: Headers = ()) -> TokenResponse:
        """Send a request to the token endpoint with the given credentials, which may be none or too many."""
        return TokenResponse(await self._post(await self.endpoint("token_endpoint"), proof, parameters, headers))

    async def revoke(self, token: str | None, *, hint: str | None = None, client: Client | None = None) -> Exchange:
        """Revoke a token (RFC 7009 §2.1)."""
        return await self._post_token(
            "revocation_endpoint", token, hint, credentials(client or self.profile.user_client)
        )

    async def introspect(self, token: str | None, *, hint: str | None = None, client: Client | None = None) -> Exchange:
        """Ask what a token is (RFC 7662 §2.1)."""
        return await self._post_token(
            "introspection_endpoint", token, hint, credentials(client or self.profile.user_client)
        )

    async def userinfo(self, access_token: str | None) -> Exchange:
        """Read the claims of the user (OIDC Core §5.3.1)."""
        return await self.get(await self.endpoint("userinfo_endpoint"), access_token=self._present(access_token))

    async def resource(self, access_token: str | None) -> Exchange:
        """Use an access token (RFC 6750 §2.1) at the profile's resource, or else at the userinfo endpoint.

        Raises:
            NotApplicable: the profile names no resource and the provider no userinfo endpoint.
            Inconclusive: there is no access token to use.

        """
        url = self.profile.server.resource or await self.endpoint("userinfo_endpoint")
        return await self.get(url, access_token=self._present(access_token))

    async def jwks(self) -> Exchange:
        """Read the provider's public keys (RFC 7517 §5)."""
        return await self.get(await self.endpoint("jwks_uri"))

    async def get(self, url: str, *, access_token: str | None = None, headers: Headers = ()) -> Exchange:
        """Send a GET, with the access token in its header where one is given."""
        bearer = (("Authorization", f"Bearer {access_token}"),) if access_token is not None else ()
        return await self.wire.send(Request("GET", url, (JSON, *bearer, *headers)))

    async def send(self, method: str, url: str, *, headers: Headers = (), body: bytes = b"") -> Exchange:
        """Send any request, right or wrong."""
        return await self.wire.send(Request(method, url, headers, body))

    async def _post_token(self, endpoint: str, token: str | None, hint: str | None, proof: Credentials) -> Exchange:
        return await self._post(await self.endpoint(endpoint), proof, {"token": token, "token_type_hint": hint}, ())

    async def _post(self, url: str, proof: Credentials, parameters: Form, headers: Headers) -> Exchange:
        pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
        form = [(name, value) for name, value in (*pairs, *proof.parameters) if value is not None]
        return await self.wire.send(
            Request("POST", url, (FORM, JSON, *proof.headers, *headers), urlencode(form).encode())
        )

    async def _password_login(self, client: Client | None, scope: str | None) -> Login:
        if self.profile.grants.password is None:
            raise NotApplicable('login.strategy is "password", and the profile has no [grants.password]')
        self._count_login()
        response = await self.password(client=client)
        return Login(response, client or self.profile.user_client, None, scope or self.profile.grants.password.scope)

    async def _seeded_login(self) -> Login:
        self._count_login()
        response = await self.refresh(await self._seed.take(self.wire.scenario))
        if not response.accepted:
            raise Inconclusive(f"the refresh token of login.refresh_token was not accepted: {response}")
        return Login(response, self.profile.user_client)

    def _present(self, access_token: str | None) -> str:
        return present(access_token, "access token", self.wire.exchanges)

    def _count_login(self) -> None:
        self.logins += 1
        if self.logins > self.profile.limits.max_logins:
            raise Inconclusive(f"it takes more than limits.max_logins = {self.profile.limits.max_logins} logins")


def code_challenge(verifier: str, method: str) -> str:
    """The challenge to a verifier (RFC 7636 §4.2)."""
    if method == "plain":
        return verifier
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with_query(url: str, parameters: Mapping[str, str | None]) -> str:
    query = urlencode([(name, value) for name, value in parameters.items() if value])
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"
