"""The reference server on loopback, answering as slowly as a provider far away, until its input ends.

Prints the path of a profile for it as soon as it can be asked; writes the requests that it got, in order, at its end.

    python benchmarks/slow_provider.py FOLDER
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from token_conformance.profile.loading import load
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer

LATENCY = 0.05
"""Seconds until an answer begins."""

PROFILE = """
[profile]
name = "Slow provider"
claims = ["oidc", "bcp"]
[server]
issuer = "{issuer}"
[[clients]]
name = "app"
client_id = "app"
client_secret = "the-secret-of-the-app-0001"
redirect_uri = "https://app.example/callback"
[[clients]]
name = "second"
client_id = "second"
client_secret = "the-secret-of-the-second-0002"
redirect_uri = "https://app.example/callback"
[grants.authorization_code]
scope = "openid offline_access"
pkce = "S256"
prompt = "consent"
[grants.refresh_token]
rotation = "undocumented"
[grants.client_credentials]
[login]
strategy = "form"
username = "alice"
password = "a-password-of-alice-0003"
[limits]
concurrency = 8
requests_per_second = 100000
max_wait = 2
"""


class Slow:
    """An application that answers after the latency, and keeps what it was asked."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.requests: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        message = await receive()
        body = message.get("body", b"")
        await asyncio.sleep(LATENCY)
        self.requests.append(
            {
                "method": scope["method"],
                "target": f"{scope['path']}?{scope['query_string'].decode()}",
                "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
                "body": body.decode(errors="replace"),
            }
        )

        async def again() -> Any:
            return {**message, "body": body, "more_body": False}

        await self._application(scope, again, send)


def main() -> None:
    """Serve until the input ends."""
    folder = Path(sys.argv[1])
    server = LoopbackServer()
    profile = folder / "slow.toml"
    profile.write_text(PROFILE.format(issuer=server.base_url))
    slow = Slow(ReferenceServer(load(profile, {})).application)
    with server.serving(slow):
        print(profile, flush=True)
        sys.stdin.read()
    (folder / "requests.json").write_text(json.dumps(slow.requests))


if __name__ == "__main__":
    main()
