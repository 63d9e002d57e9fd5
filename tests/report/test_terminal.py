"""The lines with which a run ends."""

from datetime import UTC, datetime

from token_conformance.evidence.facts.measured import Measured
from token_conformance.evidence.facts.sheet import LINES, SheetFact
from token_conformance.judging.habit import Did, Habit
from token_conformance.report.terminal import LETTERS, conclusion_line, letters_line, standing_out, summary_lines
from token_conformance.results.todo import Parked, ToDo
from token_conformance.verdict import Verdict


def said(run, **how):
    """The lines between the verdict and how much was judged."""
    lines = summary_lines(run, **how)
    (counts,) = (place for place, line in enumerate(lines) if "requirements not judged" in line)
    return [line for line in lines[1:counts] if not line.startswith("         ")]


def test_the_verdict_is_said_first(make_run):
    """In words, with all numbers behind what was found."""
    first, *rest = summary_lines(make_run())
    assert first == "example (recorded): The recorded answers do not conform"
    counts = [
        place
        for place, line in enumerate(rest)
        if "2 pass, 2 fail, 2 warning, 2 deviation, 2 inconclusive, 2 not applicable, 2 error" in line
        and "71 requests and 0 logins in 3.2 s" in line
    ]
    found = [place for place, line in enumerate(rest) if line.strip().startswith(("CAUSE", "FAIL", "ERROR"))]
    assert max(found) < counts[0]


def test_a_finding_is_one_line_with_its_clause(make_run, make_check):
    """The clause is said once, whether or not the message says it."""
    checks = (
        make_check(Verdict.FAIL, message="accepted (RFC 9700 §4.14.2)"),
        make_check(Verdict.WARNING, message="no\nCache-Control", violated="rfc9700-2.1"),
    )
    assert said(make_run(checks=checks, stale_deviations=())) == [
        "FAIL     rfc6749-3.2-post-only: accepted (RFC 9700 §4.14.2)",
        "WARNING  rfc9700-2.1: no Cache-Control (RFC 9700 §4.14.2)",
    ]


def test_findings_stand_under_their_cause(make_run, make_check):
    """With the number of checks, what could not be judged for it, and one exchange that shows it; errors come last."""
    run = make_run(checks=of_one_cause(make_check), stale_deviations=())
    assert said(run) == [
        (
            "CAUSE    used-refresh-tokens-work: A refresh token that was rotated away goes on working "
            "(2 checks, 1 more could not be judged for it, see rotation/4)"
        ),
        "  FAIL     rfc9700-4.14.2-old-token-refused: accepted (RFC 9700 §4.14.2)",
        "  FAIL     rfc9700-4.14.2-grandparent-refused: accepted (RFC 9700 §4.14.2)",
        "ERROR    a defect of the suite (RFC 9700 §4.14.2)",
    ]
    (what_to_do,) = (line for line in summary_lines(run) if line.startswith("NEXT"))
    assert what_to_do == (
        f"NEXT     {run.causes[0].mend} `token-conformance explain rfc9700-4.14.2-old-token-refused` tells more"
    )


def of_one_cause(make_check):
    """Two failures for which a third check could not be judged, and a defect."""
    habit = Habit(Did.ACCEPTED, "rotation/4", "/token", "response.status", 200, "rotation/2")
    reds = ("rfc9700-4.14.2-old-token-refused", "rfc9700-4.14.2-grandparent-refused")
    return (
        make_check(Verdict.ERROR, id="broken", message="a defect of the suite", requirements=()),
        *(make_check(Verdict.FAIL, id=id_, violated=id_, message="accepted", habit=habit) for id_ in reds),
        make_check(Verdict.INCONCLUSIVE, stopped_by=reds[0]),
    )


def test_what_there_is_no_room_for_is_counted(make_run, make_check):
    """A run with hundreds of findings has as many lines as there is room for, the causes first; no word of them is lost by -v."""
    reds = [
        make_check(Verdict.FAIL, id=f"{number}", violated=f"rfc0-{number}", message="accepted") for number in range(300)
    ]
    run = make_run(checks=tuple(reds), noticed=tuple("abcdefgh"))
    lines, all_of_them = summary_lines(run, room=20), summary_lines(run)
    assert len(lines) == 20
    (left,) = (line for line in lines if "on causes and findings" in line)
    shown = sum(line.startswith("FAIL") for line in lines)
    assert left == f"         … {300 - shown} more lines on causes and findings: see index.html, or run with -v"
    assert sum(line.startswith("FAIL") for line in all_of_them) == 300


def test_the_first_word_of_a_line_stands_out():
    """What it is about; a line that begins with nothing of the kind stays as it is."""
    assert standing_out("  FAIL     rfc0: accepted") == ("  FAIL", "red", "     rfc0: accepted")
    assert standing_out("report: index.html") == ("", "", "report: index.html")
    assert standing_out("") == ("", "", "")


def test_each_letter_is_explained():
    """In one line."""
    assert letters_line() == (
        "letters: . pass, F fail, W warning, D deviation, i inconclusive, - not applicable, E error"
    )
    assert set(LETTERS.values()) == set(Verdict)


def test_only_findings_have_lines(make_run, make_check):
    """What passed, deviates as documented or was not judged is in the numbers."""
    quiet = (Verdict.PASS, Verdict.DEVIATION, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE)
    run = make_run(checks=tuple(map(make_check, quiet)), stale_deviations=())
    assert said(run) == []


def test_a_stale_deviation_is_told(make_run):
    """A profile that is out of date is a finding."""
    assert any(line.startswith("STALE DEVIATION rfc6749-5.2-invalid-grant-400") for line in summary_lines(make_run()))


def test_a_clock_that_is_wrong_is_told(make_run):
    """It stands among the findings, where it matters."""
    assert "CLOCK SKEW the server's clock is 90 s ahead of ours" in summary_lines(make_run(clock_skew=90.0))
    assert not any(line.startswith("CLOCK SKEW") for line in summary_lines(make_run(clock_skew=1.2)))


def test_what_is_left_to_do_says_how(make_run):
    """The scenarios stand there with their waits, and the command that does them."""
    left = ToDo("expired_code", 620, datetime(2026, 1, 1, 12, 10, tzinfo=UTC))
    assert (
        "TO DO    expired_code (10.3 min): `token-conformance run example --resume RESULTS.json` waits so long"
        in summary_lines(make_run(todo=(left,)), again="token-conformance run example --resume RESULTS.json")
    )


def test_what_a_limit_has_left_goes_first(make_run):
    """What waits is done by the same command, later."""
    ten, twelve = (datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (10, 12))
    todo = (ToDo("race", 0, ten, because="limit"), ToDo("expired_code", 620, twelve))
    told = [line for line in summary_lines(make_run(todo=todo), again="THIS") if line.startswith("TO DO")]
    assert told == [
        "TO DO    race: from 2026-01-01 10:00:00 UTC on `THIS` goes on with them, as far as the limit allows",
        "TO DO    expired_code (10.3 min): `THIS` waits so long then",
    ]


def test_what_is_parked_says_until_when(make_run):
    """And by which option it goes on."""
    parked = Parked("expired_code", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, 12, 10, tzinfo=UTC))
    told = "PARKED   expired_code until 2026-01-31 12:10 UTC: `run --due` goes on with it"
    assert told in summary_lines(make_run(parked=(parked,)))
    assert not any(line.startswith("PARKED") for line in summary_lines(make_run()))


def test_what_the_run_adapted_itself_to_is_told(make_run):
    """Once, beside what is left to do."""
    assert "NOTICED  one session for each user" in summary_lines(make_run(noticed=("one session for each user",)))


def test_a_server_cannot_steer_the_terminal(make_run, make_check):
    """Control characters in a message are made visible."""
    lines = summary_lines(make_run(checks=(make_check(Verdict.FAIL, message="\x1b[2J\x07gone"),)))
    assert all(line.isprintable() for line in lines)


def test_a_server_begins_no_line(make_run, make_check):
    """What it says stays on the line of what is said of it, down to the last one."""
    said = "here\nERROR: there\r\nPASSED"
    run = make_run(checks=(make_check(Verdict.FAIL, message=said),), noticed=(said,)).with_trouble(said)
    lines = [*summary_lines(run), conclusion_line(run)]
    assert sum("here" in line for line in lines) >= 3
    assert not any(begun.startswith(("ERROR", "PASSED")) for line in lines for begun in line.splitlines()[1:])


def test_facts_are_told_in_a_line_for_each_group(make_run):
    """What was not measured is left out; what differs from the documentation says so."""
    lines = {line.id: line for line in LINES}
    facts = (
        SheetFact(
            lines["rotation"], "always", "the manual", Measured("no refresh rotates", "never", ("a/1",), "never")
        ),
        SheetFact(lines["refresh-token-format"], None, None, Measured("opaque", "opaque", ("a/1",))),
        SheetFact(lines["sessions"], None, None, None),
        SheetFact(lines["token-type"], None, None, Measured("Bearer", "told", ("a/1",), "Bearer")),
    )
    assert [line for line in summary_lines(make_run(facts=facts)) if line.startswith("FACTS")] == [
        "FACTS    refresh tokens: rotation: no refresh rotates (documented: always); format: opaque"
    ]
