"""`login` and `logout` against the reference server on loopback, with a browser that a test plays."""

from __future__ import annotations

import asyncio
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from click.testing import CliRunner

from token_conformance.command_line.main import main
from token_conformance.profile.files import examples, find
from token_conformance.profile.loading import load
from token_conformance.provider.login.browsing import Walk, follow_to_redirect
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer
from token_conformance.sessions import browser_login
from token_conformance.sessions.live import live_provider

PROFILE = """
[profile]
name = "Reference"
{claims}

[server]
issuer = "{base}"

[[clients]]
client_id = "app"
authentication = "none"
redirect_uri = "{redirect_uri}"

[grants.authorization_code]
scope = "openid offline_access"
pkce = "S256"
{grant}

[grants.refresh_token]
rotation = "always"

[login]
strategy = "interactive"
username = "alice"
password = "a-password-of-alice"
"""


@contextmanager
def provider(tmp_path, *, redirect_uri="http://127.0.0.1/callback", grant="", faults=(), claims="", tokens=""):
    """A running provider; gives the path of its profile."""
    server = LoopbackServer()
    path = tmp_path / "reference.toml"
    text = PROFILE.format(base=server.base_url, redirect_uri=redirect_uri, grant=grant, claims=claims) + tokens
    path.write_text(text)
    with server.serving(ReferenceServer(load(path, {}), faults=faults).application):
        yield path


def walked(path, address):
    """Where the provider's pages redirect a user who logs in and consents."""
    redirect_uri = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    profile = load(path, {})

    async def walk():
        async with live_provider(profile, "browser") as browser:
            return await follow_to_redirect(browser.wire, address, Walk(redirect_uri, profile.login))

    return f"{redirect_uri}?{urlencode(asyncio.run(walk()).parameters)}"


def get(address):
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    return answer.status, answer.read()


class Browser:
    """The user's browser: logs in, and follows the redirect to the port of this machine."""

    def __init__(self, path, monkeypatch):
        self.path = path
        self.opened = []
        self.pages = []
        self.redirected = lambda address: [address]
        monkeypatch.setenv("BROWSER", "a-browser")
        monkeypatch.setattr(browser_login.webbrowser, "open", self.open)

    def open(self, address):
        self.opened.append(address)
        for redirect in self.redirected(walked(self.path, address)):
            self.pages.append(get(redirect))


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **more: CliRunner().invoke(main, [str(each) for each in arguments], **more)


@pytest.fixture
def stored(data_home):
    return lambda: json.loads((data_home / "token-conformance" / "sessions" / "reference.json").read_text())


def test_a_login_stores_a_session(tmp_path, command, monkeypatch, stored):
    """The address is printed and opened, the answer reaches a free port, and the session is stored."""
    with provider(tmp_path) as path:
        browser = Browser(path, monkeypatch)
        result = command("login", path, "--timeout", "30")
    assert (result.exit_code, result.exception) == (0, None), result.output
    (address,) = browser.opened
    assert address in result.output
    query = parse_qs(urlsplit(address).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["nonce"]
    assert query["state"]
    ((status, page),) = browser.pages
    assert status == 200
    assert b"go back to the terminal" in page
    session = stored()
    assert session["client_id"] == "app"
    assert session["refresh_token"] not in result.output
    assert session["access_token"] not in result.output
    assert "Logged in; the session is in" in result.output


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_registered_port_is_kept(tmp_path, command, monkeypatch, stored, host):
    """A redirect_uri that names a port is listened at there."""
    with closing(LoopbackServer()._socket) as free:
        port = free.getsockname()[1]
    with provider(tmp_path, redirect_uri=f"http://{host}:{port}/") as path:
        browser = Browser(path, monkeypatch)
        result = command("login", path, "--timeout", "30")
    assert result.exit_code == 0, result.output
    assert f"redirect_uri=http%3A%2F%2F{host}%3A{port}%2F" in browser.opened[0]


def test_another_answer_changes_nothing(tmp_path, command, monkeypatch, stored):
    """Whoever reaches the port with another state, another path or nonsense is turned away; the login goes on."""
    with provider(tmp_path) as path:
        browser = Browser(path, monkeypatch)
        browser.redirected = lambda address: [
            address.replace("state=", "state=x"),
            address.replace("/callback", "/favicon.ico"),
            address.partition("?")[0] + "?code=forged",
            address,
        ]
        result = command("login", path, "--timeout", "30")
    assert result.exit_code == 0, result.output
    assert [status for status, _ in browser.pages] == [404, 404, 404, 200]


def test_no_browser(tmp_path, command, monkeypatch):
    """Without a browser the address is printed, and after the time the sentence names the way out."""
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(browser_login.webbrowser, "open", lambda address: pytest.fail("no browser is there"))
    with provider(tmp_path) as path:
        result = command("login", path, "--timeout", "1")
    assert result.exit_code == 4
    assert "/authorize?" in result.output
    assert "ERROR: no answer of the login came to http://127.0.0.1:" in result.output
    assert "within 1 s: log in again, with --paste" in result.output


def paste(command, path, change, monkeypatch):
    """A login by pasting the address that the provider redirects to, after a change."""
    said = []

    def pasted(text, **_):
        address = next(line for line in said if "/authorize" in line)
        with ThreadPoolExecutor() as browser:
            return change(browser.submit(walked, path, address).result())

    monkeypatch.setattr("token_conformance.command_line.login.click.echo", lambda line, **_: said.append(str(line)))
    monkeypatch.setattr("token_conformance.command_line.login.click.prompt", pasted)
    result = command("login", path, "--paste")
    return result.exit_code, said


def test_pasting(tmp_path, command, monkeypatch, stored):
    """Over SSH the address is pasted, whatever the redirect_uri is; what is no answer is asked for again."""
    with provider(tmp_path, redirect_uri="https://app.example/callback") as path:
        first = iter([lambda address: "https://app.example/callback", lambda address: f"  {address}\n"])
        status, said = paste(command, path, lambda address: next(first)(address), monkeypatch)
    assert status == 0, said
    assert any("neither a code nor an error" in line for line in said)
    assert stored()["refresh_token"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda address: address.replace("state=", "state=x"), "its state is another one; log in again"),
        (lambda address: without_iss(address), "lacks iss, which the provider's metadata promise"),
        (
            lambda address: f"{without_iss(address)}&iss=https%3A%2F%2Fevil.example",
            "its iss is https://evil.example, not http://",
        ),
        (
            lambda address: f"{address.replace('code=', 'x=')}&error=access_denied&error_description=No%1B%0A%21",
            "the login was denied at the provider: access_denied (No\\x1b\\n!)",
        ),
        (lambda address: address.replace("code=", "error=&x="), "the login failed"),
        (lambda address: address.replace("code=", "code=x"), "did not exchange the code for tokens: 400 invalid_grant"),
    ],
    ids=["state", "no_issuer", "issuer", "denied", "error", "code"],
)
def test_an_answer_that_is_not_to_be_trusted(tmp_path, command, monkeypatch, change, sentence, data_home):
    """One sentence says what is wrong; nothing is stored, and nothing secret is said."""
    addresses = []
    with provider(tmp_path) as path:
        status, said = paste(command, path, lambda address: addresses.append(address) or change(address), monkeypatch)
    assert status == 4
    (error,) = [line for line in said if line.startswith("ERROR: ")]
    assert sentence in error
    assert parse_qs(urlsplit(addresses[0]).query)["code"][0] not in error
    assert not (data_home / "token-conformance" / "sessions" / "reference.json").exists()


def without_iss(address):
    base, _, query = address.partition("?")
    return f"{base}?{'&'.join(each for each in query.split('&') if not each.startswith('iss='))}"


@pytest.mark.parametrize(
    ("grant", "sentence"),
    [('response_mode = "fragment"', None), ('parameters = { scope = "openid" }', "the provider gave no refresh token")],
)
def test_what_the_profile_asks_for(tmp_path, command, monkeypatch, grant, sentence):
    """A response mode that reaches no port is left out; a login without a refresh token keeps no session."""
    with provider(tmp_path, grant=grant) as path:
        Browser(path, monkeypatch)
        result = command("login", path, "--timeout", "30")
    assert result.exit_code == (0 if sentence is None else 4), result.output
    assert (sentence or "Logged in") in result.output


@pytest.mark.parametrize("option", ["--paste", "--no-browser"])
@pytest.mark.parametrize(
    "address", ["file://op.example/login", "javascript://op.example/login", "https://op.example/a\nb"]
)
def test_only_http_and_https_are_opened(tmp_path, command, monkeypatch, address, option):
    """Whatever the metadata name as the authorization endpoint; nobody is asked to open it, either."""
    with provider(tmp_path) as path:
        monkeypatch.setattr(
            "token_conformance.provider.discovery.Discovery._heed",
            lambda discovery, url, published: setattr(
                discovery, "metadata", published | {"authorization_endpoint": address}
            ),
        )
        result = command("login", path, option)
    assert result.exit_code == 4
    assert "To log in, open" not in result.output
    assert "http" in next(line for line in result.output.splitlines() if line.startswith("ERROR: "))


def test_an_id_token_of_another_login(tmp_path, command, monkeypatch):
    """A nonce that is not ours ends the login."""
    with provider(tmp_path, faults=["id-token-nonce-absent"]) as path:
        Browser(path, monkeypatch)
        result = command("login", path, "--timeout", "30")
    assert result.exit_code == 4
    assert "ERROR: the ID token is not that of this login" in result.output


def test_a_redirect_uri_elsewhere(tmp_path, command):
    """A redirect_uri that does not lead here needs pasting."""
    with provider(tmp_path, redirect_uri="https://app.example/callback") as path:
        result = command("login", path)
    assert result.exit_code == 4
    assert "does not lead to this machine: log in with --paste" in result.output


def test_a_port_that_is_taken(tmp_path, command):
    """The sentence says what helps."""
    with closing(LoopbackServer()._socket) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with provider(tmp_path, redirect_uri=f"http://127.0.0.1:{port}/callback") as path:
            result = command("login", path)
    assert result.exit_code == 4
    assert "cannot be listened at (Address already in use)" in result.output


def test_usage(tmp_path, command):
    """What cannot be asked for has the status 4."""
    assert command("login", "no-such-profile").exit_code == 4
    assert command("login", "generic-oidc").exit_code == 4
    assert command("login", "generic-oidc", "--keyring", "--session-file", "x").exit_code == 4
    (tmp_path / "profile.toml").write_text(
        '[profile]\nname = "x"\n[server]\ntoken_endpoint = "https://op.example/token"\n'
        '[[clients]]\nclient_id = "x"\nauthentication = "none"\n[grants.client_credentials]\n'
    )
    result = command("login", "profile.toml")
    assert result.exit_code == 4
    assert "has no [grants.authorization_code]" in result.output


def test_logout_revokes_and_forgets(tmp_path, command, monkeypatch, data_home):
    """The refresh token is dead afterwards, and the file is gone."""
    with provider(tmp_path) as path:
        Browser(path, monkeypatch)
        assert command("login", path, "--session-file", "mine.json").exit_code == 0
        token = json.loads((tmp_path / "mine.json").read_text())["refresh_token"]
        result = command("logout", path, "--session-file", "mine.json")

        async def refreshed():
            async with live_provider(load(path, {}), "check") as found:
                return await found.refresh(token)

        assert asyncio.run(refreshed()).error == "invalid_grant"
    assert result.exit_code == 0
    assert "The tokens are revoked at the provider." in result.output
    assert not (tmp_path / "mine.json").exists()
    assert "There is no stored session" in command("logout", path, "--session-file", "mine.json").output


def test_logout_of_a_provider_that_is_away(tmp_path, command, monkeypatch):
    """The session is removed all the same, and what was not done is said."""
    with provider(tmp_path) as path:
        Browser(path, monkeypatch)
        assert command("login", path, "--session-file", "mine.json").exit_code == 0
    result = command("logout", path, "--session-file", "mine.json")
    assert result.exit_code == 0
    assert "The tokens are not revoked: the discovery document" in result.output
    assert not (tmp_path / "mine.json").exists()


def test_logout_leaves_other_files_alone(tmp_path, command):
    """What is no session is not removed."""
    (tmp_path / "letter.txt").write_text("Dear Alice")
    result = command("logout", "generic-oidc", "--session-file", "letter.txt", env=EXAMPLE_ENVIRONMENT)
    assert result.exit_code == 3
    assert "is damaged: it is no JSON" in result.output
    assert (tmp_path / "letter.txt").exists()


EXAMPLE_ENVIRONMENT = examples(find("generic-oidc"))
