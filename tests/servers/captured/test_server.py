"""A recording made elsewhere answers scenarios that it holds, and no others."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from suites.conftest import login, refreshed
from suites.test_client_authentication import wrong_credentials
from suites.test_rotation import reuse
from token_conformance.redaction import Redactor
from token_conformance.running.captured import gather_recorded
from token_conformance.running.run import Run
from token_conformance.servers.captured.endpoints import endpoints
from token_conformance.servers.captured.server import CapturedServer
from token_conformance.servers.selection import Choice, select
from token_conformance.verdict import NotJudged

SCENARIOS = {each.scenarios[0].name: each.scenarios[0] for each in (login, refreshed, reuse, wrong_credentials)}
DISCOVERY = "discovery"


def gathered(name, profile, server, *scenarios):
    """The record of a run of these scenarios."""
    run, listed = Run(name, profile, server, Redactor()), [SCENARIOS[each] for each in scenarios]
    return asyncio.run(gather_recorded(run, listed, lambda *_: None))


@pytest.fixture(scope="module")
def emulated():
    """What each scenario asks the reference server, by its name; discovery too."""
    name, profile, server = select("generic-oidc", Choice("emulated"), {})
    record = gathered(name, profile, server, *SCENARIOS)
    return {label: [each for each in record.exchanges if each.scenario == label] for label in (DISCOVERY, *SCENARIOS)}


def entry(exchange):
    """The exchange as a proxy writes it."""
    request, answer = exchange.request, exchange.answer
    sent = {
        "method": request.method,
        "url": request.url,
        "headers": [{"name": name, "value": value} for name, value in request.headers],
    }
    if request.body:
        kind = dict(request.headers).get("Content-Type", "")
        sent["postData"] = {"mimeType": kind, "text": request.body.decode()}
    came = {
        "status": answer.status,
        "headers": [{"name": name, "value": value} for name, value in answer.headers],
        "content": {"size": len(answer.body), "text": answer.body.decode()},
    }
    started, taken = exchange.started.isoformat(), exchange.seconds * 1000
    return {"startedDateTime": started, "time": taken, "request": sent, "response": came}


@pytest.fixture
def capture(tmp_path):
    """The profile and the server of a recording of exchanges, as a proxy would have made it."""

    def make(exchanges):
        log = {"version": "1.2", "creator": {"name": "proxy", "version": "1"}, "entries": [entry(e) for e in exchanges]}
        (tmp_path / "example.har").write_text(json.dumps({"log": log}), "utf-8")
        _, profile, server = select("generic-oidc", Choice("recorded", (tmp_path / "example.har",)), {})
        assert isinstance(server, CapturedServer)
        return profile, server

    return make


@pytest.fixture
def judged(capture):
    """The record of a scenario that is looked for in a recording of exchanges."""
    return lambda exchanges, *scenarios: gathered("example", *capture(exchanges), *scenarios)


def outcome(record, name):
    """What a scenario came to, or the reason why it did not."""
    try:
        return record.transcript(name)
    except NotJudged as reason:
        return str(reason)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_found_in_a_recording_without_labels(judged, emulated, name):
    """It draws what was sent, and all of its answers are those that were recorded."""
    record = judged([*emulated[DISCOVERY], *emulated[name]], name)
    assert type(outcome(record, name)).__name__ not in {"str", "NoneType"}
    assert {each.id for each in record.exchanges if each.scenario == name} == set()


def test_what_was_drawn_is_what_was_sent(judged, emulated):
    """What came back is not held against a value that nobody has sent."""
    found = outcome(judged([*emulated[DISCOVERY], *emulated["login"]], "login"), "login")
    (sent,) = [each.request.url for each in emulated["login"] if "state=" in each.request.url]
    assert f"state={found.authorization.state}&" in f"{sent}&"
    assert f"nonce={found.authorization.nonce}&" in f"{sent}&"


def test_an_exchange_is_told_as_it_was_recorded(judged, emulated):
    """With its own times, and named after its place in the recording."""
    recorded = [*emulated[DISCOVERY], *emulated["login"]]
    record = judged(recorded, "login")
    assert [each.id for each in record.exchanges] == [f"recording/{n}" for n in range(1, len(recorded) + 1)]
    assert [each.started for each in record.exchanges] == [each.started for each in recorded]


def test_exchanges_that_no_scenario_asks_for_are_evidence(judged, emulated):
    """Checks of all answers read them."""
    record = judged([*emulated[DISCOVERY], *emulated["wrong_credentials"]], "login")
    assert len(record.evidence.refusals) == sum(each.answer.status >= 400 for each in emulated["wrong_credentials"])


def test_what_is_not_in_the_recording_is_not_judged(judged, emulated):
    """A sentence says what was looked for, without what it would have presented."""
    found = outcome(judged([*emulated[DISCOVERY], *emulated["login"]], "refreshed"), "refreshed")
    assert found.startswith(("not in the recording: POST /token (refresh_token)", "the recording holds nothing"))


def test_a_login_of_another_kind_is_passed_over(judged, emulated):
    """The next one of the recording may be the one that the scenario needs."""
    later = [replace(each, started=each.started + timedelta(minutes=5)) for each in emulated["reuse"]]
    record = judged([*emulated[DISCOVERY], *emulated["login"], *later], "reuse")
    assert type(outcome(record, "reuse")).__name__ not in {"str", "NoneType"}


@pytest.mark.parametrize("kept", [True, False])
def test_endpoints_are_told_by_their_requests(capture, emulated, kept):
    """Where the recording holds no metadata, the addresses to which requests went are those of the endpoints."""
    recorded = [*(emulated[DISCOVERY] if kept else ()), *emulated["refreshed"]]
    profile, server = capture(recorded)
    assert endpoints(server.captured)["token_endpoint"] == "https://op.example/token"
    assert endpoints(server.captured)["authorization_endpoint"] == "https://op.example/authorize"
    assert profile.server.token_endpoint == (None if kept else "https://op.example/token")
    assert outcome(gathered("example", profile, server, "login"), "login").access_token


def test_pages_of_the_login_are_not_played(judged, emulated):
    """The browser is led to the answer: nothing is posted that was not recorded, and no page need be there."""
    ways = [each for each in emulated["login"] if "interaction" not in each.request.url]
    ways += [
        each for each in emulated["login"] if each.request.method == "POST" and "location" in str(each.answer.headers)
    ]
    recorded = sorted([*emulated[DISCOVERY], *ways], key=lambda each: each.started)
    assert outcome(judged(recorded, "login"), "login").access_token
