"""`merge`: the folders of several jobs become one, with the status of all."""

import json

import pytest
from click.testing import CliRunner
from junitparser import Error, JUnitXml

from tests.command_line.test_compare import Page
from tests.report.conftest import ATTACKS
from token_conformance.command_line.main import main

JUNIT = '<testsuites><testsuite name="token-conformance {name}"><testcase name="test_a" classname="t"/></testsuite></testsuites>'


@pytest.fixture
def merge(tmp_path, monkeypatch):
    """Merges folders by their names, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def given(*folders):
        return CliRunner().invoke(main, ["merge", *folders, "-o", "all"])

    given.folder = tmp_path
    given.summary = lambda: json.loads((tmp_path / "all" / "summary.json").read_text())
    return given


@pytest.fixture
def job(tmp_path):
    """Leaves what a job does: the run of a profile, and what its shard was to test."""

    def write(folder, name, verdict="pass", began="2026-01-01T00:00:00Z", shard=None, junit=JUNIT, **more):
        run = tmp_path / folder / name.replace("/", "-") / began.replace(":", "")
        run.mkdir(parents=True)
        outcome = "conforms" if verdict == "pass" else "does_not_conform"
        told = {"schema": 1, "profile": name, "outcome": outcome, "server": "live", "started": began}
        told |= {"checks": [{"id": "t::a", "verdict": verdict}], **more}
        (run / "results.json").write_text(json.dumps(told))
        (run / "report.html").write_text(name)
        if junit is not None:
            (run / "junit.xml").write_text(junit.format(name=name.replace("<", "&lt;")))
        return run

    return write


def manifest(folder, shard, of, *profiles):
    folder.mkdir(parents=True, exist_ok=True)
    written = {"schema": 1, "shard": shard, "of": of, "profiles": profiles}
    (folder / f"shard-{shard}-of-{of}.json").write_text(json.dumps(written))


def test_the_runs_of_several_jobs_are_put_together(merge, job):
    """Their reports, one JUnit, one page, and the worst status."""
    job("one", "good"), job("two/deeper", "bad", "fail")
    result = merge("one", "two")
    assert result.exit_code == 1
    assert result.output.splitlines()[:3] == [
        "bad (live): does not conform; 1 fail",
        "good (live): conforms as far as it was judged; 1 pass",
        "2 runs, 1 of which with failures; exit status 1",
    ]
    suites = JUnitXml.fromfile(str(merge.folder / "all" / "junit.xml"))
    assert [suite.name for suite in suites] == ["token-conformance bad", "token-conformance good"]
    told = merge.summary()
    assert (told["exit_status"], told["summary"]["fail"], told["summary"]["pass"]) == (1, 1, 1)
    for each in told["profiles"]:
        assert (merge.folder / "all" / each["folder"] / "report.html").read_text() == each["profile"]
        (merge.folder / "all" / each["folder"] / "index.html").write_text("read this first")
    assert CliRunner().invoke(main, ["merge", "all", "-o", "again"]).exit_code == 1
    links = Page((merge.folder / "again" / "index.html").read_text("utf-8")).links
    assert [link.rpartition("/")[2] for link in links] == ["index.html", "index.html"]


def test_a_shard_that_is_missing_is_an_interruption(merge, job):
    """A job that died must not look like one that found nothing; merging once more says so again."""
    job("one", "good"), manifest(merge.folder / "one", 1, 3, "good"), manifest(merge.folder / "two", 2, 3, "lost")
    result = merge("one", "two")
    assert result.exit_code == 2
    assert "ERROR: shard 3/3 has left nothing" in result.output
    assert "ERROR: lost of shard 2/3 has left no results" in result.output
    *_, last = JUnitXml.fromfile(str(merge.folder / "all" / "junit.xml"))
    assert [type(each) for case in last for each in case.result] == [Error, Error]
    assert len(merge.summary()["missing"]) == 2
    assert "This is not all: shard 3/3 has left nothing; lost of shard" in (merge.folder / "all/index.html").read_text()
    assert CliRunner().invoke(main, ["merge", "all", "-o", "again"]).exit_code == 2


def test_all_shards_together_are_whole(merge, job):
    """One to which nothing fell is there as well."""
    job("one", "good"), manifest(merge.folder / "one", 1, 2, "good"), manifest(merge.folder / "two", 2, 2)
    assert merge("one", "two").exit_code == 0


def test_of_one_profile_the_newest_run_counts(merge, job):
    """At each kind of server by itself, and it is told that others were left out."""
    job("one", "p", "fail"), job("two", "p", began="2026-01-02T00:00:00Z"), job("three", "p", server="emulated")
    result = merge("one", "two", "three")
    assert (result.exit_code, [each["server"] for each in merge.summary()["profiles"]]) == (0, ["emulated", "live"])
    assert "NOTE     p: 1 older run left out" in result.output
    assert len(list(JUnitXml.fromfile(str(merge.folder / "all" / "junit.xml")))) == len(merge.summary()["profiles"])


def test_a_run_without_junit_is_told_in_that_of_all(merge, job):
    """As an error, since CI would take its absence for success."""
    job("one", "p", junit=None)
    assert merge("one").exit_code == 0
    (suite,) = JUnitXml.fromfile(str(merge.folder / "all" / "junit.xml"))
    assert [each.message for case in suite for each in case.result] == ["p has left no junit.xml"]


def test_whatever_a_profile_is_called_it_stays_in_the_folder(merge, job):
    """And whatever a server said stays text."""
    job("one", "../../outside"), job("two", "x", provider=" ".join(ATTACKS), trouble=" ".join(ATTACKS))
    merge("one", "two")
    assert sorted(path.name for path in merge.folder.iterdir()) == ["all", "one", "two"]
    page = Page((merge.folder / "all" / "index.html").read_text("utf-8"))
    assert page.active == []
    assert len(page.links) == 2
    assert all((merge.folder / "all" / link).is_file() for link in page.links)


def test_what_cannot_be_merged_is_one_sentence(merge, job):
    """With status 4."""
    (merge.folder / "empty").mkdir()
    assert (merge("empty").exit_code, merge("empty").output) == (
        4,
        "ERROR: empty: no results.json below; expected the report folders of runs\n",
    )
    job("one", "p", junit="no xml")
    assert "junit.xml: expected the junit.xml of a run" in merge("one").output
    (merge.folder / "empty" / "shard-1-of-2.json").write_text("{}")
    assert "shard-1-of-2.json: expected what `run --shard` writes" in merge("empty").output


def test_a_run_takes_its_shard(tmp_path, monkeypatch):
    """And writes down what it is to test, before anything runs."""
    from token_conformance.command_line import run

    monkeypatch.chdir(tmp_path)
    given = []
    monkeypatch.setattr(run, "judged", lambda arguments: given.append(arguments) or 0)
    tested = ["run", "2ba", "erpnet", "auth0", "--emulated"]
    first = CliRunner().invoke(main, [*tested, "--shard", "1/2"])
    assert first.output.splitlines()[0] == "shard 1/2: 2 of 3 profiles"
    assert [word for word in given[0] if word in tested[1:4]] == ["2ba", "erpnet"]
    assert json.loads((tmp_path / "reports" / "shard-1-of-2.json").read_text())["profiles"] == ["2ba", "erpnet"]
    last = CliRunner().invoke(main, [*tested, "--shard", "4/4"])
    assert (last.exit_code, len(given)) == (0, 1)
    assert last.output == "shard 4/4: nothing falls to it, of 3: a profile is never divided\n"
    assert CliRunner().invoke(main, [*tested, "--shard", "4"]).exit_code == 4
