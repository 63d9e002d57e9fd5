"""docs/providers.md is what the pins make of it."""

from __future__ import annotations

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
