"""Servers with their limits on: what they tell of them is known beforehand, and several runs tell what one tells."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime
from time import sleep

import pytest

from tests.live.pins import differences, read, seen
from tests.live.running import command_line, serving
from tests.live.setups import set_ups
from token_conformance.layout import ROOT

MCP, BETTER_AUTH = set_ups()["mcp_typescript/default"], set_ups()["better_auth/default"]
ANNOUNCED = {"rateLimit": {"windowMs": 8000, "max": 150}}
UNANNOUNCED = {
    "limited": True,
    "rateLimit": {
        each: {"window": 8, "max": 150} for each in ("token", "authorize", "introspect", "revoke", "userinfo")
    },
}
CUT_SHORT = 8


@contextmanager
def limited(set_up, settings, folder):
    """Runs the command with further arguments at a server with limits; gives its results, and what was said."""
    if set_up.missing is not None:
        pytest.skip(f"{set_up.server} cannot be had: {set_up.missing} is not there")
    with serving([*set_up.start, json.dumps({**set_up.settings, **settings})], set_up.folder) as said:
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | {name.upper(): value for name, value in said.items()}

        def run(*arguments):
            command = command_line(set_up.folder / set_up.profile, *arguments)
            ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
            return ended, max(folder.rglob("results.json"), default=None, key=lambda path: path.stat().st_mtime)

        yield run, said["version"]


def test_a_probe_learns_what_headers_tell(tmp_path):
    """By the limit that comes along with the MCP SDK: the plan says what fits, and nothing is run."""
    with limited(MCP, {"rateLimit": {}}, tmp_path) as (run, _):
        ended, results = run("--plan", "--probe")
    assert (ended.returncode, results) == (0, None)
    assert "which tells of a limit: 50 token requests in 900 s, 49 of them left" in ended.stdout
    assert "the provider allows 50 in 15 min" in ended.stdout


@pytest.mark.nightly
@pytest.mark.parametrize(("set_up", "settings"), [(MCP, ANNOUNCED), (BETTER_AUTH, UNANNOUNCED)], ids=["told", "untold"])
def test_several_runs_tell_what_one_tells(set_up, settings, tmp_path):
    """Each run ends by itself, the worthiest are judged in the first, and the last one is as pinned."""
    with limited(set_up, settings, tmp_path) as (run, version):
        ended, path = run()
        assert ended.returncode == CUT_SHORT, ended.stdout
        assert judged(path)["used_refresh_token_is_refused"] != "inconclusive"
        for _ in range(9):
            if ended.returncode != CUT_SHORT:
                break
            wait_until(max(left["earliest"] for left in results_of(path)["todo"] if left["because"] == "limit"))
            ended, path = run("--resume", str(path))
    results = results_of(path)
    found = differences(set_up, read(set_up.pins), seen(results, version), results)
    assert [each for each in found if not each.startswith(("requests: ", "logins: "))] == []


def results_of(path):
    return json.loads(path.read_text())


def judged(path):
    return {check["id"].partition("::test_")[2]: check["verdict"] for check in results_of(path)["checks"]}


def wait_until(moment):
    """Let the window of the server pass, of a few seconds."""
    sleep(max(0.0, (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()) + 1)
