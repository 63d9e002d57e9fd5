"""The findings of a run beside what was known of the provider: new, known, newer, gone, expired, not seen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.judging.habit import Did, Habit
from token_conformance.results.baseline import Baseline, Entry, HeldAgainst, held_against, renewed
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.outcome import Circumstances, Outcome
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.verdict_in_words import verdict_of
from token_conformance.verdict import Verdict

TODAY = date(2026, 5, 1)
WORKS_AGAIN = "rfc6749-10.5-code-single-use"
"""A requirement that has a cause of the catalogue."""

ACCEPTED = Habit(Did.ACCEPTED, "a/2", "/token", "request.code", 200, "a/1")


def check(name, verdict=Verdict.FAIL, requirement="rfc6749-3.2-post-only", **more):
    id_, violated = (
        f"suites/test_x.py::test_{name}",
        requirement if verdict in (Verdict.FAIL, Verdict.WARNING) else None,
    )
    return CheckResult(
        **{
            "id": id_,
            "requirements": (requirement,),
            "level": "MUST",
            "verdict": verdict,
            "title": "It holds.",
            "message": "",
            "clause": "RFC 6749 §3.2",
            "topic": "x",
            "scenario": "asked",
            "exchanges": ("asked/1",),
            "seconds": 0.0,
            "violated": violated,
            **more,
        }
    )


def seen(requirement=WORKS_AGAIN, verdict=Verdict.FAIL):
    return SeenOnTheWay(requirement, verdict, "MUST", "RFC 6749 §4.1.2", "it was taken twice", "a/2", 1, ())


def run_of(*checks, on_the_way=(), **how):
    began = datetime(2026, 5, 1, 12, tzinfo=UTC)
    circumstances = Circumstances(**how)
    return RunResult("example", "live", began, 3.2, 71, checks, on_the_way=on_the_way, circumstances=circumstances)


def entry(name, **more):
    return Entry("check", f"suites/test_x.py::test_{name}", **more)


def held(run, *entries, **more):
    return held_against(run, Baseline("known.toml", entries, **more), TODAY)


def ids(*names):
    return tuple(f"suites/test_x.py::test_{name}" for name in names)


def test_what_is_not_listed_is_new():
    """A failure and a warning alike; what passes is no finding."""
    run = run_of(check("a"), check("b", Verdict.WARNING), check("c", Verdict.PASS))
    assert held(run) == HeldAgainst("known.toml", new=ids("a", "b"))


def test_what_is_listed_is_known():
    """It comes with what people have written of it."""
    listed = entry("a", reason="ticket 7", owner="ada", expires=date(2026, 6, 1))
    told = held(run_of(check("a"), check("b")), listed)
    assert (told.new, told.entry_of("suites/test_x.py::test_a")) == (ids("b"), listed)
    assert told.to_json()["known"] == [
        {
            "id": "suites/test_x.py::test_a",
            "listed_as": {"kind": "check", "id": "suites/test_x.py::test_a"},
            "reason": "ticket 7",
            "owner": "ada",
            "expires": "2026-06-01",
        }
    ]


def test_a_check_is_known_by_the_name_that_it_had():
    """Renaming it makes nothing new, and nothing gone."""
    renamed = check("today", formerly=ids("yesterday"))
    assert held(run_of(renamed), entry("yesterday")).new == ()
    assert held(run_of(replace(renamed, verdict=Verdict.PASS)), entry("yesterday")).gone == ids("yesterday")


def test_a_check_without_parameters_is_all_of_its_kind():
    """It is gone when none of them is red any more, and all but those that do not concern the provider were judged."""
    red, good = check("a[x]"), check("a[y]", Verdict.PASS)
    assert held(run_of(red, good), entry("a")).new == ()
    assert held(run_of(replace(red, verdict=Verdict.PASS), good), entry("a")).gone == ids("a")
    assert held(run_of(replace(red, verdict=Verdict.INCONCLUSIVE), good), entry("a")).unseen == ids("a")
    assert held(run_of(red, good), entry("a[y]")) == HeldAgainst("known.toml", new=ids("a[x]"), gone=ids("a[y]"))


def test_what_is_kept_is_as_it_is_seen_today():
    """By its present name and verdict, and with all that was said of it; what is gone goes."""
    today = check("is", Verdict.WARNING, formerly=ids("was"))
    run = run_of(today, check("b[x]", Verdict.WARNING), check("b[y]"), check("c", Verdict.PASS))
    known = Baseline("known.toml", (entry("was", reason="ticket 7"), entry("b"), entry("c"), entry("d")))
    assert renewed(known, run) == (entry("is", reason="ticket 7", verdict="warning"), entry("b"), entry("d"))


def test_a_cause_stands_for_all_that_is_red_for_it():
    """Whichever check tells it, and on the way as well."""
    run = run_of(*(check(name, requirement=WORKS_AGAIN, habit=ACCEPTED) for name in "ab"), on_the_way=(seen(),))
    told = held(run, Entry("cause", run.causes[0].id))
    assert (told.new, [each.id for each in told.known]) == ((), [*ids("a", "b"), WORKS_AGAIN])


def test_a_warning_that_became_a_failure_is_new():
    """Who knows a warning does not know the failure."""
    listed = entry("a", verdict="warning")
    assert held(run_of(check("a", Verdict.WARNING)), listed).new == ()
    assert held(run_of(check("a")), listed) == HeldAgainst("known.toml", new=ids("a"), unseen=ids("a"))


@pytest.mark.parametrize(
    ("verdict", "gone"),
    [
        (Verdict.PASS, True),
        (Verdict.INCONCLUSIVE, False),
        (Verdict.NOT_APPLICABLE, False),
        (Verdict.DEVIATION, False),
        (Verdict.ERROR, False),
    ],
)
@pytest.mark.parametrize("listed", [entry("a"), Entry("cause", "rfc6749-3.2-post-only")], ids=["check", "cause"])
def test_only_what_was_judged_a_pass_is_gone(verdict, gone, listed):
    """What could not be judged was not seen, and is not stale."""
    told = held(run_of(check("a", verdict), check("b", Verdict.PASS, "rfc6749-3.1-tls")), listed)
    assert (told.gone, told.unseen) == (((listed.id,), ()) if gone else ((), (listed.id,)))


@pytest.mark.parametrize(
    "how",
    [{"selection": "-k a"}, {"interrupted": "by SIGTERM"}, {"trouble": "no answer"}, {"of_token_endpoint": False}],
    ids=lambda how: next(iter(how)),
)
def test_only_a_whole_run_makes_an_entry_stale(how):
    """A part of it may have left out what was red."""
    told = held(run_of(check("a", Verdict.PASS), **how), entry("a"))
    assert (told.gone, told.unseen) == ((), ids("a"))


def test_a_cause_is_gone_when_all_of_its_checks_could_tell():
    """One that is inconclusive may have been the red one."""
    both = (check("a", Verdict.PASS), check("b", Verdict.INCONCLUSIVE))
    listed = Entry("cause", "rfc6749-3.2-post-only")
    assert held(run_of(*both), listed).unseen == (listed.id,)
    assert held(run_of(both[0], check("b", Verdict.NOT_APPLICABLE)), listed).gone == (listed.id,)


def test_what_was_not_selected_was_not_seen():
    """Its check is not in the results at all."""
    name = "suites/test_refresh.py::test_unknown_refresh_token_is_invalid_grant"
    listed = Entry("check", name)
    told = held(run_of(check("a", Verdict.PASS)), Entry("cause", "rfc6749-5.2-json-error"), listed)
    assert told.gone == ()
    assert "rfc6749-5.2-json-error" in told.unseen


def test_what_was_seen_on_the_way_is_never_gone():
    """That it was not met again is no verdict."""
    listed = Entry("seen_on_the_way", WORKS_AGAIN)
    assert held(run_of(check("a", Verdict.PASS), on_the_way=(seen(),)), listed).new == ()
    assert held(run_of(check("a", Verdict.PASS)), listed).unseen == (WORKS_AGAIN,)


def test_it_does_not_matter_who_tells():
    """What a check told then is known on the way, where the check cannot judge now; and the other way round."""
    silent = check("a", Verdict.INCONCLUSIVE, WORKS_AGAIN)
    assert held(run_of(silent, on_the_way=(seen(),)), entry("a")).new == ()
    assert held(run_of(check("a", requirement=WORKS_AGAIN)), Entry("seen_on_the_way", WORKS_AGAIN)).new == ()


def test_an_entry_expires_behind_its_last_day():
    """It goes on to know the finding, and is told of until somebody has looked."""
    lasting, over = entry("a", expires=TODAY), entry("b", expires=TODAY - timedelta(days=1))
    told = held(run_of(check("a"), check("b")), lasting, over)
    assert (told.new, told.expired, told.stale) == ((), (over,), True)
    assert told.to_json()["expired"] == [over.id]


def test_findings_of_newer_checks_are_told_apart():
    """A check that was renamed is not newer; one that is listed is known."""
    run = run_of(check("old"), check("new"), check("renamed", formerly=ids("was")), on_the_way=(seen(),))
    told = held(run, is_newer=lambda id_: id_ not in ids("old", "was"))
    assert (told.new, told.newer) == (ids("old", "renamed"), (*ids("new"), WORKS_AGAIN))
    assert held(run, entry("new"), is_newer=lambda id_: id_ in ids("new")).newer == ()


def test_an_id_that_names_nothing_is_told_with_the_nearest():
    """It is neither gone nor unseen: nobody will ever see it."""
    told = held(run_of(check("good", Verdict.PASS)), entry("godo"), Entry("cause", "refusal-without-cod"))
    assert [(each.id, each.nearest) for each in told.unknown] == [
        ("suites/test_x.py::test_godo", "suites/test_x.py::test_good"),
        ("refusal-without-cod", "refusal-without-code"),
    ]
    assert (told.gone, told.unseen) == ((), ())


NAMES = st.sampled_from(["a", "b", "c", "d[x]", "d[y]"])
CHECKS = st.dictionaries(NAMES, st.sampled_from([*Verdict]), max_size=5)
ENTRIES = st.dictionaries(st.one_of(NAMES, st.just("d")), st.sampled_from(["fail", "warning"]), max_size=4)


@given(CHECKS, ENTRIES, st.booleans(), st.booleans())
def test_what_is_written_is_no_news_next_time(verdicts, listed, whole, on_the_way):
    """Whatever was found, and whatever was known: nothing is new, nothing is gone, and what was not seen is kept."""
    checks, more = [check(name, verdict) for name, verdict in verdicts.items()], (seen(),) if on_the_way else ()
    run = run_of(*checks, on_the_way=more, selection=None if whole else "-k x")
    entries = tuple(entry(name, verdict=verdict, reason=name) for name, verdict in listed.items())
    before = held(run, *entries)
    after = renewed(Baseline("known.toml", entries), run)
    again = held(run, *after)
    assert (again.new, again.newer, again.gone) == ((), (), ())
    assert {each.reason for each in after} >= {each.reason for each in entries if each.id not in before.gone}


def beside(run, *entries, **more):
    return replace(run, baseline=held(run, *entries, **more))


@pytest.mark.parametrize(
    ("run", "outcome", "status", "conclusion"),
    [
        (
            beside(run_of(check("a")), entry("a")),
            Outcome.NOTHING_NEW,
            0,
            "Does not conform: 1 check failed; by known.toml 0 new, 1 known.",
        ),
        (
            beside(run_of(check("a"), check("b")), entry("a")),
            Outcome.DOES_NOT_CONFORM,
            1,
            "Does not conform: 2 checks failed; by known.toml 1 new, 1 known.",
        ),
        (
            beside(run_of(check("a", Verdict.WARNING))),
            Outcome.NEW_WARNINGS,
            1,
            "Conforms as far as it was judged, and warnings are new; by known.toml 1 new, 0 known; 1 check with a warning.",
        ),
        (
            beside(run_of(check("a", Verdict.WARNING), strict=True), entry("a")),
            Outcome.NOTHING_NEW,
            0,
            "Does not conform: warnings and stale deviations were to count; by known.toml 0 new, 1 known; 1 check with a warning.",
        ),
        (
            beside(run_of(check("a", Verdict.PASS)), entry("a")),
            Outcome.BASELINE_STALE,
            6,
            "Conforms as far as it was judged, and known.toml is out of date; by known.toml 0 new, 0 known, 1 gone.",
        ),
        (
            beside(run_of(check("a"), check("b", Verdict.PASS)), entry("a"), entry("b")),
            Outcome.BASELINE_STALE,
            6,
            "Does not conform: 1 check failed, and known.toml is out of date; by known.toml 0 new, 1 known, 1 gone.",
        ),
        (
            beside(run_of(check("a"), selection="-k a"), entry("a", expires=date(2026, 1, 1))),
            Outcome.BASELINE_STALE,
            6,
            "Does not conform: 1 check failed, and known.toml is out of date; by known.toml 0 new, 1 known, 1 expired; selected by -k a.",
        ),
        (
            beside(run_of(check("a", Verdict.PASS), selection="-k a"), entry("b", expires=date(2026, 1, 1))),
            Outcome.BASELINE_STALE,
            6,
            "No verdict on the provider as a whole: nothing failed, and known.toml is out of date; by known.toml 0 new, 0 known, 1 expired; selected by -k a.",
        ),
        (
            beside(run_of(check("a")), is_newer=lambda _: True),
            Outcome.NOTHING_NEW,
            0,
            "Does not conform: 1 check failed; by known.toml 0 new, 0 known, 1 of newer checks.",
        ),
        (
            beside(run_of(check("b", Verdict.PASS), on_the_way=(seen(),)), Entry("seen_on_the_way", WORKS_AGAIN)),
            Outcome.NOTHING_NEW,
            0,
            "Does not conform: no check failed, and what must hold was violated on the way; by known.toml 0 new, 1 known; 1 finding on the way.",
        ),
        (
            beside(run_of(check("b", Verdict.PASS))),
            Outcome.CONFORMS,
            0,
            "Conforms as far as it was judged; by known.toml 0 new, 0 known.",
        ),
    ],
)
def test_the_outcome_says_what_is_new_and_the_headline_what_is_so(run, outcome, status, conclusion):
    """With a baseline the status 0 means that nothing is new, and the headline does not call that conforming."""
    assert (run.outcome, run.outcome.exit_status, run.conclusion) == (outcome, status, conclusion)


@pytest.mark.parametrize(
    ("run", "conforms", "headline"),
    [
        (beside(run_of(check("a")), entry("a")), False, "The server does not conform"),
        (beside(run_of(check("a")), entry("a", expires=date(2026, 1, 1))), False, "The server does not conform"),
        (beside(run_of(check("a", Verdict.PASS)), entry("a")), True, "The server conforms, as far as it was judged"),
        (beside(run_of(check("a", Verdict.WARNING))), True, "The server conforms, as far as it was judged"),
        (
            beside(run_of(check("a", Verdict.WARNING), selection="-k a")),
            None,
            "No verdict on the whole: nothing failed of what was judged",
        ),
    ],
)
def test_a_baseline_changes_nothing_of_the_verdict(run, conforms, headline):
    """What is known, and what has become of the file, makes no provider conform, and keeps none from it."""
    said = verdict_of(run)
    assert (said.conforms, said.headline) == (conforms, headline)
    known, new, stale = len(run.baseline.known), len(run.baseline.new), ", which is out of date" * run.baseline.stale
    told = f"Beside known.toml{stale}, {new} finding{' is' if new == 1 else 's are'} new and {known} known."
    assert told in said.sentence


def test_a_defect_of_ours_is_in_no_baseline():
    """An error fails the run, whatever is listed."""
    assert beside(run_of(check("a", Verdict.ERROR)), entry("a")).outcome is Outcome.ERROR


def test_stale_deviations_fail_a_strict_run_beside_a_baseline():
    """They are mended in the profile."""
    run = replace(run_of(check("a", Verdict.PASS), strict=True), stale_deviations=("x",))
    assert beside(run).outcome is Outcome.DOES_NOT_CONFORM
