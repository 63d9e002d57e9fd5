"""A changed request counts beside a good one, within a number of requests, and as long as the provider takes any."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from tests.exploring.requests.explored import explore_requests
from token_conformance.exploring.requests.found import Kind
from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import answers
from token_conformance.reference.faults import FAULTS
from token_conformance.reference.faults.fault import Fault, crash


def fault(name, change):
    """A fault of this test alone, of all answers of the token endpoint."""
    return Fault(name, name, (), answers(lambda answer: change(answer) if answer.endpoint == "token" else answer))


def explored(monkeypatch, change, **options):
    monkeypatch.setitem(FAULTS, "of-this-test", fault("of-this-test", change))
    return explore_requests(["of-this-test"], **options)


def test_a_server_that_limits_is_left_alone(monkeypatch):
    """After the first 429 nothing is sent any more."""
    number = count()

    def limiting(answer: Answer) -> Answer:
        return answer if next(number) < 20 else answer.with_status(429).silent_about("access_token")

    record, found = explored(monkeypatch, limiting)
    assert "allows no more requests" in found.told
    statuses = [
        each.answer.status for each in record.exchanges if each.scenario == "exploring_requests" and each.answer
    ]
    assert statuses.count(429) == 1
    assert statuses[-1] == 429


@pytest.mark.parametrize("requests", [0, 1, 7, 12, 33])
def test_no_more_is_sent_than_asked_for(requests):
    record, found = explore_requests(["repetition-last-wins"], requests=requests)
    assert len([each for each in record.exchanges if each.scenario == "exploring_requests"]) <= requests
    assert found.requests <= requests


def test_a_session_that_a_change_ends_is_begun_anew(monkeypatch):
    """A refusal of the good request afterwards is no control: the change is tried once more, behind a good one."""

    def failing_late(answer: Answer) -> Answer:
        return crash(answer) if any(not value.isascii() for value in answer.form.values()) else answer

    _, found = explored(monkeypatch, failing_late)
    assert {each.disagreement.kind for each in found.found} == {Kind.FAILED}
    for one in found.found:
        assert one.control is not None
        assert one.control.started <= one.exchange.started
        assert one.repeats is not False


def test_what_comes_and_goes_is_no_finding(monkeypatch):
    """A neighbour or a pause may have caused a failure that is not there when the request is sent again."""
    failed = []

    def once(answer: Answer) -> Answer:
        if "x_unknown" in answer.form and not failed:
            failed.append(answer)
            return crash(answer)
        return answer

    _, found = explored(monkeypatch, once)
    assert failed
    assert found.found == ()


def test_a_token_that_came_once_stays_a_finding(monkeypatch):
    """Nobody but the server can have caused it."""
    served = []

    def once(answer: Answer) -> Answer:
        if answer.refusal and not answer.form.get("grant_type") and not served:
            served.append(answer)
            return answer.with_status(200).silent_about("error").saying(access_token="a", token_type="Bearer")
        return answer

    _, found = explored(monkeypatch, once)
    (one,) = found.found
    assert one.disagreement.kind is Kind.SERVED
    assert one.repeats is False
    assert "comes and goes" in one.told


def test_a_server_that_refuses_everything_shows_nothing(monkeypatch):
    """There is no control."""
    _, found = explored(monkeypatch, lambda answer: answer.with_status(400).silent_about("access_token"))
    assert found.found == ()


def test_slowness_is_told_and_no_finding():
    _, found = explore_requests(requests=12)
    assert "slowest" not in found.told
    slow = replace(found, slowest=(2.34, "a refresh with no grant_type"))
    assert "the slowest answer took 2.3 s, to a refresh with no grant_type" in slow.told
