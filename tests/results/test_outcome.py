"""What a run comes to: one word and one sentence, which say no more than was judged."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from token_conformance.judging.requirement import Requirement
from token_conformance.results import results
from token_conformance.results.exit_status import worst
from token_conformance.results.outcome import Circumstances, Outcome
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.verdict import Verdict


def stated(id_, level="MUST", source="RFC 6749"):
    return Requirement(id_, source, "5.2", level, f"title of {id_}", "protects", "mend")


KNOWN = (
    stated("a"),
    stated("b"),
    stated("advised", level="SHOULD"),
    stated("not-claimed", source="FAPI 2.0"),
)


@pytest.fixture(autouse=True)
def small_catalogue(monkeypatch):
    """Two MUSTs that every provider is held to, a SHOULD, and a MUST of a claim that few make."""
    monkeypatch.setattr(results, "catalogue", lambda: {each.id: each for each in KNOWN})


def check(verdict, requirement="a", message=""):
    requirements, seen = (requirement,), ("refreshed/1",)
    clause, level = "RFC 6749 §5.2", "MUST"
    return CheckResult(
        f"t::{requirement}", requirements, level, verdict, "It holds.", message, clause, "t", "refreshed", seen, 0.0
    )


def run_of(*checks, **how):
    began = datetime(2026, 1, 1, 12, tzinfo=UTC)
    return RunResult("example", "live", began, 3.2, 71, checks, claims=("oauth2",), circumstances=Circumstances(**how))


PASSED, FAILED = check(Verdict.PASS), check(Verdict.FAIL)
BROKEN, WARNED = check(Verdict.ERROR, "b"), check(Verdict.WARNING, "advised")
EARLY = "the run was interrupted after 12 of 60 scenarios, by SIGTERM"
UNKNOWN = check(Verdict.INCONCLUSIVE, "b")


@pytest.mark.parametrize(
    ("run", "outcome", "conclusion"),
    [
        (run_of(PASSED), "conforms", "Conforms as far as it was judged."),
        (run_of(PASSED, WARNED), "conforms", "Conforms as far as it was judged; 1 check with a warning."),
        (run_of(FAILED, PASSED), "does_not_conform", "Does not conform: 1 check failed."),
        (
            run_of(PASSED, WARNED, strict=True),
            "does_not_conform",
            "Does not conform: warnings and stale deviations were to count; 1 check with a warning.",
        ),
        (
            run_of(PASSED, UNKNOWN),
            "conforms",
            "Conforms as far as it was judged; 1 MUST of its claims could not be judged.",
        ),
        (
            run_of(PASSED, UNKNOWN, complete=True),
            "incomplete",
            "No verdict on the provider: it was to be judged completely; 1 MUST of its claims could not be judged.",
        ),
        (
            run_of(PASSED, trouble="the login is refused"),
            "trouble",
            "No verdict on the provider: the login is refused.",
        ),
        (
            run_of(FAILED, trouble="the login is refused"),
            "does_not_conform",
            "Does not conform: 1 check failed; the login is refused.",
        ),
        (
            run_of(FAILED, trouble="the metadata are another issuer's", of_token_endpoint=False),
            "trouble",
            "No verdict on the provider: the metadata are another issuer's; 1 check failed.",
        ),
        (
            run_of(PASSED, trouble="it is over", no_session=True),
            "no_session",
            "No verdict on the provider: it is over.",
        ),
        (run_of(PASSED, interrupted=EARLY), "interrupted", f"No verdict on the provider: {EARLY}."),
        (run_of(FAILED, interrupted=EARLY), "interrupted", f"No verdict on the provider: {EARLY}; 1 check failed."),
        (
            run_of(FAILED, interrupted=EARLY, trouble="the disk is full"),
            "interrupted",
            f"No verdict on the provider: {EARLY}; 1 check failed; the disk is full.",
        ),
        (
            run_of(PASSED, selection="-k x (9 checks left out)"),
            "selection_holds",
            "No verdict on the provider as a whole: nothing failed of what was selected by -k x (9 checks left out).",
        ),
        (
            run_of(FAILED, selection="-k x"),
            "does_not_conform",
            "Does not conform: 1 check failed; selected by -k x.",
        ),
        (
            run_of(PASSED, of_token_endpoint=False),
            "nothing_judged",
            "No verdict on the provider: nothing of the token endpoint was judged.",
        ),
        (run_of(), "nothing_judged", "No verdict on the provider: nothing of the token endpoint was judged."),
        (
            run_of(PASSED, BROKEN),
            "error",
            "No verdict on the provider: 1 check met a defect of the suite; 1 MUST of its claims could not be judged.",
        ),
    ],
)
def test_the_headline_tells_the_truth(run, outcome, conclusion):
    """It conforms only where all was run, and the provider answered to the end."""
    assert run.outcome.value == outcome
    assert run.conclusion == conclusion
    assert run.to_json()["outcome"] == outcome


@pytest.mark.parametrize(
    ("verdict", "requirement", "number"),
    [
        (Verdict.INCONCLUSIVE, "b", 1),
        (Verdict.NOT_APPLICABLE, "b", 0),
        (Verdict.INCONCLUSIVE, "advised", 0),
        (Verdict.INCONCLUSIVE, "not-claimed", 0),
        (Verdict.INCONCLUSIVE, "a", 0),
    ],
)
def test_only_musts_of_the_claims_have_to_be_judged(verdict, requirement, number):
    """Not what is advised, does not concern the provider, belongs to another claim, or was judged by another check."""
    assert len(run_of(PASSED, check(verdict, requirement)).unjudged) == number


def test_a_claim_that_is_made_has_to_be_judged():
    """Its MUSTs count like all others."""
    run = replace(run_of(PASSED, check(Verdict.INCONCLUSIVE, "not-claimed")), claims=("fapi2", "oauth2"))
    assert run.to_json()["unjudged"] == ["not-claimed"]


def test_an_interruption_is_trouble_for_programs():
    """results.json tells it where it tells any other reason why a run is none."""
    assert run_of(PASSED, interrupted=EARLY).to_json()["trouble"] == EARLY
    assert run_of(PASSED, interrupted=EARLY, trouble="it is full").to_json()["trouble"] == f"{EARLY}; it is full"


@pytest.mark.parametrize(
    ("statuses", "counts"),
    [
        ((0, 1, 2, 3, 4, 5, 6, 7, 8), 2),
        ((4, 1, 6), 1),
        ((6, 8), 8),
        ((7, 6, 5, 0), 6),
        ((7, 5, 0), 7),
        ((0, 5), 5),
        ((1, 77), 77),
    ],
)
def test_the_worst_exit_status_counts(statuses, counts):
    """2, 3, 1, 4, 8, 6, 7, 5, 0 is the order; a status that a suite asked for itself goes before."""
    assert worst(statuses) == counts


def test_each_outcome_has_an_exit_status():
    """And only those end with 0 that say that nothing is wrong, or nothing but what is known."""
    fine = {Outcome.CONFORMS, Outcome.SELECTION_HOLDS, Outcome.NOTHING_NEW}
    assert {each for each in Outcome if each.exit_status == 0} == fine
