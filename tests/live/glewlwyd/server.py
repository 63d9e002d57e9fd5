"""Starts glewlwyd on loopback and prints one line of JSON with its issuer.

The first argument is JSON: parameters of its OpenID Connect plugin beside those below. Clients, a user and the plugin are
registered over its administration interface, as its documentation has it. Its own login page is made by scripts, and each
view of it leaves a dozen files open, until there are too many of them: the one here comes from `front.py`. The database is
a file in a folder of its own, which goes when the pipe to here is closed.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from front import front

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import packaged
from tests.live.listening import free_port

SCHEMA = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
CALLBACK = "https://app.example/callback"
SCOPES = ("profile", "email", "orders")
CONFIGURATION = """
port = {behind}
bind_address = "127.0.0.1"
external_url = "http://127.0.0.1:{before}"
login_url = "login"
api_prefix = "api"
allow_origin = "*"
log_mode = "file"
log_level = "WARNING"
log_file = "{folder}/glewlwyd.log"
cookie_secure = false
session_expiration = 2419200
session_key = "GLEWLWYD2_SESSION_ID"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "/usr/lib/glewlwyd/user"
client_module_path = "/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "/usr/lib/glewlwyd/scheme"
plugin_module_path = "/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = {{ type = "sqlite3"; path = "{folder}/glewlwyd.db"; }};
"""


def key_pair() -> tuple[str, str]:
    """A new RSA key, private and public."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def plugin(issuer: str, changes: dict[str, object]) -> dict[str, object]:
    """The OpenID Connect plugin, with the settings that its form of administration begins with, and all that is off on."""
    private, public = key_pair()
    return {
        "module": "oidc",
        "name": "oidc",
        "display_name": "OpenID Connect",
        "parameters": {
            "iss": issuer,
            "jwt-type": "rsa",
            "jwt-key-size": "256",
            "key": private,
            "cert": public,
            "access-token-duration": 3600,
            "refresh-token-duration": 1209600,
            "code-duration": 600,
            "refresh-token-rolling": True,
            "refresh-token-one-use": "always",
            "allow-non-oidc": True,
            "allowed-scope": ["openid", *SCOPES],
            "auth-type-code-enabled": True,
            "auth-type-code-revoke-replayed": True,
            "auth-type-id-token-enabled": True,
            "auth-type-password-enabled": True,
            "auth-type-client-enabled": True,
            "auth-type-device-enabled": True,
            "auth-type-refresh-enabled": True,
            "jwks-show": True,
            "pkce-allowed": True,
            "pkce-method-plain-allowed": False,
            "introspection-revocation-allowed": True,
            "introspection-revocation-allow-target-client": True,
            "client-pubkey-parameter": "pubkey",
            "client-jwks-parameter": "jwks",
            "request-parameter-allow": True,
            "oauth-dpop-allowed": True,
            "oauth-dpop-iat-duration": 60,
            "oauth-as-iss-id": True,
            **changes,
        },
    }


def clients(signer: str) -> list[dict[str, object]]:
    """Our registrations: two with a secret, one that signs, and a public one."""
    grants = ["code", "id_token", "refresh_token", "password", "client_credentials", "device_authorization"]

    def client(name: str, **properties: object) -> dict[str, object]:
        return {
            "client_id": name,
            "name": name,
            "enabled": True,
            "redirect_uri": [CALLBACK],
            "authorization_type": grants,
            "scope": ["openid", *SCOPES],
            **properties,
        }

    return [
        client(
            "app",
            confidential=True,
            client_secret="the-secret-of-the-app-0001",
            token_endpoint_auth_method=["client_secret_basic"],
        ),
        client(
            "second",
            confidential=True,
            client_secret="the-secret-of-the-second-0002",
            token_endpoint_auth_method=["client_secret_post"],
        ),
        client("signing", confidential=True, pubkey=signer, token_endpoint_auth_method=["private_key_jwt"]),
        client(
            "public",
            confidential=False,
            token_endpoint_auth_method=["none"],
            authorization_type=["code", "refresh_token"],
        ),
    ]


USER = {
    "username": "alice",
    "password": "a-password-of-alice-0003",
    "name": "Alice",
    "email": "alice@app.example",
    "scope": ["openid", "g_profile", *SCOPES],
    "enabled": True,
}


def register(base: str, openid: dict[str, object], registrations: list[dict[str, object]]) -> None:
    """Everything that an administrator would enter, and the consent of the user, who stays logged out."""
    with session(base, "admin", "password") as admin:
        for scope in SCOPES:
            told(admin.post("scope/", json={"name": scope, "display_name": scope, "password_required": True}))
        told(admin.post("user/", json=USER))
        for client in registrations:
            told(admin.post("client/", json=client))
        told(admin.post("mod/plugin/", json=openid))
    with session(base, USER["username"], USER["password"]) as user:
        for client in registrations:
            told(user.put(f"auth/grant/{client['client_id']}", json={"scope": " ".join(("openid", *SCOPES))}))


@contextmanager
def session(base: str, username: object, password: object) -> Iterator[httpx.Client]:
    """Somebody logged in at the interface of the pages."""
    with httpx.Client(base_url=base) as somebody:
        told(somebody.post("auth/", json={"username": username, "password": password}))
        yield somebody


def told(answer: httpx.Response) -> None:
    """End where an answer complains."""
    if answer.status_code != 200:
        raise SystemExit(f"{answer.request.url}: {answer.status_code} {answer.text}")


@contextmanager
def fronted(port: int, behind: str) -> Iterator[None]:
    """The proxy at a port of loopback, before the address of glewlwyd."""
    # glewlwyd closes connections when it likes to, so that each is used once.
    client = httpx.AsyncClient(base_url=behind, limits=httpx.Limits(max_keepalive_connections=0), timeout=30)
    settings = uvicorn.Config(front(client), host="127.0.0.1", port=port, log_level="error", server_header=False)
    proxy = uvicorn.Server(settings)
    thread = threading.Thread(target=proxy.run)
    thread.start()
    try:
        yield
    finally:
        proxy.should_exit = True
        thread.join()


def ready(base: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether the server came to answer."""
    for _ in range(100):
        if server.poll() is not None:
            return False
        try:
            httpx.get(base, timeout=10)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return True
    return False


def main() -> None:
    """Serve until standard input ends, or until it is told to."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as folder:
        with sqlite3.connect(Path(folder, "glewlwyd.db")) as database:
            database.executescript(SCHEMA.read_text())
        behind, before = free_port(), free_port()
        configuration = Path(folder, "glewlwyd.conf")
        configuration.write_text(CONFIGURATION.format(behind=behind, before=before, folder=folder))
        server = subprocess.Popen(
            ["glewlwyd", "--config-file", str(configuration)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        issuer = f"http://127.0.0.1:{before}/api/oidc"
        try:
            if ready(f"http://127.0.0.1:{behind}/api/", server):
                changes = json.loads(sys.argv[1]) if sys.argv[1:] else {}
                private, public = key_pair()
                register(f"http://127.0.0.1:{behind}/api/", plugin(issuer, changes), clients(public))
                with fronted(before, f"http://127.0.0.1:{behind}"):
                    print(
                        json.dumps({"issuer": issuer, "version": packaged("glewlwyd"), "signing_key": private}),
                        flush=True,
                    )
                    # A test run that was killed takes its providers along: its end of the pipe closes.
                    sys.stdin.read()
        finally:
            server.terminate()
            server.wait(timeout=10)


if __name__ == "__main__":
    main()
