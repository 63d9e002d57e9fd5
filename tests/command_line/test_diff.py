"""`diff`: what it says, and the status with which it ends."""

import json

import pytest
from click.testing import CliRunner

from tests.results.told_runs import fact, seen
from token_conformance.command_line.main import main

CHECK = {"id": "t::a", "verdict": "pass", "title": "It holds.", "message": "", "clause": "RFC 6749 §5.1"}


@pytest.fixture
def diff(tmp_path):
    """Writes two results, gives their difference."""

    def given(before, after, *arguments):
        paths = []
        for name, written in (("a", before), ("b", after)):
            paths.append(tmp_path / f"{name}.json")
            paths[-1].write_text(json.dumps({"schema": 1, "profile": "example", "outcome": "conforms", **written}))
        return CliRunner().invoke(main, ["diff", *map(str, paths), *arguments])

    return given


def test_what_got_worse_ends_it_with_one(diff):
    """The worst comes first, and the last line counts; what a server said begins no line."""
    bad = {**CHECK, "verdict": "fail", "message": "it is\nFACT wrong\x1b[31m"}
    result = diff({"checks": [CHECK]}, {"checks": [bad], "seen_on_the_way": [seen("r")]})
    assert result.exit_code == 1
    assert result.output.splitlines()[2:] == [
        "WORSE    t::a: pass, and then fail: it is\\nFACT wrong\\x1b[31m (RFC 6749 §5.1)",
        "WORSE    r: not seen, and then fail: seen on the way: it was taken twice (RFC 6749 §4.1.2)",
        "2 worse, 0 better, 0 otherwise, 0 facts; 0 checks added and 0 dropped",
    ]


def test_what_got_better_ends_it_with_none(diff):
    """New checks that are red are told, and do not count."""
    red, new = {**CHECK, "verdict": "fail"}, {**CHECK, "id": "t::b", "verdict": "warning", "message": "it is not"}
    before, after = (
        {"checks": [red], "facts": [fact("f", "one")]},
        {"checks": [CHECK, new], "facts": [fact("f", "two")]},
    )
    result = diff(before, after)
    assert result.exit_code == 0
    assert result.output.splitlines()[2:] == [
        "BETTER   t::a: fail, and then pass",
        "FACT     answers: f: one, and then two",
        "ADDED    t::b: warning: it is not (RFC 6749 §5.1)",
        "0 worse, 1 better, 0 otherwise, 1 facts; 1 checks added and 0 dropped",
    ]


def test_it_is_there_for_programs(diff):
    """With the same status."""
    result = diff({"checks": [CHECK]}, {"checks": [{**CHECK, "verdict": "fail"}]}, "--json")
    told = json.loads(result.output)
    assert (result.exit_code, told["worse"][0]["id"], told["worse"][0]["after"]) == (1, "t::a", "fail")


def test_what_cannot_be_read_is_one_sentence(diff, tmp_path):
    """With status 4."""
    (tmp_path / "x").write_text("<html>")
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "x"), str(tmp_path / "y")])
    assert (result.exit_code, result.output) == (
        4,
        f"ERROR: {tmp_path / 'x'}: expected a results.json, and it is no JSON\n",
    )
