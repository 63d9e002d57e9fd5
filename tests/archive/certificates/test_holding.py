"""Verdicts hold where judging again finds the same; what a newer catalogue asks is told, and fails nothing."""

from __future__ import annotations

import pytest

from tests.archive.certificates.small import CATALOGUE, PASSED, check, newer, results
from token_conformance.archive.certificates import bundle as bundles
from token_conformance.archive.certificates.bundle import opened_bundle
from token_conformance.archive.certificates.holding import holding

FIRST, SECOND = "rfc6749-5-first", "rfc6749-5-second"


@pytest.fixture
def another_suite(monkeypatch, small):
    """The bundle, and a suite that did not make it."""
    monkeypatch.setattr(bundles, "digest_of_suite", lambda: "0" * 64)
    return opened_bundle(small)


def test_what_comes_out_alike_holds(small):
    """But for the time that it takes."""
    assert holding(opened_bundle(small), PASSED, CATALOGUE).holds
    assert holding(opened_bundle(small), PASSED.replace(b'"seconds": 1.5', b'"seconds": 9.9'), CATALOGUE).holds


@pytest.mark.parametrize("verdict", ["fail", "inconclusive", "not_applicable", "deviation"])
@pytest.mark.parametrize("of_this_suite", [True, False])
def test_a_verdict_that_comes_out_otherwise_does_not_hold(small, monkeypatch, verdict, of_this_suite):
    """By whatever suite; each is named, with how it was and why."""
    if not of_this_suite:
        monkeypatch.setattr(bundles, "digest_of_suite", lambda: "0" * 64)
    again = results(check(FIRST, verdict), check(SECOND))
    found = holding(opened_bundle(small), again, CATALOGUE)
    assert not found.holds
    assert found.changed == (f"{FIRST}: pass then, {verdict} now: it says why",)


def test_the_suite_that_made_it_finds_all_of_the_results_again(small, another_suite):
    """Also what no requirement of its claims says; another suite may tell it otherwise."""
    again = results(check(FIRST), check(SECOND), check("rfc9700-5-other", "fail"))
    assert holding(another_suite, again, CATALOGUE).holds
    assert not holding(another_suite, again, CATALOGUE).elsewhere


@pytest.mark.parametrize(
    ("again", "elsewhere"),
    [
        (PASSED + b" ", False),
        (results(check(FIRST), check(SECOND), check("rfc9700-5-other", "fail")), True),
        (results(check(FIRST), check(SECOND), check("rfc9700-5-other")), True),
        (results(check(FIRST, scenario="refreshed"), check(SECOND)), True),
    ],
)
def test_results_that_were_written_by_hand_are_found(small, again, elsewhere):
    """A verdict on another claim, a check that is not there, or anything else of one that is."""
    assert holding(opened_bundle(small), again, CATALOGUE).elsewhere == elsewhere


def test_claims_that_ask_less_than_the_suite_that_made_them_do_not_hold(make):
    """Who signs may not leave out what does not suit."""
    fewer = {id_: each for id_, each in CATALOGUE.items() if id_ != SECOND}
    found = holding(opened_bundle(make(catalogue=fewer)), PASSED, CATALOGUE)
    assert found.elsewhere
    assert found.now == (f"{SECOND} (RFC 6749 §5, SHOULD) is asked by now: pass",)


def test_other_words_are_told_and_change_no_verdict(small):
    """Libraries have a say in them."""
    found = holding(opened_bundle(small), results(check(FIRST, message="fine"), check(SECOND)), CATALOGUE)
    assert found.holds
    assert found.reworded == (f"suites/test_it.py::test_{FIRST}: it says '', and judging again 'fine'",)


def test_a_newer_catalogue_fails_no_certificate(another_suite):
    """It says what it would say now: of what is new, of what has another level; a renamed requirement is the same."""
    again = results(check("rfc6749-5-once"), check(SECOND), check("rfc6749-5-third", "fail"))
    found = holding(another_suite, again, newer())
    assert found.holds
    assert found.now == (
        f"{SECOND} is of level MUST by now, and was SHOULD: pass",
        "rfc6749-5-third (RFC 6749 §5, MUST) is asked by now: fail",
        "rfc6749-5-unseen is not asked any more",
    )


def test_another_level_does_not_change_what_was_seen(make, monkeypatch):
    """A warning of then is a failure by now, and the same violation."""
    monkeypatch.setattr(bundles, "digest_of_suite", lambda: "1" * 64)
    bundle = opened_bundle(make(results(check(FIRST), check(SECOND, "warning"))))
    monkeypatch.setattr(bundles, "digest_of_suite", lambda: "0" * 64)
    found = holding(bundle, results(check("rfc6749-5-once"), check(SECOND, "fail")), newer())
    assert found.holds
    assert f"{SECOND} is of level MUST by now, and was SHOULD: fail" in found.now
