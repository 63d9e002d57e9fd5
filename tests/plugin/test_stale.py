"""A documented deviation is out of date where it was looked for and not seen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from token_conformance.plugin.stale import stale_deviations
from token_conformance.verdict import Verdict


@pytest.mark.parametrize(
    ("kind", "stale"), [("live", ("seen", "told")), ("recorded", ("told",)), ("emulated", ("told",))]
)
def test_what_was_observed_is_looked_for_at_the_provider_alone(kind, stale):
    """A recording need not hold what somebody has seen, and the reference server does not take it on."""
    deviations = [
        SimpleNamespace(requirement="seen", kind="observed"),
        SimpleNamespace(requirement="told", kind="documented"),
    ]
    run = SimpleNamespace(server=SimpleNamespace(kind=kind), profile=SimpleNamespace(deviations=deviations))
    kept = SimpleNamespace(verdict=Verdict.PASS, requirements=("seen", "told"), explained_by=())
    assert stale_deviations(run, [kept]) == stale
