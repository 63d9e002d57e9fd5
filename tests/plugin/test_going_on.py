"""A provider that allows few token requests is judged in several runs, and in the end as by one."""

from __future__ import annotations

import json

import pytest

from tests.plugin import conftest
from tests.plugin.limited import CURRENT, WITHOUT_LIMIT, Provider
from token_conformance.wire import allowance

ONE = '''

@scenario(needs="client_credentials")
async def {name}(provider):
    """Ask three times, the last time in a wrong way."""
    first, second = [await provider.client_credentials() for _ in range(2)]
    return first, second, await provider.token({{"grant_type": "client_credentials", "x": "{sent}"}})


@requirement("must")
def test_{name}_is_accepted({name}):
    """It works."""
    assert {name}[0].accepted


@requirement("must")
def test_{name}_is_refused({name}):
    """What is wrong is refused."""
    assert not {name}[2].accepted
'''

OF_ALL = '''

@pytest.mark.evidence_of("a")
@requirement("should")
def test_none_is_refused(evidence):
    """Nothing is refused."""
    assert all(answer.exchange.status == 200 for answer in evidence.token_responses), "one is refused"
'''

CHECKS = "".join(
    ONE.format(name=name, sent="accept" if name == "c" else "refuse") for name in ("a", "b", "c", "d", "e", "f")
)


FAULTLESS = CHECKS.replace('"accept"', '"refuse"')

FEW = {"token_requests": {"count": 10, "seconds": 900}}


@pytest.fixture
def run(inner_run, monkeypatch):
    """Runs the checks at the provider that a test puts there; gives the results, and the exit status."""
    inner = conftest.INNER_CONFTEST.replace("tests.plugin.scripted", "tests.plugin.limited")
    monkeypatch.setattr(conftest, "INNER_CONFTEST", inner.replace("{answers!r}, {tables!r}", "{tables!r}"))
    monkeypatch.setattr(allowance.time, "time", lambda: CURRENT[0].present)
    runs = []

    def run(*arguments, checks=CHECKS + OF_ALL, **limits):
        folder = f"--tc-report-dir=run-{len(runs)}"
        result = inner_run(checks, "--tc-live", folder, *arguments, **limits)
        (path,) = (inner_run.folder / f"run-{len(runs)}").rglob("results.json")
        runs.append(path)
        return json.loads(path.read_text()), result, path

    yield run
    CURRENT[:] = [WITHOUT_LIMIT]


def verdicts(results):
    return {check["id"].partition("::")[2]: check["verdict"] for check in results["checks"]}


def to_the_end(run, provider, *arguments, **limits):
    """Resume until nothing is left, each time when the results say that it makes sense."""
    CURRENT[:] = [provider]
    results, result, path = run(*arguments, **limits)
    told = [(results, result)]
    while results["todo"]:
        assert len(told) < 9, "it comes to no end"
        provider.present += 1000
        results, result, path = run(f"--tc-resume={path}", *arguments, **limits)
        told.append((results, result))
    return told


@pytest.mark.parametrize(
    ("tells", "limits"),
    [
        ("nothing", FEW),
        ("headers", {}),
        ("nothing", {}),
    ],
    ids=["by its profile", "by its headers", "by a refusal"],
)
def test_several_runs_tell_what_one_tells(run, tells, limits):
    """Whoever tells of the limit: each verdict is that of a run without one, and so is the outcome."""
    whole, *_ = run()
    told = to_the_end(run, Provider(tells=tells), limits=limits)
    assert len(told) > 2
    last, _ = told[-1]
    assert verdicts(last) == verdicts(whole)
    assert last["outcome"] == whole["outcome"] == "does_not_conform"
    assert [cause["id"] for cause in last["causes"]] == [cause["id"] for cause in whole["causes"]]
    assert (last["runs"], last["selection"]) == (len(told), whole["selection"])


def test_a_run_that_is_cut_short_does_not_conform(run):
    """Nothing failed, and yet it is no verdict: it says how it goes on, and ends with a status of its own."""
    CURRENT[:] = [Provider()]
    results, result, _ = run(checks=FAULTLESS, limits=FEW)
    assert (results["outcome"], result.ret) == ("cut_short", 8)
    assert {(left["wait"], left["because"]) for left in results["todo"]} == {(0, "limit")}
    result.stdout.fnmatch_lines(
        [
            "TO DO    *from 2027-01-15 08:15:01 UTC on `token-conformance run *--resume *` goes on with them*",
            "NOTICED  the provider limits token requests, of which 10 were allowed and all scenarios take about 19: 2 of 6 *",
            "*No verdict on the provider as a whole yet: * 4 scenarios are left for --resume, from 2027-01-15 08:15:01 UTC on*",
        ]
    )


def test_who_never_fails_conforms_in_the_end(run):
    """After enough runs it is said of the whole, with the status of one."""
    told = to_the_end(run, Provider(), checks=FAULTLESS, limits=FEW)
    assert [result.ret for _, result in told] == [8] * (len(told) - 1) + [0]
    assert {check["verdict"] for check in told[-1][0]["checks"]} == {"pass"}


def test_a_known_limit_is_never_met(run):
    """Repetitions of reds among it, no request is refused for their number."""
    provider = Provider()
    to_the_end(run, provider, limits=FEW)
    assert provider.refused == 0


def test_the_worthiest_come_first(run):
    """A scenario on which more rests is performed before others that cost as much."""
    more = (
        CHECKS
        + '''

@requirement("must")
def test_e_has_more_to_say(e):
    """It is looked at once more."""
    assert e[0].accepted
'''
    )
    CURRENT[:] = [Provider()]
    results, *_ = run(checks=more, limits=FEW)
    assert verdicts(results)["test_e_has_more_to_say"] == "pass"


def test_who_comes_too_early_sends_nothing(run):
    """Before the time that was told nothing fits, and the same is left."""
    provider = Provider()
    CURRENT[:] = [provider]
    first, _, path = run(limits={"token_requests": {"count": 7, "seconds": 900}})
    sent = len(provider.sent)
    second, result, _ = run(f"--tc-resume={path}", limits={"token_requests": {"count": 7, "seconds": 900}})
    assert (len(provider.sent), second["todo"]) == (sent, first["todo"])
    result.stdout.fnmatch_lines(["example: goes on with * scenarios*the provider's limit is over at 08:15:01 UTC*"])


def test_what_no_window_has_room_for_is_not_left(run):
    """It says so once, and is no to-do for ever."""
    CURRENT[:] = [Provider(count=3)]
    results, *_ = run(limits={"token_requests": {"count": 3, "seconds": 900}})
    assert results["todo"] == []
    assert {check["message"] for check in results["checks"] if "test_a_" in check["id"]} == {
        "it takes about 3 token requests, and 3 token requests in 900 s are allowed"
    }


def test_evidence_tells_the_same(run, inner_run):
    """What was left is left by the evidence, too, and judged anew the run does not conform either."""
    CURRENT[:] = [Provider()]
    results, _, path = run(checks=FAULTLESS, limits=FEW)
    inner_run.pytester.runpytest_inprocess(
        "-p", "token_conformance.plugin", "-p", "no:cacheprovider", f"--tc-from-evidence={path.parent}", "test_inner.py"
    )
    again = json.loads(path.read_text())
    assert again["outcome"] == "cut_short"
    assert [left["scenario"] for left in again["todo"]] == [left["scenario"] for left in results["todo"]]
    assert verdicts(again) == verdicts(results)
