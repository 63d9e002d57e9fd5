"""What became of a provider between two runs."""

import pytest

from tests.results.told_runs import fact, seen, told
from token_conformance.results.difference import difference


def kinds(found):
    """Where a difference has put its changes."""
    return {
        name: [each["id"] for each in changes]
        for name, changes in found.to_json().items()
        if name != "notes" and changes
    }


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("pass", "fail", "worse"),
        ("deviation", "warning", "worse"),
        ("inconclusive", "fail", "worse"),
        ("not_applicable", "fail", "worse"),
        ("error", "fail", "worse"),
        ("warning", "fail", "worse"),
        ("fail", "warning", "better"),
        ("fail", "pass", "better"),
        ("warning", "deviation", "better"),
        ("fail", "inconclusive", "otherwise"),
        ("fail", "not_applicable", "otherwise"),
        ("fail", "error", "otherwise"),
        ("pass", "inconclusive", "otherwise"),
        ("pass", "deviation", "otherwise"),
        ("pass", "pass", None),
        ("fail", "fail", None),
    ],
)
def test_a_verdict_says_whether_something_got_worse(before, after, kind):
    """What can no longer be judged got neither worse nor better; what is red now and could not be judged got worse."""
    assert kinds(difference(told([("t::a", before)]), told([("t::a", after)]))) == ({kind: ["t::a"]} if kind else {})


def test_new_checks_are_told_apart_from_changed_behaviour():
    """Nobody knows what they would have said before; nor what those would say that are gone."""
    before, after = told([("t::old", "pass"), ("t::a", "pass")]), told([("t::a", "pass"), ("t::new", "fail")])
    assert kinds(difference(before, after)) == {"added": ["t::new"], "dropped": ["t::old"]}


@pytest.mark.parametrize("turned", [False, True])
def test_a_renamed_check_is_the_same(turned):
    """Whichever of the runs is of the newer suite."""
    old, new = {"id": "t::was", "verdict": "pass"}, {"id": "t::is", "verdict": "fail", "formerly": ["t::was"]}
    runs = [told([old]), told([new])]
    assert kinds(difference(*(reversed(runs) if turned else runs))) == {"better" if turned else "worse": ["t::is"]}


def test_what_is_seen_on_the_way_counts():
    """It got worse when it came up, and better when nothing tells of it any more."""
    quiet, loud = told([("t::a", "pass")]), told([("t::a", "pass")], seen_on_the_way=[seen("r")])
    assert kinds(difference(quiet, loud)) == {"worse": ["r"]}
    assert kinds(difference(loud, quiet)) == {"better": ["r"]}
    assert kinds(difference(loud, loud)) == {}


def test_it_does_not_matter_who_tells():
    """What a check told then is no news on the way; nor is it the other way round."""
    by_check = {"id": "t::a", "verdict": "fail", "requirements": ["r", "s"], "violated": "r"}
    on_the_way = told([{**by_check, "verdict": "inconclusive", "violated": None}], seen_on_the_way=[seen("r")])
    assert kinds(difference(told([by_check]), on_the_way)) == {"otherwise": ["t::a"]}
    assert kinds(difference(on_the_way, told([by_check]))) == {"otherwise": ["t::a"]}


def test_a_renamed_requirement_is_the_same(monkeypatch):
    """Whatever an older suite called it."""
    monkeypatch.setattr("token_conformance.results.difference.renamed", lambda _: {"was": "is"})
    before, after = told(seen_on_the_way=[seen("was")]), told(seen_on_the_way=[seen("is")])
    assert kinds(difference(before, after)) == {}
    assert kinds(difference(before, told())) == {"better": ["was"]}


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (fact("f", "always", value="always"), fact("f", "never", value="never"), True),
        (fact("f", "refused after 620 s"), fact("f", "refused after 621.3 s"), False),
        (fact("f", "refused after 620 s"), fact("f", "refused after 900 s"), True),
        (fact("f", "one"), fact("f", "two"), True),
        (fact("f", "3600 s", value=3600), fact("f", "3601 s", value=3601), True),
        (fact("f", "0.1 s late", value=0), fact("f", "9.3 s late", value=0), False),
        (fact("f"), fact("f", "always", value="always"), True),
        (fact("f"), fact("f"), False),
        (fact("other", "one"), fact("f", "two"), False),
    ],
)
def test_facts_are_held_against_each_other(before, after, changed):
    """Times by the clock may differ a little; a fact that only one suite knows is none that has changed."""
    found = difference(told(facts=[before]), told(facts=[after]))
    assert kinds(found) == ({"facts": ["f"]} if changed else {})


def test_what_makes_two_runs_hard_to_compare_is_noted():
    """Another suite, another server, a selection, an interruption."""
    before = told(suite_version="0.1.0", selection="-k x")
    after = told(suite_version="0.2.0", profile="other", server="emulated", claims=["oidc"], trouble="it stopped")
    assert difference(before, after).notes == [
        "another profile: example, and then other",
        "another server: live, and then emulated",
        "another suite: 0.1.0, and then 0.2.0",
        "another set of claims: unknown, and then oidc",
        "the earlier run is of a selection: -k x",
        "the later run did not do all that it should: it stopped",
    ]
    assert difference(before, before).notes == [
        "the earlier run is of a selection: -k x",
        "the later run is of a selection: -k x",
    ]
