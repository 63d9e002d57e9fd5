"""The lines with which a run ends."""

from __future__ import annotations

from collections.abc import Iterator

from token_conformance.evidence.clock_skew import skew_sentence
from token_conformance.evidence.facts.sheet import SheetFact
from token_conformance.judging.requirement import Requirement, catalogue
from token_conformance.redaction.visible import on_one_line, visible
from token_conformance.report.room import Section, fitted, section
from token_conformance.results.baseline import Entry, HeldAgainst
from token_conformance.results.causes import Cause
from token_conformance.results.facts import UNKNOWN, fact_groups
from token_conformance.results.on_the_way import SeenOnTheWay
from token_conformance.results.outcome import Outcome
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.todo import Parked, duration
from token_conformance.results.verdict_in_words import verdict_of
from token_conformance.verdict import Verdict

LETTERS = {
    ".": Verdict.PASS,
    "F": Verdict.FAIL,
    "W": Verdict.WARNING,
    "D": Verdict.DEVIATION,
    "i": Verdict.INCONCLUSIVE,
    "-": Verdict.NOT_APPLICABLE,
    "E": Verdict.ERROR,
}
"""What stands for a verdict in the line of progress."""


def summary_lines(run: RunResult, *, again: str = "", room: int | None = None) -> list[str]:
    """The verdict, what was found by cause and the worst first, how much was judged, and what to do next.

    `again` is the command that does what is left to do; `room` the number of lines, None for all there are.
    """
    return fitted(tuple(_sections(run, again)), room)


def _sections(run: RunResult, again: str) -> Iterator[Section]:
    """In the order of index.html; what has more weight is cut last."""
    checks, held = {check.id: check for check in run.checks}, run.baseline
    yield section(_verdict(run), whole=True)
    yield Section(tuple(tuple(_told(cause, checks)) for cause in run.causes), "causes and findings", 9)
    stories = tuple(tuple(_on_the_way(seen)) for seen in run.on_the_way)
    yield Section(stories, "what was seen on the way", 8, to_the_end=True)
    yield section(map(_finding, run.of(Verdict.ERROR)), "defects of the suite", 7)
    yield section(map(_stale, run.stale_deviations), "deviations", 3)
    yield section(_beside_baseline(held) if held is not None else (), "the baseline", 6)
    yield section([coverage_line(run)], whole=True)
    complete = run.circumstances.complete
    yield section([_unjudged(each, run) for each in (run.unjudged if complete else ())], "what was not judged", 5)
    yield section(_facts(run), "facts", 1)
    yield section([f"CLOCK SKEW {skew}"] if (skew := skew_sentence(run.clock_skew)) else [], whole=True)
    yield section([_counts(run)], whole=True)
    yield section(_left(run, again), whole=True)
    yield section(map(_parked, run.parked), "what is parked", 2)
    yield section([f"ONCE     {on_one_line(run.unrepeated)}"] if run.unrepeated else [], whole=True)
    yield section([f"NOTICED  {on_one_line(sentence)}" for sentence in run.noticed], "what was noticed", 4)
    yield section(_next(run), whole=True)


def _verdict(run: RunResult) -> Iterator[str]:
    """The verdict in words, and what the last line does not tell of it."""
    said = verdict_of(run)
    yield on_one_line(f"{run.profile} ({run.server}): {said.headline}")
    if more := said.sentence.removeprefix(run.conclusion).strip():
        yield f"         {on_one_line(more)}"


def _counts(run: RunResult) -> str:
    counts = counted(run) or "no checks"
    return f"{run.profile}: {counts}; {run.requests} requests and {run.logins} logins in {run.seconds:.1f} s"


def _parked(each: Parked) -> str:
    return f"PARKED   {each.scenario} until {each.due:%Y-%m-%d %H:%M} UTC: `run --due` goes on with it"


def _next(run: RunResult) -> Iterator[str]:
    """What to do about the gravest cause, or to have more judged."""
    if run.causes:
        gravest = run.causes[0]
        explained = next((id_ for id_ in gravest.requirements if id_ in catalogue()), None)
        more = f"`token-conformance explain {explained}` tells more" if explained is not None else ""
        if told := " ".join(filter(None, (gravest.mend, more))):
            yield f"NEXT     {on_one_line(told)}"
    elif not run.todo and run.coverage.not_judged and run.outcome is not Outcome.INTERRUPTED:
        yield "NEXT     index.html says what would have more judged"


def conclusion_line(run: RunResult) -> str:
    """What the run comes to: the last line of a profile, behind all that it wrote."""
    return f"{run.profile}: {on_one_line(run.conclusion)}"


def letters_line() -> str:
    """What the letters of the line of progress mean."""
    return "letters: " + ", ".join(f"{letter} {verdict.words}" for letter, verdict in LETTERS.items())


def coverage_line(run: RunResult) -> str:
    """How much of the catalogue was not judged."""
    coverage = run.coverage
    requirements = coverage.judged + coverage.not_judged + coverage.not_testable
    return (
        f"{run.profile} ({run.server}): {coverage.not_judged} of {requirements} requirements not judged, "
        f"{coverage.not_testable} not testable from outside, {coverage.judged} judged"
    )


def counted(run: RunResult) -> str:
    """The verdicts that were given, each with its number: `12 pass, 1 fail`."""
    return ", ".join(f"{count} {verdict.words}" for verdict, count in run.summary.items() if count)


def _told(cause: Cause, checks: dict[str, CheckResult]) -> Iterator[str]:
    """A cause, and the checks that are red for it; one check alone speaks for itself."""
    if len(cause.checks) > 1:
        yield f"CAUSE    {cause.id}: {cause.title} ({len(cause.checks)} checks{_seen(cause)})"
    indent = "  " * (len(cause.checks) > 1)
    yield from (f"{indent}{_finding(checks[id_])}" for id_ in cause.checks)


def _seen(cause: Cause) -> str:
    shown = "".join(f", see {evidence['offence']}" for evidence in cause.evidence[:1])
    kept = f", {len(cause.blocks)} more could not be judged for it" if cause.blocks else ""
    return kept + shown


def _finding(check: CheckResult) -> str:
    message = " ".join(visible(check.message or check.title).split())
    clause = f" ({check.clause})" if check.clause and check.clause not in message else ""
    named = check.violated or next(iter(check.requirements), "")
    return f"{check.verdict.words.upper():8} {named}{': ' * bool(named)}{message}{clause}"


def _on_the_way(seen: SeenOnTheWay) -> Iterator[str]:
    """What no check told, with the story that led to it."""
    more = f", and {seen.times - 1} more like it" if seen.times > 1 else ""
    message, told = on_one_line(seen.message), f"; {seen.explored}" if seen.explored else ""
    yield f"{seen.verdict.words.upper():8} {seen.requirement}: seen on the way: {message} ({seen.clause}{more}){told}"
    for number, step in enumerate(seen.story, 1):
        yield f"           {number:2}. +{step.seconds:g} s, {on_one_line(step.told)} ({step.exchange})"


def _beside_baseline(held: HeldAgainst) -> Iterator[str]:
    """What is new, known and gone; what came of each finding stands above."""
    unseen = f", {len(held.unseen)} not seen" if held.unseen else ""
    bare = sum(not (known.entry.reason and known.entry.owner) for known in held.known)
    lacking = f" ({bare} without a reason or an owner)" if bare else ""
    yield on_one_line(f"BASELINE {held.file}: {len(held.new)} new, {len(held.known)} known{lacking}{unseen}")
    yield from (f"NEW      {id_}" for id_ in held.new)
    yield from (f"NEWER    {id_}: no more than a warning before --update-baseline" for id_ in held.newer)
    yield from (on_one_line(f"KNOWN    {known.id}{_said_of(known.entry)}") for known in held.known)
    yield from (on_one_line(f"GONE     {id_}: judged a pass; --update-baseline takes it out") for id_ in held.gone)
    for entry in held.expired:
        yield on_one_line(f"EXPIRED  {entry.id}{_said_of(entry)}; mend the server, or give another day")
    for each in held.unknown:
        meant = f'; did you mean "{each.nearest}"?' if each.nearest is not None else ""
        yield on_one_line(f"UNKNOWN  {each.id}: names no check, cause or requirement{meant}")


def _said_of(entry: Entry) -> str:
    """The reason, the owner and the last day of an entry, as far as somebody has given them."""
    day = f"until {entry.expires:%Y-%m-%d}" if entry.expires is not None else ""
    by = ", ".join(filter(None, (entry.owner, day)))
    return f": {entry.reason or 'no reason given'}" + (f" ({by})" if by else "")


def _unjudged(requirement: Requirement, run: RunResult) -> str:
    """A MUST that could not be judged, and why."""
    reason = " ".join(visible(next(iter(run.reasons(requirement)), requirement.title)).split())
    return f"UNJUDGED {requirement.id}: {reason} ({requirement.clause})"


def _facts(run: RunResult) -> Iterator[str]:
    """What was measured, a line for each group; what is not as documented says so."""
    for group, facts in fact_groups(run.facts).items():
        told = "; ".join(_fact(fact) for fact in facts if fact.measured is not None and fact.line.group not in UNTOLD)
        if told:
            yield f"FACTS    {group}: {on_one_line(told)}"


UNTOLD = {"answers"}
"""Groups of facts that the report alone tells."""


def _fact(fact: SheetFact) -> str:
    words = fact.measured.words if fact.measured is not None else UNKNOWN
    differs = f" (documented: {fact.expected})" if fact.as_expected is False else ""
    return f"{fact.line.name}: {words}{differs}"


def _left(run: RunResult, again: str) -> Iterator[str]:
    """What is left to do, and by which command: what was cut short goes first."""
    if limited := run.cut_short:
        names, from_ = ", ".join(left.scenario for left in limited), max(left.earliest for left in limited)
        yield f"TO DO    {names}: from {from_:%Y-%m-%d %H:%M:%S} UTC on `{again}` goes on with them, as far as the limit allows"
    waiting = ", ".join(f"{left.scenario} ({duration(left.wait)})" for left in run.waiting)
    if waiting:
        yield f"TO DO    {waiting}: `{again}` {'waits so long then' if limited else 'waits so long'}"


def _stale(requirement: str) -> str:
    return f"STALE DEVIATION {requirement}: documented in the profile, and not seen any more"


WORDS = {
    **dict.fromkeys(("FAIL", "ERROR", "ERROR:", "NEW"), "red"),
    **dict.fromkeys(("WARNING", "STALE", "EXPIRED", "GONE"), "yellow"),
    **dict.fromkeys(("CAUSE", "NEXT", "TO"), "bold"),
}
"""The words with which a line may begin that stand out on a terminal, and how."""


def standing_out(line: str) -> tuple[str, str, str]:
    """The blanks before the first word of a line and the word, how it stands out (empty if it does not), and the rest."""
    word = line.split(maxsplit=1)[0] if line.strip() else ""
    end = line.index(word) + len(word)
    return (line[:end], WORDS[word], line[end:]) if word in WORDS else ("", "", line)
