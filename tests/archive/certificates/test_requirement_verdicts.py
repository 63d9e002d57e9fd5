"""How requirements stand, and which of them keep a run from its certificate."""

from __future__ import annotations

import pytest

from tests.archive.certificates.small import CATALOGUE, check, results
from token_conformance.archive.certificates.bundle import results_of
from token_conformance.archive.certificates.requirement_verdicts import (
    frozen,
    frozen_claims,
    open_of,
    requirement_verdict,
)

FIRST = "rfc6749-5-first"


def open_in(*checks, **changes):
    told = results_of(results(*checks, **changes))
    return [*open_of(told, frozen(told, {"oauth2"}, CATALOGUE))]


@pytest.mark.parametrize(
    ("verdicts", "stands"),
    [
        ([], "not_applicable"),
        (["not_applicable"], "not_applicable"),
        (["not_applicable", "inconclusive"], "inconclusive"),
        (["error"], "inconclusive"),
        (["inconclusive", "pass"], "pass"),
        (["pass", "deviation"], "deviation"),
        (["deviation", "warning"], "warning"),
        (["warning", "fail", "pass"], "fail"),
    ],
)
def test_a_requirement_stands_as_its_worst_check_says(verdicts, stands):
    """What is red counts before what passes, and what passes before what was not judged."""
    told = results_of(results(*(check(FIRST, verdict) for verdict in verdicts)))
    assert requirement_verdict(told, FIRST) == stands


def test_a_check_that_is_red_for_another_requirement_says_nothing_of_this_one():
    """It is about the one that it names as violated."""
    told = results_of(results({**check("rfc9700-5-other", "fail"), "requirements": [FIRST, "rfc9700-5-other"]}))
    assert requirement_verdict(told, FIRST) == "not_applicable"
    assert requirement_verdict(told, "rfc9700-5-other") == "fail"


def test_what_was_seen_on_the_way_counts():
    """The oracle's findings are findings."""
    seen = {"requirement": FIRST, "verdict": "fail", "message": "a code was used twice"}
    assert open_in(check(FIRST), seen_on_the_way=[seen]) == [
        "rfc6749-5-first (RFC 6749 §5, MUST) is violated: a code was used twice"
    ]


@pytest.mark.parametrize("verdict", ["pass", "deviation", "not_applicable"])
def test_what_holds_or_is_documented_is_not_open(verdict):
    """Nor is what does not concern the provider."""
    assert not open_in(check(FIRST, verdict))


def test_a_should_is_not_open():
    """Whatever becomes of it."""
    assert not open_in(check(FIRST), check("rfc6749-5-second", "warning"))
    assert not open_in(check(FIRST), check("rfc6749-5-second", "inconclusive"))


def test_another_claims_must_is_not_open():
    """Only what is required is asked."""
    assert not open_in(check(FIRST), check("rfc9700-5-other", "fail"))


@pytest.mark.parametrize(
    ("more", "left", "way_out"),
    [
        ({}, [{"scenario": "login", "wait": 600, "because": "wait"}], "raise limits.max_wait in the profile to 600 s"),
        ({}, [{"scenario": "login", "wait": 0, "because": "limit"}], "the provider allowed too few requests"),
        ({"stopped_by": "rfc6749-5-second"}, [], "mend rfc6749-5-second first"),
        ({}, [], "what the message names has to be there"),
    ],
)
def test_what_was_not_judged_says_what_would_help(more, left, way_out):
    """By why it was not."""
    (sentence,) = open_in(check(FIRST, "inconclusive", **more), todo=left)
    assert sentence.startswith("rfc6749-5-first (RFC 6749 §5, MUST) was not judged: it says why; ")
    assert way_out in sentence


def test_what_a_recording_lacks_is_not_made_up():
    """Another recording would help, or a live run."""
    (sentence,) = open_in(check(FIRST, "inconclusive"), server="recorded")
    assert "a recording has to hold what the message names" in sentence


def test_the_revision_of_a_claim_is_that_of_its_requirements_and_levels():
    """How they stand is no part of it."""
    passed, failed = (results_of(results(check(FIRST, verdict))) for verdict in ("pass", "fail"))
    one, same = (frozen_claims(frozen(told, {"oauth2"}, CATALOGUE)) for told in (passed, failed))
    assert one == same
    fewer = {id_: each for id_, each in CATALOGUE.items() if id_ != FIRST}
    assert frozen_claims(frozen(passed, {"oauth2"}, fewer)) != one
