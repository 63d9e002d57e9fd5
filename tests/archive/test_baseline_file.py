"""The file of `--baseline`: read with its mistakes told, written in order, with all that people have said."""

import tomllib
from datetime import date

import pytest

from token_conformance.archive.baseline_file import BaselineError, baseline_of, read_baseline, write_baseline
from token_conformance.archive.known_suite import KnownSuite, present_suite
from token_conformance.results.baseline import Entry

SUITE = KnownSuite(version="0.1.0", ids=("abcd",))
WRITTEN = """
schema = 1
[profiles.example]
[[profiles.example.known]]
check = "suites/test_x.py::test_a"
verdict = "warning"
reason = "ticket 7"
owner = "ada"
expires = 2027-01-31
[[profiles.example.known]]
cause = "refusal-without-code"
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "known.toml"


def entries(path, profile="example"):
    return baseline_of(read_baseline(path), path, profile).entries


def test_what_is_written_is_read(path):
    """Reason, owner and last day may be left out."""
    path.write_text(WRITTEN)
    first = Entry("check", "suites/test_x.py::test_a", "warning", "ticket 7", "ada", date(2027, 1, 31))
    assert entries(path) == (first, Entry("cause", "refusal-without-code"))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "schema = 1\n", "[profiles.other]\n"])
def test_an_empty_baseline_knows_nothing(path, text):
    """Nor does one of another profile."""
    path.write_text(text)
    baseline = baseline_of(read_baseline(path), path, "example")
    assert (baseline.entries, baseline.file) == ((), str(path))
    assert not baseline.is_newer("whatever")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("schema = 2", "schema: expected 1, not 2"),
        ("[profile.x]", 'profile: unknown key; did you mean "profiles"?'),
        ("[profiles.x]\nknwon = []", 'profiles.x.knwon: unknown key; did you mean "known"?'),
        ("[[profiles.x.known]]\ncheck = 'a'\nexpire = 2026-01-01", 'profiles.x.known[0].expire: unknown key; did you mean "expires"?'),
        ("[[profiles.x.known]]\ncheck = 'a'\nexpires = 'soon'", 'profiles.x.known[0].expires: expected a date such as 2026-01-31, not "soon"'),
        ("[[profiles.x.known]]\ncheck = 'a'\nverdict = 'pass'", 'profiles.x.known[0].verdict: expected "fail" or "warning", not "pass"'),
        ("[[profiles.x.known]]\nreason = 'a'", "profiles.x.known[0]: expected one of check, cause and seen_on_the_way, with the id of what is known"),
        ("[[profiles.x.known]]\ncheck = 'a'\ncause = 'b'", "profiles.x.known[0]: expected one of check, cause and seen_on_the_way, with the id of what is known"),
        ("[profiles.x]\nknown = 3", "profiles.x.known: expected an array of tables, not 3; write [[profiles.x.known]] above the keys of each"),
        ("[profiles.x]\nsuite = 'y'", 'profiles.x.suite: expected one of [suites], not "y"; leave it out, and no check is newer'),
        ("[[profiles.x.known]]\ncheck = 'a'\n[[profiles.x.known]]\ncheck = 'a'", 'profiles.x.known: check "a" is listed twice: keep one of them'),
        ("schema = ", "expected a baseline in TOML: Invalid value (at end of document)"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_its_place(path, text, sentence):
    """What was expected, what came, and what to do."""
    path.write_text(text)
    with pytest.raises(BaselineError) as told:
        read_baseline(path)
    assert told.value.problems == [f"{path}: {sentence}"]


def test_a_file_that_is_not_there_says_how_it_comes(path):
    """And one that is a folder is told as such."""
    with pytest.raises(BaselineError, match="no such file; with --update-baseline a run writes it"):
        read_baseline(path)
    with pytest.raises(BaselineError, match="cannot be read: Is a directory"):
        read_baseline(path.parent)
    with pytest.raises(BaselineError, match="cannot be written: "):
        write_baseline(path / "deeper", "example", [], SUITE)


def test_what_is_written_keeps_its_order(path):
    """Whatever order entries and profiles come in, the file is the same, and says what people said."""
    known = [
        Entry("seen_on_the_way", "c"),
        Entry("check", "b", reason='it\'s "so"\nand \x1b[31mso', owner="ada", expires=date(2027, 1, 31)),
        Entry("check", "a", "warning"),
    ]
    write_baseline(path, "z", known, SUITE)
    write_baseline(path, "a b", (), SUITE)
    first = path.read_text()
    write_baseline(path, "z", reversed(known), SUITE)
    assert path.read_text() == first
    assert set(entries(path, "z")) == set(known)
    told = tomllib.loads(first)
    assert [*told["profiles"]] == ["a b", "z"]
    assert [each.get("check") for each in told["profiles"]["z"]["known"]] == ["a", "b", None]
    assert not list(path.parent.glob(".*"))


def test_profiles_keep_the_suite_that_judged_them(path):
    """What is newer is told for each profile by itself, and a suite that nobody refers to goes."""
    later = KnownSuite(version="0.2.0", ids=("abcd", "efgh"))
    write_baseline(path, "a", (), SUITE)
    write_baseline(path, "b", (), later)
    contents = read_baseline(path)
    assert (contents.suite_of("a"), contents.suite_of("b"), contents.suite_of("c")) == (SUITE, later, None)
    write_baseline(path, "a", (), later)
    assert [*read_baseline(path).suites] == [later.name]


def test_what_came_later_is_told_by_the_suite():
    """A check of today is known with all of its parameters, as are requirements, and a check of somebody's own."""
    suite, ours = (
        present_suite(["own/test_mine.py::test_this"]),
        "suites/test_refresh.py::test_refresh_yields_an_access_token",
    )
    known = [ours, f"{ours}[x]", "rfc6749-3.2-post-only", "own/test_mine.py::test_this"]
    assert [each for each in known if suite.lacks(each)] == []
    assert suite.lacks("own/test_mine.py::test_that")
    assert not suite.with_more(["own/test_mine.py::test_that"]).lacks("own/test_mine.py::test_that")
    assert not suite.joined(SUITE).lacks(ours)
