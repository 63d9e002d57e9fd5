"""Clients that others wrote, and one that a manual describes, live through a session at a provider that is being served."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session

from tests.live.pages import needs_browser
from token_conformance.profile.files import examples, find
from token_conformance.provider.authorizing import code_challenge
from token_conformance.provider.login.chromium import FLAGS, executable
from token_conformance.servers.selection import Choice, select
from token_conformance.servers.served import for_clients, serving

HERE = Path(__file__).parent / "served"
CALLBACK = "http://localhost:3333"
WITH_PATH = f"{CALLBACK}/callback"
"""For clients that read their address as a URL, and write it with a slash where it has no path."""

MINUTE = timedelta(minutes=1)
VERIFIER = "a-code-verifier-of-at-least-43-characters-0123456789"
FIELD = re.compile(r'type="hidden" name="([^"]*)" value="([^"]*)"')
ACTION = re.compile(r'<form method="post" action="([^"]*)"')


@dataclass
class Provider:
    """A provider that is being served, as its clients know it."""

    served: object

    @property
    def profile(self):
        return self.served.provider.profile

    @property
    def metadata(self):
        base = self.profile.server.issuer or self.served.base_url
        return httpx.get(f"{base.rstrip('/')}/.well-known/openid-configuration", trust_env=False).json()

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self._control("GET")["now"])

    def pass_by(self, time: str) -> None:
        self._control("POST", {"advance": time})

    def misbehave(self, *faults: str) -> None:
        self._control("POST", {"faults": faults})

    def _control(self, method, asked=None):
        answer = httpx.request(method, self.served.control, json=asked, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def browse(self, url: str) -> dict[str, str]:
        """What comes back to the client when its user follows an address, logs in and consents."""
        login, method, data = self.profile.login, "GET", None
        with httpx.Client(trust_env=False) as browser:
            while not url.startswith(CALLBACK):
                answer = browser.request(method, url, data=data)
                method, data = "GET", None
                if answer.is_redirect:
                    url = urljoin(url, answer.headers["location"])
                    continue
                action = ACTION.search(answer.text)
                assert action, answer.text
                asks = 'name="username"' in answer.text
                entered = {"username": login.username, "password": login.password} if asks else {"decision": "allow"}
                method, data = "POST", {**dict(FIELD.findall(answer.text)), **entered}
                url = urljoin(url, unescape(action[1]))
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture(params=["generic-oidc"])
def provider(request, tmp_path):
    """The emulated provider of a profile that comes along, at which the client under test is registered."""
    _, profile, _ = select(request.param, Choice("emulated"), {})
    profile = for_clients(profile, examples(find(request.param)).values(), [CALLBACK, WITH_PATH])
    with serving(profile, tmp_path) as served:
        yield Provider(served)


@dataclass
class AuthToken:
    """What WinDev keeps of a session: AuthToken, with ExpirationDate, Refresh and Valid."""

    access: str = ""
    refresh: str = ""
    expiration: str = ""
    valid: bool = False


class WinDev:
    """The session of an application as the manual of AuthRefreshToken has it, line by line."""

    def __init__(self, provider: Provider, file: Path, scope: str = "openid profile offline_access") -> None:
        self.provider, self.file, self.scope = provider, file, scope
        self.said: list[str] = []

    def start(self) -> AuthToken:
        """Take up the stored session, refresh it where it ends within a minute, or else have the user log in."""
        token = AuthToken()
        if self.file.exists():
            try:
                token = AuthToken(**json.loads(self.file.read_text()))
            except ValueError:
                self.said.append("Invalid stored session")
            else:
                ends = datetime.fromisoformat(token.expiration)
                if ends - MINUTE < self.provider.now and token.refresh:
                    token = self.auth_refresh_token(token)
                    self._keep(token) if token.valid else self.said.append("Unable to refresh session")
                elif ends < self.provider.now:
                    token.valid = False
        if not token.valid:
            token = self.auth_identify()
            if token.valid:
                self._keep(token)
        self.said += [] if token.valid else ["Unable to open the session"]
        return token

    def auth_identify(self) -> AuthToken:
        """Send the user to AuthURL, and exchange what comes to RedirectionURL."""
        self.said.append("login")
        request = {
            "response_type": "code",
            "client_id": self.provider.profile.main.client_id,
            "redirect_uri": CALLBACK,
            "scope": self.scope,
            "state": "a-state",
            "prompt": "consent",
            "code_challenge": code_challenge(VERIFIER, "S256"),
            "code_challenge_method": "S256",
        }
        came = self.provider.browse(f"{self.provider.metadata['authorization_endpoint']}?{urlencode(request)}")
        assert came["state"] == "a-state"
        form = {"grant_type": "authorization_code", "code": came["code"], "redirect_uri": CALLBACK}
        return self._token(form | {"code_verifier": VERIFIER}, kept="")

    def auth_refresh_token(self, token: AuthToken) -> AuthToken:
        """Ask for new tokens; the refresh token stays where no other one comes."""
        self.said.append("refresh")
        return self._token({"grant_type": "refresh_token", "refresh_token": token.refresh}, kept=token.refresh)

    def _token(self, form, kept) -> AuthToken:
        client, endpoint = self.provider.profile.main, self.provider.metadata["token_endpoint"]
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
        answer = httpx.post(endpoint, data=form, trust_env=False)
        if answer.status_code == 401:  # a server may want them in the header alone
            del form["client_id"], form["client_secret"]
            answer = httpx.post(endpoint, data=form, auth=(client.client_id, client.client_secret), trust_env=False)
        if answer.status_code != 200:
            return AuthToken()
        got = answer.json()
        ends = self.provider.now + timedelta(seconds=got["expires_in"])
        return AuthToken(got["access_token"], got.get("refresh_token", kept), ends.isoformat(), valid=True)

    def _keep(self, token: AuthToken) -> None:
        self.file.write_text(json.dumps(asdict(token)))


@pytest.fixture
def started(provider, tmp_path):
    """Starts the application, and gives its token and what it did."""

    def started(**options):
        application = WinDev(provider, tmp_path / "AuthSession.bin", **options)
        return application.start(), application.said

    return started


@pytest.mark.parametrize("provider", ["generic-oidc", "2ba", "keycloak", "zitadel"], indirect=True)
def test_a_stored_session_is_taken_up_as_long_as_it_lasts(provider, started):
    """Log in once; start again at once, then when the token ends within a minute, and again when it has ended."""
    first, said = started()
    assert said == ["login"]
    again, said = started()
    assert (again, said) == (first, [])
    lifetime = int((datetime.fromisoformat(first.expiration) - provider.now).total_seconds())
    provider.pass_by(f"{lifetime - 30}s")
    renewed, said = started()
    assert said == ["refresh"]
    assert renewed.access != first.access
    provider.pass_by(f"{lifetime + 30}s")
    assert started()[1] == ["refresh"]
    assert started()[1] == []


def test_a_session_that_has_ended_leads_to_a_login(provider, started):
    """After years the refresh token is refused, and the user logs in again."""
    started()
    provider.pass_by("4000d")
    token, said = started()
    assert said == ["refresh", "Unable to refresh session", "login"]
    assert token.valid


def test_a_damaged_session_leads_to_a_login(started, tmp_path):
    """The file cannot be read any more."""
    started()
    (tmp_path / "AuthSession.bin").write_text("{")
    assert started()[1] == ["Invalid stored session", "login"]


def test_a_session_without_offline_access_is_not_refreshed(provider, started):
    """There is no refresh token: nothing but a login helps."""
    assert started(scope="openid")[0].refresh == ""
    provider.pass_by("2h")
    assert started(scope="openid")[1] == ["login"]


def test_an_application_meets_a_fault_that_comes_up_meanwhile(provider, started):
    """It refreshes a minute early, which a server may refuse by mistake: it notices, and asks its user."""
    started()
    provider.pass_by("59m30s")
    provider.misbehave("refresh-early-refused")
    assert started()[1] == ["refresh", "Unable to refresh session", "login"]
    provider.pass_by("2h")
    assert started()[1] == ["refresh"]


def test_authlib_refreshes_by_itself(provider):
    """Its session asks for new tokens before a request whose token has expired, and hands them over to be kept."""
    kept, client, metadata = [], provider.profile.main, provider.metadata
    with OAuth2Session(
        client.client_id,
        client.client_secret,
        scope="openid offline_access",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint=metadata["token_endpoint"],
        update_token=lambda token, **_: kept.append(token),
    ) as session:
        session.trust_env = False
        url, state = session.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=VERIFIER, prompt="consent"
        )
        came = provider.browse(url)
        assert came["state"] == state
        response = f"{CALLBACK}?{urlencode(came)}"
        login = session.fetch_token(authorization_response=response, code_verifier=VERIFIER)
        provider.pass_by("2h")
        session.token = dict(login) | {"expires_at": 1}
        answer = session.get(metadata["userinfo_endpoint"])
    assert answer.status_code == 200
    (renewed,) = kept
    assert renewed["access_token"] != login["access_token"]


@pytest.mark.node
def test_openid_client_lives_through_a_session(provider):
    """Login with PKCE, nonce and a validated ID token, refreshes hours apart, and a refusal that it understands."""
    profile, metadata = provider.profile, provider.metadata
    given = {
        "discovery": metadata["issuer"],
        "client_id": profile.main.client_id,
        "client_secret": profile.main.client_secret,
        "redirect_uri": WITH_PATH,
        "scope": "openid offline_access",
        "username": profile.login.username,
        "password": profile.login.password,
        "control": provider.served.control,
    }
    command = ["node", str(HERE / "client.mjs"), json.dumps(given)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["sub"] == told["user"]
    assert (told["moved"], told["tokens"], told["forged"]) == (200, 3, "invalid_grant")


@pytest.mark.browser
@needs_browser()
def test_its_pages_work_in_a_real_browser(provider):
    """A user enters name and password, allows what is asked for, and comes back to the client."""
    from playwright.sync_api import sync_playwright

    login, asked = provider.profile.login, WinDev(provider, Path())
    request = {
        "response_type": "code",
        "client_id": provider.profile.main.client_id,
        "redirect_uri": CALLBACK,
        "scope": asked.scope,
        "code_challenge": code_challenge(VERIFIER, "S256"),
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    flags = [*FLAGS, "--no-sandbox", "--no-proxy-server"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=flags)
        page = browser.new_page()
        page.route(f"{CALLBACK}/**", lambda route: route.fulfill(body="back at the client"))
        page.goto(f"{provider.metadata['authorization_endpoint']}?{urlencode(request)}")
        page.get_by_label("User name").fill(login.username)
        page.get_by_label("Password").fill(login.password)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Allow").click()
        page.wait_for_url(f"{CALLBACK}/**")
        came = page.url
        browser.close()
    assert "code=" in came
