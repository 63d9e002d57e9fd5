"""What scenarios are worth to a run that may make few token requests: by the checks that rest on them."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

import pytest

from token_conformance.layout import SUITES
from token_conformance.plugin.selection import own_scenarios, requirement_ids, requirements_for
from token_conformance.profile.models import Profile

OF_A_MUST = 3
"""How many checks of what should be one of what must be weighs."""


def worth_of(items: Iterable[pytest.Item], profile: Profile) -> Mapping[str, tuple[int, float]]:
    """For each scenario its place among the foremost, behind which all others are alike, and the weight of its checks."""
    first, weights = _foremost(), Counter[str]()
    for item in items:
        for scenario in own_scenarios(item):
            weights[scenario.name] += _weight(item, profile)
    return {name: (first.get(name, len(first)), weight) for name, weight in weights.items()}


def _weight(item: pytest.Item, profile: Profile) -> int:
    catalogue = requirements_for(item)
    stated = [catalogue[id_] for id_ in requirement_ids(item)]
    return OF_A_MUST if any(each.mandatory and profile.counts(each.claims) for each in stated) else 1


@cache
def _foremost() -> Mapping[str, int]:
    """The places of the scenarios that come first, whatever they cost."""
    listed = tomllib.loads((SUITES / "worth.toml").read_text("utf-8"))["foremost"]
    return {name: place for place, name in enumerate(listed)}
