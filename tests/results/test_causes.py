"""Red checks are told by their causes, the worst first."""

import json
from dataclasses import replace

import pytest

from token_conformance.judging.causes import causes
from token_conformance.judging.habit import Did, Habit
from token_conformance.judging.requirement import catalogue
from token_conformance.results.causes import causes_of
from token_conformance.results.results import CheckResult
from token_conformance.verdict import Verdict

LET_IN = Habit(Did.ACCEPTED, "a/2", "/token", "response.status", 200, "a/1", ("request.client_secret",))
ALONE = Habit(Did.ACCEPTED, "b/1", "/token", "response.status", 200)


def red(name, violated, habit=ALONE, verdict=Verdict.FAIL, **more):
    id_ = f"suites/test_x.py::test_{name}"
    message = f"{name} is wrong"
    return CheckResult(
        id_, (violated,), "MUST", verdict, "It holds.", message, "§1", "x", "a", (), 0.1, violated, (), habit, **more
    )


def found(*checks):
    return causes_of(checks, causes(), catalogue())


SECRET = red("secret", "rfc6749-3.2.1-wrong-secret", LET_IN)
REFRESH = red("refresh", "rfc6749-6-client-authentication-required", replace(LET_IN, endpoint="/other"))
EXPIRES = red("expires", "rfc6749-a.14-expires-in-number")
CACHE = red("cache", "errors-cache-control", verdict=Verdict.WARNING)


def test_one_habit_is_told_once():
    """With all its checks, at all endpoints, and the requirements that they violate."""
    (cause,) = found(SECRET, REFRESH)
    assert cause.id == "clients-not-authenticated"
    assert cause.checks == (SECRET.id, REFRESH.id)
    assert cause.requirements == ("rfc6749-3.2.1-wrong-secret", "rfc6749-6-client-authentication-required")
    assert cause.endpoints == ("/token", "/other")


def test_causes_come_the_worst_first():
    """By harm, then failures before warnings, then those of most checks."""
    code, verifier = red("code", "rfc6749-10.5-code-single-use"), red("verifier", "rfc7636-4.6-verifier")
    weak = red("weak", "token-entropy-160", verdict=Verdict.WARNING)
    order = [cause.id for cause in found(CACHE, EXPIRES, weak, code, SECRET, REFRESH, verifier)]
    assert order == [
        "clients-not-authenticated",
        "codes-work-again",
        "verifiers-not-compared",
        "tokens-guessable",
        "expires-in-unusable",
        "answers-cacheable",
    ]


def test_only_what_is_red_has_a_cause():
    """A pass, a deviation and what was not judged have none."""
    quiet = [verdict for verdict in Verdict if verdict not in {Verdict.FAIL, Verdict.WARNING}]
    assert found(*(replace(SECRET, verdict=verdict) for verdict in quiet)) == ()


def test_who_looks_up_nothing_is_not_blamed_for_the_rest():
    """A server that takes any refresh token takes used ones as well: that is one cause, and two where it does not."""
    used = red("used", "rfc9700-4.14.2-old-token-refused", LET_IN)
    made_up = red("made_up", "rfc6749-6-unknown-token-refused", LET_IN)
    assert [cause.id for cause in found(used)] == ["used-refresh-tokens-work"]
    (cause,) = found(used, made_up)
    assert (cause.id, set(cause.checks)) == ("refresh-tokens-not-looked-up", {used.id, made_up.id})


def test_a_cause_names_what_it_kept_from_being_judged():
    """By the requirement that stood in the way."""
    stopped = replace(red("life", "x"), verdict=Verdict.INCONCLUSIVE, violated=None, stopped_by=EXPIRES.violated)
    elsewhere = replace(stopped, id="other", stopped_by="rfc6749-6-refresh-succeeds")
    (cause,) = found(EXPIRES, stopped, elsewhere)
    assert (cause.checks, cause.blocks) == ((EXPIRES.id,), (stopped.id,))


def test_the_evidence_has_a_control_where_there_is_one():
    """The offending exchange beside its control, what differs, what came and what must hold."""
    open_, basic = red("open", "rfc7662-2.1-authorization", ALONE), SECRET
    (cause,) = found(open_, basic)
    assert cause.evidence == (
        {
            "control": "a/1",
            "offence": "a/2",
            "differs": ["request.client_secret"],
            "wrong": [{"at": "response.status", "came": 200, "must": catalogue()[SECRET.violated].title}],
        },
    )


def test_where_the_form_is_wrong_the_check_says_what_came():
    """A status of 200 is not what is wrong with a member."""
    (cause,) = found(EXPIRES)
    assert cause.evidence[0]["wrong"][0]["came"] == "expires is wrong"


@pytest.mark.parametrize(
    ("violated", "habit", "harm"),
    [
        ("rfc9449-5.2-required", LET_IN, "lets-strangers-in"),
        ("oidc-auth-time", ALONE, "breaks-clients"),
        ("session-unreserved-characters", ALONE, "hygiene"),
        ("method-confusion", LET_IN, "hygiene"),
    ],
)
def test_a_requirement_without_an_entry_is_its_own_cause(violated, habit, harm):
    """It speaks in the requirement's words, so that nothing is lost."""
    (cause,) = found(red("own", violated, habit))
    stated = catalogue()[violated]
    assert (cause.id, cause.harm, cause.mend) == (violated, harm, stated.mend)
    assert cause.title == f"Not kept: {stated.title}"


def test_a_requirement_of_a_vendor_is_a_cause_too():
    """In the words of its check."""
    (cause,) = found(red("own", "vendor-1", None))
    assert (cause.id, cause.title, cause.evidence, cause.endpoints) == ("vendor-1", "It holds.", (), ())


def test_a_check_without_a_requirement_is_a_cause_too():
    """By its own id."""
    (cause,) = found(replace(red("own", "x", None), violated=None))
    assert cause.id == "suites/test_x.py::test_own"


def test_causes_do_not_depend_on_what_is_shown():
    """Redaction changes messages, and no cause."""
    labelled = replace(SECRET, message="<client_secret 1> was accepted")
    (one,), (other,) = found(SECRET), found(labelled)
    assert one == other
    assert json.loads(json.dumps(one.to_json()))["verdict"] == "fail"
