"""The OpenID Provider of idpyoidc on a free port of loopback; prints its issuer and version as JSON.

The first argument is JSON: arguments of its token endpoint beside those below. The library has the endpoints, sessions and
tokens; a user of it writes the routes, the template of the login page and who its clients and users are.
"""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import threading
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from idpyoidc.message.oauth2 import ResponseMessage
from idpyoidc.message.oidc import AuthorizationRequest
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.exception import ClientAuthenticationError, FailedAuthentication
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CALLBACK = "https://app.example/callback"
USERNAME, PASSWORD = "alice", "a-password-of-alice-0003"
CLIENTS = {
    "app": ("client_secret_basic", "the-secret-of-the-app-0001"),
    "second": ("client_secret_post", "the-secret-of-the-second-0002"),
    "public": ("public", None),
}
METHODS = ["client_secret_basic", "client_secret_post", "public"]
GRANTS = ["authorization_code", "refresh_token"]
TEMPLATE = """<!doctype html><title>Log in</title><form method="post" action="{{ action }}">
<input type="hidden" name="token" value="{{ token }}">
<input name="username"><input name="password" type="password"><button>Log in</button></form>"""
POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
SERVER = "idpyoidc.server"


def endpoints(settings: dict[str, Any]) -> dict[str, Any]:
    """The endpoints of its default configuration, with revocation."""
    authenticated = {"client_authn_method": METHODS}
    return {
        "provider_info": {
            "path": ".well-known/openid-configuration",
            "class": f"{SERVER}.oidc.provider_config.ProviderConfiguration",
            "kwargs": {"client_authn_method": None},
        },
        "authorization": {
            "path": "authorization",
            "class": f"{SERVER}.oidc.authorization.Authorization",
            "kwargs": {
                "client_authn_method": None,
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "fragment", "form_post"],
            },
        },
        "token": {
            "path": "token",
            "class": f"{SERVER}.oidc.token.Token",
            "kwargs": authenticated | settings,
        },
        "token_revocation": {
            "path": "revocation",
            "class": f"{SERVER}.oauth2.token_revocation.TokenRevocation",
            "kwargs": authenticated,
        },
        "userinfo": {
            "path": "userinfo",
            "class": f"{SERVER}.oidc.userinfo.UserInfo",
            "kwargs": {"client_authn_method": ["bearer_header", "bearer_body"]},
        },
    }


def keys(folder: Path, name: str, *kinds: dict[str, object]) -> dict[str, object]:
    """New keys in a file of that folder."""
    return {"private_path": str(folder / f"{name}.json"), "key_defs": list(kinds), "read_only": False}


def written(folder: Path, name: str, text: str) -> str:
    """The path of a file of that folder that holds the text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def configuration(issuer: str, folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """What its default configuration leaves to its user, and PKCE, of which it says nothing."""
    secrets = [{"type": "OCT", "use": [use], "kid": use} for use in ("enc", "sig")]
    tokens = [{"type": "OCT", "bytes": 24, "use": ["enc"], "kid": kid} for kid in ("code", "refresh")]
    signing = [{"type": "RSA", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}]
    passwords = written(folder, "passwords.json", json.dumps({USERNAME: PASSWORD}))
    users = written(folder, "users.json", json.dumps({USERNAME: {"sub": USERNAME, "name": "Alice"}}))
    written(folder, "login.jinja2", TEMPLATE)
    return {
        "issuer": issuer,
        "base_url": issuer,
        "add_on": {"pkce": {"function": f"{SERVER}.oauth2.add_on.pkce.add_support", "kwargs": {"essential": False}}},
        "authentication": {
            "user": {
                "acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocolPassword",
                "class": f"{SERVER}.user_authn.user.UserPassJinja2",
                "kwargs": {
                    "verify_endpoint": "/verify",
                    "template": "login.jinja2",
                    "db": {"class": f"{SERVER}.util.JSONDictDB", "kwargs": {"filename": passwords}},
                },
            }
        },
        "cookie_handler": {
            "class": f"{SERVER}.cookie_handler.CookieHandler",
            "kwargs": {
                "keys": keys(folder, "cookies", *secrets),
                "name": {"session": "oidc_op", "register": "oidc_op_rp", "session_management": "sman"},
            },
        },
        "endpoint": endpoints(settings),
        "keys": keys(folder, "keys", *signing) | {"uri_path": "jwks"},
        "preference": {"subject_types_supported": ["public"], "grant_types_supported": GRANTS},
        "template_dir": str(folder),
        "token_handler_args": {
            "jwks_defs": keys(folder, "tokens", *tokens),
            "code": {"kwargs": {"lifetime": 600}},
            "token": {"class": f"{SERVER}.token.jwt_token.JWTToken", "kwargs": {"lifetime": 3600}},
            "refresh": {"kwargs": {"lifetime": 86400}},
            "id_token": {"class": f"{SERVER}.token.id_token.IDToken", "kwargs": {}},
        },
        "userinfo": {"class": f"{SERVER}.user_info.UserInfo", "kwargs": {"db_file": users}},
    }


def client(name: str, method: str, secret: str | None) -> dict[str, Any]:
    """A client as its registration stores one."""
    return {
        "client_id": name,
        "client_salt": name,
        "redirect_uris": [(CALLBACK, {})],
        "response_types_supported": ["code"],
        "grant_types_supported": GRANTS,
        "token_endpoint_auth_method": method,
        "token_endpoint_client_authn_method": [method],
        "revocation_endpoint_client_authn_method": [method],
        "allowed_scopes": ["openid", "profile", "offline_access"],
        "id_token_signed_response_alg": "RS256",
    } | ({"client_secret": secret} if secret else {})


class Provider:
    """The library's server, and the routes to it."""

    def __init__(self, issuer: str, folder: Path, settings: dict[str, Any]) -> None:
        made = OPConfiguration(configuration(issuer, folder, settings), base_path=str(folder))
        self.server = Server(made, cwd=str(folder))
        for name, (method, secret) in CLIENTS.items():
            self.server.get_context().cdb[name] = client(name, method, secret)
            if secret:
                self.server.keyjar.add_symmetric(name, secret)

    def routes(self) -> list[Route]:
        """Its endpoints, its keys and what the login form is sent to."""
        return [
            Route("/.well-known/openid-configuration", self.serves("provider_config")),
            Route("/authorization", self.serves("authorization")),
            Route("/token", self.serves("token"), methods=["POST"]),
            Route("/revocation", self.serves("token_revocation"), methods=["POST"]),
            Route("/userinfo", self.serves("userinfo"), methods=["GET", "POST"]),
            Route("/jwks", lambda request: JSONResponse(json.loads(self.server.keyjar.export_jwks_as_json()))),
            Route("/verify", self.verify, methods=["POST"]),
        ]

    def serves(self, name: str) -> Any:
        """A route to an endpoint: what it refuses is told with its own words, in the form of OAuth."""

        async def route(request: Request) -> Response:
            endpoint = self.server.get_endpoint(name)
            sent = dict(request.query_params) if name == "authorization" else await form(request)
            try:
                return self.answer(endpoint, endpoint.parse_request(sent, http_info=asked(request)), asked(request))
            except ClientAuthenticationError as problem:
                return told("invalid_client", str(problem))
            # As in its example: what the library raises is of many kinds, and the request is to blame.
            except Exception as problem:
                return told("invalid_request", str(problem))

        return route

    def answer(self, endpoint: Any, parsed: Any, about: dict[str, Any]) -> Response:
        """What an endpoint makes of a request that it has read."""
        if isinstance(parsed, ResponseMessage) and "error" in parsed:
            return told(**parsed.to_dict())
        made = endpoint.process_request(parsed, http_info=about)
        if "http_response" in made:
            return HTMLResponse(made["http_response"], headers=POLICY)
        if isinstance(made, ResponseMessage) and "error" in made:
            return told(**made.to_dict())
        return spoken(endpoint, parsed, made)

    async def verify(self, request: Request) -> Response:
        """Look at the password, and go on with the authorization that the form belongs to."""
        sent = await form(request)
        method = self.server.get_context().authn_broker.get_method_by_id("user")
        try:
            username = method.verify(**sent)
        except FailedAuthentication:
            return HTMLResponse("<!doctype html><title>Error</title><p>That is not the password", 403, POLICY)
        known = method.unpack_token(sent["token"])
        authorization = AuthorizationRequest().from_urlencoded(known["query"])
        endpoint = self.server.get_endpoint("authorization")
        session = endpoint.create_session(authorization, username, known["authn_class_ref"], known["iat"], method)
        return spoken(endpoint, authorization, endpoint.authz_part2(request=authorization, session_id=session))


def asked(request: Request) -> dict[str, Any]:
    """What the library wants to know of a request beside its parameters."""
    return {
        "headers": dict(request.headers),
        "method": request.method,
        "url": str(request.url),
        "cookie": [{"name": name, "value": value} for name, value in request.cookies.items()],
    }


async def form(request: Request) -> dict[str, str]:
    """The parameters of a form; the library takes a mapping, in which each name stands once."""
    if not request.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


CHALLENGES = {"invalid_client": 'Basic realm="idpyoidc"', "invalid_token": 'Bearer error="invalid_token"'}


def told(error: str, error_description: str = "", **more: object) -> JSONResponse:
    """An error of the library in the form of RFC 6749 §5.2, and RFC 6750 §3: it leaves status and challenge to its user."""
    challenge = CHALLENGES.get(error)
    headers = {"Cache-Control": "no-store"} | ({"WWW-Authenticate": challenge} if challenge else {})
    said = {"error": error, "error_description": error_description, **more}
    return JSONResponse(said, 401 if challenge else 400, headers)


def spoken(endpoint: Any, parsed: Any, made: dict[str, Any]) -> Response:
    """The answer that the library words: its status, headers and cookies."""
    said = endpoint.do_response(request=parsed, **made)
    if said.get("response_placement", endpoint.response_placement) == "url":
        response: Response = RedirectResponse(said["response"], 303)
    else:
        response = Response(said["response"], said.get("response_code", 200), dict(said["http_headers"]))
    for cookie in said.get("cookie") or made.get("cookie") or []:
        response.set_cookie(cookie["name"], cookie["value"], httponly=True, samesite="lax")
    return response


def main() -> None:
    """Serve until standard input ends."""
    warnings.simplefilter("ignore")
    with socket.socket() as listening, tempfile.TemporaryDirectory() as folder:
        listening.bind(("127.0.0.1", 0))
        issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = json.loads(sys.argv[1]) if sys.argv[1:] else {}
        application = Starlette(routes=Provider(issuer, Path(folder), settings).routes())
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical"))
        threading.Thread(target=server.run, args=([listening],), daemon=True).start()
        print(json.dumps({"issuer": issuer, "version": version("idpyoidc")}), flush=True)
        # A test run that was killed takes its providers along: its end of the pipe closes.
        sys.stdin.read()


if __name__ == "__main__":
    main()
