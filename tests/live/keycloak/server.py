"""Starts Keycloak on loopback, has it make a realm, and prints one line of JSON: the variables of profiles/keycloak.toml.

The first argument is JSON: `realm` and `client` are what differs from a new realm and from the client `app`, in the words of
Keycloak's admin API. The database is in memory. The distribution comes from Maven and is built once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import built, perform
from tests.live.listening import free_port, wait_for
from tests.live.running import UnavailableError, unavailable

VERSION = "26.7.3"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
REALM = "example"
CALLBACK = "https://app.example/callback"
PASSWORDS = {"admin": "a-password-of-the-admin-0005", "alice": "a-password-of-alice-0003"}
SECRETS = {"app": "the-secret-of-the-app-0001", "second": "the-secret-of-the-second-0002"}


def build(folder: Path) -> None:
    """Fetch the distribution, and have Keycloak build itself for a database in memory, which makes it start fast."""
    perform(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"], folder)
    (archive,) = folder.glob("*.zip")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    archive.unlink()
    perform(["bash", "bin/kc.sh", "build", "--db=dev-mem", "--cache=local"], folder / f"keycloak-{VERSION}")


def client(name: str, **changes: object) -> dict[str, object]:
    """A client as somebody registers it who asks for a secret, users and a service."""
    return {
        "clientId": name,
        "secret": SECRETS[name],
        "redirectUris": [CALLBACK],
        "standardFlowEnabled": True,
        "serviceAccountsEnabled": True,
        **changes,
    }


def realm(settings: dict[str, Any]) -> dict[str, object]:
    """A new realm with a user, two clients that have a secret, and one that has none."""
    alice = {
        "username": "alice",
        "enabled": True,
        "email": "alice@example.com",
        "emailVerified": True,
        "firstName": "Alice",
        "lastName": "Example",
        "credentials": [{"type": "password", "value": PASSWORDS["alice"]}],
    }
    public = {"clientId": "public", "publicClient": True, "redirectUris": [CALLBACK]}
    clients = [client("app", **settings.get("client", {})), client("second"), public]
    return {"realm": REALM, "enabled": True, "users": [alice], "clients": clients, **settings.get("realm", {})}


def set_up(base: str, settings: dict[str, Any]) -> None:
    """Make the realm by the admin API."""
    form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": PASSWORDS["admin"]}
    answer = httpx.post(f"{base}/realms/master/protocol/openid-connect/token", data=form, timeout=60).raise_for_status()
    token = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    httpx.post(f"{base}/admin/realms", json=realm(settings), headers=token, timeout=120).raise_for_status()


def variables(base: str) -> dict[str, str]:
    """What the profile asks for, and the version."""
    said = {
        "issuer": f"{base}/realms/{REALM}",
        "client_id": "app",
        "client_secret": SECRETS["app"],
        "second_client_id": "second",
        "second_client_secret": SECRETS["second"],
        "redirect_uri": CALLBACK,
        "username": "alice",
        "password": PASSWORDS["alice"],
    }
    return {f"keycloak_{name}": value for name, value in said.items()} | {"version": VERSION}


def main() -> None:
    """Serve until standard input ends, or until it is told to."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    home = built(f"keycloak-{VERSION}", build) / f"keycloak-{VERSION}"
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    listening = [f"--http-port={port}", "--http-host=127.0.0.1", "--http-enabled=true", "--hostname-strict=false"]
    admin = {"KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": PASSWORDS["admin"]}
    server = subprocess.Popen(
        ["bash", "bin/kc.sh", "start", "--optimized", "--cache=local", *listening],
        cwd=home,
        env=os.environ | admin,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(f"{base}/realms/master", server)
        set_up(base, json.loads(sys.argv[1]) if sys.argv[1:] else {})
        print(json.dumps(variables(base)), flush=True)
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
