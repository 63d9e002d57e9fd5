"""Of a run that is allowed few token requests, what weighs most is performed first; rehearsals tell what fits."""

import asyncio

import httpx
import pytest

from token_conformance.profile.models import Limits
from token_conformance.redaction import Redactor
from token_conformance.running.economy import fitting, usable
from token_conformance.running.limit_probe import probe
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.servers.rehearsed import RehearsalServer
from token_conformance.verdict import Inconclusive, Limited
from token_conformance.wire.rate_limit import RateLimit

FEW = (RateLimit(10, 900, "profile"),)


def asking(name, times, needs=("client_credentials",)):
    async def ask(provider):
        for _ in range(times):
            await provider.client_credentials()

    return Scenario(name, ask, needs)


ONE, FOUR, SEVEN, MANY = asking("one", 1), asking("four", 4), asking("seven", 7), asking("many", 12)
ABSENT = asking("absent", 1, ("token_exchange",))


@pytest.fixture
def fit(make_profile):
    def fit(*scenarios, room=10, worth=None):
        profile = make_profile(grants={"client_credentials": {}})
        run = Run("example", profile, RehearsalServer(profile), Redactor(), worth=worth or {})
        return asyncio.run(fitting(run, scenarios, room, FEW))

    return fit


def names(scenarios):
    return [each.name for each in scenarios]


def test_what_fits_is_performed_as_ever(fit):
    """Nothing is left, and nothing is said of it; what does not concern the provider is not counted."""
    found = fit(ONE, FOUR, ABSENT)
    assert (found.whole, names(found.chosen)) == (True, ["one", "four"])


def test_the_foremost_go_first_whatever_they_cost(fit):
    """And behind them what still fits; they are performed in this order."""
    worth = {"seven": (0, 1.0), "one": (1, 1.0), "four": (1, 12.0)}
    found = fit(ONE, FOUR, SEVEN, worth=worth)
    assert (names(found.chosen), names(found.left)) == (["seven", "one"], ["four"])


def test_the_worth_of_a_request_decides(fit):
    """Twelve for four of them are more than one for one, and less than four."""
    assert names(fit(FOUR, ONE, room=5, worth={"one": (1, 1.0), "four": (1, 12.0)}).chosen) == ["four"]
    assert names(fit(FOUR, ONE, room=5, worth={"one": (1, 4.0), "four": (1, 12.0)}).chosen) == ["one"]


def test_what_never_fits_is_told_apart(fit):
    """It would be left for ever."""
    found = fit(ONE, MANY)
    assert (names(found.left), names(found.too_large)) == ([], ["many"])
    reasons = {each.name: why for each, why in found.reasons("there are no more")}
    assert isinstance(reasons["many"], Inconclusive)
    assert not isinstance(reasons["many"], Limited)


def test_a_part_is_kept_for_repetitions():
    """A fifth of what is allowed."""
    assert [usable(room) for room in (0, 4, 5, 50)] == [0, 4, 4, 40]


def test_how_many_runs_it_takes_is_told(fit):
    """By what is left, and what a run may do."""
    assert fit(FOUR, SEVEN, asking("eight", 8), worth={"eight": (0, 0.0)}).runs == 2


class Announcing(RehearsalServer):
    """A server that says of limits what a test has it say."""

    def __init__(self, profile, headers):
        super().__init__(profile)
        self._headers = headers
        self.asked = []

    def connect(self, scenario):
        connection = super().connect(scenario)
        connection.transport = httpx.MockTransport(self._answer)
        return connection

    def _answer(self, request):
        self.asked.append((request.method, request.url.path))
        return httpx.Response(400, headers=self._headers, json={"error": "invalid_request"})


@pytest.mark.parametrize(
    ("headers", "said", "limits"),
    [
        (
            {"RateLimit-Policy": '"token";q=50;w=900', "RateLimit": '"token";r=20;t=100'},
            "answered by 400, which tells of a limit: 50 token requests in 900 s, 20 of them left",
            (RateLimit(50, 900),),
        ),
        ({}, "answered by 400, whose headers tell of no limit; one may be met all the same", ()),
    ],
)
def test_a_probe_asks_once_for_tokens(make_profile, headers, said, limits):
    """What the answer tells of limits is known from then on."""
    profile = make_profile()
    server = Announcing(profile, headers)
    run = Run("example", profile, server, Redactor())
    assert asyncio.run(probe(run)).endswith(said)
    assert (server.asked, run.allowance.limits) == ([("POST", "/token")], limits)


def test_a_limit_may_be_one_table_or_several():
    """Most providers have but one."""
    one, several = {"count": 50, "seconds": 900}, [{"count": 20, "seconds": 60}, {"count": 50, "seconds": 900}]
    read = [Limits.model_validate({"token_requests": each}).token_requests for each in (one, several)]
    assert [[(each.count, each.seconds) for each in limits] for limits in read] == [[(50, 900)], [(20, 60), (50, 900)]]
