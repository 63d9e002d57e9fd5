"""A run is explored where it is asked to, after its checks, and never against the will of a profile."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.suites.judging import profile_named
from token_conformance.layout import ROOT
from token_conformance.plugin.exploring import not_to_explore

LIVE = SimpleNamespace(kind="live")


def asked(requests, option="explore"):
    given = {"explore": None, "explore_requests": None, option: requests}
    return SimpleNamespace(option=SimpleNamespace(**given))


def with_limit(requests):
    profile = profile_named("everything")
    return profile.model_copy(update={"limits": profile.limits.model_copy(update={"exploration": requests})})


@pytest.mark.parametrize(
    ("explore", "limit", "kind", "refused"),
    [
        (200, 0, "live", True),
        (200, 300, "live", False),
        (200, 0, "emulated", False),
        (None, 0, "live", False),
    ],
)
def test_a_server_elsewhere_is_explored_where_its_profile_allows_it(explore, limit, kind, refused):
    """Exploring plays thief, which not everybody bears."""
    server = SimpleNamespace(kind=kind)
    for option in ("explore", "explore_requests"):
        problems = [*not_to_explore(with_limit(limit), server, asked(explore, option))]
        assert bool(problems) == refused
        assert all(each.startswith(f"--{option.replace('_', '-')} ") for each in problems)


def test_a_finding_tells_its_story(tmp_path):
    """On the terminal, in results.json and in the report; evidence tells it again, and the next run has the story."""
    profile = ROOT / "tests" / "suites" / "everything.toml"
    options = [
        "--emulated",
        "--fault",
        "refresh-scope-refused-once",
        "-k",
        "test_public_client_gets_new_refresh_tokens",
    ]
    explore = ["--explore", "120", "--explore-seed", "1", "--evidence", "--report-dir", str(tmp_path)]
    command = [sys.executable, "-m", "token_conformance", "run", str(profile), *options, *explore]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 1
    assert "FAIL     rfc6749-6-scope-not-exceeded: seen on the way" in ended.stdout
    assert "found by exploring, and repeated on a fresh login" in ended.stdout
    assert "(--explore-seed 1): 1 story found" in ended.stdout
    (path,) = tmp_path.rglob("results.json")
    (seen,) = json.loads(path.read_text("utf-8"))["seen_on_the_way"]
    assert seen["explored"].startswith("found by exploring, and repeated")
    assert seen["story"][-1]["exchange"].startswith("exploring/")
    report = (path.parent / "report.html").read_text("utf-8")
    assert f'<pre id="{seen["exchange"]}">' in report
    assert '<svg class="family" role="img"' in report
    assert next(kin["name"] for kin in seen["family"] if kin["accused"]) in report
    assert (tmp_path / "stories" / "everything.json").exists()
    command = [sys.executable, "-m", "token_conformance", "report", str(path.parent)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120).returncode == 1
    (again,) = json.loads(path.read_text("utf-8"))["seen_on_the_way"]
    assert (again["requirement"], again["verdict"]) == (seen["requirement"], seen["verdict"])
    assert again["story"][-1]["exchange"].startswith("exploring/")


def explored_requests(folder, *options, seed="1"):
    """What a run prints that explores requests by 80 requests, and where its results are."""
    command = [sys.executable, "-m", "token_conformance", "run", str(ROOT / "tests" / "suites" / "everything.toml")]
    command += ["--emulated", "--explore-requests", "80", "--explore-seed", seed, "--report-dir", str(folder), *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    (path,) = folder.rglob("results.json")
    return ended, path


def test_a_changed_request_is_told_beside_the_good_one(tmp_path):
    """On the terminal, in results.json and in the report; no report holds a token, however it was written."""
    few = ["-k", "test_public_client_gets_new_refresh_tokens"]
    ended, path = explored_requests(tmp_path, "--fault", "unknown-parameter-refused", *few)
    assert ended.returncode == 1
    assert "FAIL     rfc6749-3.2-unknown-ignored: seen on the way: a refresh with an unknown parameter" in ended.stdout
    assert "found by exploring requests, and repeated by itself" in ended.stdout
    assert "(--explore-seed 1): 1 finding" in ended.stdout
    (seen,) = json.loads(path.read_text("utf-8"))["seen_on_the_way"]
    assert [step["told"].partition(":")[2][:4] for step in seen["story"]] == [" 400", " 200"]
    report = (path.parent / "report.html").read_text("utf-8")
    assert f'<pre id="{seen["exchange"]}">' in report
    assert "the-second-client-s-secret" not in report
    assert "s3cret" not in report
    assert (tmp_path / "stories" / "everything.requests.json").exists()


def test_what_a_red_check_has_told_is_not_told_again(tmp_path):
    few = ["-k", "test_get_yields_no_token"]
    ended, path = explored_requests(tmp_path, "--fault", "get-accepted", *few)
    assert "FAIL     rfc6749-3.2-post-only" in ended.stdout
    assert "(--explore-seed 1): 1 finding" in ended.stdout
    assert json.loads(path.read_text("utf-8"))["seen_on_the_way"] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--recorded", "--explore"], "leave out one of them"),
        (["--plan", "--explore"], "--explore and --plan exclude each other"),
        (["--explore-seed", "4"], "give --explore or --explore-requests too"),
        (["--recorded", "--explore-requests"], "--explore-requests asks for what nobody has asked for yet"),
        (["--plan", "--explore-requests", "5"], "--explore-requests and --plan exclude each other"),
    ],
)
def test_what_cannot_be_explored_is_said(arguments, sentence):
    command = [sys.executable, "-m", "token_conformance", "run", "generic-oidc", *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 4
    assert sentence in ended.stderr + ended.stdout


def test_a_plain_run_imports_nothing_of_it():
    """What searches, and hypothesis, are imported where a run explores."""
    code = "import sys, token_conformance.plugin.hooks; print([name for name in sys.modules if 'hypothesis' in name or name.endswith(('exploring.searching', 'requests.trying'))])"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "[]"
