"""No secret of a run comes out of it: not into a report, not to the terminal, not even where the run breaks.

A provider made of canaries (known secrets in every place, echoed in every encoding) is put through all suites.
"""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from token_conformance.layout import ROOT, SUITES
from token_conformance.results.exit_status import INTERRUPTED

CANARIES = {
    "client_secret": "canary-client/secret+0001",
    "password": "canary pass&word=0002",
    "code": "canary-code-0003",
    "access_token": "canary.access/token+0004==",
    "refresh_token": "canary-refresh-token~0005",
    "id_token": "eyJjYW5hcnkiOiIxIn0.eyJjYW5hcnkiOiIwMDA2In0.Y2FuYXJ5LXNpZ25hdHVyZS0wMDA2",
    "cookie": "canary-cookie-0007",
    "form_field": "canary-form-field-0008",
}

INTERRUPTED_AT = 100
"""The request at which a run is interrupted."""

CONFTEST = '''
import itertools
import os
import secrets
import signal
from base64 import b64encode
from urllib.parse import parse_qs, quote, urlencode

import httpx
import pytest
from token_conformance.plugin import options
from token_conformance.profile.models import Profile
from token_conformance.servers.live import RealClock
from token_conformance.servers.live import LiveConnection

CANARIES = {canaries!r}
numbers, asked = itertools.count(), itertools.count()


def echo(request):
    """What a careless provider repeats: all that it was sent and all that it knows, in every encoding."""
    said = request.content.decode() + " " + " ".join(
        form for secret in CANARIES.values() for form in (secret, quote(secret, safe=""), b64encode(secret.encode()).decode())
    )
    return httpx.Response(
        400,
        headers={{"Set-Cookie": "s=" + CANARIES["cookie"], "X-Echo": quote(said), "WWW-Authenticate": "Basic " + CANARIES["client_secret"]}},
        json={{"error": "invalid_grant", "error_description": said}},
    )


def answer(request):
    if {interrupts} and next(asked) == {at}:
        os.kill(os.getpid(), signal.SIGTERM)
    cookie = {{"Set-Cookie": "s=" + CANARIES["cookie"]}}
    if request.url.path == "/authorize" and request.method == "GET":
        page = '<form method="post"><input type="hidden" name="csrf" value="%s"><input name="user"><input type="password" name="pass"></form>'
        return httpx.Response(200, headers=cookie, html=page % CANARIES["form_field"])
    if request.url.path == "/authorize":
        query = urlencode({{"code": CANARIES["code"], "state": request.url.params["state"]}})
        return httpx.Response(302, headers={{"Location": request.url.params["redirect_uri"] + "?" + query, **cookie}})
    form = parse_qs(request.content.decode())
    if form.get("grant_type", [""])[0] in ("authorization_code", "refresh_token", "client_credentials") and next(numbers) % 3:
        tokens = {{name: CANARIES[name] for name in ("access_token", "refresh_token", "id_token")}}
        return httpx.Response(200, headers=cookie, json={{**tokens, "token_type": "Bearer", "note": CANARIES["access_token"]}})
    return echo(request)


class Server:
    kind, description, documentation, variables = "emulated", "made of canaries", False, {{}}

    def connect(self, scenario):
        return LiveConnection(httpx.MockTransport(answer), RealClock(2))


def select(name, choice, environment):
    client = {{
        "client_id": "app",
        "client_secret": CANARIES["client_secret"],
        "redirect_uri": "https://app.example/callback",
    }}
    return name, Profile.model_validate({{
        "profile": {{"name": "Canaries"}},
        "server": {{name: "https://op.example/" + path for name, path in (
            ("token_endpoint", "token"), ("authorization_endpoint", "authorize"), ("userinfo_endpoint", "userinfo"),
            ("revocation_endpoint", "revoke"), ("introspection_endpoint", "introspect"), ("jwks_uri", "jwks"),
        )}},
        "clients": [client, {{**client, "name": "second", "client_id": "second", "authentication": "client_secret_post"}}],
        "grants": {{
            "authorization_code": {{"scope": "openid offline_access", "pkce": True}},
            "refresh_token": {{"rotation": "always", "reuse_grace": 0}},
            "client_credentials": {{}},
        }},
        "login": {{"username": "alice", "password": CANARIES["password"]}},
        "limits": {{"max_wait": 2}},
    }}), Server()


options.select = select


@pytest.fixture
def breaking(request):
    if {breaks}:
        raise RuntimeError("a crash names " + " ".join(CANARIES.values()))
'''

CRASH = '''
from token_conformance import scenario


@scenario(needs="login")
async def crashing_login(provider):
    """Log in."""
    return await provider.login()


def test_crash_in_setup(crashing_login, breaking):
    """A fixture breaks."""


def test_crash_in_check(crashing_login):
    """A check breaks."""
    access_token = crashing_login.access_token
    raise RuntimeError(f"a crash names {access_token} of {crashing_login!r}")
'''


def encodings(secret):
    """A secret as it may be found."""
    plain = secret.encode()
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        b64encode(plain).decode().rstrip("="),
        urlsafe_b64encode(plain).decode().rstrip("="),
        repr(secret)[1:-1],
    }


def found_in(text):
    return {kind for kind, secret in CANARIES.items() for form in encodings(secret) if form in text}


@pytest.fixture(scope="module", params=["ordinary", "crashing", "interrupted"])
def leavings(request, tmp_path_factory) -> dict[str, str]:
    """Everything that a run leaves behind: its files and its terminal output, by name."""
    folder: Path = tmp_path_factory.mktemp("canaries")
    (folder / "conftest.py").write_text(
        "pytest_plugins = ['token_conformance.plugin']\n"
        + CONFTEST.format(
            canaries=CANARIES,
            breaks=request.param == "crashing",
            interrupts=request.param == "interrupted",
            at=INTERRUPTED_AT,
        )
    )
    (folder / "test_crash.py").write_text(CRASH)
    (folder / "pytest.toml").write_text('[pytest]\nmarkers = ["requirement(*ids)", "evidence_of(*names)"]\n')
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--profile",
        "canaries",
        "--tc-evidence",
        "-p",
        "no:cacheprovider",
        "-l",
        "--tb=long",
        "-vv",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [
            *command,
            "--rootdir",
            str(folder),
            "-c",
            str(folder / "pytest.toml"),
            "--confcutdir",
            "/",
            str(SUITES),
            "test_crash.py",
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    paths = [path for path in (folder / "reports").glob("*/**/*") if path.is_file()]
    listed = (folder / "reports" / "index.html").read_text()
    reports = {"the list of runs": listed, **{path.name: path.read_text() for path in paths}}
    assert (ended.returncode == INTERRUPTED) == (request.param == "interrupted"), ended.stdout
    return {"stdout": ended.stdout, "stderr": ended.stderr, **reports}


def test_nothing_shows_a_canary(leavings):
    """Every file and all terminal output is free of every secret in every encoding."""
    assert {name: found_in(text) for name, text in leavings.items() if found_in(text)} == {}


def test_the_labels_are_there(leavings):
    """The scan looks at something: the secrets were met, and their labels stand in their places."""
    assert set(leavings) >= {
        "stdout",
        "index.html",
        "report.html",
        "results.json",
        "junit.xml",
        "evidence.jsonl",
        "recording.har",
    }
    for label in ("access_token 1", "refresh_token 1", "code 1", "client_secret 1", "cookie 1"):
        assert label in leavings["report.html"], label
        assert label in leavings["index.html"], label
