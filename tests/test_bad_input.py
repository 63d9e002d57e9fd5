"""What cannot be tested is told in one clear sentence, with the right exit status, and nothing is lost."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from token_conformance.layout import ROOT
from token_conformance.report.writing import SMALLEST_FIRST

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


LOGIN = 'username = "alice"\npassword = "a-password-of-alice-0002"'


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
def counting() -> Iterator[tuple[str, list[object]]]:
    """The address of a server, and whom it has heard of."""
    asked: list[object] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def count() -> None:
        with suppress(OSError):
            while True:
                connection, caller = listener.accept()
                asked.append(caller)
                connection.close()

    threading.Thread(target=count, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.close()


WITHOUT_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Python takes a module for compiled of which only the beginning could be written."""


def limit_files(largest: int) -> None:
    """Have no file of this process grow beyond some bytes, as on a full disk."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))


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

    def run(
        server: str,
        *arguments: str,
        folder: Path | str = tmp_path,
        beside: Path = ROOT,
        largest_file: int = 0,
        login: str = "",
    ) -> subprocess.CompletedProcess[str]:
        profile = tmp_path / "bad.toml"
        profile.write_text(PROFILE.format(server=server).replace(LOGIN, login or LOGIN))
        command = [sys.executable, "-m", "token_conformance", "run", str(profile), "--live", *arguments]
        ended = subprocess.run(
            command,
            cwd=folder,
            env=os.environ
            | {"PYTHONPATH": os.pathsep.join((str(beside), str(ROOT)))}
            | (WITHOUT_BYTECODE if largest_file else {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            preexec_fn=partial(limit_files, largest_file) if largest_file else None,
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
    """A file stands where the folder should be: exit status 4 before anything is sent."""
    (tmp_path / "taken").write_text("")
    with counting() as (address, asked):
        ended = run(f'token_endpoint = "{address}/token"', "-k", "service_gets_a_token", "--report-dir", "taken")
    assert (ended.returncode, asked) == (4, [])
    assert ended.stderr == (
        "ERROR: the folder of --report-dir, taken, cannot be written: File exists; choose another one\n"
    )


def test_a_temporary_folder_that_cannot_be_written_is_one_sentence(run, tmp_path):
    """It is told as what it is, before anything is sent, and before pytest looks for it."""
    (tmp_path / "sitecustomize.py").write_text("import tempfile\ntempfile.tempdir = '/dev/null/temporary'\n")
    with counting() as (address, asked):
        ended = run(f'token_endpoint = "{address}/token"', "-k", "service_gets_a_token", beside=tmp_path)
    assert (ended.returncode, asked) == (4, [])
    assert ended.stderr == (
        "ERROR: the temporary folder, /dev/null/temporary, cannot be written: Not a directory; "
        "name another one by TMPDIR\n"
    )


def test_a_session_folder_that_cannot_be_written_is_one_sentence(run, tmp_path):
    """It is told as what it is, before anything is sent."""
    (tmp_path / "taken").write_text("")
    with counting() as (address, asked):
        server = f'token_endpoint = "{address}/token"\nauthorization_endpoint = "{address}/authorize"'
        session = ("--session-file", str(tmp_path / "taken" / "session.json"))
        ended = run(server, *session, login='strategy = "interactive"')
    assert (ended.returncode, asked) == (4, [])
    assert f"ERROR: the session's folder, {tmp_path / 'taken'}, cannot be written: File exists; choose" in ended.stderr


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="takes a folder that takes no files")
def test_a_working_directory_that_takes_no_files_does_no_harm(run, tmp_path):
    """Where the reports go elsewhere, nothing else has to be written there."""
    with welcoming() as address:
        server = f'token_endpoint = "{address}/token"'
        ended = run(server, "-k", "service_gets_a_token", "--report-dir", str(tmp_path / "reports"), folder="/proc")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert results(tmp_path)["summary"]["pass"] == 1


ONE = ("-k", "service_gets_a_token")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_disk_that_is_full_in_mid_run_keeps_what_fits(run, tmp_path):
    """No file may be as large as index.html: it is not there, one sentence says so, and the status does."""
    with welcoming() as address:
        run(f'token_endpoint = "{address}/token"', *ONE, "--report-dir", str(tmp_path / "whole"))
        sizes = {path.name: path.stat().st_size for path in tmp_path.glob("whole/bad/*/*")}
        room = (sizes["results.json"] + sizes["index.html"]) // 2
        ended = run(f'token_endpoint = "{address}/token"', *ONE, largest_file=room)
    (error,) = [line for line in ended.stdout.splitlines() if line.startswith("ERROR: ")]
    assert error.startswith("ERROR: of the reports only results.json, junit.xml, badge.json, ")
    assert results(tmp_path)["trouble"] == error.removeprefix("ERROR: ")
    assert sorted(path.name for path in tmp_path.glob("reports/bad/*/*")) == sorted(
        ["evidence.jsonl", "recording.har", *SMALLEST_FIRST[: SMALLEST_FIRST.index("index.html")]]
    )
    assert "No verdict on the provider: of the reports only" in ended.stdout.splitlines()[-1]
    assert ended.returncode == 4
