"""`judge` needs nothing but a recording."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.profile_writing.test_recordings import BASIC, CODE, GRANTED, METADATA, asked, entry
from token_conformance.command_line.main import main
from token_conformance.layout import ROOT

DISCOVERED = entry(METADATA, url="https://op.example/.well-known/openid-configuration", method="GET")


@pytest.fixture
def judge(tmp_path):
    """What comes of judging a recording with these entries, in a process of its own."""

    def invoke(*entries, options=()):
        (tmp_path / "example.har").write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
        command = [sys.executable, "-m", "token_conformance", "judge", "example.har", *options]
        told = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=tmp_path, env=told, capture_output=True, text=True, check=False)

    return invoke


def test_a_recording_is_judged_by_a_drafted_profile(judge, tmp_path):
    """The profile is kept where that is asked for, and holds the client's secret for its owner alone."""
    lame = {"access_token": "one", "expires_in": "3600"}
    result = judge(DISCOVERED, entry(lame, authorization=BASIC, **CODE), options=("-o", "kept.toml"))
    assert "a profile of https://op.example was drafted" in result.stdout + result.stderr
    assert result.returncode == 1
    assert "FAIL     rfc6749-5.1-token-type" in result.stdout
    assert (tmp_path / "kept.toml").stat().st_mode & 0o077 == 0
    assert [path.parts[-1] for path in (tmp_path / "reports").glob("*/*/results.json")] == ["results.json"]


def test_a_profile_that_is_there_is_not_replaced(judge, tmp_path):
    """Somebody has written it."""
    (tmp_path / "kept.toml").write_text("mine")
    result = judge(entry(GRANTED, authorization=BASIC, **CODE), options=("-o", "kept.toml"))
    assert (result.returncode, (tmp_path / "kept.toml").read_text()) == (4, "mine")


def test_a_recording_without_token_requests_ends_in_a_sentence(judge):
    """Nothing of the token endpoint is judged, which is what status 5 says."""
    result = judge(asked())
    assert (result.returncode, (result.stdout + result.stderr).strip()) == (
        5,
        "no verdict on a provider: the recording holds no token request: there is nothing to judge",
    )


def test_what_is_no_recording_is_refused(tmp_path):
    """With what was expected."""
    (tmp_path / "other.har").write_text("{}")
    result = CliRunner().invoke(main, ["judge", str(tmp_path / "other.har")])
    assert result.exit_code == 4
    assert "log: missing, expected as in HAR 1.2" in result.output
