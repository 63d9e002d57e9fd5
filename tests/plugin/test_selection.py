"""Only the scenarios of the selected checks run, once, before the checks."""

import pytest

KNOCK = 1
"""The request by which a run finds out how its client gets in."""

TWO = '''

@scenario(needs="client_credentials")
async def asked_twice(provider):
    """Ask two more times."""
    return [await provider.client_credentials(), await provider.client_credentials()]


@requirement("must")
def test_once(asked):
    """One request is accepted."""
    assert asked.accepted


@requirement("must")
def test_once_more(asked):
    """One transcript serves many checks."""
    assert asked.token_type == "Bearer"


@requirement("must")
def test_twice(asked_twice):
    """Two requests are accepted."""
    assert asked_twice[1].accepted


@pytest.mark.evidence_of("asked")
@requirement("must")
def test_everywhere(evidence):
    """All answers are accepted."""
    assert all(answer.accepted for answer in evidence.successes)
'''


@pytest.mark.parametrize(
    ("expression", "requests"),
    [("test_once", 1), ("test_twice", 2), ("test_once or test_twice", 3), ("test_everywhere", 1), ("test_", 3)],
)
def test_scenarios_of_deselected_checks_do_not_run(inner_run, expression, requests):
    """`-k` chooses the requests too, and a scenario runs once for all its checks."""
    inner_run(TWO, "-k", expression)
    assert inner_run.results()["requests"] == requests + KNOCK


def test_collecting_sends_nothing(inner_run):
    """`--collect-only` leaves the provider in peace."""
    inner_run(TWO, "--collect-only")
    assert not (inner_run.folder / "reports").exists()


def test_scenarios_are_listed_as_fixtures(inner_run):
    """`pytest --fixtures` shows a scenario with its first sentence."""
    result = inner_run(TWO, "--fixtures")
    result.stdout.fnmatch_lines(["asked_twice [[]session scope[]]*", "*Ask two more times.*"])


def test_several_profiles_have_reports_of_their_own(inner_run):
    """Each profile's checks are judged by its own answers, under the same ids."""
    result = inner_run(TWO, profiles=("first", "second"))
    assert result.ret == pytest.ExitCode.OK
    ids = [[check["id"] for check in inner_run.results(name)["checks"]] for name in ("first", "second")]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 4


def test_with_workers_a_profile_runs_once(inner_run):
    """Under -n the scenarios of a profile run on the one worker that has its checks."""
    many = "".join(f"\n\n@requirement('must')\ndef test_{n}(asked):\n    assert asked.accepted\n" for n in range(20))
    result = inner_run(TWO + many, "-n", "2", profiles=("first", "second"))
    assert result.ret == pytest.ExitCode.OK
    for name in ("first", "second"):
        assert len(list((inner_run.folder / "reports" / name).iterdir())) == 1
        assert (inner_run.results(name)["requests"], len(inner_run.results(name)["checks"])) == (3 + KNOCK, 24)


def test_without_a_profile_a_check_says_what_it_needs(inner_run):
    """A suite that is run without a provider asks for one."""
    result = inner_run(TWO, profiles=())
    result.stdout.fnmatch_lines(["*give one with --profile NAME*"])
