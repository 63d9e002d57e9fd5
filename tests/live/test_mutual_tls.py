"""Live runs over TLS with certificates of a private authority: of the server, and of its clients."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tests.certificates import certificates
from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer, server_tls

FOLDER = Path(certificates()["CERTIFICATES"])
SUITES = Path(__file__).parent.parent / "suites"
TRUSTED = [FOLDER / "ca.pem", FOLDER / "service.pem", FOLDER / "public.pem"]


class LiveRun:
    """The tool has run against the reference server over TLS."""

    def __init__(self, folder: Path, ended: subprocess.CompletedProcess[str]) -> None:
        self.status = ended.returncode
        self.said = ended.stdout + ended.stderr
        found = list(folder.glob("reports/reference/*/results.json"))
        self.results = json.loads(found[0].read_text()) if found else {"checks": [], "summary": {}}

    def verdicts(self, *verdicts: str) -> dict[str, str]:
        return {
            check["id"].rpartition("::")[2]: check["message"]
            for check in self.results["checks"]
            if check["verdict"] in verdicts
        }

    def check(self, name: str) -> tuple[str, str]:
        (check,) = [check for check in self.results["checks"] if check["id"].endswith(name)]
        return check["verdict"], check["message"]


@pytest.fixture
def live_run(tmp_path):
    """Runs the tool against the reference server with some faults, whose own TLS can be another one."""

    def live_run(name="mutual_tls", *options, certificate="server", faults=(), tls=None, ca_bundle=True):
        context = tls or server_tls(FOLDER / f"{certificate}.pem", FOLDER / f"{certificate}.key", TRUSTED)
        server = LoopbackServer(tls=context)
        text = (SUITES / f"{name}.toml").read_text("utf-8").replace("https://op.example", server.base_url)
        bundle = f'[server]\nca_bundle = "{FOLDER}/ca.pem"' if ca_bundle else "[server]"
        profile = tmp_path / "reference.toml"
        profile.write_text(text.replace("[server]", bundle).replace("[limits]", "[limits]\nmax_wait = 2"))
        environment = os.environ | certificates() | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "token_conformance", "run", str(profile), "--live", *options]
        with server.serving(ReferenceServer(load(profile, certificates()), faults=faults).application):
            ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return LiveRun(tmp_path, ended)

    return live_run


def test_a_faultless_server_alarms_nobody_over_tls(live_run, topics):
    """Clients are known by their certificates, and the handshake refuses imitations."""
    run = live_run("mutual_tls", *topics("mutual_tls", "transport", "refresh"))
    assert run.verdicts("fail", "warning", "error") == {}
    assert run.status == 0, run.said
    assert run.check("test_certificate_is_that_of_the_host")[0] == "pass"
    assert run.check("test_old_versions_are_not_spoken")[0] == "pass"
    assert run.check("test_client_is_refused_with_an_imitated_certificate")[0] == "pass"
    assert run.check("test_resource_refuses_a_bound_token_with_another_certificate")[0] == "pass"


def test_a_public_client_presents_its_own_certificate(live_run):
    """Its tokens are bound to what it has made for itself."""
    run = live_run("mutual_tls_public", "-k", "mutual_tls")
    assert run.verdicts("fail", "warning", "error") == {}
    assert run.check("test_bound_refresh_token_needs_its_certificate") == ("pass", "")


def test_a_fault_is_found_over_tls(live_run):
    """A resource that does not compare certificates is told."""
    run = live_run("mutual_tls", "-k", "mutual_tls", faults=["certificate-not-compared-by-resource"])
    assert list(run.verdicts("fail", "warning", "error")) == [
        "test_resource_refuses_a_bound_token_with_another_certificate"
    ], run.said
    assert run.status == 1


def test_an_old_version_is_found(live_run):
    """A server that still speaks TLS 1.1 is told which version it took."""
    context = server_tls(FOLDER / "server.pem", FOLDER / "server.key", TRUSTED)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
    run = live_run("mutual_tls", "-k", "transport", tls=context)
    verdict, message = run.check("test_old_versions_are_not_spoken")
    assert verdict == "fail", run.said
    assert "speaks TLSv1.1" in message


@pytest.mark.parametrize("wrong", [{"certificate": "elsewhere"}, {"ca_bundle": False}])
def test_a_server_with_a_wrong_certificate_ends_the_run_in_one_sentence(live_run, wrong):
    """One of another name, or of an authority that nobody trusts, is a run that cannot be made."""
    run = live_run("mutual_tls", "-k", "transport or refresh", **wrong)
    assert run.status == 4, run.said
    (line,) = [line for line in run.said.splitlines() if line.startswith("ERROR")]
    assert "certificate verify failed" in line
    assert "Traceback" not in run.said
