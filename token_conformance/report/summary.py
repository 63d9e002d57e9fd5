"""summary.md: what a run comes to, for the page of a CI job, a merge request or a chat.

Whatever a server may have had a say in stands in code spans, in which Markdown reads no markup, no HTML, no address and
no name of anybody; the rest is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from token_conformance.redaction.visible import on_one_line
from token_conformance.report.reported import Reported, defects_of, reported
from token_conformance.results.results import RunResult
from token_conformance.results.todo import ToDo, duration
from token_conformance.verdict import Verdict

TITLES = {
    "new": "New findings",
    None: "Findings",
    "newer": "Findings of checks that came after the baseline",
    "known": "Known findings",
}
"""What findings are headed by, by how they stand beside a baseline."""

LONGEST = 400
"""Characters of a message; results.json has the whole."""

MOST = 50
"""Findings and checks that are listed one by one."""

_BACKTICKS = re.compile("`+")


def summary_of(run: RunResult) -> str:
    """The page of a run, headed by what it comes to."""
    return "\n\n".join(_parts(run)) + "\n"


def _parts(run: RunResult) -> Iterator[str]:
    yield f"## {code(run.profile)} ({run.server})"
    yield f"**{run.outcome.value.replace('_', ' ').capitalize()}:** {code(run.conclusion)}"
    yield _verdicts(run)
    found = reported(run)
    for novelty, title in TITLES.items():
        yield from _section(title, [_finding(each) for each in found if each.novelty == novelty])
    yield from _beside_the_baseline(run)
    yield from _section(
        "Defects of the suite", [f"- {code(each.id)}: {code(each.message)}" for each in defects_of(run)]
    )
    yield from _section("MUSTs that could not be judged", [_unjudged(run, each.id) for each in run.unjudged])
    yield from _section("Deviations that are not seen any more", [f"- {code(each)}" for each in run.stale_deviations])
    yield from _section("Left to do", [_left(each) for each in run.todo])
    yield from _section("Withheld", [f"- {code(each)}" for each in run.withheld])
    yield f"{run.requests} requests and {run.logins} logins in {run.seconds:.1f} s. `index.html` shows the exchanges."


def _beside_the_baseline(run: RunResult) -> Iterator[str]:
    """What somebody has to look after in the baseline."""
    if (held := run.baseline) is not None:
        gone = [f"- {code(each)}: judged a pass, take it out" for each in held.gone]
        expired = [f"- {code(each.id)}: until {each.expires}" for each in held.expired]
        yield from _section("Gone from what is known", gone)
        yield from _section("Expired in the baseline", expired)


def code(text: str) -> str:
    """A text as a code span: one line, in a fence of more backticks than it holds (CommonMark §6.1)."""
    shown = on_one_line(" ".join(text.split()))
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
    longest = max((len(found) for found in _BACKTICKS.findall(shown)), default=0)
    fence, blank = "`" * (longest + 1), " " * (longest > 0)
    return f"{fence}{blank}{shown}{blank}{fence}" if shown else ""


def _verdicts(run: RunResult) -> str:
    """A table of how often each verdict was given."""
    given = [(verdict.words, str(count)) for verdict, count in run.summary.items() if count]
    names, counts = zip(*given, strict=True) if given else (("verdicts",), ("none",))
    return "\n".join((_row(names), _row(["---:"] * len(names)), _row(counts)))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        more = [f"- and {len(lines) - MOST} more, in `results.json`"] if len(lines) > MOST else []
        yield f"### {title}"
        yield "\n".join([*lines[:MOST], *more])


def _finding(found: Reported) -> str:
    number = f", {len(found.checks)} checks" if len(found.checks) > 1 else ""
    word = "FAIL" if found.verdict is Verdict.FAIL else found.verdict.words
    lines = [f"- **{word}** {code(found.requirement or found.id)}{number}: {code(found.cited)}"]
    lines += [f"  - {code(found.title)}"] if len(found.checks) > 1 else []
    lines += [f"  - to mend it: {code(found.mend)}"] if found.mend else []
    lines += [f"  {number}. {code(step)}" for number, step in enumerate(found.steps[:MOST], 1)]
    return "\n".join(lines)


def _left(each: ToDo) -> str:
    """A scenario that a later run takes up, and what it takes; the last lines of the terminal tell by which command."""
    wait, limit = f"a wait of {duration(each.wait)}", "the provider allowed no more requests"
    took = wait if each.because == "wait" else f"{limit} before {each.earliest:%Y-%m-%d %H:%M} UTC"
    return f"- {code(each.scenario)}: {took}"


def _unjudged(run: RunResult, id_: str) -> str:
    requirement = next(each for each in run.unjudged if each.id == id_)
    reason = next(iter(run.reasons(requirement)), requirement.title)
    return f"- {code(id_)}: {code(reason)}"
