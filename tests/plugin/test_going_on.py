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


@pytest.fixture
def run(inner_run, monkeypatch):
    """Runs the checks at the provider that a test puts there; gives the results, and the exit status."""
    inner = conftest.INNER_CONFTEST.replace("tests.plugin.scripted", "tests.plugin.limited")
    monkeypatch.setattr(conftest, "INNER_CONFTEST", inner.replace("{answers!r}, {tables!r}", "{tables!r}"))
    monkeypatch.setattr(allowance.time, "time", lambda: CURRENT[0].present)
    runs = []

    def run(*arguments, checks=CHECKS + OF_ALL, **limits):
        folder = f"--report-dir=run-{len(runs)}"
        result = inner_run(checks, "--live", folder, *arguments, **limits)
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
        results, result, path = run(f"--resume={path}", *arguments, **limits)
        told.append((results, result))
    return told


@pytest.mark.parametrize(
    ("tells", "limits"),
    [
        ("nothing", {"token_requests": {"count": 10, "seconds": 900}}),
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
