"""`--baseline` from the command line to the files: what is new fails, and what is out of date has a status of its own."""

import tomllib

import pytest
from junitparser import Failure, JUnitXml, Skipped

CHECKS = '''

@requirement("must")
def test_first(asked):
    """The first fact."""
    assert asked.accepted and {first}, "the first is wrong"


@requirement("should")
def test_second(asked):
    """The second fact."""
    assert asked.accepted and {second}, "the second is wrong"
'''
ADDED = '''

@requirement("must")
def test_third(asked):
    """A fact that nobody asked for before."""
    assert not asked.accepted, "the third is wrong"
'''

UNASKED = '''

@requirement("must")
def test_reads_the_profile(conformance_run):
    """It needs no answer."""
    assert conformance_run.profile.clients
'''


def checks(*, first=False, second=True):
    return CHECKS.format(first=first, second=second)


@pytest.fixture
def run(inner_run, monkeypatch):
    """A run whose one module stands for all of our suites, with a baseline beside it; gives its status."""
    monkeypatch.setattr("token_conformance.plugin.selection.SUITES", inner_run.folder / "test_inner.py")
    path = inner_run.folder / "known.toml"

    def given(text, *arguments, **more):
        result = inner_run(text, "--tc-no-repeat", "--tc-baseline", str(path), *arguments, **more)
        given.lines, given.errors = result.outlines, result.errlines
        return int(result.ret)

    given.path, given.inner = path, inner_run
    given.told = lambda: inner_run.results()["baseline"]
    return given


def failures(run):
    """The failures in the JUnit of the newest run."""
    (suite,) = JUnitXml.fromfile(str(max(run.inner.folder.glob("reports/example/*/junit.xml"))))
    return [(case.name, each.message) for case in suite for each in case.result if isinstance(each, Failure)]


def known(run, profile="example"):
    return tomllib.loads(run.path.read_text())["profiles"][profile].get("known", [])


def test_what_is_written_is_known_next_time(run):
    """The run that writes it ends as the next one does; a warning is written as one."""
    text = checks(second=False)
    assert (run(text, "--tc-update-baseline"), run(text)) == (0, 0)
    assert [(each["check"], each.get("verdict")) for each in known(run)] == [
        ("test_inner.py::test_first", None),
        ("test_inner.py::test_second", "warning"),
    ]
    assert run.lines[-1].endswith(
        "Does not conform: 1 check failed; by known.toml 0 new, 2 known; 1 check with a warning."
    )
    assert "BASELINE known.toml: 0 new, 2 known (2 without a reason or an owner)" in run.lines
    assert run.told()["new"] == []


def test_what_is_new_fails(run):
    """A warning as well, and what was known stays so."""
    run(checks(), "--tc-update-baseline")
    assert run(checks(second=False)) == 1
    assert (run.told()["new"], [each["id"] for each in run.told()["known"]]) == (
        ["test_inner.py::test_second"],
        ["test_inner.py::test_first"],
    )
    assert "NEW      test_inner.py::test_second" in run.lines


def test_what_was_mended_makes_the_baseline_stale(run):
    """Until it is taken out, which `--update-baseline` does."""
    run(checks(), "--tc-update-baseline")
    assert (run(checks(first=True)), run.told()["gone"]) == (6, ["test_inner.py::test_first"])
    assert any(line.startswith("GONE     test_inner.py::test_first: judged a pass") for line in run.lines)
    assert failures(run) == [("test_inner.py::test_first", "judged a pass, and listed as known: take it out")]
    assert (run(checks(first=True), "--tc-update-baseline"), known(run)) == (0, [])


def test_what_was_not_selected_is_not_stale(run):
    """And is not taken out either."""
    run(checks(), "--tc-update-baseline")
    assert (run(checks(first=True), "-k", "second", "--tc-update-baseline"), len(known(run))) == (0, 1)
    assert run.told()["unseen"] == ["test_inner.py::test_first"]


def test_what_people_said_is_kept(run):
    """By every update, whatever else becomes new, gone, or a warning."""
    run(checks(), "--tc-update-baseline")
    said = 'reason = "ticket 7"\nowner = "ada"\nexpires = 2020-02-29\n'
    run.path.write_text(run.path.read_text().replace('reason = ""\nowner = ""\n', said, 1))
    assert run(checks(second=False), "--tc-update-baseline") == 6
    assert said in run.path.read_text()
    assert (run.told()["expired"], run.told()["known"][0]["owner"]) == (["test_inner.py::test_first"], "ada")
    assert ("test_inner.py::test_first", "listed as known until 2020-02-29: mend it, or give another day") in failures(
        run
    )
    assert any("EXPIRED  test_inner.py::test_first: ticket 7 (ada, until 2020-02-29)" in line for line in run.lines)


def test_findings_of_newer_checks_only_warn(run):
    """Until the baseline is updated, and no longer."""
    run(checks(), "--tc-update-baseline")
    assert (run(checks() + ADDED), run.told()["newer"]) == (0, ["test_inner.py::test_third"])
    assert run(checks() + ADDED, "--tc-update-baseline", "-k", "first") == 0
    assert (run(checks() + ADDED), run.told()["newer"]) == (0, ["test_inner.py::test_third"])
    run(checks(first=True) + ADDED, "--tc-update-baseline")
    assert [each["check"] for each in known(run)] == ["test_inner.py::test_third"]


@pytest.mark.parametrize(("version", "status"), [("0.0.9", 0), ("0.1.0", 1)])
def test_a_version_says_what_is_newer(run, version, status):
    """As if the baseline were of that version; a check that is not listed came with the first one."""
    run.path.write_text("")
    assert run(checks(), "--tc-as-of", version) == status


def test_each_profile_has_its_own(run):
    """One that the file does not name has nothing known."""
    run(checks(), "--tc-update-baseline")
    assert run(checks(), profiles=("other",)) == 1
    assert run(checks(), "--tc-update-baseline", profiles=("other", "third")) == 0
    assert [len(known(run, profile)) for profile in ("example", "other", "third")] == [1, 1, 1]


def test_workers_write_one_file(run):
    """Each its profiles, none of which is lost."""
    names = ("a", "b", "c")
    assert run(checks(), "--tc-update-baseline", "-n", "2", profiles=names) == 0
    assert [len(known(run, name)) for name in names] == [1, 1, 1]


def test_junit_marks_what_is_known(run):
    """A known failure is skipped, and says why; a new one fails."""
    run.path.write_text(
        '[[profiles.example.known]]\ncheck = "test_inner.py::test_first"\nreason = "ticket 7"\nowner = "ada"\n'
    )
    assert run(checks() + ADDED) == 1
    (suite,) = JUnitXml.fromfile(str(next(run.inner.folder.glob("reports/example/*/junit.xml"))))
    first, _, third = suite
    assert [(type(each), each.message, each.type) for each in first.result] == [
        (Skipped, "known: ticket 7 (ada)", "known")
    ]
    told = [{each.get("name"): each.get("value") for each in case._elem.iter("property")} for case in (first, third)]
    assert [(each["verdict"], each["baseline"]) for each in told] == [("fail", "known"), ("fail", "new")]
    assert "the first is wrong" in first.system_out


def test_what_says_nothing_of_the_provider_is_no_baseline(run):
    """The file stays as it is, and the run says so."""
    run.path.write_text("# nothing yet\n")
    assert run(UNASKED, "--tc-update-baseline") == 5
    assert "NOTICED  known.toml was not updated: the run did not come to its end, or judged nothing" in run.lines
    assert run.path.read_text() == "# nothing yet\n"


@pytest.mark.parametrize(
    ("text", "arguments", "sentence"),
    [
        (None, (), "no such file; with --update-baseline a run writes it"),
        ("schema = 2", (), "schema: expected 1, not 2"),
        ("schema = 2", ("--tc-update-baseline",), "schema: expected 1, not 2"),
        ("", ("--tc-as-of", "x"), "--as-of: expected a version of the suite such as 0.1.0, not 'x'"),
        ("", ("--tc-as-of", "0.1.0", "--tc-update-baseline"), "--update-baseline makes a baseline of today, and --as-of asks"),
    ],
)  # fmt: skip
def test_a_baseline_that_cannot_be_used_is_told_before_anything_is_sent(run, text, arguments, sentence):
    """In a sentence, with status 4."""
    if text is not None:
        run.path.write_text(text)
    assert run(checks(), *arguments) == 4
    assert any(sentence in line for line in run.errors)
    assert not list(run.inner.folder.glob("reports/example/*"))


def test_an_unknown_id_is_told_with_the_nearest(run):
    """It changes no status, since what it meant to name is new anyway."""
    run.path.write_text('[[profiles.example.known]]\ncheck = "test_inner.py::test_frist"\n')
    assert run(checks()) == 1
    told = 'UNKNOWN  test_inner.py::test_frist: names no check, cause or requirement; did you mean "test_inner.py::test_first"?'
    assert told in run.lines


def test_a_baseline_that_cannot_be_written_is_trouble(run):
    """The reports are there all the same, and say so."""
    path = run.path.parent / "nowhere" / "known.toml"
    result = run.inner(checks(), "--tc-baseline", str(path), "--tc-update-baseline")
    assert any("known.toml: cannot be written: No such file or directory" in line for line in result.outlines)
    assert run.inner.results()["outcome"] == "does_not_conform"
