"""A provider that stops answering is asked for half a minute, and not longer; nobody sleeps here."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request
from token_conformance.wire.presence import LONGEST, Presence, well_formed

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
TOKEN = Request("POST", "https://op.example/token", FORM, b"grant_type=x")
USERINFO = Request("GET", "https://op.example/userinfo?schema=openid")
ODD = replace(TOKEN, body=b"grant_type=x&grant_type=x")


class Provider:
    """Answers as long as `up` says so, and comes back after some probes; a probe takes its time."""

    def __init__(self, comes_back_after=None, probe_takes=0.0):
        self.up, self.time, self.probes = True, 0.0, []
        self._comes_back_after, self._probe_takes = comes_back_after, probe_takes

    def answer(self, request):
        if not self.up:
            raise httpx.ConnectError("connection refused")
        return httpx.Response(200)

    async def probe(self):
        self.probes.append(self.time)
        self.time += self._probe_takes
        self.up = self.up or len(self.probes) == self._comes_back_after
        return self.up

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.time += seconds


@pytest.fixture
def talk(make_wire):
    """Sends requests one after the other, the provider being down from the given place on; gives what came of each."""

    def talk(provider, *requests, down_from=2):
        async def outcome(wire, number, request):
            provider.up = provider.up and number != down_from
            try:
                return (await wire.send(request)).failure or "answered"
            except Inconclusive as problem:
                return str(problem)

        async def send():
            wire = make_wire(provider.answer)
            wire.presence = Presence(provider.probe, sleep=provider.sleep, now=provider.now)
            return [await outcome(wire, *each) for each in enumerate(requests, start=1)], wire.presence

        return asyncio.run(send())

    return talk


SILENT = "no connection to op.example: connection refused"
GONE = "the provider stopped answering after 1 requests"


def test_the_run_stops_after_five_requests_and_half_a_minute(talk):
    """The provider is asked at growing intervals; what would be sent afterwards is not."""
    provider = Provider()
    outcomes, presence = talk(provider, *[TOKEN] * 8)
    assert outcomes == ["answered", *[SILENT] * 5, GONE, GONE]
    assert provider.probes == [0, 1, 3, 7, 15, 29]
    assert presence.stopped == 1


def test_it_takes_half_a_minute_however_slow_the_probes_are(talk):
    """A probe that gets no answer within its time takes away from the intervals."""
    provider = Provider(probe_takes=12.0)
    talk(provider, *[TOKEN] * 7)
    assert provider.probes == [0, 13, 27]
    assert max(provider.probes) < LONGEST


def test_a_provider_that_comes_back_is_gone_on_with(talk):
    """The run says how long it was away."""
    provider = Provider(comes_back_after=3)
    outcomes, presence = talk(provider, *[TOKEN] * 8)
    assert outcomes == ["answered", *[SILENT] * 5, "answered", "answered"]
    assert presence.noticed == ("the provider did not answer for 3 s, and then did again",)
    assert presence.stopped is None


def test_an_answer_between_them_counts(make_wire, talk):
    """Five requests without an answer are no sign where others had one meanwhile."""
    provider = Provider()

    async def send():
        wire = make_wire(provider.answer)
        wire.presence = Presence(provider.probe, sleep=provider.sleep, now=provider.now)
        for up in (True, *[False] * 4, True, *[False] * 4, True):
            provider.up = up
            await wire.send(TOKEN)

    asyncio.run(send())
    assert provider.probes == []


def test_answers_that_are_refused_are_answers(make_wire):
    """Whoever says too much is there."""
    provider = Provider()

    async def send():
        wire = make_wire(lambda request: httpx.Response(200, content=b"x" * 2000), response_bytes=1000)
        wire.presence = Presence(provider.probe, sleep=provider.sleep, now=provider.now)
        return [(await wire.send(TOKEN)).failure for _ in range(9)]

    assert asyncio.run(send()) == ["the answer is larger than 1000 bytes"] * 9
    assert provider.probes == []


@pytest.mark.parametrize("request_", [ODD, replace(TOKEN, url="https://op.example/revoke"), replace(TOKEN, body=b"")])
def test_only_what_ought_to_be_answered_counts(talk, request_):
    """Neither what servers may hang up on, nor an endpoint that has never answered."""
    provider = Provider()
    talk(provider, TOKEN, *[request_] * 9)
    assert provider.probes == []


def test_the_query_does_not_make_another_endpoint(talk):
    """What answered with one query counts with another one."""
    provider = Provider()
    talk(provider, USERINFO, *[replace(USERINFO, url=f"{USERINFO.url}&n={n}") for n in range(5)])
    assert provider.probes


def test_of_a_provider_that_never_answered_one_probe_is_enough(talk):
    """Nothing says that it will."""
    provider = Provider()
    outcomes, presence = talk(provider, *[TOKEN] * 7, down_from=1)
    assert outcomes == [*[SILENT] * 5, *["the provider does not answer"] * 2]
    assert (provider.probes, presence.stopped) == ([0], None)


def test_others_wait_until_it_is_known(make_wire):
    """What was held back in doubt says for how long, as it does after pauses that a server asks for."""
    provider = Provider(comes_back_after=2)
    release = asyncio.Event()

    async def sleep(seconds):
        if seconds:
            await release.wait()
            provider.time += seconds

    async def send():
        wire = make_wire(provider.answer)
        wire.presence = Presence(provider.probe, sleep=sleep, now=provider.now)
        await wire.send(TOKEN)
        provider.up = False
        failing = asyncio.gather(*(wire.send(TOKEN) for _ in range(5)))
        for _ in range(50):
            await asyncio.sleep(0)
        assert provider.probes == [0]
        late = asyncio.ensure_future(wire.send(TOKEN))
        for _ in range(20):
            await asyncio.sleep(0)
        waited = not late.done()
        release.set()
        await failing
        return waited, await late

    waited, late = asyncio.run(send())
    assert waited
    assert (late.answer.status, late.held_back) == (200, 1)


def test_what_is_under_way_is_given_up():
    """A wait of a minute does not keep a run from its end."""

    async def absent():
        return False

    async def run():
        presence = Presence(absent)
        presence._gone.set()
        await presence.unless_gone(asyncio.sleep(3600))

    with pytest.raises(Inconclusive, match="does not answer"):
        asyncio.run(run())


def test_what_ends_before_is_left_alone():
    """Its result, or what it raised, is given."""

    async def absent():
        return False

    async def breaks():
        raise KeyError("x")

    async def run(doing):
        return await Presence(absent).unless_gone(doing)

    assert asyncio.run(run(asyncio.sleep(0, "done"))) == "done"
    with pytest.raises(KeyError):
        asyncio.run(run(breaks()))


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (TOKEN, True),
        (USERINFO, True),
        (ODD, False),
        (replace(TOKEN, method="PUT"), False),
        (replace(TOKEN, headers=()), False),
        (replace(USERINFO, body=b"x"), False),
        (replace(TOKEN, body=b"grant_type=" + b"x" * 30_000), False),
    ],
)
def test_a_request_is_well_formed(request_, expected):
    """A GET without a body, or a form whose parameters stand once (RFC 6749 §3.2)."""
    assert well_formed(request_) is expected
