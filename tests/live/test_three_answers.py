"""Asked live, judged again from its evidence, and judged from what a proxy has recorded meanwhile: one server, one answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.live.builds import environment
from tests.live.listening import free_port, wait_for
from tests.live.running import Results, run, serving
from tests.live.setups import set_ups
from token_conformance.layout import ROOT

HERE = Path(__file__).parent
JUDGED = {"pass", "fail", "warning", "deviation"}

SERVERS = {
    "oidc-provider": (["node", "../server.mjs"], HERE / "oidc_provider", "rotating.toml", ""),
    "django-oauth-toolkit": (
        [sys.executable, "server.py"],
        HERE / "django_oauth_toolkit",
        "django-oauth-toolkit.toml",
        "/o",
    ),
}
"""What starts a server, where, a profile of it, and the path of its issuer."""

UNDER_ANOTHER_NAME = {"test_refusal_says_that_it_is_json", "test_refusal_is_not_stored"}
"""Deviations of django-oauth-toolkit that its profile knows by the scenario in which they are seen."""


@pytest.fixture(scope="module")
def proxy():
    """What starts mitmproxy without a screen."""
    python = environment("mitmproxy", HERE / "mitmproxy" / "requirements.txt")
    return [str(python), "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()"]


@contextmanager
def recorded_by(proxy: Sequence[str], server: str, issuer: str, har: Path) -> Iterator[None]:
    """A proxy before a server, which writes what passes by it when it ends."""
    settings = {"hardump": har, "keep_host_header": "true", "confdir": har.parent / "certificates"}
    options = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    listening = ["--listen-host", "127.0.0.1", "-p", str(urlsplit(issuer).port)]
    command = [*proxy, "-q", "--mode", f"reverse:{server}", *listening, *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"{issuer}/.well-known/openid-configuration", process)
        yield
    finally:
        process.terminate()
        process.wait(30)


def verdicts(results: Results) -> Mapping[str, str]:
    """The verdicts by checks."""
    return {check["id"].split("::")[1]: check["verdict"] for check in results["checks"]}


def judged(arguments: list[str], folder: Path, issuer: str, found: str) -> Mapping[str, str]:
    """The verdicts of a command that asks nobody."""
    command = [sys.executable, "-m", "token_conformance", *arguments]
    told = os.environ | {"PYTHONPATH": str(ROOT), "ISSUER": issuer}
    ended = subprocess.run(command, cwd=folder, env=told, capture_output=True, text=True, check=False)
    assert ended.returncode in {0, 1}, ended.stdout + ended.stderr
    (path,) = folder.glob(found)
    return verdicts(json.loads(path.read_text()))


def unsteady(folder: Path) -> set[str]:
    """The checks of a server whose verdict depends on what happens beside them, once more or from run to run."""
    return {f"test_{check}" for each in set_ups().values() if each.folder == folder for check in each.sometimes}


@pytest.mark.nightly
@pytest.mark.parametrize("name", SERVERS)
def test_three_answers_are_the_same(name, proxy, tmp_path):
    """Wherever the evidence is the same: what a recording does not show is not judged, and nothing is judged otherwise."""
    start, folder, profile, path = SERVERS[name]
    issuer, har = f"http://127.0.0.1:{free_port()}{path}", tmp_path / "capture.har"
    settings = {"rotate": True, "issuer": issuer} if path == "" else {}
    with serving([*start, json.dumps(settings)], folder) as said:
        server = said["issuer"].removesuffix(path) if path else said["address"]
        with recorded_by(proxy, server, issuer, har):
            live = verdicts(run(folder / profile, tmp_path, said={"issuer": issuer}))
    (evidence,) = tmp_path.glob("reports/*/*/evidence.jsonl")
    replayed = judged(["report", str(evidence.parent)], tmp_path, issuer, "reports/*/*/results.json")
    assert replayed == live
    elsewhere = ["run", str(folder / profile), "--recorded", str(har), "--report-dir", "captured"]
    captured = judged(elsewhere, tmp_path, issuer, "captured/*/*/results.json")
    both = {check for check, verdict in captured.items() if verdict in JUDGED} - UNDER_ANOTHER_NAME - unsteady(folder)
    assert len(both) > 80
    assert {check: captured[check] for check in both} == {check: live[check] for check in both}
