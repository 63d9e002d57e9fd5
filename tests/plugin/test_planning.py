"""`--plan` says what a run takes, and runs nothing."""

CHECK = """
@requirement("must")
def test_asks(asked):
    "It is asked."
    assert False
"""


def test_a_plan_runs_nothing(inner_run):
    """The check would fail: it is not judged, no report is written, and the exit status is 0.

    Beside the scenario's request there is one by which a run finds out how its client gets in.
    """
    result = inner_run(CHECK, "--tc-plan")
    result.stdout.fnmatch_lines(
        [
            "example: 1 check, 1 scenario; an estimate*it sends nothing to the provider",
            "  asked  1 request  (needs client_credentials)",
            "example: about 0 logins*about 2 requests, 2 of them for tokens *",
        ]
    )
    assert "no tests ran" not in result.stdout.str()
    assert result.ret == 0
    assert not (inner_run.folder / "reports").exists()


def test_each_profile_has_a_plan(inner_run):
    """Several profiles are planned one after the other."""
    result = inner_run(CHECK, "--tc-plan", profiles=("one", "two"))
    result.stdout.fnmatch_lines(["one: about 0 logins*", "two: about 0 logins*"])


def test_a_plan_wants_no_workers(inner_run):
    """There is nothing for them to do."""
    result = inner_run(CHECK, "--tc-plan", "-n", "2")
    result.stderr.fnmatch_lines(["*--plan runs nothing: leave out -n"])
    assert result.ret == 4


def test_a_probe_wants_a_live_provider(inner_run):
    """The emulated one has nothing to tell of limits."""
    result = inner_run(CHECK, "--tc-plan", "--tc-probe")
    result.stderr.fnmatch_lines(["*--probe asks a live provider what it allows: give --live"])
    assert result.ret == 4
