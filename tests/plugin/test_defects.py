"""A defect of ours ends what it comes up in, and is told in a sentence; see also test_interrupting."""

import pytest

from token_conformance.report.writing import SMALLEST_FIRST

ASKED = '''
@requirement("must")
def test_asks(asked):
    """It works."""
    assert asked.accepted
'''


def verdicts(results):
    return {check["id"].partition("::")[2]: check["verdict"] for check in results["checks"]}


BROKEN_WRITING = """

import token_conformance.report.writing


def breaks(*_):
    raise KeyError("missing")


token_conformance.report.writing.{name} = breaks
"""


@pytest.mark.parametrize(
    ("name", "file"),
    [("index_of", "index.html"), ("html_of", "report.html"), ("junit_of", "junit.xml"), ("sarif_of", "results.sarif")],
)
def test_a_defect_in_one_report_leaves_the_others(direct_run, monkeypatch, name, file):
    """They say which one is missing, and why."""
    from token_conformance.report import writing

    monkeypatch.setattr(writing, name, getattr(writing, name))  # which puts it back afterwards
    result = direct_run(ASKED + BROKEN_WRITING.format(name=name))
    (folder,) = direct_run.folder.glob("reports/example/*")
    assert {*SMALLEST_FIRST} - {path.name for path in folder.iterdir()} == {file}
    assert "was not written, for a defect of the suite: KeyError (" in direct_run.results()["trouble"]
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert result.ret != 0


def test_a_defect_in_judging_is_the_verdict_of_that_check(direct_run, monkeypatch):
    """No other one suffers from it."""
    from token_conformance.plugin import verdicts as judging

    def breaks(item, outcome, judged=judging._judged):
        if item.name == "test_breaks" and not isinstance(outcome.problem, judging.JudgingDefect):
            raise KeyError("missing")
        return judged(item, outcome)

    monkeypatch.setattr(judging, "_judged", breaks)
    result = direct_run(ASKED + ASKED.replace("test_asks", "test_breaks"))
    assert verdicts(direct_run.results()) == {"test_asks": "pass", "test_breaks": "error"}
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_a_defect_that_ends_the_session_is_a_sentence(direct_run):
    """Nobody is shown a traceback, and what an exception says is not shown either."""
    direct_run.pytester.makepyfile(breaking="def pytest_runtestloop(session):\n    raise KeyError('secret words')\n")
    direct_run.pytester.syspathinsert()
    result = direct_run(ASKED, "-p", "breaking")
    shown = result.stdout.str() + result.stderr.str()
    assert "the session was ended by a defect of the suite: KeyError (breaking.py, line 2)" in shown
    assert "Traceback" not in shown
    assert "secret words" not in shown
    assert result.ret == 3


@pytest.mark.parametrize("name", ["outcomes_of", "judge_directly"])
def test_a_defect_behind_the_scenarios_does_not_keep_checks_from_being_judged(direct_run, monkeypatch, name):
    """Pytest judges them as ever; the report says what could not be done, as reds may not have been repeated."""
    from token_conformance.plugin import course

    def breaks(*_):
        raise KeyError("missing")

    monkeypatch.setattr(course, name, breaks)
    result = direct_run(ASKED)
    assert verdicts(direct_run.results()) == {"test_asks": "pass"}
    assert "interrupted after 1 of 1 scenario, by a defect of the suite: KeyError (" in direct_run.results()["trouble"]
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert result.ret == 2


def test_a_defect_in_all_reports_leaves_a_sentence(direct_run, monkeypatch):
    """And the status of an internal error."""
    from token_conformance.plugin import run_result

    def breaks(*_, **__):
        raise KeyError("missing")

    monkeypatch.setattr(run_result, "fact_sheet", breaks)
    result = direct_run(ASKED)
    assert result.outlines[-1].startswith("example: there is no report, for a defect of the suite: KeyError (")
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert result.ret == 3
