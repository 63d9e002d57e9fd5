"""No verdict without evidence: what was not asked, not answered or not let in before is not judged.

Every verdict of these tests, and of all tests on faults and variations, is looked at by `grounds.lacking`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from tests.suites.grounds import lacking
from tests.suites.judging import judged, name_of, profile_named, recorded
from tests.suites.matrix import alarms
from token_conformance.judging.refusal import Comparison
from token_conformance.plugin.selection import scenarios_of
from token_conformance.servers.emulated import EmulatedConnection, EmulatedServer
from token_conformance.verdict import Verdict

TOKENS = '{"access_token": "a", "token_type": "Bearer"}'
RESOURCES = {"/resource", "/userinfo"}

Change = Callable[[httpx.Request], httpx.Response | None]
"""Answers a request in place of the server, or leaves it to the server."""


class Between(httpx.AsyncBaseTransport):
    """Stands between a scenario and its server."""

    def __init__(self, transport: httpx.AsyncBaseTransport, change: Change) -> None:
        self._transport, self._change = transport, change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._change(request) or await self._transport.handle_async_request(request)


class OddServer(EmulatedServer):
    """The emulated server, with somebody between it and each of its connections."""

    def __init__(self, profile, make_change: Callable[[], Change]) -> None:
        super().__init__(profile)
        self._make_change = make_change

    def connect(self, scenario: str) -> EmulatedConnection:
        connection, change = super().connect(scenario), self._make_change()
        presenting = connection.presenting
        connection.transport = Between(connection.transport, change)
        connection.presenting = lambda certificate: Between(presenting(certificate), change)
        return connection


@pytest.fixture
def judge(checks):
    """Judges all checks for a profile with a server of its own; a verdict that rests on nothing is an error."""

    def judge(profile, server):
        record = recorded(profile, server, scenarios_of(checks))
        return {name_of(check): judged(check, record) for check in checks}

    return judge


def test_a_verdict_without_an_answer_is_an_error(make_exchange):
    """Whoever judges what was never answered, or beside a control that was refused, is found out."""
    answered, silent = make_exchange(TOKENS), replace(make_exchange(), answer=None, failure="timeout")
    refused = make_exchange('{"error": "invalid_grant"}', status=400)
    assert "without an answer" in lacking("a::b", Verdict.PASS, [], [])
    assert "without an answer" in lacking("a::b", Verdict.FAIL, [silent], [])
    assert "not accepted" in lacking("a::b", Verdict.PASS, [answered], [Comparison(answered, refused)])
    assert lacking("a::b", Verdict.PASS, [answered], [Comparison(refused, answered)]) == ""
    assert lacking("a::b", Verdict.INCONCLUSIVE, [], []) == ""


@pytest.mark.parametrize("profile", ["everything", "public"])
def test_a_single_login_is_no_evidence_for_the_others(judge, profile):
    """Where a run may log in once, what takes a second login is not judged."""
    described = profile_named(profile)
    frugal = described.model_copy(update={"limits": described.limits.model_copy(update={"max_logins": 1})})
    assert alarms(judge(frugal, EmulatedServer(frugal))) == {}


def test_a_client_that_is_not_let_in_is_no_stranger(checks):
    """Nothing is safe from a client whose secret is wrong in the profile: it cannot do what it might."""
    right = profile_named("everything")
    mistaken = right.second_client.model_copy(update={"client_secret": "mistyped"})
    clients = [mistaken if each == right.second_client else each for each in right.clients]
    mistyped = right.model_copy(update={"clients": clients})
    chosen = [check for check in checks if name_of(check).startswith("revocation::test_other_clients_cannot")]
    record = recorded(mistyped, EmulatedServer(right), scenarios_of(chosen))
    found = {name_of(check): judged(check, record) for check in chosen}
    assert len(found) == 2
    assert {each.verdict for each in found.values()} == {Verdict.INCONCLUSIVE}
    assert all(
        "nothing shows that the other client would be let in: 400 invalid_client" in each.message
        for each in found.values()
    )


def answering(status):
    """Answers everything at the resource and at the userinfo endpoint by one status."""
    headers = {"Location": "https://op.example/elsewhere", "Retry-After": "0"}
    answer = {
        name: value for name, value in headers.items() if (name == "Location") == (status == 302) and status != 404
    }

    def change(request):
        return httpx.Response(status, headers=answer) if request.url.path in RESOURCES else None

    return lambda: change


STATUSES = (200, 302, 404, 429, 500)


def each_at_each_profile():
    """Every status at every profile: by day all of them at the first, and those that are most unlike at the others."""
    for number, profile in enumerate(["everything", "opaque", "dpop", "mutual_tls"]):
        for status in STATUSES:
            marks = [pytest.mark.nightly] if number and status not in JUDGED else []
            yield pytest.param(profile, status, id=f"{status}-{profile}", marks=marks)


JUDGED = {
    200: {
        "userinfo::test_userinfo_is_a_json_object_with_sub",
        "userinfo::test_userinfo_is_of_the_same_user",
        "userinfo::test_userinfo_takes_no_wrong_token",
    },
    404: {"userinfo::test_userinfo_takes_the_access_token"},
}
"""What is judged of a userinfo endpoint that is open: that it is, and what it says; and of one that is not there: just that."""


@pytest.mark.parametrize(("profile", "status"), [*each_at_each_profile()])
def test_a_resource_that_answers_everything_alike_is_no_evidence(judge, profile, status):
    """Nothing is judged by a resource that does not tell a good access token from none, but that userinfo is open, or not there."""
    described = profile_named(profile)
    verdicts = judge(described, OddServer(described, answering(status)))
    assert {name: each.message for name, each in verdicts.items() if each.verdict is Verdict.ERROR} == {}
    rests_on_it = {
        name
        for name, each in verdicts.items()
        if each.verdict.judged and any(seen.request.path in RESOURCES for seen in each.seen)
    }
    assert rests_on_it <= JUDGED.get(status, set())


def dying(requests):
    """Answers that many requests of each connection, and then no more."""

    def make():
        left = [requests]

        def change(request):
            left[0] -= 1
            if left[0] < 0:
                raise httpx.ConnectError("the server is gone")

        return change

    return make


@pytest.mark.parametrize("requests", [0, 1, 3, 8, 20, 60])
def test_a_server_that_dies_gives_no_evidence_from_then_on(judge, requests):
    """What was not answered is not judged, and nothing is held against the server for it."""
    described = profile_named("everything")
    assert alarms(judge(described, OddServer(described, dying(requests)))) == {}
