"""A run that is to stop once it has found enough asks for nothing more, and says so."""

import json
import subprocess
import sys

import pytest

from token_conformance.layout import ROOT

CHECKS = '''
import asyncio

ASKED = asyncio.Event()


@scenario(needs="client_credentials")
async def asked_first(provider):
    """Ask, and say that it is done."""
    answer = await provider.client_credentials()
    ASKED.set()
    return answer


@scenario(needs="client_credentials")
async def asked_later(provider):
    """Ask once more, when the first has asked and was looked at, however long that took."""
    await ASKED.wait()
    for _ in range(1000):
        await asyncio.sleep(0)
    return await provider.client_credentials()


@requirement("must")
def test_must_not_hold(asked_first):
    """A refresh token is handed over."""
    assert asked_first.refresh_token


@requirement("must")
def test_later(asked_later):
    """There is an answer."""
    assert asked_later
'''


def verdicts(results):
    return {check["id"].rpartition("::")[2]: check["verdict"] for check in results["checks"]}


def test_nothing_is_sent_once_enough_was_found(inner_run):
    """The later scenario asks nothing, nothing is repeated, and the run does not conform: nobody interrupted it."""
    result = inner_run(CHECKS, "--tc-max-failures", "1")
    results = inner_run.results()
    assert verdicts(results) == {"test_must_not_hold": "fail", "test_later": "inconclusive"}
    assert result.ret == 1
    assert results["outcome"] == "does_not_conform"
    assert results["trouble"] is None
    assert "--max-failures 1, stopped after 1 of 2 scenarios" in results["selection"]


def test_a_run_that_found_less_goes_on(inner_run):
    """One cause is not two."""
    inner_run(CHECKS, "--tc-max-failures", "2")
    assert verdicts(inner_run.results())["test_later"] == "pass"
    assert inner_run.results()["selection"] == "test_inner.py"


def test_a_warning_stops_nothing(inner_run):
    """Causes of MUSTs count alone."""
    inner_run(
        CHECKS.replace('@requirement("must")\ndef test_must', '@requirement("should")\ndef test_must'),
        "--tc-max-failures",
        "1",
    )
    assert verdicts(inner_run.results()) == {"test_must_not_hold": "warning", "test_later": "pass"}


def test_other_profiles_are_not_tested_then(inner_run):
    """Their lines say so, and the status is that of what was found."""
    result = inner_run(CHECKS, "--tc-max-failures", "1", profiles=("one", "two"))
    assert result.ret == 1
    result.stdout.fnmatch_lines(["two: not tested: --max-failures 1 had stopped the session before."])


def test_stored_evidence_tells_the_same(inner_run):
    """A run that stopped so is no interrupted one, judged anew either."""
    inner_run(CHECKS, "--tc-max-failures", "1", "--tc-evidence")
    before = inner_run.results()
    (path,) = inner_run.folder.rglob("evidence.jsonl")
    inner_run(CHECKS, f"--tc-from-evidence={path.parent}", profiles=())
    after = json.loads((path.parent / "results.json").read_text("utf-8"))
    assert verdicts(after) == verdicts(before)
    assert after["outcome"] == before["outcome"] == "does_not_conform"
    assert "--max-failures 1, stopped after 1 of 2 scenarios" in after["selection"]


LEVELS = '''
@requirement("must")
def test_must(asked):
    """There is an answer."""
    assert asked


@requirement("should")
def test_should(asked):
    """There is an answer."""
    assert asked
'''


@pytest.mark.parametrize(("level", "left"), [("MUST", {"test_must"}), ("SHOULD", {"test_should"})])
def test_checks_are_selected_by_their_level(inner_run, level, left):
    """The run says by what, and how many were left out."""
    inner_run(LEVELS, "--tc-level", level)
    assert verdicts(inner_run.results()).keys() == left
    assert f"--level {level}" in inner_run.results()["selection"]
    assert "(1 check left out)" in inner_run.results()["selection"]


def test_a_quiet_session_says_what_it_comes_to(inner_run):
    """One line for a profile, and no other."""
    lines = [line for line in inner_run(LEVELS, "--tc-quiet", "-q").outlines if line]
    assert lines == [
        "example: No verdict on the provider: nothing of the token endpoint was judged; selected by test_inner.py."
    ]


def command(*arguments):
    """The command in a process of its own."""
    call = [sys.executable, "-m", "token_conformance", "run", "generic-oidc", *arguments]
    return subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)


def test_a_plan_is_printed_for_programs():
    """Nothing but JSON is on the standard output."""
    ended = command("--emulated", "--plan", "--json", "--topic", "rotation", "--topic", "refresh")
    (plan,) = json.loads(ended.stdout)
    assert ended.returncode == 0
    assert plan["profile"] == "generic-oidc"
    assert plan["requests"] >= sum(step["requests"] for step in plan["scenarios"]) > 0  # and those of no scenario


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--topic", "rotations"), "ERROR: --topic rotations: there is none of that name; near: rotation"),
        (("--json",), "ERROR: --json prints a plan for programs: give --plan too"),
    ],
)
def test_what_cannot_be_selected_is_said(arguments, sentence):
    """One sentence, and the status of a command that cannot be used."""
    ended = command(*arguments)
    assert ended.returncode == 4
    assert ended.stderr.startswith(sentence)


def test_the_first_cause_ends_a_run_of_the_command(tmp_path):
    """`-x` is `--max-failures 1`: fewer requests, and the same cause."""
    ended = command("--emulated", "--fault", "wrong-secret-accepted", "-x", "--quiet", "--report-dir", str(tmp_path))
    (path,) = tmp_path.rglob("results.json")
    results = json.loads(path.read_text("utf-8"))
    assert ended.returncode == 1
    assert len(ended.stdout.splitlines()) == 1
    assert "clients-not-authenticated" in {cause["id"] for cause in results["causes"]}
    assert results["requests"] < 500


@pytest.mark.parametrize("known", [True, False])
def test_what_is_known_stops_nothing(inner_run, known):
    """Beside a baseline new findings count alone: a run that goes on repeats them."""
    path = inner_run.folder / "known.toml"
    path.write_text('[[profiles.example.known]]\ncheck = "test_inner.py::test_must_not_hold"\n' * known)
    inner_run(CHECKS, "--tc-max-failures", "1", "--tc-baseline", str(path))
    red = next(check for check in inner_run.results()["checks"] if check["verdict"] == "fail")
    assert (red["seen"], bool(red["unrepeated"])) == (([2, 2], False) if known else ([1, 1], True))
