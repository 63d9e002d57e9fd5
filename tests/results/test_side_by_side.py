"""Several runs side by side."""

import pytest

from tests.results.told_runs import fact, seen, told
from token_conformance.judging.requirement import catalogue
from token_conformance.results.side_by_side import letter, side_by_side, verdict_in_words
from token_conformance.verdict import Verdict

STATE, POST, BUSY = "rfc6749-4.1.2-state", "rfc6749-3.2-post-only", "rfc6749-5.1-cache-control"


def check(requirement, verdict, name="a", **more):
    return {"id": f"t::{name}", "verdict": verdict, "requirements": [requirement], "title": "It holds.", **more}


def ids(rows):
    return [row.id for row in rows]


def test_what_differs_comes_first():
    """Then what nobody holds, what all hold that were judged, and what was judged nowhere."""
    one = told([check(STATE, "fail"), check(POST, "pass"), check(BUSY, "warning"), check("vendor-1", "inconclusive")])
    other = told([check(STATE, "pass"), check(POST, "inconclusive"), check("vendor-1", "not_applicable")])
    found = side_by_side([one, other])
    assert [*map(ids, (found.differing, found.held_by_none, found.held, found.unjudged))] == [
        [STATE],
        [BUSY],
        [POST],
        ["vendor-1"],
    ]
    assert [cell.verdict for cell in found.held_by_none[0].cells] == [Verdict.WARNING, None]
    assert [(column.letter, column.judged) for column in found.columns] == [("A", 3), ("B", 1)]
    assert found.requirements == 4


def test_the_gravest_comes_first():
    """Failures before warnings, and of these the MUSTs before what is advised."""
    advised = next(id_ for id_, stated in catalogue().items() if stated.level == "SHOULD")
    bad = told([check(advised, "fail"), check(BUSY, "warning"), check(STATE, "fail"), check("z", "fail")])
    good = told([check(each, "pass") for each in (advised, BUSY, STATE, "z")])
    assert ids(side_by_side([good, bad]).differing) == [STATE, advised, "z", BUSY]


def test_the_worst_verdict_is_that_of_a_requirement():
    """A red check speaks of what it violates alone; what was seen on the way counts like a check."""
    both = {"requirements": [STATE, POST], "violated": POST}
    run = told([check(STATE, "pass", "a"), check(POST, "fail", "b", **both)], seen_on_the_way=[seen(BUSY)])
    found = side_by_side([run, run])
    assert ids(found.held) == [STATE]
    assert ids(found.held_by_none) == [POST, BUSY]


def test_a_requirement_is_known_by_its_present_id(monkeypatch):
    """Whatever an older suite called it."""
    monkeypatch.setattr("token_conformance.results.side_by_side.renamed", lambda _: {"old-state": STATE})
    found = side_by_side([told([check("old-state", "fail")]), told([check(STATE, "pass")])])
    assert ids(found.differing) == [STATE]


def test_facts_that_differ_are_told_apart():
    """One that is known at one alone differs from nothing."""
    one = told(facts=[fact("f", "one", value="one"), fact("g", "1 s"), fact("h")])
    other = told(facts=[fact("f", "two", value="two"), fact("g", "1.3 s"), fact("h")])
    third = told(facts=[fact("f")])
    found = side_by_side([one, other, third])
    assert [(row.id, row.measured) for row in found.differing_facts] == [("f", ("one", "two", "unknown"))]
    assert [(row.id, row.measured) for row in found.other_facts] == [("g", ("1 s", "1.3 s", None))]


@pytest.mark.parametrize(
    ("server", "outcome", "verdict", "words"),
    [
        ("live", "conforms", "pass", "conforms as far as it was judged"),
        ("emulated", "conforms", "pass", "its profile holds"),
        ("recorded", "conforms", "pass", "its recording holds"),
        ("live", "nothing_new", "fail", "does not conform"),
        ("emulated", "baseline_stale", "fail", "its profile does not hold"),
        ("live", "baseline_stale", "pass", "conforms as far as it was judged"),
        ("live", "new_warnings", "warning", "conforms as far as it was judged"),
        ("live", "does_not_conform", "warning", "does not conform"),
        ("live", "nothing_judged", "pass", "no verdict: nothing judged"),
        ("live", "selection_holds", "pass", "no verdict: selection holds"),
        ("live", "", "fail", "does not conform"),
        ("live", "", "pass", "conforms as far as it was judged"),
    ],
)
def test_only_who_was_asked_conforms(server, outcome, verdict, words):
    """An emulated run speaks of a profile, a recorded one of a recording."""
    assert verdict_in_words(told([check(STATE, verdict)], server=server, outcome=outcome)) == words


def test_columns_have_letters():
    """However many they are."""
    assert [letter(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
