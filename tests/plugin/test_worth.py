"""What scenarios are worth comes from the checks that rest on them, and from a short list of what people ask first."""

import tomllib

from tests.suites.collecting import collected
from tests.suites.judging import profile_named
from token_conformance.layout import SUITES
from token_conformance.plugin.selection import scenarios_of
from token_conformance.plugin.worth import worth_of

FOREMOST = tomllib.loads((SUITES / "worth.toml").read_text("utf-8"))["foremost"]


def test_the_foremost_are_scenarios_and_in_their_order():
    """Each is one of ours; behind them all others are alike, and told apart by what they weigh."""
    checks = collected()
    worth = worth_of(checks, profile_named("everything"))
    assert set(FOREMOST) <= {each.name for each in scenarios_of(checks)}
    assert [worth[name][0] for name in FOREMOST] == list(range(len(FOREMOST)))
    others = {name: value for name, value in worth.items() if name not in FOREMOST}
    assert {place for place, _ in others.values()} == {len(FOREMOST)}
    assert all(weight > 0 for _, weight in others.values())
