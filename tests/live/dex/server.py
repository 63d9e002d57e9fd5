"""Starts Dex on loopback, and prints one line of JSON: the variables of profiles/dex.toml and its version.

The first argument is JSON: tables of Dex's configuration beside those below. Dex comes by Go's module proxy and is built once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import built, copied, edition, perform
from tests.live.listening import free_port, wait_for
from tests.live.running import UnavailableError, unavailable

SOURCES = [Path(__file__).with_name(name) for name in ("go.mod", "go.sum")]
PACKAGE = "github.com/dexidp/dex/cmd/dex"

VERSION = "2.41.1"
"""Go knows Dex by its commits alone, and calls this one v0.0.0-20240807174518-43956db7fd75."""

CALLBACK = "https://app.example/callback"
SECRETS = {"app": "the-secret-of-the-app-0001", "second": "the-secret-of-the-second-0002"}
USERNAME, PASSWORD = "alice@example.org", "a-password-of-alice-0003"
HASHED = "$2b$10$dhbb4IXybT/kYYeUsNKP/OgIqVfBhWpWF04yv2jFWc3UefzTUEJ4i"
"""The password as bcrypt has it, which is what Dex is told."""


def build(folder: Path) -> None:
    """Have Go fetch Dex and build it."""
    copied(SOURCES, folder)
    perform(["go", "build", "-mod=readonly", "-o", "dex", PACKAGE], folder)


def configuration(port: int, settings: dict[str, object]) -> dict[str, object]:
    """Dex's configuration: clients with a secret and one without, and a user of its own."""
    served = {"redirectURIs": [CALLBACK]}
    clients = [{"id": name, "name": name, "secret": secret, **served} for name, secret in SECRETS.items()]
    return {
        "issuer": f"http://127.0.0.1:{port}",
        "storage": {"type": "memory"},
        "web": {"http": f"127.0.0.1:{port}"},
        "logger": {"level": "error"},
        "staticClients": [*clients, {"id": "public", "name": "public", "public": True, **served}],
        "enablePasswordDB": True,
        "staticPasswords": [{"email": USERNAME, "hash": HASHED, "username": "alice", "userID": "0001"}],
        **settings,
    }


def variables(issuer: str) -> dict[str, str]:
    """What profiles/dex.toml asks for, and the version."""
    said = {
        "issuer": issuer,
        "client_id": "app",
        "client_secret": SECRETS["app"],
        "second_client_id": "second",
        "second_client_secret": SECRETS["second"],
        "redirect_uri": CALLBACK,
        "username": USERNAME,
        "password": PASSWORD,
    }
    return {f"dex_{name}": value for name, value in said.items()} | {"version": VERSION}


def main() -> None:
    """Serve until standard input ends."""
    program = built(f"dex-{edition(SOURCES)}", build) / "dex"
    port = free_port()
    settings = json.loads(sys.argv[1]) if sys.argv[1:] else {}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        # JSON is YAML.
        json.dump(configuration(port, settings), file)
        file.flush()
        server = subprocess.Popen([program, "serve", file.name], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            print(json.dumps(variables(f"http://127.0.0.1:{port}")), flush=True)
            # A test run that was killed takes its providers along: its end of the pipe closes.
            sys.stdin.read()
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    try:
        main()
    except UnavailableError as problem:
        unavailable(problem)
