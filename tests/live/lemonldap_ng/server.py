"""Starts LemonLDAP::NG on loopback and prints one line of JSON with its issuer.

The first argument is JSON: settings of its configuration beside those below, `oidcRPMetaDataOptions…` those of the
client `app`. Its users are those of its demonstration,
its pages its own. Sessions and configuration are files in a folder of its own, which goes when the pipe to here is closed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import packaged
from tests.live.listening import free_port, wait_for

PORTAL = Path("/usr/share/lemonldap-ng/portal")
SHIPPED = Path("/var/lib/lemonldap-ng/conf/lmConf-1.json")
WORKERS = 8
INI = """
[all]
logLevel = error
[configuration]
type = File
dirName = {folder}
localStorage = Cache::FileCache
localStorageOptions = {{ 'namespace' => 'configuration', 'cache_root' => '{folder}/cache' }}
[portal]
staticPrefix = /static
templateDir = {portal}/templates
languages = en
"""


def key_pair() -> tuple[str, str]:
    """A new RSA key, private and public."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def client(name: str, secret: str | None, **options: object) -> dict[str, object]:
    """The options of a relying party."""
    return {
        "oidcRPMetaDataOptionsClientID": name,
        "oidcRPMetaDataOptionsClientSecret": secret or "",
        "oidcRPMetaDataOptionsPublic": int(secret is None),
        "oidcRPMetaDataOptionsDisplayName": name,
        "oidcRPMetaDataOptionsRedirectUris": "https://app.example/callback",
        "oidcRPMetaDataOptionsIDTokenSignAlg": "RS256",
        "oidcRPMetaDataOptionsRefreshToken": 1,
        "oidcRPMetaDataOptionsAllowOffline": 1,
        **options,
    }


def configuration(folder: str, issuer: str, changes: dict[str, object]) -> dict[str, object]:
    """The configuration that is shipped, with its demonstration users, and a provider of OpenID Connect."""
    private, public = key_pair()
    grants = {"oidcRPMetaDataOptionsAllowClientCredentialsGrant": 1, "oidcRPMetaDataOptionsAllowPasswordGrant": 1}
    of_client = {name: value for name, value in changes.items() if name.startswith("oidcRPMetaDataOptions")}
    of_service = {name: value for name, value in changes.items() if name not in of_client}
    clients = {
        "app": client("app", "the-secret-of-the-app-0001", **grants, **of_client),
        "second": client("second", "the-secret-of-the-second-0002"),
        "public": client("public", None, oidcRPMetaDataOptionsRequirePKCE=1),
    }
    store = {
        "Directory": f"{folder}/sessions",
        "LockDirectory": f"{folder}/locks",
        "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
    }
    return {
        **json.loads(SHIPPED.read_text()),
        "portal": f"{issuer}/",
        "domain": "127.0.0.1",
        "globalStorageOptions": store,
        "persistentStorageOptions": store,
        "localSessionStorageOptions": {"namespace": "sessions", "cache_root": f"{folder}/cache"},
        "registerDB": "Null",
        "portalDisplayRegister": 0,
        "portalDisplayResetPassword": 0,
        "locationRules": {"127.0.0.1": {"default": "accept"}},
        "issuerDBOpenIDConnectActivation": 1,
        "oidcServiceMetaDataIssuer": issuer,
        "oidcServicePrivateKeySig": private,
        "oidcServicePublicKeySig": public,
        "oidcServiceKeyIdSig": "a-key-of-a-test",
        "oidcServiceAllowAuthorizationCodeFlow": 1,
        "oidcServiceAllowHybridFlow": 1,
        "oidcRPMetaDataOptions": clients,
        "oidcRPMetaDataExportedVars": {name: {"email": "mail", "name": "cn"} for name in clients},
        **of_service,
    }


def main() -> None:
    """Serve until standard input ends, or until it is told to."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as folder:
        for name in ("sessions", "locks", "cache"):
            Path(folder, name).mkdir()
        port = free_port()
        issuer = f"http://127.0.0.1:{port}"
        changes = json.loads(sys.argv[1]) if sys.argv[1:] else {}
        Path(folder, "lmConf-1.json").write_text(json.dumps(configuration(folder, issuer, changes)))
        ini = Path(folder, "lemonldap-ng.ini")
        ini.write_text(INI.format(folder=folder, portal=PORTAL))
        # A worker that keeps a connection is lost to all others.
        command = ["starman", "--listen", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--disable-keepalive"]
        server = subprocess.Popen(
            [*command, str(PORTAL / "htdocs" / "index.psgi")],
            env=os.environ | {"LLNG_DEFAULTCONFFILE": str(ini)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(f"{issuer}/.well-known/openid-configuration", server)
            print(json.dumps({"issuer": issuer, "version": packaged("liblemonldap-ng-portal-perl")}), flush=True)
            # A test run that was killed takes its providers along: its end of the pipe closes.
            sys.stdin.read()
        finally:
            server.terminate()
            server.wait(timeout=10)


if __name__ == "__main__":
    main()
