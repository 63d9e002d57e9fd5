"""The authorization server of the MCP SDK for Python, on a free port of loopback; prints its issuer and version as JSON.

The SDK has the endpoints; a user of it writes what stands behind them, and does so here as the docstrings of
OAuthAuthorizationServerProvider say: clients, a login page, codes of one minute that work once, opaque tokens, rotation,
revocation.
"""

from __future__ import annotations

import json
import secrets
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from importlib.metadata import version

import uvicorn
from mcp.server.auth.middleware.bearer_auth import BearerAuthBackend, RequireAuthMiddleware
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    AuthorizeError,
    ProviderTokenVerifier,
    RefreshToken,
    TokenError,
    construct_redirect_uri,
)
from mcp.server.auth.routes import create_auth_routes
from mcp.server.auth.settings import ClientRegistrationOptions, RevocationOptions
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from pydantic import AnyHttpUrl, AnyUrl
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CALLBACK = AnyUrl("https://app.example/callback")
SCOPES = ["read", "write"]
PASSWORD = "a-password-of-alice-0003"
MINUTE, HOUR, DAY = 60, 3600, 86400
PAGE = """<!doctype html><title>Log in</title><form method="post">
<input name="username"><input name="password" type="password"><button>Log in</button></form>"""
POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}


def client(name: str, secret: str | None, method: str) -> OAuthClientInformationFull:
    """A client as the SDK's registration stores one."""
    return OAuthClientInformationFull(
        client_id=name,
        client_secret=secret,
        token_endpoint_auth_method=method,
        redirect_uris=[CALLBACK],
        grant_types=["authorization_code", "refresh_token"],
        scope=" ".join(SCOPES),
    )


@dataclass
class Storage:
    """What the SDK asks of its user, in memory. All tokens of a grant end with it, and so they do where one comes again."""

    base: str
    clients: dict[str, OAuthClientInformationFull]
    asked: dict[str, tuple[str, AuthorizationParams]] = field(default_factory=dict)
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)
    grants: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        return self.clients.get(client_id)

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        if not set(params.scopes or SCOPES) <= set(SCOPES):
            raise AuthorizeError("invalid_scope", "There is no such scope")
        ticket = secrets.token_urlsafe()
        self.asked[ticket] = (str(client.client_id), params)
        return f"{self.base}/login?ticket={ticket}"

    def logged_in(self, ticket: str) -> str:
        """The address that the browser goes on to, with a code."""
        client_id, params = self.asked.pop(ticket)
        code = AuthorizationCode(
            code=secrets.token_urlsafe(),
            scopes=params.scopes or SCOPES,
            expires_at=time.time() + MINUTE,
            client_id=client_id,
            subject="alice",
            code_challenge=params.code_challenge,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly,
            resource=params.resource,
        )
        self.codes[code.code] = code
        self.grants[code.code] = ticket
        return construct_redirect_uri(str(params.redirect_uri), code=code.code, state=params.state)

    async def load_authorization_code(self, client: OAuthClientInformationFull, code: str) -> AuthorizationCode | None:
        return self.codes.get(code)

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, code: AuthorizationCode
    ) -> OAuthToken:
        return self._issue(self._once(code.code), code.client_id, code.scopes, code.scopes)

    async def load_refresh_token(self, client: OAuthClientInformationFull, token: str) -> RefreshToken | None:
        return self.refresh.get(token)

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        return self._issue(self._once(token.token), token.client_id, scopes, token.scopes)

    def _once(self, token: str) -> str:
        grant = self.grants[token]
        if token in self.used:
            self.ended.add(grant)
        if grant in self.ended:
            raise TokenError("invalid_grant", "It is no longer good")
        self.used.add(token)
        return grant

    def _issue(self, grant: str, client_id: str, scopes: list[str], granted: list[str]) -> OAuthToken:
        now = int(time.time())
        access = AccessToken(
            token=secrets.token_urlsafe(), client_id=client_id, scopes=scopes, expires_at=now + HOUR, subject="alice"
        )
        refresh = RefreshToken(
            token=secrets.token_urlsafe(), client_id=client_id, scopes=granted, expires_at=now + DAY, subject="alice"
        )
        self.access[access.token], self.refresh[refresh.token] = access, refresh
        self.grants |= {access.token: grant, refresh.token: grant}
        return OAuthToken(
            access_token=access.token, expires_in=HOUR, scope=" ".join(scopes), refresh_token=refresh.token
        )

    async def load_access_token(self, token: str) -> AccessToken | None:
        return self.access.get(token) if self.grants.get(token) not in self.ended else None

    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        self.ended.add(self.grants[token.token])


def application(base: str) -> Starlette:
    """The SDK's routes, a login page, and a resource behind the SDK's middleware."""
    clients = [
        client("app", "the-secret-of-the-app-0001", "client_secret_post"),
        client("second", "the-secret-of-the-second-0002", "client_secret_post"),
        client("public", None, "none"),
    ]
    storage = Storage(base, {str(each.client_id): each for each in clients})

    async def login(request: Request) -> Response:
        ticket = request.query_params.get("ticket", "")
        form = await request.form()
        if (form.get("username"), form.get("password")) == ("alice", PASSWORD) and ticket in storage.asked:
            return RedirectResponse(storage.logged_in(ticket), 303)
        return HTMLResponse(PAGE, 403 if form else 200, POLICY)

    async def me(request: Request) -> Response:
        return JSONResponse({"sub": request.user.username})

    routes = create_auth_routes(
        storage,
        AnyHttpUrl(base),
        client_registration_options=ClientRegistrationOptions(enabled=False, valid_scopes=SCOPES),
        revocation_options=RevocationOptions(enabled=True),
    )
    return Starlette(
        routes=[
            *routes,
            Route("/login", login, methods=["GET", "POST"]),
            Route("/me", RequireAuthMiddleware(Route("/me", me), [])),
        ],
        middleware=[Middleware(AuthenticationMiddleware, backend=BearerAuthBackend(ProviderTokenVerifier(storage)))],
    )


def main() -> None:
    """Serve until standard input ends."""
    listening = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(application(base), log_level="critical"))
    threading.Thread(target=server.run, args=([listening],), daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    print(json.dumps({"issuer": base, "version": version("mcp")}), flush=True)
    # A test run that was killed takes its providers along: its end of the pipe closes.
    sys.stdin.read()


if __name__ == "__main__":
    main()
