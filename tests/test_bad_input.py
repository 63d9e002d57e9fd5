"""What cannot be tested is told in one clear sentence, with the right exit status, and nothing is lost."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from token_conformance.layout import ROOT

PROFILE = """
[profile]
name = "Bad"
[server]
{server}
[[clients]]
client_id = "app"
client_secret = "a-secret-of-the-app-0001"
redirect_uri = "https://app.example/callback"
[grants.authorization_code]
[grants.refresh_token]
[grants.client_credentials]
[login]
username = "alice"
password = "a-password-of-alice-0002"
[limits]
max_wait = 0
request_timeout = 2
"""


class Welcome(BaseHTTPRequestHandler):
    """A web server that greets everybody, and gives tokens to services."""

    def do_GET(self) -> None:
        self.answer("text/html", b"<html><title>Welcome</title><body>Hello</body></html>")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(
            "application/json", b'{"access_token": "an-access-token-0003", "token_type": "Bearer", "expires_in": 3600}'
        )

    def answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def welcoming() -> Iterator[str]:
    """The address of the web server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Welcome)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def babbling() -> Iterator[str]:
    """The address of a server that does not speak HTTP."""
    listener = socket.create_server(("127.0.0.1", 0))

    def babble() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

    threading.Thread(target=babble, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


@pytest.fixture
def run(tmp_path):
    """Runs the command for a profile with the given [server]."""

    def run(server: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "bad.toml").write_text(PROFILE.format(server=server))
        command = [sys.executable, "-m", "token_conformance", "run", "./bad.toml", "--live", *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        ended = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert "Traceback" not in ended.stdout + ended.stderr
        return ended

    return run


def results(folder: Path) -> dict[str, object]:
    """The results of the run in a folder."""
    (path,) = folder.glob("reports/bad/*/results.json")
    return json.loads(path.read_text())


def test_an_unreachable_server_is_one_sentence(run, tmp_path):
    """Nobody listens at the issuer: exit status 4, and a report in which everything is inconclusive."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    ended = run(f'issuer = "http://127.0.0.1:{port}"', "-k", "service or login")
    assert ended.returncode == 4
    assert f"could not be read: no connection to 127.0.0.1:{port}" in ended.stdout
    assert {check["verdict"] for check in results(tmp_path)["checks"]} <= {"inconclusive", "not_applicable"}


def test_a_server_without_http_is_one_sentence(run):
    """Something else than a web server listens there: exit status 4."""
    with babbling() as address:
        ended = run(f'issuer = "{address}"', "-k", "service")
    assert ended.returncode == 4
    assert "not an HTTP answer" in ended.stdout


def test_a_page_instead_of_metadata_is_one_sentence(run):
    """The discovery document is HTML: exit status 4."""
    with welcoming() as address:
        ended = run(f'issuer = "{address}"', "-k", "service")
    assert ended.returncode == 4
    assert "is not a JSON object: 200, text/html; check server.issuer" in ended.stdout


def test_a_missing_login_form_leaves_the_rest_to_be_judged(run, tmp_path):
    """Where no form is, the checks that need a login say so, and the others are judged."""
    with welcoming() as address:
        server = f'token_endpoint = "{address}/token"\nauthorization_endpoint = "{address}/authorize"'
        ended = run(server, "-k", "service_gets_a_token or code_yields")
    verdicts = {
        check["id"].split("::")[1]: (check["verdict"], check["message"]) for check in results(tmp_path)["checks"]
    }
    assert ended.returncode == 4
    assert verdicts["test_service_gets_a_token"][0] == "pass"
    assert verdicts["test_code_yields_an_access_token"] == (
        "inconclusive",
        "the page at /authorize (status 200, titled 'Welcome') has no form to log in with",
    )


def test_a_report_folder_that_cannot_be_written_is_one_sentence(run, tmp_path):
    """A file stands where the folder should be: exit status 4, and the findings are in the terminal."""
    (tmp_path / "taken").write_text("")
    with welcoming() as address:
        ended = run(f'token_endpoint = "{address}/token"', "-k", "service_gets_a_token", "--report-dir", "taken")
    assert ended.returncode == 4
    assert "cannot be written" in ended.stdout
    assert "1 pass" in ended.stdout
