"""Before a red is told, its scenario runs once more; what comes of it decides, and both runs are in the report."""

from dataclasses import replace

import pytest

from token_conformance.plugin import course

CHECKS = '''
TIMES = []


@scenario(needs="client_credentials")
async def shaky(provider):
    """Be refused the first time alone."""
    TIMES.append(1)
    return await provider.client_credentials(scope="refuse" if len(TIMES) == 1 else "usual")


@requirement("must")
def test_is_accepted(shaky):
    """A token is handed over."""
    assert shaky.accepted


@scenario(needs="client_credentials")
async def generous(provider):
    """Be accepted the first time alone."""
    TIMES.append(2)
    return await provider.client_credentials(scope="usual" if TIMES.count(2) == 1 else "refuse")


@requirement("must")
def test_is_refused(generous):
    """No token is handed over."""
    assert not generous.accepted


@requirement("should")
def test_is_always_wrong(asked):
    """The answer tells the scope."""
    assert asked.scope, "no scope"


@requirement("must")
def test_holds(asked):
    """An access token is handed over."""
    assert asked.accepted
'''

ON_PYTEST = '''
@requirement("must")
def test_asks_pytest(asked, tmp_path):
    """A refresh token is handed over."""
    assert asked.refresh_token
'''

ON_EVIDENCE = '''
@requirement("must")
@pytest.mark.evidence_of("asked")
def test_of_all(evidence):
    """Every answer tells the scope."""
    for answer in evidence.token_responses:
        assert answer.scope, f"no scope in the answer to {answer.exchange}"
'''

CUT_SHORT = '''
from token_conformance import Inconclusive

TIMES = []


@scenario(needs="client_credentials")
async def costly(provider):
    """Come to its end the first time alone."""
    TIMES.append(1)
    if len(TIMES) > 1:
        raise Inconclusive("it takes more logins than there are")
    return await provider.client_credentials(scope="usual")


@scenario(needs="client_credentials")
async def cheap(provider):
    """Be asked something else."""
    return await provider.client_credentials(scope="refuse")


@requirement("should")
@pytest.mark.evidence_of("costly", "cheap")
def test_of_all(evidence):
    """No token comes."""
    for answer in evidence.token_responses:
        assert not answer.accepted, f"tokens in the answer to {answer.exchange}"


@requirement("must")
def test_asks_the_second(cheap):
    """A token comes."""
    assert cheap.accepted
'''


BESIDE_ANOTHER = '''
@scenario(needs="client_credentials")
async def later(provider):
    """Be asked later."""
    return await provider.client_credentials()


@requirement("must")
@pytest.mark.evidence_of("asked")
def test_later_is_as_before(later, conformance_run):
    """What is served at first is refused later."""
    assert not (conformance_run.transcript("asked").accepted and later.accepted), "served later too"
'''


@pytest.fixture
def found(inner_run):
    """Verdict, message and count by the names of the checks, and the results."""

    def found(*arguments, checks=CHECKS, **more):
        inner_run(checks, *arguments, **more)
        results = inner_run.results()
        return results, {check["id"].split("::")[1]: check for check in results["checks"]}

    return found


def test_a_red_is_repeated(found):
    """A refusal that goes away is inconclusive, with both exchanges; what was handed over stands; the rest is seen twice."""
    results, checks = found()
    told = {name: (check["verdict"], check["seen"]) for name, check in checks.items()}
    assert told == {
        "test_is_accepted": ("inconclusive", [1, 2]),
        "test_is_refused": ("fail", [1, 2]),
        "test_is_always_wrong": ("warning", [2, 2]),
        "test_holds": ("pass", None),
    }
    assert checks["test_is_accepted"]["message"].startswith(
        "not repeatable: expected: A token is handed over; seen: 400"
    )
    assert checks["test_is_accepted"]["exchanges"] == ["shaky/1", "shaky~again/1"]
    assert checks["test_is_refused"]["message"].endswith("(seen 1 of 2)")
    assert results["requests"] - found("--tc-no-repeat")[0]["requests"] == 3


def test_a_run_can_do_without(found):
    """`--no-repeat` tells what was seen once, and asks nothing more."""
    _, checks = found("--tc-no-repeat")
    assert (checks["test_is_accepted"]["verdict"], checks["test_is_accepted"]["seen"]) == ("fail", [1, 1])
    assert not any("~again" in id_ for check in checks.values() for id_ in check["exchanges"])


@pytest.fixture
def disturbed(monkeypatch):
    """Runs in which a neighbour may have ended the sessions of those scenarios."""
    gather = course.gather

    async def gathered(*arguments):
        return replace(await gather(*arguments), doubtful=frozenset({"shaky", "generous", "asked"}))

    monkeypatch.setattr(course, "gather", gathered)


@pytest.mark.usefixtures("disturbed")
def test_disturbed_scenarios_are_judged_by_how_they_go_alone(found):
    """What passes and what is red alike; what the server had handed over stands."""
    _, checks = found()
    told = {name: (check["verdict"], check["seen"]) for name, check in checks.items()}
    assert told == {
        "test_is_accepted": ("pass", None),
        "test_is_refused": ("fail", [1, 2]),
        "test_is_always_wrong": ("warning", [2, 2]),
        "test_holds": ("pass", None),
    }
    assert checks["test_holds"]["exchanges"] == ["asked~again/1"]


@pytest.mark.usefixtures("disturbed")
def test_disturbed_scenarios_that_do_not_run_again_prove_nothing(found):
    """Neither a pass nor a refusal; a token that was handed over does."""
    _, checks = found("--tc-no-repeat")
    assert {name: check["verdict"] for name, check in checks.items()} == {
        "test_is_accepted": "inconclusive",
        "test_is_refused": "fail",
        "test_is_always_wrong": "warning",
        "test_holds": "inconclusive",
    }
    assert "could not run once more, alone" in checks["test_holds"]["message"]


def test_without_a_red_nothing_is_repeated(found):
    """A run that finds nothing is as long as it was."""
    assert found("-k", "test_holds")[0]["requests"] == found("-k", "test_holds", "--tc-no-repeat")[0]["requests"]


def test_what_asks_pytest_for_more_stands(found):
    """Nobody but pytest can judge it, so that it is told as it was seen."""
    _, checks = found(checks=ON_PYTEST)
    assert (checks["test_asks_pytest"]["verdict"], checks["test_asks_pytest"]["seen"]) == ("fail", [1, 1])


def test_a_red_of_all_exchanges_is_repeated_where_it_was_seen(found):
    """The scenario of the exchange runs once more, and its answers are judged alone."""
    _, checks = found(checks=ON_EVIDENCE)
    assert (checks["test_of_all"]["verdict"], checks["test_of_all"]["seen"]) == ("fail", [2, 2])


def test_a_red_beside_another_scenario_is_repeated_with_it(found):
    """A check that holds its scenario against another one is judged by both of the second time."""
    _, checks = found(checks=BESIDE_ANOTHER)
    assert (checks["test_later_is_as_before"]["verdict"], checks["test_later_is_as_before"]["seen"]) == ("fail", [2, 2])
    assert "defect" not in checks["test_later_is_as_before"]["message"]


def test_a_repetition_that_is_cut_short_takes_nothing_back(found):
    """What one scenario did not come to show, the others' answers do not replace."""
    _, checks = found(checks=CUT_SHORT)
    assert (checks["test_of_all"]["verdict"], checks["test_of_all"]["seen"]) == ("warning", [1, 1])
    assert "it takes more logins than there are" in checks["test_of_all"]["unrepeated"]


def test_each_profile_has_its_own(inner_run):
    """What one provider did says nothing of another."""
    inner_run(CHECKS, profiles=("example", "other"))
    first, second = (inner_run.results(name)["checks"] for name in ("example", "other"))
    for checks in (first, second):
        (warning,) = [check for check in checks if check["verdict"] == "warning"]
        assert warning["seen"] == [2, 2]
