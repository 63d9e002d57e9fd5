"""A provider that asks to come later is asked later; nobody sleeps here."""

import asyncio

import httpx
import pytest

from token_conformance.evidence.answers import Evidence
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request
from token_conformance.wire.pace import Pace

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
TOKEN = Request("POST", "https://op.example/token", FORM, b"grant_type=x")
USERINFO = Request("GET", "https://op.example/userinfo")


class Sleeper:
    """Time that passes only when somebody sleeps."""

    def __init__(self):
        self.time, self.slept = 0.0, []

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def sleeper():
    return Sleeper()


@pytest.fixture
def talk(make_wire, sleeper):
    """Sends requests one after another to a server that answers by (status, Retry-After), and gives its wire."""

    def talk(*answers, requests=(TOKEN,), patient=True, **limits):
        script = iter(answers)

        def handler(request):
            status, later = next(script)
            return httpx.Response(status, headers={"Retry-After": later} if later is not None else {})

        async def send():
            wire = make_wire(handler, **limits)
            wire.pace = Pace(wire.limits, patient=patient, sleep=sleeper.sleep, now=sleeper.now)
            wire.last = [await wire.send(request) for request in requests][-1]
            return wire

        return asyncio.run(send())

    return talk


def statuses(wire):
    return [exchange.answer.status for exchange in wire.exchanges]


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_is_sent_again_after_the_time(talk, sleeper, status):
    """Both exchanges are recorded, each by its number; the scenario gets the last one."""
    wire = talk((status, "7"), (200, None))
    assert statuses(wire) == [status, 200]
    assert [exchange.number for exchange in wire.exchanges] == [1, 2]
    assert [exchange.put_off for exchange in wire.exchanges] == [True, False]
    assert (wire.last, wire.last.held_back) == (wire.exchanges[1], 7)
    assert sleeper.slept == [7]


@pytest.mark.parametrize("answer", [(429, None), (400, "7"), (429, "soon"), (200, "7")])
def test_no_other_answer_is_a_reason_to_send_again(talk, sleeper, answer):
    """A request that was processed is not repeated."""
    assert statuses(talk(answer)) == [answer[0]]
    assert sleeper.slept == []


def test_repetitions_are_bounded(talk):
    """A server that always puts off is left alone in the end."""
    wire = talk(*[(429, "1")] * 9)
    assert statuses(wire) == [429] * 4
    assert not wire.last.put_off


def test_the_pauses_of_one_request_keep_to_max_wait(talk, sleeper):
    """Pauses that fit one by one do not add up beyond it."""
    assert statuses(talk((429, "60"), (429, "60"), max_wait=90)) == [429, 429]
    assert sleeper.slept == [60]


def test_all_of_the_run_pauses(talk, sleeper):
    """Whoever sends next waits as well, even where the answer itself stands."""
    assertion = Request("POST", TOKEN.url, FORM, b"client_assertion=x")
    wire = talk((429, "7"), (200, None), requests=(assertion, USERINFO))
    assert statuses(wire) == [429, 200]
    assert wire.last.held_back == 7
    assert sleeper.slept == [7]


def test_what_asks_for_too_much_is_left_alone(talk, sleeper):
    """Beyond max_wait the answer stands, and the next request to that endpoint is not sent, but says why."""
    with pytest.raises(
        Inconclusive, match=r"429 to POST /token \(example/1\) asks to come again after 3600 s; .* 90 s"
    ):
        talk((429, "3600"), requests=(TOKEN, TOKEN))
    assert sleeper.slept == []


def test_an_endpoint_that_is_left_alone_is_noticed(talk):
    """Whoever reads that little was judged reads why."""
    (sentence,) = talk((429, "3600")).pace.noticed
    assert sentence.startswith("the provider limits the rate of requests: 429 to POST /token (example/1) asks to come")


def test_other_endpoints_go_on(talk):
    """A limit of one endpoint need not be one of another."""
    assert statuses(talk((429, "3600"), (200, None), requests=(TOKEN, USERINFO))) == [429, 200]


def test_an_emulated_or_recorded_server_is_not_waited_for(talk, sleeper):
    """There is nobody to spare."""
    assert statuses(talk((429, "7"), patient=False)) == [429]


def test_what_was_put_off_is_no_evidence(talk):
    """Checks of all answers judge the one that counts."""
    wire = talk((429, "7"), (200, None))
    answers = Evidence(tuple(wire.exchanges), TOKEN.url).token_responses
    assert [answer.exchange for answer in answers] == [wire.last]


def test_a_race_waits_beforehand_and_leaves_at_once(make_wire, sleeper):
    """The time that its requests would take at the allowed rate passes before them."""

    async def race():
        wire = make_wire(lambda request: httpx.Response(200), requests_per_second=2, race=4)
        wire.pace = Pace(wire.limits, sleep=sleeper.sleep, now=sleeper.now)
        async with asyncio.timeout(1), wire.alone():
            await asyncio.gather(*(wire.send(TOKEN) for _ in range(4)))

    asyncio.run(race())
    assert sleeper.slept == [2]


def test_a_token_request_that_the_server_fails_at_is_sent_again(talk, sleeper):
    """A second later, once; both answers are evidence, the last one counts, and the pace remembers it."""
    wire = talk((500, None), (200, None))
    assert statuses(wire) == [500, 200]
    assert wire.last.answer.status == 200
    assert not any(exchange.put_off for exchange in wire.exchanges)
    assert sleeper.slept == [1]
    assert wire.pace.noticed[0].startswith("1 token requests at which the server failed")


def test_a_server_that_fails_always_is_left_at_that(talk, sleeper):
    """After two requests of a scenario that failed twice, nothing is sent again; nor is what would be the same in a second."""
    assert statuses(talk(*[(500, None)] * 5, requests=[TOKEN] * 3)) == [500] * 5
    assert sleeper.slept == [1, 1]
    assert statuses(talk((501, None))) == [501]
    assert statuses(talk((500, None), requests=[USERINFO])) == [500]
    assert statuses(talk((500, None), patient=False)) == [500]
    assert talk((500, None), (500, None)).pace.noticed == ()
