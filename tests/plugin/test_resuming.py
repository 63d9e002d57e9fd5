"""What takes too long a wait is left to do, and `--resume` does it."""

import pytest

WAITING = '''
@scenario(needs="client_credentials", waits=True)
async def aged(provider):
    """Ask, a little later."""
    provider.clock.check(0.2)
    await provider.clock.wait(0.2)
    return await provider.client_credentials()


@requirement("must")
def test_ages(aged):
    """It works later."""
    assert aged.accepted


@requirement("must")
def test_asks(asked):
    """It works."""
    assert asked.accepted
'''


@pytest.fixture
def left(inner_run):
    """The results of a run that could not wait."""
    inner_run(WAITING)
    path = inner_run.folder / "left.json"
    next((inner_run.folder / "reports").rglob("results.json")).rename(path)
    return path


def verdicts(results):
    return {check["id"].partition("::")[2]: check["verdict"] for check in results["checks"]}


def test_what_could_not_be_waited_for_is_to_be_done(inner_run):
    """The check is inconclusive, with the wait that it takes, and the terminal says how to do it."""
    result = inner_run(WAITING)
    results = inner_run.results()
    assert verdicts(results) == {"test_ages": "inconclusive", "test_asks": "pass"}
    assert [(entry["scenario"], entry["wait"]) for entry in results["todo"]] == [("aged", 1)]
    result.stdout.fnmatch_lines(["TO DO    aged (1 s)*token-conformance run * --emulated * --resume *results.json*"])


def test_what_a_run_was_told_is_told_again(inner_run):
    """The command that does the rest reaches the same provider with the same values."""
    (inner_run.folder / "my.env").write_text("A=1\n")
    result = inner_run(WAITING, "--tc-env-file=my.env", "--tc-proxy=none", "--tc-require=oauth2", "--tc-complete")
    told = "--env-file my.env --proxy none --suites test_inner.py --require oauth2 --complete"
    result.stdout.fnmatch_lines([f"*token-conformance run * --emulated {told} --resume *"])


def test_only_what_is_left_is_done(inner_run, left):
    """The other checks are not judged again, and nothing is left in the end."""
    result = inner_run(WAITING, f"--tc-resume={left}")
    results = inner_run.results()
    assert verdicts(results) == {"test_ages": "pass"}
    assert results["todo"] == []
    result.stdout.fnmatch_lines(["example: resumes aged*take 1 s*"])


def test_one_profile_is_resumed(inner_run, left):
    """A results.json is that of one run."""
    result = inner_run(WAITING, f"--tc-resume={left}", profiles=("example", "other"))
    result.stderr.fnmatch_lines(["*--resume does what is left of one profile: give one"])
    assert result.ret == 4
