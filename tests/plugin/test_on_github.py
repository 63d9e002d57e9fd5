"""What the log and the page of a GitHub job are told by a session that is a step of it."""

import pytest

from token_conformance.plugin import on_github

CHECKS = '''
@requirement("must")
def test_must_not_hold(asked):
    """A refresh token is handed over."""
    assert asked.refresh_token


@requirement("should")
def test_should_not_hold(asked):
    """An ID token is handed over."""
    assert asked.id_token
'''


@pytest.fixture
def in_a_job(monkeypatch, tmp_path):
    """The environment of a step."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    return tmp_path / "step.md"


def test_a_job_is_told_after_all_that_a_server_may_have_said(inner_run, in_a_job):
    """Commands are stopped before anything is printed, and resumed for the annotations, the failure first."""
    lines = inner_run(CHECKS).outlines
    (stopped,) = [number for number, line in enumerate(lines) if line.startswith("::stop-commands::")]
    mark = lines[stopped].removeprefix("::stop-commands::")
    resumed = lines.index(f"::{mark}::")
    commands = [line for line in lines[resumed + 1 :] if line.startswith("::")]
    assert stopped < resumed
    assert [line.split()[0] for line in commands] == ["::error", "::warning"]
    assert not [line for line in lines[:stopped] if line.startswith("::")]
    assert "**Does not conform:**" in in_a_job.read_text("utf-8")


def test_elsewhere_nothing_is_said_to_a_job(inner_run, monkeypatch):
    """A terminal has no use for it."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert not [line for line in inner_run(CHECKS).outlines if line.startswith("::")]


def test_workers_tell_the_process_that_began_them(inner_run, in_a_job):
    """With -n annotations and summaries come from all profiles."""
    lines = inner_run(CHECKS, "-n", "2", profiles=("one", "two")).outlines
    assert len([line for line in lines if line.startswith("::error")]) == 2
    assert len([line for line in lines if line.startswith("::stop-commands::")]) == 1
    page = in_a_job.read_text("utf-8")
    assert "## `one`" in page
    assert "## `two`" in page


def test_a_page_that_cannot_be_written_is_told(inner_run, monkeypatch, tmp_path):
    """It does not fail the run."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "nowhere" / "step.md"))
    result = inner_run(CHECKS, "-k", "should")
    result.stdout.fnmatch_lines(["ERROR: the summary of the step cannot be written to *No such file or directory"])


def test_a_page_is_not_filled_beyond_what_is_shown(in_a_job, tmp_path, monkeypatch):
    """GitHub shows none of a page that is too large."""
    monkeypatch.setattr(on_github, "MOST_SUMMARISED", 50)
    pages = [tmp_path / name for name in ("a.md", "b.md")]
    for page in pages:
        page.write_text("x" * 30)
    assert on_github.add_to_summary(map(str, pages)) is None
    assert in_a_job.read_text("utf-8").count("x") == 30
    assert "Shown: 1 of the profiles" in in_a_job.read_text("utf-8")
