"""Starts Ory Hydra on loopback with a login and consent application, and prints one line of JSON: the
variables of profiles/hydra.toml and its version.

The first argument is JSON: variables of Hydra's configuration beside those below. The database is a file of its own. Hydra
comes by Go's module proxy and is built once; it has no pages of its own, so that those below are what its users write.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import built, copied, edition, perform
from tests.live.listening import free_port, wait_for
from tests.live.running import UnavailableError, unavailable
from token_conformance.reference.loopback import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

HERE = Path(__file__).parent
SOURCES = [HERE / "go.mod", HERE / "go.sum"]
PACKAGE = "github.com/ory/hydra/v2"
CALLBACK = "https://app.example/callback"
PASSWORD = "a-password-of-alice-0003"
SECRETS = {"app": "the-secret-of-the-app-0001", "second": "the-secret-of-the-second-0002"}
SERVED = {
    "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    "response_types": ["code"],
    "redirect_uris": [CALLBACK],
    "scope": "openid offline_access api",
}
CLIENTS: list[dict[str, object]] = [
    *({"client_id": name, "client_secret": secret, **SERVED} for name, secret in SECRETS.items()),
    {**SERVED, "client_id": "public", "token_endpoint_auth_method": "none", "grant_types": SERVED["grant_types"][:2]},
]
POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
FIELDS = '<input name="username"><input name="password" type="password">'


def build(folder: Path) -> None:
    """Have Go fetch Hydra and build it, with SQLite for the database in memory."""
    copied(SOURCES, folder)
    tags = "sqlite,sqlite_omit_load_extension"
    perform(["go", "build", "-mod=readonly", "-tags", tags, "-o", "hydra", PACKAGE], folder)


def version() -> str:
    """The version that go.mod asks for; Hydra itself says master, where no release was built."""
    lines = (HERE / "go.mod").read_text("utf-8").splitlines()
    return next(words[1] for line in lines if (words := line.split())[:1] == [PACKAGE])


def pages(admin: str) -> Starlette:
    """The login and consent application: it asks for a password, and for consent, and tells Hydra."""

    async def ask(kind: str, challenge: str, answer: dict[str, Any] | None = None) -> dict[str, Any]:
        address, query = f"{admin}/admin/oauth2/auth/requests/{kind}", {f"{kind}_challenge": challenge}
        async with httpx.AsyncClient(timeout=60) as client:
            asked = client.get(address, params=query)
            told = client.put(f"{address}/accept", params=query, json=answer)
            said = await (told if answer is not None else asked)
        found: dict[str, Any] = said.raise_for_status().json()
        return found

    def form(title: str, fields: str, status: int = 200) -> HTMLResponse:
        page = f'<!doctype html><title>{title}</title><form method="post">{fields}<button>{title}</button></form>'
        return HTMLResponse(page, status, POLICY)

    async def login(request: Request) -> Response:
        challenge = request.query_params["login_challenge"]
        known = await ask("login", challenge)
        sent = await request.form()
        right = (sent.get("username"), sent.get("password")) == ("alice", PASSWORD)
        if not known["skip"] and not right:
            return form("Log in", FIELDS, 403 if sent else 200)
        answer = {"subject": "alice", "remember": True, "remember_for": 3600}
        return RedirectResponse((await ask("login", challenge, answer))["redirect_to"], 303)

    async def consent(request: Request) -> Response:
        challenge = request.query_params["consent_challenge"]
        known = await ask("consent", challenge)
        if request.method == "GET" and not known["skip"]:
            return form("Allow", '<input type="hidden" name="accept" value="true">')
        answer = {
            "grant_scope": known["requested_scope"],
            "grant_access_token_audience": known["requested_access_token_audience"],
            "remember": True,
        }
        return RedirectResponse((await ask("consent", challenge, answer))["redirect_to"], 303)

    async def error(request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Error</title><p>That does not work", 400, POLICY)

    both = ["GET", "POST"]
    return Starlette(
        routes=[
            Route("/login", login, methods=both),
            Route("/consent", consent, methods=both),
            Route("/error", error),
        ]
    )


@contextmanager
def hydra(program: Path, public: int, admin: int, application: str, settings: dict[str, str]) -> Iterator[None]:
    """A running Hydra that sends users to an application."""
    configuration = {
        "URLS_SELF_ISSUER": f"http://127.0.0.1:{public}",
        "URLS_LOGIN": f"{application}/login",
        "URLS_CONSENT": f"{application}/consent",
        "URLS_ERROR": f"{application}/error",
        "SECRETS_SYSTEM": "a-secret-of-a-test-that-keeps-none",
        "SERVE_PUBLIC_HOST": "127.0.0.1",
        "SERVE_PUBLIC_PORT": str(public),
        "SERVE_ADMIN_HOST": "127.0.0.1",
        "SERVE_ADMIN_PORT": str(admin),
        "LOG_LEVEL": "panic",
        "SQA_OPT_OUT": "true",
        **settings,
    }
    with tempfile.TemporaryDirectory() as folder:
        # Requests come side by side: a writer waits for the one before it. The database in memory makes it fail.
        options = "_fk=true&_journal_mode=WAL&_busy_timeout=20000&_txlock=immediate&mode=rwc"
        environment = os.environ | configuration | {"DSN": f"sqlite://{folder}/hydra.sqlite?{options}"}
        subprocess.run(
            [program, "migrate", "sql", "-e", "--yes"], env=environment, check=True, stdout=subprocess.DEVNULL
        )
        server = subprocess.Popen(
            [program, "serve", "all", "--dev"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            wait_for(f"http://127.0.0.1:{admin}/health/ready", server)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)


def variables(issuer: str) -> dict[str, str]:
    """What profiles/hydra.toml asks for, and the version."""
    said = {
        "issuer": issuer,
        "client_id": "app",
        "client_secret": SECRETS["app"],
        "second_client_id": "second",
        "second_client_secret": SECRETS["second"],
        "redirect_uri": CALLBACK,
        "username": "alice",
        "password": PASSWORD,
    }
    return {f"hydra_{name}": value for name, value in said.items()} | {"version": version()}


def main() -> None:
    """Serve until standard input ends."""
    program = built(f"hydra-{edition(SOURCES)}", build) / "hydra"
    public, admin = free_port(), free_port()
    base = f"http://127.0.0.1:{admin}"
    application = LoopbackServer()
    settings = json.loads(sys.argv[1]) if sys.argv[1:] else {}
    with application.serving(pages(base)), hydra(program, public, admin, application.base_url, settings):
        for client in CLIENTS:
            httpx.post(f"{base}/admin/clients", json=client, timeout=60).raise_for_status()
        print(json.dumps(variables(f"http://127.0.0.1:{public}")), flush=True)
        # A test run that was killed takes its providers along: its end of the pipe closes.
        sys.stdin.read()


if __name__ == "__main__":
    try:
        main()
    except UnavailableError as problem:
        unavailable(problem)
