"""Starts oidc-provider-mock on loopback, registers two clients, and prints one line of JSON with its issuer, its version and them.

Its login page asks for the name of the user, and for no password.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from urllib.request import Request, urlopen


def registered(issuer: str) -> dict[str, str]:
    """The answer to a registration (RFC 7591 §3.1)."""
    wanted = {"redirect_uris": ["https://app.example/callback"], "token_endpoint_auth_method": "client_secret_basic"}
    request = Request(  # noqa: S310 - loopback
        f"{issuer}/oauth2/clients", json.dumps(wanted).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
        client: dict[str, str] = json.load(answer)
    return client


def main() -> None:
    """Serve until standard input ends."""
    # It stands on parts of Authlib that are going to move.
    warnings.simplefilter("ignore")
    from oidc_provider_mock import run_server_in_thread

    with run_server_in_thread(require_client_registration=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        app, second = registered(issuer), registered(issuer)
        said = {"issuer": issuer, "version": version("oidc-provider-mock")}
        for name, client in (("app", app), ("second", second)):
            said |= {f"{name}_id": client["client_id"], f"{name}_secret": client["client_secret"]}
        print(json.dumps(said), flush=True)
        # A test run that was killed takes its providers along: its end of the pipe closes.
        sys.stdin.read()


if __name__ == "__main__":
    main()
