"""The strategy `browser`: a real Chromium gets through pages that only scripts make, and never asks the redirect_uri."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from starlette.responses import HTMLResponse

from tests.certificates import certificates
from tests.live.pages import (
    CALLBACK,
    LOGIN,
    PASSWORD,
    Framed,
    Replaced,
    Scripted,
    needs_browser,
    reference_server,
    run,
)
from token_conformance.profile.loading import load
from token_conformance.provider.authorizing import code_challenge
from token_conformance.provider.login.browsing import Walk
from token_conformance.provider.login.chromium import Chromium
from token_conformance.provider.login.window import Window
from token_conformance.reference.loopback import LoopbackServer, server_tls
from token_conformance.servers.live import LiveServer
from token_conformance.verdict import Inconclusive
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire

pytestmark = [pytest.mark.browser, needs_browser()]

FOLDER = Path(certificates()["CERTIFICATES"])


def authorize(profile, *journeys, redirect_uri=CALLBACK):
    """Go through authorizations one after the other in one window; what each of them gives, and the wire."""

    async def go():
        chromium = Chromium(profile)
        window = Window(chromium)
        wire = Wire("login", LiveServer(profile).connect("login"), profile.limits, Pace(profile.limits))
        answers = []
        try:
            for changes in journeys:
                if changes.pop("forget", False):
                    window.forget()
                parameters = {
                    "response_type": "code",
                    "client_id": profile.main.client_id,
                    "redirect_uri": redirect_uri,
                    "scope": "openid profile",
                    "state": "a-state",
                    "code_challenge": code_challenge("a-code-verifier-of-at-least-43-characters-0123456789", "S256"),
                    "code_challenge_method": "S256",
                    **changes,
                }
                endpoint = profile.server.authorization_endpoint or f"{profile.server.issuer}/authorize"
                walk = Walk(redirect_uri, profile.login)
                answer = await window.follow_to_redirect(wire, f"{endpoint}?{urlencode(parameters)}", walk)
                answers.append((answer, walk.logged_in))
        finally:
            await window.close()
            await chromium.close()
            await wire.close()
        return answers, wire.exchanges

    return asyncio.run(go())


def test_pages_of_scripts_are_no_obstacle(tmp_path):
    """A login page without a form, in a shadow tree, leads to codes and tokens in all rows; nothing is red."""
    with reference_server(tmp_path, "browser", alter=Scripted) as profile:
        ended = run(profile, "-k", "code_yields or code_works_once or rotation_is_as_documented or reuse_leaves")
    assert ended.status == 0, ended.said
    assert ended.verdicts["code_yields_an_access_token"] == "pass"
    assert ended.verdicts["reuse_leaves_other_logins_alone"] == "pass"
    assert not {"fail", "warning", "error"} & set(ended.verdicts.values()), ended.said
    assert PASSWORD not in ended.written


@pytest.mark.parametrize(
    "elsewhere", [pytest.param(False, marks=pytest.mark.nightly), True], ids=["same_origin", "other_origin"]
)
def test_a_login_form_in_a_frame_is_no_obstacle(tmp_path, elsewhere):
    """Whether the frame's page is of the provider's own origin or of another one."""
    framed = []
    other = LoopbackServer()

    def alter(application):
        framed.append(Framed(application, other.base_url if elsewhere else None))
        return framed[0]

    async def frame(scope, receive, send):
        await framed[0].frame(scope, receive, send)

    named = {"[login]": f'[login]\nhosts = ["{urlsplit(other.base_url).netloc}"]'} if elsewhere else {}
    with other.serving(frame), reference_server(tmp_path, "browser", alter=alter, changes=named) as profile:
        ended = run(profile, "-k", "code_yields")
    assert ended.status == 0, ended.said
    assert ended.verdicts["code_yields_an_access_token"] == "pass"


def test_a_frame_of_another_origin_gets_no_password(tmp_path):
    """Unless the profile names its host, as the sentence says."""
    other, framed = LoopbackServer(), []
    host = urlsplit(other.base_url).netloc

    def alter(application):
        framed.append(Framed(application, other.base_url))
        return framed[0]

    async def frame(scope, receive, send):
        await framed[0].frame(scope, receive, send)

    with other.serving(frame), reference_server(tmp_path, "browser", alter=alter) as profile:
        ended = run(profile, "-k", "code_yields")
    assert ended.status == 4
    assert f"would send the password to {host}, which neither" in ended.errors[0]
    assert f'login.hosts = ["{host}"] allows it' in ended.errors[0]


@pytest.mark.nightly
def test_a_wrong_password_in_a_frame(tmp_path):
    """What the frame shows is what is told."""
    with reference_server(tmp_path, "browser", alter=Framed, changes={PASSWORD: "a-wrong-password-0001"}) as profile:
        ended = run(profile, "-k", "code_yields")
    assert ended.status == 4
    assert "the provider showed the login form again: check login.username and login.password" in ended.errors[0]


def test_pages_of_scripts_stop_the_other_strategy(tmp_path):
    """The strategy form says which one to take."""
    with reference_server(tmp_path, "form", alter=Scripted) as profile:
        ended = run(profile, "-k", "code_yields")
    assert ended.status == 4
    assert 'is made by scripts and needs a browser: login.strategy = "browser" leads one' in ended.errors[0]


def test_a_wrong_password_on_a_page_of_scripts(tmp_path):
    """What the page complains of is repeated."""
    changes = {PASSWORD: "a-wrong-password-0001"}
    with reference_server(tmp_path, "browser", alter=Scripted, changes=changes) as profile:
        ended = run(profile, "-k", "code_yields")
    assert ended.status == 4
    assert "the provider showed the login form again: check login.username and login.password" in ended.errors[0]


@pytest.mark.parametrize("mode", [pytest.param("query", marks=pytest.mark.nightly), "fragment", "form_post"])
def test_every_response_mode_is_read(tmp_path, mode):
    """A code arrives in the mode that was asked for; one exchange is the evidence, and the client is never asked."""
    client = Replaced(HTMLResponse("the client"), {})
    with LoopbackServer().serving(client) as place:
        redirect_uri = f"{place}/callback"
        with reference_server(tmp_path, "browser", redirect_uri=redirect_uri) as path:
            ((answer, logged_in),), exchanges = authorize(
                load(path, {}), {"response_mode": mode}, redirect_uri=redirect_uri
            )
    assert (answer.mode, answer.parameters["state"], logged_in) == (mode, "a-state", True)
    assert answer.parameters["code"]
    assert client.seen == []
    assert [exchange.request.path for exchange in exchanges] == ["/authorize"]
    assert answer.exchange == exchanges[0]


def test_the_session_lives_on_in_a_window(tmp_path):
    """The second code comes without a password; a window that has forgotten asks for it again."""
    with reference_server(tmp_path, "browser") as path:
        answers, _ = authorize(load(path, {}), {}, {"prompt": "none"}, {"forget": True})
    assert [logged_in for _, logged_in in answers] == [True, False, True]
    assert all(answer.parameters["code"] for answer, _ in answers)


def test_an_error_at_the_redirect_uri_is_an_answer(tmp_path):
    """Without a session, prompt=none is refused there (OIDC Core §3.1.2.6)."""
    with reference_server(tmp_path, "browser") as path:
        ((answer, _),), _ = authorize(load(path, {}), {"prompt": "none"})
    assert answer.parameters["error"] == "login_required"


def test_a_redirect_uri_of_an_app(tmp_path):
    """An address of its own scheme (RFC 8252 §7.1), which no browser can ask for."""
    redirect_uri = "com.example.app:/callback"
    with reference_server(tmp_path, "browser", redirect_uri=redirect_uri) as path:
        ((answer, _),), _ = authorize(load(path, {}), {}, redirect_uri=redirect_uri)
    assert answer.parameters["code"]


def test_a_private_authority_is_trusted_for_the_provider(tmp_path):
    """The ca_bundle of the profile goes for the browser too."""
    server = LoopbackServer(tls=server_tls(FOLDER / "server.pem", FOLDER / "server.key"))
    changes = {"[server]": f'[server]\nca_bundle = "{FOLDER}/ca.pem"'}
    with reference_server(tmp_path, "browser", server=server, changes=changes) as path:
        ((answer, _),), _ = authorize(load(path, {}), {})
    assert answer.parameters["code"]


ODD = """<title>Odd</title><form method="post" action="/interaction/login">CSRF
<input name="username" placeholder="Search users"><input type="password" name="trap">
<input id="who" type="number-plate"><input id="word" type="password">
<span id="go" onclick="send()">Enter</span></form><script>
  function send() {
    const form = document.forms[0]
    form.username.value = document.getElementById('who').value
    form.trap.name = 'password'
    form.password.value = document.getElementById('word').value
    form.submit()
  }
</script>"""

SELECTORS = {
    "username_selector": "#who",
    "password_selector": "#word",
    "submit_selector": "#go",
    "consent_selector": "button[value=allow]",
}


class Odd:
    """The reference server with a login page that only its author understands."""

    def __init__(self, application):
        self._application = application

    async def __call__(self, scope, receive, send):
        if (scope["method"], scope["path"]) != ("GET", LOGIN):
            await self._application(scope, receive, send)
            return
        body = bytearray()

        async def kept(message):
            body.extend(message.get("body", b""))

        await self._application(scope, receive, kept)
        hidden = bytes(body).decode().partition("<input")[2].partition(">")[0]
        await HTMLResponse(ODD.replace("CSRF", f"<input{hidden}>"))(scope, receive, send)


def test_selectors_of_the_profile_go_first(tmp_path):
    """Fields and buttons that no heuristic finds are named."""
    with reference_server(tmp_path, "browser", alter=Odd) as path:
        profile = load(path, {})
        odd = profile.model_copy(update={"login": profile.login.model_copy(update=SELECTORS)})
        ((answer, _),), _ = authorize(odd, {})
    assert answer.parameters["code"]


@pytest.mark.parametrize(
    "selector",
    [
        "username_selector",
        *(pytest.param(f"{each}_selector", marks=pytest.mark.nightly) for each in ("password", "submit")),
    ],
)
def test_a_selector_that_finds_nothing_is_named(tmp_path, selector):
    """The sentence names the setting to mend."""
    with reference_server(tmp_path, "browser", alter=Odd) as path:
        profile = load(path, {})
        login = profile.login.model_copy(update={**SELECTORS, selector: "#nobody"})
        with pytest.raises(Inconclusive, match=f"titled 'Odd'\\) has nothing that login.{selector} finds"):
            authorize(profile.model_copy(update={"login": login}), {})


def test_a_selector_that_is_none_is_named(tmp_path):
    """What is no CSS is said to be none."""
    with reference_server(tmp_path, "browser") as path:
        profile = load(path, {})
        login = profile.login.model_copy(update={"submit_selector": "]["})
        with pytest.raises(Inconclusive, match=r"a selector of \[login\] is no CSS: .*'\]\['"):
            authorize(profile.model_copy(update={"login": login}), {})
