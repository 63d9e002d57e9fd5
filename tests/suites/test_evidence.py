"""No verdict without evidence: what was not asked, not answered or not let in before is not judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest

from tests.suites.judging import arguments_of, name_of, profile_named, recorded, stated_of
from tests.suites.test_faults import DPOP, ROWS
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.judgement import verdict_of
from token_conformance.judging.refusal import Comparison, comparing
from token_conformance.plugin.selection import scenarios_of
from token_conformance.plugin.verdicts import fact_of
from token_conformance.servers.emulated import EmulatedConnection, EmulatedServer
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange, watching

PROFILES = [
    "everything",
    "hybrid",
    "public",
    "kept",
    "grace",
    "opaque",
    "by-password",
    "by-device",
    "signing-fapi2",
    "mutual_tls",
    "mutual_tls_public",
    *DPOP,
]

SAMPLE = [row for row in ROWS if row["profile"] == "everything" and len(row.get("faults", ())) == 1][::45]
"""Some faults, one of each region of the table."""

RESOURCES = {"/resource", "/userinfo"}

Change = Callable[[httpx.Request], httpx.Response | None]
"""Answers a request in place of the server, or leaves it to the server."""


@dataclass(frozen=True)
class Rested:
    """A verdict, and what it rests on."""

    verdict: Verdict
    message: str
    seen: list[Exchange]
    compared: list[Comparison]


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
    """Judges all checks for a profile with a server of its own, and tells what each verdict rests on."""

    def judge(profile, server):
        record = recorded(profile, server, scenarios_of(checks))
        return {name_of(check): rested(check, record) for check in checks}

    return judge


def rested(check, record):
    problem = None
    with watching() as seen, comparing() as compared:
        try:
            check.function(**arguments_of(check, record))
        except Exception as raised:
            problem = raised
        verdict, message = verdict_of(problem, stated_of(check), record.profile, seen, fact=fact_of(check))
    return Rested(verdict, message, seen, compared)


def assert_evident(verdicts):
    """Each verdict rests on an answer, and on controls that were accepted."""
    judged = {name: each for name, each in verdicts.items() if each.verdict.judged}
    unseen = {name: each.verdict for name, each in judged.items() if not any(seen.answer for seen in each.seen)}
    assert unseen == {}, "judged, and no answer was looked at"
    uncontrolled = {name: each.message for name, each in judged.items() if not controlled(name, each.compared)}
    assert uncontrolled == {}, "judged beside a control that was not accepted"


def controlled(name, compared):
    """Whether the controls were accepted; a check of codes leaves out requests whose control was not."""
    accepted = [was_accepted(pair.control) for pair in compared]
    return not accepted or (any(accepted) if name.startswith("error_codes::") else all(accepted))


def was_accepted(control):
    """Whether a control was accepted: by a token, a page, a redirect, or by being told to wait for the user."""
    return control.answer is not None and (control.answer.status // 100 in {2, 3} or TokenResponse(control).waits)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_verdict_has_evidence(judge, profile):
    """At a faultless server, whatever the profile."""
    described = profile_named(profile)
    assert_evident(judge(described, EmulatedServer(described)))


@pytest.mark.parametrize("row", SAMPLE, ids=lambda row: row["faults"][0])
def test_every_verdict_on_a_fault_has_evidence(judge, row):
    """At a server with a fault."""
    described = profile_named(row["profile"])
    assert_evident(judge(described, EmulatedServer(described, row["faults"])))


@pytest.mark.parametrize("profile", ["everything", "public"])
def test_a_single_login_is_no_evidence_for_the_others(judge, profile):
    """Where a run may log in once, what takes a second login is not judged."""
    described = profile_named(profile)
    frugal = described.model_copy(update={"limits": described.limits.model_copy(update={"max_logins": 1})})
    verdicts = judge(frugal, EmulatedServer(frugal))
    assert_evident(verdicts)
    assert {name for name, each in verdicts.items() if each.verdict in {Verdict.FAIL, Verdict.WARNING}} == set()


def answering(status):
    """Answers everything at the resource and at the userinfo endpoint by one status."""
    headers = {"Location": "https://op.example/elsewhere", "Retry-After": "0"}
    answer = {
        name: value for name, value in headers.items() if (name == "Location") == (status == 302) and status != 404
    }

    def change(request):
        return httpx.Response(status, headers=answer) if request.url.path in RESOURCES else None

    return lambda: change


@pytest.mark.parametrize("profile", ["everything", "opaque", "dpop", "mutual_tls"])
@pytest.mark.parametrize("status", [200, 302, 404, 429, 500])
def test_a_resource_that_answers_everything_alike_is_no_evidence(judge, profile, status):
    """Nothing is judged by a resource that does not tell a good access token from none, but that userinfo is open."""
    described = profile_named(profile)
    verdicts = judge(described, OddServer(described, answering(status)))
    assert_evident(verdicts)
    rests_on_it = {
        name
        for name, each in verdicts.items()
        if each.verdict.judged and any(seen.request.path in RESOURCES for seen in each.seen)
    }
    assert rests_on_it <= (OPEN if status == 200 else set())


OPEN = {
    "userinfo::test_userinfo_is_a_json_object_with_sub",
    "userinfo::test_userinfo_is_of_the_same_user",
    "userinfo::test_userinfo_takes_no_wrong_token",
}
"""What is judged of a userinfo endpoint that is open: that it is, and what it says."""


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
    verdicts = judge(described, OddServer(described, dying(requests)))
    assert_evident(verdicts)
    red = {name: each.message for name, each in verdicts.items() if each.verdict in {Verdict.FAIL, Verdict.WARNING}}
    assert red == {}
    assert not any(each.verdict is Verdict.ERROR for each in verdicts.values())
