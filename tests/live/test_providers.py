"""docs/providers.md is what the pins make of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.live import providers
from tests.live.pins import Pins


@pytest.fixture
def made(monkeypatch):
    """A set-up with pins of a few verdicts."""
    (first, *_) = providers.tried()
    pins = Pins(
        server="1.0",
        suite="0.1.0",
        day="2026-11-30",
        requests=10,
        logins=2,
        seconds=3,
        verdicts={"deviation": ["errors::401_names_a_challenge"], "inconclusive": ["scope::scope_is_told"]},
        numbers={"pass": {"errors": 3, "pkce": 2}, "not_applicable": {"dpop": 9}},
    )
    return providers.Tried(first.set_up, pins)


def test_the_page_is_that_of_the_pins():
    """Who pins anew writes the page anew: python -m tests.live.providers."""
    assert providers.PAGE.read_text("utf-8") == providers.page(providers.tried())


@pytest.mark.parametrize(("topic", "cell"), [("errors", "1/4"), ("pkce", "✓"), ("dpop", ""), ("scope", "")])
def test_a_topic_in_a_cell(made, topic, cell):
    """Departures are counted among what gave a verdict; what nobody could judge is empty."""
    assert made.cell(topic) == cell


def test_every_set_up_stands_in_the_page():
    """With its version, and the reason of each departure that its profile documents."""
    page = providers.page(providers.tried())
    for each in providers.tried():
        assert f"| {each.title} | {each.pins.server} | {each.set_up.name} |" in page
        assert all(deviation["because"] in page for deviation in each.profile.get("deviations", ()))


def test_a_topic_is_told_by_the_first_set_up_that_judges_it(made):
    """A device grant that only a further set-up offers stands in the table all the same."""
    further = replace(made, pins=made.pins.model_copy(update={"numbers": {"pass": {"errors": 9, "device_grant": 4}}}))
    assert providers.of_topic("errors", [made, further]) == "1/4"
    assert providers.of_topic("device_grant", [made, further]) == "✓"
    assert providers.of_topic("dpop", [made, further]) == ""


def test_what_a_further_set_up_adds_stands_under_its_name():
    """And not what the first one has told."""
    page = providers.page(each for each in providers.tried() if each.set_up.server == "keycloak")
    first, _, further = page.partition("With `revoke-refresh-token`:\n")
    assert "405 comes without Allow" in first
    assert "405 comes without Allow" not in further
    assert "an access token is looked for as token_type_hint says" in further.partition("With `")[0]
