"""Whenever a signal comes, what was gathered is judged and written, and the exit status is 2; see also tests/command_line."""

import json

import pytest
from junitparser import JUnitXml

from token_conformance.report.writing import SMALLEST_FIRST

SIGNALS = '''
import os
import signal

SENT = []


def send(*numbers):
    """Have this process meet signals, once."""
    if not SENT:
        SENT.extend(numbers)
        for number in numbers:
            os.kill(os.getpid(), number)


@requirement("must")
def test_asks(asked):
    """It works."""
    assert asked.accepted
'''

GATHERING = '''

@scenario(needs="client_credentials")
async def halted(provider):
    """Be interrupted while an answer is awaited."""
    first = await provider.client_credentials()
    send(*NUMBERS)
    return first, await provider.client_credentials()


@requirement("must")
def test_goes_on(halted):
    """It works again."""
    assert halted
'''

REPEATING = '''

TIMES = []


@scenario(needs="client_credentials")
async def halted(provider):
    """Be interrupted the second time."""
    TIMES.append(1)
    if len(TIMES) == 2:
        send(*NUMBERS)
    return await provider.client_credentials(scope="refuse")


@requirement("must")
def test_is_red(halted):
    """It works."""
    assert halted.accepted, "it was refused"
'''

JUDGING = '''

@requirement("must")
def test_is_judged(asked):
    """It works."""
    send(*NUMBERS)
    assert asked.accepted


@requirement("must")
def test_is_judged_afterwards(asked):
    """It works."""
    assert asked.accepted
'''

WRITING = """

import token_conformance.report.writing

write_text = token_conformance.report.writing._write


def interrupted(path, text):
    send(*NUMBERS)
    return write_text(path, text)


token_conformance.report.writing._write = interrupted
"""

MOMENTS = {"gathering": GATHERING, "repeating": REPEATING, "judging": JUDGING, "writing": WRITING}
COMING = {
    "a time-out": ("SIGTERM",),
    "Ctrl-C": ("SIGINT",),
    "a closed terminal": ("SIGHUP",),
    "Ctrl-C and a time-out": ("SIGINT", "SIGTERM"),
    "two time-outs": ("SIGTERM", "SIGTERM"),
}


@pytest.fixture
def interrupted(request, monkeypatch):
    """Runs checks during which signals come, by the names of the moment and of what comes; gives result and outcomes."""
    monkeypatch.setattr("token_conformance.report.writing._write", _write())
    way = request.getfixturevalue("direct_run")

    def run(moment, coming, checks="", **settings):
        numbers = ", ".join(f"signal.{name}" for name in COMING[coming])
        result = way(f"{SIGNALS}\nNUMBERS = ({numbers},)\n{MOMENTS[moment]}{checks}", **settings)
        return result, result.stdout.str() + result.stderr.str()

    run.results, run.folder = way.results, way.folder
    return run


def _write():
    from token_conformance.report import writing

    return writing._write


def verdicts(results):
    return {check["id"].partition("::")[2]: check["verdict"] for check in results["checks"]}


@pytest.mark.parametrize("coming", COMING)
def test_what_was_gathered_is_judged(interrupted, coming):
    """The scenario that had ended is judged, the other one is not, and the reports say how far it came."""
    result, shown = interrupted("gathering", coming)
    early = f"the run was interrupted after 1 of 2 scenarios, by {COMING[coming][0]}"
    assert result.outlines[-1].startswith(f"example: No verdict on the provider: {early}")
    results = interrupted.results()
    assert (results["outcome"], results["trouble"]) == ("interrupted", early)
    assert verdicts(results) == {"test_asks": "pass", "test_goes_on": "inconclusive"}
    assert result.ret == 2
    assert "Traceback" not in shown


@pytest.mark.parametrize("moment", ["gathering", "judging"])
def test_the_reports_can_be_read(interrupted, moment):
    """JUnit has an error beside its checks, and the page says it as well."""
    interrupted(moment, "a time-out")
    (folder,) = interrupted.folder.glob("reports/example/*")
    (suite,) = JUnitXml.fromfile(str(folder / "junit.xml"))
    assert suite.errors == 1
    assert {each.name: each.value for each in suite.properties()}["outcome"] == "interrupted"
    assert "the run was interrupted after " in (folder / "report.html").read_text("utf-8")


def test_a_red_that_could_not_be_repeated_is_told(interrupted):
    """It says why it was seen but once."""
    result, shown = interrupted("repeating", "Ctrl-C")
    (red,) = [check for check in interrupted.results()["checks"] if check["id"].endswith("test_is_red")]
    assert (red["verdict"], red["seen"]) == ("fail", [1, 1])
    assert "the run was interrupted" in red["unrepeated"]
    assert f"ONCE     1 finding could not be repeated, and stands all the same: {red['unrepeated']} (1)" in shown
    assert interrupted.results()["outcome"] == "interrupted"
    assert result.ret == 2
    assert "Traceback" not in shown


def test_judging_is_brought_to_its_end(interrupted):
    """It takes no time, and asks nobody."""
    result, shown = interrupted("judging", "a time-out")
    assert set(verdicts(interrupted.results()).values()) == {"pass"}
    assert interrupted.results()["trouble"] == "the run was interrupted after 1 of 1 scenario, by SIGTERM"
    assert result.ret == 2
    assert "Traceback" not in shown


def test_writing_is_brought_to_its_end(interrupted):
    """All reports are there, and what they say of the provider is true; the command was interrupted all the same."""
    result, shown = interrupted("writing", "Ctrl-C and a time-out")
    (folder,) = interrupted.folder.glob("reports/example/*")
    assert sorted(path.name for path in folder.iterdir()) == sorted(SMALLEST_FIRST)
    json.loads((folder / "results.json").read_text("utf-8"))
    assert result.ret == 2
    assert "Traceback" not in shown


def test_profiles_whose_turn_did_not_come_are_told(interrupted):
    """The one that was under way has a report, the others a line."""
    result, _ = interrupted("gathering", "a time-out", profiles=("first", "second", "third"))
    result.stdout.fnmatch_lines(["first: No verdict on the provider: the run was interrupted after 1 of 2 *"])
    result.stdout.fnmatch_lines(["second: not tested: *", "third: not tested: *"])
    assert [path.parent.name for path in interrupted.folder.glob("reports/*/*")] == ["first"]
    assert result.ret == 2


WORKERS = '''
import os
import signal

import pytest


@scenario(needs="client_credentials")
async def fateful(provider):
    """Have the worker of one profile meet a signal."""
    if provider.profile.fateful:
        os.kill(os.getpid(), signal.{name})
    return await provider.client_credentials()


@requirement("must")
def test_goes_on(fateful):
    """It works."""
    assert fateful.accepted


@requirement("must")
def test_asks(asked):
    """It works."""
    assert asked.accepted
'''


@pytest.fixture
def with_workers(direct_run):
    """Runs three profiles in two workers, one of which meets a signal over the profile `fateful`."""

    def run(name, *arguments):
        checks = WORKERS.format(name=name).replace(
            "provider.profile.fateful", "Path('fateful.txt').exists() and take()"
        )
        taking = (
            "from pathlib import Path\n\n\ndef take():\n    try:\n        Path('fateful.txt').unlink()\n"
            "        return True\n    except FileNotFoundError:\n        return False\n"
        )
        (direct_run.folder / "fateful.txt").write_text("")
        return direct_run(taking + checks, "-n", "2", *arguments, profiles=("first", "second", "third"))

    run.results, run.folder = direct_run.results, direct_run.folder
    return run


def outcomes(run):
    return sorted(json.loads(path.read_text())["outcome"] for path in run.folder.glob("reports/*/*/results.json"))


def test_a_worker_that_dies_takes_one_profile_with_it(with_workers):
    """That one has a report which says so and is not tested again; the others go on."""
    result = with_workers("SIGKILL")
    assert outcomes(with_workers) == ["interrupted", "selection_holds", "selection_holds"]
    result.stdout.fnmatch_lines(["*: the run was interrupted: the process that tested it, gw?, died, *"])
    assert result.ret == 2
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_the_evidence_of_a_worker_that_dies_is_named(with_workers):
    """With the command that judges it, and gives the profile a report of what was gathered."""
    result = with_workers("SIGKILL", "--tc-evidence")
    (left,) = (path for path in with_workers.folder.glob("reports/*/*") if not (path / "results.json").exists())
    (line,) = (line for line in result.outlines if ": No verdict on the provider: the run was interrupted" in line)
    assert f", died; `token-conformance report {left.relative_to(with_workers.folder)}` judges what it had" in line


def test_a_worker_that_is_told_to_stop_reports_its_profile(with_workers):
    """And no more of its profiles are begun."""
    result = with_workers("SIGTERM")
    reported = outcomes(with_workers)
    assert "interrupted" in reported
    untested = [line for line in result.outlines if ": not tested: the run was interrupted before" in line]
    assert len(reported) + len(untested) == 3
    assert result.ret == 2


def test_what_was_gathered_and_not_judged_has_a_report(direct_run):
    """It was the provider's doing that it answered, and ours that nobody read it."""
    stops = "\n\ndef test_stops(asked, tmp_path):\n    pytest.exit('stopped')\n"
    direct_run(stops)
    assert direct_run.results()["checks"] == []
    assert direct_run.results()["requests"] > 0
    assert direct_run.results()["outcome"] == "interrupted"
