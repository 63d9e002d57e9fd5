"""What was measured is written as data and as lines for a profile, and judges nothing."""

import tomllib
from datetime import date

import pytest

from token_conformance.evidence.facts.measured import Measured
from token_conformance.evidence.facts.sheet import LINES, SheetFact
from token_conformance.profile.fact import Fact
from token_conformance.profile.models import Profile
from token_conformance.results.facts import differing, fact_groups, fact_json, observed_lines, shown

BY_ID = {line.id: line for line in LINES}
DAY = date(2026, 1, 31)


def fact(id_, value=None, words="so it is", *, expected=None, exchanges=("a/1", "a/2")):
    found = Measured(words, "a-class", exchanges, value)
    return SheetFact(BY_ID[id_], expected, "the manual" if expected is not None else None, found)


UNSEEN = SheetFact(BY_ID["sessions"], None, None, None)


def test_a_fact_is_data():
    """With what was expected, by whom, and the exchange that shows it."""
    assert fact_json(fact("rotation", "never", expected="always")) == {
        "id": "rotation",
        "group": "refresh tokens",
        "name": "rotation",
        "place": "grants.refresh_token.rotation",
        "expected": "always",
        "expected_by": "the manual",
        "as_expected": False,
        "measured": "so it is",
        "class": "a-class",
        "value": "never",
        "exchange": "a/1",
        "exchanges": ["a/1", "a/2"],
    }


def test_what_was_not_seen_is_unknown():
    """A word, never a blank."""
    written = fact_json(UNSEEN)
    assert (written["measured"], written["class"], written["exchange"], written["place"]) == (
        "unknown",
        "unknown",
        None,
        None,
    )


def read_back(facts, tables):
    """A profile with the lines of the facts in it."""
    lines = tomllib.loads(observed_lines(facts, "example", DAY))
    usual = {
        "profile": {"name": "Example"},
        "server": {"token_endpoint": "https://op.example/token"},
        "clients": [{"client_id": "app", "client_secret": "s", "redirect_uri": "https://app.example/"}],
        "login": {"strategy": "password", "username": "u", "password": "p"},
    }
    grants = {"authorization_code": {}, **lines.get("grants", {})}
    others = {name: table for name, table in lines.items() if name != "grants"}
    return Profile.model_validate({**usual, **others, "grants": grants, **tables})


@pytest.mark.parametrize(
    ("id_", "value"),
    [
        ("rotation", "always"),
        ("reuse-grace", 0),
        ("reuse-grace", "until-used"),
        ("reuse-revokes-family", False),
        ("refresh-token-lifetime", 86_400),
        ("refresh-token-lifetime-from", "login"),
        ("id-token-after-refresh", "never"),
        ("access-token-after-refresh", "revoked"),
        ("access-token-format", "at+jwt"),
        ("access-token-algorithm", "ES256"),
        ("code-lifetime", 60),
        ("members", ["access_token", "scope"]),
        ("scope-delimiter", " "),
        ("token-type", 'B"ea\\rer\x7f'),
    ],
)
def test_an_observed_line_is_a_fact_of_a_profile(id_, value):
    """It is read back with its value, its basis, its source and its day; nobody is held to it."""
    measured = fact(id_, value)
    table = read_back([measured], {})
    for name in measured.line.place.split("."):
        table = getattr(table, name)
    assert isinstance(table, Fact)
    assert (table.likely, table.documented, table.basis, table.as_of) == (value, None, "observed", DAY)
    assert table.source == "run of 2026-01-31: so it is (a/1, a/2)"


def test_what_is_documented_stays_so():
    """The line stands behind a #, with what the profile says."""
    text = observed_lines([fact("rotation", "never", expected="always")], "example", DAY)
    assert '# documented as "always": rotation = { value = "never", basis = "observed"' in text
    assert tomllib.loads(text) == {"grants": {"refresh_token": {}}}


@pytest.mark.parametrize("unwritable", [UNSEEN, fact("rotation"), fact("authentication-methods", None)])
def test_only_what_a_profile_can_hold_is_written(unwritable):
    """What varies, what has no key, and what was not seen is left out."""
    assert tomllib.loads(observed_lines([unwritable], "example", DAY)) == {}


def test_a_name_breaks_no_comment():
    """The file begins with whose facts these are."""
    text = observed_lines([], "ex\nample = 1", DAY)
    assert tomllib.loads(text) == {}
    assert text.startswith("# What a run of ex ample = 1 observed on 2026-01-31")


def test_what_may_not_be_shown_is_not():
    """A server may put a secret, or very much, wherever it likes."""
    told = fact("members", ["canary", "x" * 1000], "canary\nand more")
    (safe, unseen) = shown([told, UNSEEN], lambda text: text.replace("canary", "<secret 1>"))
    assert safe.measured.words == "<secret 1> and more"
    assert [len(name) for name in safe.measured.value] == [10, 300]
    assert unseen == UNSEEN


def test_facts_are_told_by_groups():
    """In the order of the sheet."""
    groups = fact_groups([fact("rotation"), fact("code-lifetime"), fact("reuse-grace")])
    assert {name: [each.line.id for each in facts] for name, facts in groups.items()} == {
        "refresh tokens": ["rotation", "reuse-grace"],
        "codes": ["code-lifetime"],
    }


def test_facts_that_differ_are_found():
    """From what is documented; what is not documented differs from nothing."""
    other = fact("rotation", "never", expected="always")
    assert list(differing([other, fact("rotation", "always", expected="always"), fact("rotation", "never")])) == [other]
