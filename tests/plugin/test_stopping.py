"""A provider that stops answering in mid-run: the run stops as well, and no report says that it conforms."""

import pytest

from token_conformance.wire import presence

SCENARIOS = '''
import httpx
from tests.plugin.scripted import Connection, Server

ANSWERED = []
Server.kind = "live"


def answer(connection, request):
    if len(ANSWERED) == {most}:
        raise httpx.ConnectError("connection refused")
    ANSWERED.append(request)
    return httpx.Response(200, json=connection._answers)


Connection.answer = answer
Server.connect = lambda server, scenario: Connection(server._answers, 3600)


@scenario(needs="client_credentials")
async def often(provider):
    """Ask ten times."""
    return [await provider.client_credentials() for _ in range(10)]


@scenario(needs="client_credentials")
async def later(provider):
    """Wait for an hour."""
    await provider.clock.wait(3600)


@requirement("must")
def test_asks(asked):
    """It works."""
    assert asked.accepted


@requirement("must")
def test_asks_often(often):
    """It works each time."""
    assert all(each.accepted for each in often)
'''
WAITING = '''

@requirement("must")
def test_waits(later):
    """It is still there then."""
    assert later is None
'''


@pytest.fixture
def stopping(inner_run, monkeypatch):
    """Runs the checks for a live provider that answers so many requests."""
    from tests.plugin.scripted import Connection, Server

    for owner, name in ((Server, "kind"), (Server, "connect"), (Connection, "answer")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # which puts it back afterwards
    monkeypatch.setattr(presence, "INTERVALS", (0.01,))
    monkeypatch.setattr("token_conformance.plugin.selection.SUITES", inner_run.folder / "test_inner.py")

    def run(most, checks=""):
        return inner_run(SCENARIOS.format(most=most) + checks)

    run.results = inner_run.results
    return run


def test_a_provider_that_stops_in_mid_run_is_no_conforming_one(stopping):
    """What was judged until then stands, nothing waits any more, and the estimate comes from a rehearsal."""
    result, sentence = stopping(4, WAITING), "the provider stopped answering after 4 of about 1? requests"
    result.stdout.fnmatch_lines([f"ERROR: {sentence}", f"example: No verdict on the provider: {sentence}."])
    results = stopping.results()
    assert results["outcome"] == "trouble"
    assert results["trouble"].startswith("the provider stopped answering after 4 of about ")
    verdicts = {check["id"].partition("::")[2]: check["verdict"] for check in results["checks"]}
    assert verdicts == {"test_asks": "pass", "test_asks_often": "inconclusive", "test_waits": "inconclusive"}
    assert result.ret == 4


def test_a_provider_that_answers_to_the_end_conforms(stopping):
    """The same checks of a provider that goes on answering."""
    result = stopping(100)
    assert result.outlines[-1] == "example: Conforms as far as it was judged."
    assert stopping.results()["trouble"] is None
    assert result.ret == 0
