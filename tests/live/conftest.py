"""oidc-provider, certified by the OpenID Foundation, on a free port of loopback."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.live.running import serving

HERE = Path(__file__).parent

PROFILE = """
[profile]
name = "oidc-provider"
documentation = ["https://github.com/panva/node-oidc-provider"]
claims = ["oidc"]

[server]
issuer = "{issuer}"

[[clients]]
name = "app"
client_id = "{client_id}"
{credentials}
redirect_uri = "https://app.example/callback"

[[clients]]
name = "second"
client_id = "second"
client_secret = "the-secret-of-the-second-0002"
authentication = "client_secret_post"
redirect_uri = "https://app.example/callback"

[grants.authorization_code]
scope = "openid offline_access"
pkce = "S256"
prompt = "consent"
{code_lifetime}

[grants.refresh_token]
rotation = "{rotation}"
{refresh}
{service}
[login]
strategy = "form"
username = "alice"
password = "a-password-of-alice-0003"

[limits]
max_wait = {max_wait}
"""

CONFIDENTIAL = 'client_secret = "the-secret-of-the-app-0001"\nauthentication = "client_secret_basic"'


class OidcProvider:
    """A running provider, and profiles of it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def profile(
        self,
        folder: Path,
        *,
        client_id: str = "app",
        rotation: str = "always",
        refresh: str = "",
        code_lifetime: str = "",
        max_wait: int = 5,
    ) -> Path:
        """The path of a hand-written profile."""
        confidential = client_id == "app"
        path = folder / "oidc-provider.toml"
        path.write_text(
            PROFILE.format(
                issuer=self.issuer,
                client_id=client_id,
                credentials=CONFIDENTIAL if confidential else 'authentication = "none"',
                rotation=rotation,
                refresh=refresh,
                code_lifetime=code_lifetime,
                service='[grants.client_credentials]\nclient = "second"\n',
                max_wait=max_wait,
            )
        )
        return path


@pytest.fixture(scope="session")
def installed() -> None:
    """Skip where node is not there; install the provider where it is, and nobody has yet."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node is not installed: oidc-provider cannot be started")
    if not (HERE / "node_modules" / "oidc-provider").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True)


@pytest.fixture(scope="session")
def start(installed: None) -> Iterator[Callable[..., OidcProvider]]:
    """Starts a provider with the given settings of server.mjs, once; all of them end with the session."""
    with ExitStack() as running:

        @cache
        def started(settings: str) -> OidcProvider:
            return OidcProvider(running.enter_context(serving(["node", "server.mjs", settings], HERE))["issuer"])

        yield lambda **settings: started(json.dumps(settings, sort_keys=True))


@pytest.fixture(scope="session")
def topics(pytestconfig: pytest.Config) -> Callable[..., tuple[str, ...]]:
    """Narrows a run to the topics that its test is about, by the names of their modules; by night all are judged."""
    if pytestconfig.getoption("nightly"):
        return lambda *names: ()
    return lambda *names: ("-k", " or ".join(f"test_{name}" for name in names))
