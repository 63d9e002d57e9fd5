"""The command `serve`: what it prints, and how it ends."""

import shlex
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from token_conformance.layout import ROOT
from token_conformance.profile.files import find
from token_conformance.profile.variables import variables_of

COMMAND = [sys.executable, "-m", "token_conformance", "serve"]


@contextmanager
def serving(*arguments):
    """The command under way, and the lines that it has printed."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if "Ctrl-C" in line:
                break
        yield process, lines
    finally:
        process.kill()
        process.communicate()


def settings_of(lines):
    """What a shell, or a reader of .env files, makes of the lines."""
    return dict(shlex.split(line)[0].split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be told to stop there without its console")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(number):
    """Its settings can be pasted, the provider answers to them, and the status is 0."""
    with serving("generic-oidc", "--redirect-uri", "http://localhost:3333", "--clock", "+1h") as (process, lines):
        told = settings_of(lines)
        found = httpx.get(told["OIDC_DISCOVERY"], trust_env=False).json()
        assert found["token_endpoint"] == told["OIDC_TOKEN_ENDPOINT"]
        assert found["issuer"] == told["OIDC_ISSUER"]
        assert told["OIDC_REDIRECT_URI"] == "http://localhost:3333"
        assert told.keys() >= {each.name for each in variables_of(find("generic-oidc"))}
        assert httpx.get(told["TOKEN_CONFORMANCE_CONTROL"], trust_env=False).json()["ahead"] == 3600
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert errors == ""


def test_a_port_in_use_is_one_sentence():
    """It says which, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [*COMMAND, "generic-oidc", "--port", port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 4
    assert ended.stderr == f"ERROR: port {port} of 127.0.0.1 is in use: choose another --port, or none for a free one\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("generic-oidc", "--fault", "wrong-secret-acepted"), "there is no fault 'wrong-secret-acepted'; near: "),
        (("generic-oidc", "--variation", "x"), "there is no variation 'x'"),
        (("generic-oidc", "--clock", "soon"), "'soon' is no time that can pass"),
        (("no-such-profile",), "no-such-profile"),
    ],
)
def test_what_cannot_be_served_is_said(arguments, sentence):
    """One sentence, status 4, no traceback."""
    ended = subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 4
    assert ended.stderr.startswith("ERROR: ")
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
