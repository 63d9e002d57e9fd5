"""`login` with strategy `device`: the user enters the code that is shown in a browser which a test plays."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from functools import partial

import pytest
from click.testing import CliRunner
from starlette.responses import JSONResponse, PlainTextResponse

from tests.live.pages import Replaced
from token_conformance.command_line.main import main
from token_conformance.profile.loading import load
from token_conformance.provider.login.verification import Verification, follow_verification
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer
from token_conformance.sessions import device_login
from token_conformance.sessions.live import live_provider

PROFILE = """
[profile]
name = "Reference"

[server]
issuer = "{base}"

[[clients]]
client_id = "set-top-box"
authentication = "none"

[grants.device_code]
scope = "{scope}"
interval = 1

[grants.refresh_token]
rotation = "always"

[login]
strategy = "device"
username = "alice"
password = "a-password-of-alice"
"""
AUTHORIZATION, TOKEN = ("POST", "/device_authorization"), ("POST", "/token")


@contextmanager
def provider(folder, answers=None, scope="openid offline_access"):
    """A running provider, some of whose answers are other ones; gives the path of its profile."""
    server = LoopbackServer()
    path = folder / "reference.toml"
    path.write_text(PROFILE.format(base=server.base_url, scope=scope))
    with server.serving(Replaced(ReferenceServer(load(path, {})).application, answers or {})):
        yield path


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def user(monkeypatch):
    """The user at another browser, who goes where the lines say and decides while the device waits."""
    polls = []

    def user(path, decision="approve"):
        async def decide(lines, _seconds):
            polls.append(lines)
            if len(polls) == 1:
                login = load(path, {}).login
                address, code = lines[1], lines[2].removeprefix("and enter the code ")
                walk = Verification("", login, user_code=code, decision=decision)
                async with live_provider(load(path, {}), "browser") as browser:
                    await follow_verification(browser.wire, address, walk)

        lines = []
        log_in = device_login.log_in_by_device

        def watched(store, say, patience):
            return log_in(store, lambda line: (lines.append(line), say(line)), patience, partial(decide, lines))

        monkeypatch.setattr("token_conformance.command_line.login.log_in_by_device", watched)
        return polls

    return user


@pytest.fixture
def impatient(monkeypatch):
    """Nobody comes, and no second passes; gives the seconds that would have."""
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    log_in = device_login.log_in_by_device
    monkeypatch.setattr(
        "token_conformance.command_line.login.log_in_by_device",
        lambda store, say, patience: log_in(store, say, patience, sleep),
    )
    return slept


def test_a_device_is_let_in(tmp_path, data_home, command, user):
    """Address and code are shown, no token is, and the session is stored as that of the grant's client."""
    with provider(tmp_path) as path:
        user(path)
        result = command("login", path)
    assert (result.exit_code, result.exception) == (0, None), result.output
    assert "To log in, open this address in any browser:\nhttp://127.0.0.1:" in result.output
    assert "\nand enter the code " in result.output
    assert "Runs do not use it" not in result.output
    session = json.loads((data_home / "token-conformance" / "sessions" / "reference.json").read_text())
    assert session["client_id"] == "set-top-box"
    for token in (session["refresh_token"], session["access_token"]):
        assert token not in result.output


def test_a_run_starts_from_the_session(tmp_path, data_home, command, user):
    """What `login` stores is what a live run renews, without a login of its own."""
    with provider(tmp_path) as path:
        user(path)
        assert command("login", path).exit_code == 0
        store = data_home / "token-conformance" / "sessions" / "reference.json"
        before = json.loads(store.read_text())["refresh_token"]

        async def renewed():
            async with live_provider(load(path, {}), "run") as run:
                return await run.refresh(before)

        assert asyncio.run(renewed()).accepted


def test_a_denied_device(tmp_path, data_home, command, user):
    """What the user decides ends the polling, and no session is stored."""
    with provider(tmp_path) as path:
        user(path, "deny")
        result = command("login", path)
    assert result.exit_code == 4
    assert "ERROR: the login was denied at the provider: 400 access_denied" in result.output
    assert not (data_home / "token-conformance" / "sessions" / "reference.json").exists()


def device(**changes):
    members = {"device_code": "a-device-code-0001", "user_code": "WDJB-MJHT", "expires_in": 60, "interval": 7}
    return JSONResponse(members | {"verification_uri": "https://op.example/device"} | changes)


def refused(error, status=400, **more):
    return JSONResponse({"error": error, **more}, status)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({AUTHORIZATION: refused("unauthorized_client")}, "gave no device code: 400 unauthorized_client"),
        (
            {AUTHORIZATION: refused("invalid_scope", error_description="Not\x1b[2Jthis\nERROR: but that")},
            r"400 invalid_scope (Not\x1b[2Jthis\nERROR: but that)",
        ),
        ({AUTHORIZATION: PlainTextResponse("Bad gateway", 502)}, "502 without an error code"),
        ({AUTHORIZATION: PlainTextResponse("Hello")}, "gave no device code: 200 without an error code"),
        ({AUTHORIZATION: device(verification_uri="javascript:alert(1)")}, "lacks a user_code, or a verification_uri"),
        (
            {AUTHORIZATION: device(verification_uri="javascript://op.example/")},
            "lacks a user_code, or a verification_uri",
        ),
        ({AUTHORIZATION: device(verification_uri="file://op.example/etc/hosts")}, "that a browser may be sent to"),
        ({AUTHORIZATION: device(verification_uri="https://op.example/\nERROR: x")}, "that a browser may be sent to"),
        ({AUTHORIZATION: device(verification_uri="https:///device")}, "that a browser may be sent to"),
        ({AUTHORIZATION: device(user_code=7)}, "lacks a user_code, or a verification_uri"),
        ({AUTHORIZATION: device(), TOKEN: refused("expired_token")}, "the code expired before the login was done"),
        ({AUTHORIZATION: device(), TOKEN: refused("invalid_client", 401)}, "gave no tokens to the device: 401 invalid"),
        ({AUTHORIZATION: device(), TOKEN: refused("slow_down")}, "nobody has logged in with the code in time"),
        ({AUTHORIZATION: device(), TOKEN: PlainTextResponse("", 500)}, "nobody has logged in with the code in time"),
        (
            {AUTHORIZATION: device(), TOKEN: JSONResponse({"access_token": "a-token-0001", "token_type": "Bearer"})},
            "ask for one in [grants.device_code], as a rule by offline_access in scope",
        ),
    ],
)
def test_no_session(tmp_path, command, impatient, answers, sentence):
    """Each way in which it does not come to a session is one sentence, without a token or a control character."""
    with provider(tmp_path, answers) as path:
        result = command("login", path)
    (line,) = [line for line in result.output.splitlines() if line.startswith("ERROR: ")]
    assert sentence in line
    assert result.exit_code == 4
    assert "\x1b" not in result.output
    assert "a-device-code-0001" not in result.output
    assert "a-token-0001" not in result.output


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        (refused("authorization_pending"), [7, 7, 7, 7, 7, 7, 7, 7]),
        (refused("slow_down"), [7, 12, 17, 22]),
        (PlainTextResponse("", 503), [7, 14, 28]),
    ],
)
def test_the_pace_of_the_polling(tmp_path, command, impatient, answer, waits):
    """The interval is kept, and longer where that is asked for or nothing comes (RFC 8628 §3.5), until the code expires."""
    with provider(tmp_path, {AUTHORIZATION: device(), TOKEN: answer}) as path:
        assert command("login", path).exit_code == 4
    assert impatient == waits


def test_the_address_that_holds_the_code(tmp_path, command, impatient):
    """It is shown where it is an address."""
    complete = "https://op.example/device?user_code=WDJB-MJHT"
    answers = {AUTHORIZATION: device(verification_uri_complete=complete), TOKEN: refused("access_denied")}
    with provider(tmp_path, answers) as path:
        assert f"or open {complete}, which holds the code" in command("login", path).output


@pytest.mark.parametrize("complete", ["javascript:alert(1)", "https://op.example/\x1b[2J", "https:", 7])
def test_an_address_that_is_none_is_not_shown(tmp_path, command, impatient, complete):
    """The code can be entered at the other one."""
    answers = {AUTHORIZATION: device(verification_uri_complete=complete), TOKEN: refused("access_denied")}
    with provider(tmp_path, answers) as path:
        said = command("login", path).output
    assert "https://op.example/device\nand enter the code WDJB-MJHT\nWaiting" in said


def test_a_code_is_on_its_line(tmp_path, command, impatient):
    """It begins no other line, which could tell the user something else."""
    answers = {AUTHORIZATION: device(user_code="AB\nor open https://evil.example"), TOKEN: refused("access_denied")}
    with provider(tmp_path, answers) as path:
        said = command("login", path).output
    assert r"and enter the code AB\nor open https://evil.example" in said.splitlines()


def test_a_provider_that_is_not_there(tmp_path, command):
    """It is told in a sentence."""
    with provider(tmp_path) as path:
        pass
    result = command("login", path)
    (line,) = [line for line in result.output.splitlines() if line.startswith("ERROR: ")]
    assert "no connection to 127.0.0.1:" in line
    assert result.exit_code == 4
