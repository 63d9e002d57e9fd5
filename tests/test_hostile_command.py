"""Whatever a provider says, the whole command ends as it should, and what it writes can be read.

Five hundred answers of the corpus in `tests/hostile`, dealt to a few runs of the command, each in a process of its own;
`benchmarks/hostile_answers.py` deals the ten thousand.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx
import pytest

from tests.hostile.answer import Spoilt, honest
from tests.hostile.command import MOST_ANSWERS, Ran
from tests.hostile.corpus import CLASSES, spoilt
from tests.hostile.examining import problems
from token_conformance.layout import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="each run is forked")

RUNS = "3,12,23,29,35"
"""Runs that deal five hundred answers together, of live and of emulated providers: few runs, as each takes five seconds."""

REQUEST = httpx.Request("GET", "https://op.example/authorize?state=a-state&redirect_uri=https%3A%2F%2Fapp.example%2Fcb")


def ended(folder: Path, *arguments: str) -> list[Ran]:
    """Runs of the command, by a process that has imported all of it."""
    command = [sys.executable, "-m", "tests.hostile.command", str(folder), *arguments]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=1200)
    return [Ran(**json.loads(line)) for line in told.stdout.splitlines()]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Ran]:
    """Some of the first runs of the corpus."""
    return ended(tmp_path_factory.mktemp("hostile"), "--runs", RUNS)


def test_five_hundred_answers_of_36_classes_are_dealt(runs):
    """So that the other tests mean something."""
    assert sum(sum(ran.dealt.values()) for ran in runs) >= 500
    assert {kind for ran in runs for kind in ran.dealt} == {make.__name__ for make in CLASSES}
    assert len(CLASSES) == 36


def test_no_run_is_led_astray(runs):
    """No traceback, no verdict or outcome error, no file that cannot be read or is too large, no memory filled, no secret."""
    assert {(ran.seed, ran.about): found for ran in runs if (found := list(problems(ran)))} == {}


def test_the_worst_answers_fill_no_memory(tmp_path):
    """Half of all answers are just below all bounds: the run says that it had no room for them, and conforms to nothing."""
    (ran,) = ended(tmp_path, "--worst", "--runs", "1")
    assert sum(ran.dealt.values()) > 50
    assert list(problems(ran)) == []
    assert ran.status in {1, 4}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"status": 3}, "exit status 3"),
        ({"said": "Traceback (most recent call last):"}, "a traceback on the terminal"),
        ({"said": "a\x1b[2J"}, "a control character on the terminal: '\\x1b'"),
        ({"said": "a\nERROR: said by the server"}, "a line of the server's on the terminal: ERROR: said by the server"),
        ({"memory": 200_000_001}, "200000001 bytes of memory"),
        ({"sizes": {"report.html": 4_000_001}}, "report.html has 4000001 bytes"),
        ({"folder": "/nowhere"}, "0 folders of reports"),
    ],
)
def test_what_goes_wrong_in_a_run_is_noticed(runs, changes, problem):
    """By each of its measures."""
    assert problem in list(problems(replace(runs[0], **changes)))


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("results.json", lambda text: text.replace('"verdict": "pass"', '"verdict": "error"', 1), "error: "),
        ("results.json", lambda text: text[:-3], "JSONDecodeError: "),
        ("results.json", lambda text: text.replace('"checks"', '"cheques"'), "ValidationError: 'checks' is a required"),
        ("junit.xml", lambda text: text.replace("</testcase>", "", 1), "XMLSyntaxError: "),
        ("report.html", lambda text: text.replace("</body>", "<script></script></body>"), "a script of the server's"),
        ("report.html", lambda text: text.replace("</body>", '<b onclick="">x</b></body>'), "markup of the server's"),
    ],
)
def test_what_is_wrong_in_a_file_is_noticed(runs, tmp_path, name, change, problem):
    """By reading it."""
    (folder,) = Path(runs[0].folder).glob("reports/*/*")
    copied = tmp_path / folder.relative_to(runs[0].folder)
    copied.mkdir(parents=True)
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        (copied / path.name).write_text(change(text) if path.name == name else text, "utf-8")
    found = list(problems(replace(runs[0], folder=str(tmp_path))))
    assert any(each.startswith(problem) for each in found), found


@pytest.mark.parametrize("make", CLASSES, ids=lambda make: make.__name__)
def test_a_seed_deals_the_same_answer_again(make):
    """Each class makes bytes of whatever was said, the same ones for the same seed."""
    said = honest(REQUEST, httpx.Response(200, headers={"Content-Type": "application/json"}), b'{"access_token": "a"}')
    for seed in range(5):
        first, second = (spoilt(Random(seed), said, [make]) for _ in range(2))  # noqa: S311 - no secret
        assert first == second
        assert isinstance(first[1], Spoilt)
    assert len(CLASSES) < MOST_ANSWERS
