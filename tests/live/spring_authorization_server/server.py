"""Builds the Maven project beside it once, and runs it: see Server.java for what it serves and prints.

The first argument is JSON: properties of Spring Boot beside those of application.yaml. In their values `{jwks}` stands for the
address of a key of clients, whose private half is printed as `signing_key`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import built, copied, edition, perform
from tests.live.running import UnavailableError, unavailable
from token_conformance.reference.loopback import LoopbackServer

HERE = Path(__file__).parent
SOURCES = [HERE / "pom.xml", *sorted(path for path in (HERE / "src").rglob("*") if path.is_file())]


def build(folder: Path) -> None:
    """Have Maven fetch Spring Boot and make one archive of everything."""
    copied([HERE / "pom.xml"], folder)
    shutil.copytree(HERE / "src", folder / "src")
    perform(["mvn", "-q", "-B", "package"], folder)


def published(key: RSAKey) -> Starlette:
    """The public half of a key, as a JWK Set."""
    keys = {"keys": [key.as_dict(private=False) | {"use": "sig", "alg": "RS256"}]}
    return Starlette(routes=[Route("/jwks", lambda request: JSONResponse(keys))])


def main() -> None:
    """Serve until standard input ends: the server has the same one."""
    archive = built(f"spring-authorization-server-{edition(SOURCES)}", build) / "target" / "server.jar"
    settings = json.loads(sys.argv[1]) if sys.argv[1:] else {}
    key, of_clients = RSAKey.generate_key(2048, auto_kid=True), LoopbackServer()
    with of_clients.serving(published(key)):
        address = f"{of_clients.base_url}/jwks"
        options = [f"--{name}={str(value).replace('{jwks}', address)}" for name, value in settings.items()]
        server = subprocess.Popen(["java", "-jar", str(archive), *options], stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        said = json.loads(server.stdout.readline()) | {"signing_key": key.as_pem(private=True).decode()}
        print(json.dumps(said), flush=True)
        server.wait()


if __name__ == "__main__":
    try:
        main()
    except UnavailableError as problem:
        unavailable(problem)
