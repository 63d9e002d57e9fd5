"""`compare`: on the terminal, as JSON, and as a page."""

import json
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from tests.report.conftest import ATTACKS
from token_conformance.command_line.main import main

STATE = "rfc6749-4.1.2-state"


class Page(HTMLParser):
    """The elements of a page, and those that run or load something."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.active, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        names = {name for name, _ in attrs}
        if tag in {"script", "iframe", "img", "svg", "object", "link"} or any(name.startswith("on") for name in names):
            self.active.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]


@pytest.fixture
def runs(tmp_path):
    """Two runs in their folders, one of which an attacker has written."""

    def write(name, verdict, **more):
        folder = tmp_path / name / "20260101T000000Z"
        folder.mkdir(parents=True)
        check = {"id": "t::a", "verdict": verdict, "requirements": [STATE], "message": more.pop("message", "")}
        told = {"schema": 1, "profile": name, "outcome": "conforms", "server": "live", "checks": [check], **more}
        (folder / "results.json").write_text(json.dumps(told))
        return folder

    attack = " ".join(ATTACKS)
    facts = [{"id": "f", "group": attack, "name": attack, "measured": attack, "class": "x"}]
    first = write("good", "pass", facts=[{**facts[0], "measured": "one"}])
    (first / "report.html").write_text("")
    second = write("bad", "fail", message=attack, provider=attack, facts=facts, trouble=attack, selection=attack)
    return first.parent, second.parent


def test_differences_come_first(runs):
    """The status says only whether they could be compared."""
    result = CliRunner().invoke(main, ["compare", *map(str, runs)])
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "A: good (good, live, at an unknown time): conforms as far as it was judged"
    assert lines[2] == f"DIFFER   {STATE}: A pass, B fail (RFC 6749 §4.1.2)"
    assert lines[-1].startswith("they differ in 1 of 1 requirements; 0 more are held by none, 0 hold wherever")


def test_it_is_there_for_programs(runs):
    """With the verdicts in the order of the runs."""
    told = json.loads(CliRunner().invoke(main, ["compare", *map(str, runs), "--json"]).output)
    assert (told["differing"][0]["requirement"], told["differing"][0]["verdicts"]) == (STATE, ["pass", "fail"])
    assert [run["letter"] for run in told["runs"]] == ["A", "B"]


def test_the_page_is_text(runs, tmp_path):
    """Nothing that a server said runs or loads anything; links lead into the page, and to reports below it alone."""
    output = tmp_path / "compare.html"
    assert CliRunner().invoke(main, ["compare", *map(str, runs), "--output", str(output)]).exit_code == 0
    text = output.read_text("utf-8")
    page = Page(text)
    assert page.active == []
    assert page.links == ["#differences", "good/20260101T000000Z/report.html"]
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert page.elements.count("style") == 1


def test_a_page_elsewhere_links_nothing(runs, tmp_path):
    """The way from there would tell how the machine of the tester is laid out."""
    (tmp_path / "deeper").mkdir()
    output = tmp_path / "deeper" / "compare.html"
    CliRunner().invoke(main, ["compare", *map(str, runs), "-o", str(output)])
    assert Page(output.read_text("utf-8")).links == ["#differences"]


def test_what_cannot_be_compared_is_one_sentence(runs, tmp_path):
    """One run alone, a folder without results, a page that cannot be written."""
    for given, sentence in (
        ([runs[0]], "one run alone is compared with nothing: give two or more"),
        ([runs[0], tmp_path], f"{tmp_path}: no results.json in it; give one of its folders"),
        ([*runs, "-o", tmp_path / "no" / "x.html"], f"{tmp_path / 'no' / 'x.html'} cannot be written: No such file"),
    ):
        result = CliRunner().invoke(main, ["compare", *map(str, given)])
        assert (result.exit_code, len(result.output.splitlines())) == (4, 1)
        assert sentence in result.output
