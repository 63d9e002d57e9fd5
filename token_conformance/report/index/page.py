"""Makes index.html: the view of a run and its exchanges, and the page that the templates make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import token_conformance
from token_conformance.redaction import RedactedExchange
from token_conformance.report.exchanges import shown
from token_conformance.report.index import summing_up
from token_conformance.report.index.findings import findings, scenarios_of
from token_conformance.report.index.references import row
from token_conformance.report.index.view import IndexView, ToldExchange
from token_conformance.report.page import in_text, render, styled
from token_conformance.results.results import RunResult
from token_conformance.results.standing import standings
from token_conformance.results.todo import duration
from token_conformance.results.verdict_in_words import verdict_of
from token_conformance.verdict import Verdict

Evidence = Mapping[str, RedactedExchange]

MARKS = {
    Verdict.FAIL: "✕",
    Verdict.ERROR: "‡",
    Verdict.WARNING: "!",
    Verdict.DEVIATION: "≈",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_APPLICABLE: "–",
    Verdict.PASS: "✓",
}
"""The mark of each verdict, which stands beside its word."""

TONES = {True: "pass", False: "fail", None: "not_applicable"}

CLAIMS = {
    "oauth2": "OAuth 2.0",
    "oidc": "OpenID Connect",
    "bcp": "security best practice (RFC 9700)",
    "oauth2.1": "OAuth 2.1",
    "fapi2": "FAPI 2.0",
    "fapi1": "FAPI 1.0",
    "refresh-token-expiration": "refresh token expiration (draft)",
}
"""What a provider can be held to, in words."""

MOST_OF_EXCHANGES = 1_500_000
"""Characters of all exchanges together; where a server says more, each is cut alike."""


def index_of(run: RunResult, evidence: Evidence) -> str:
    """The page of a run, as one file."""
    return render("run.html", view=view_of(run, evidence), marks=MARKS, duration=duration, **styled("index.css"))


def view_of(run: RunResult, evidence: Evidence) -> IndexView:
    """What the page of a run says."""
    kept = dict(_in_time(run, evidence))
    said, count, found = verdict_of(run), standings(run), findings(run, kept)
    once, told = _exchanges(run, kept)
    return IndexView(
        run=run,
        version=token_conformance.__version__,
        said=said,
        tone=TONES[said.conforms],
        held_to=_held_to(run),
        answered=run.described or run.server,
        counted=", ".join(f"{number} {verdict.words}" for verdict, number in run.summary.items() if number),
        standings=count,
        segments=tuple(summing_up.segments(count)),
        findings=found,
        defects=tuple(row(check, kept) for check in run.of(Verdict.ERROR)),
        deviations=tuple(row(check, kept) for check in run.of(Verdict.DEVIATION)),
        verdicts=summing_up.SERIOUSNESS,
        topics=summing_up.topics(run),
        grounds=summing_up.grounds(run, found),
        facts=summing_up.facts(run, kept),
        expiries=summing_up.expiries(run, kept),
        passes=summing_up.passes(run, kept),
        notes=tuple(summing_up.notes(run)),
        said_once=once,
        exchanges=told,
        again=f"token-conformance run {run.profile} --{run.server}",
    )


def _held_to(run: RunResult) -> tuple[str, ...]:
    """What the run was held to, in words, the widest first."""
    known = [words for claim, words in CLAIMS.items() if claim in run.claims]
    return (*known, *(claim for claim in run.claims if claim not in CLAIMS))


def _in_time(run: RunResult, evidence: Evidence) -> Iterator[tuple[str, RedactedExchange]]:
    """The exchanges that a verdict rests on, and every step of a scenario that shows a finding, in the order of time."""
    read, scenarios = read_by(run), scenarios_of(run)
    kept = [each for id_, each in evidence.items() if id_ in read or id_.rpartition("/")[0] in scenarios]
    dated = all(each.started is not None for each in kept)
    return ((each.id, each) for each in (sorted(kept, key=lambda each: str(each.started)) if dated else kept))


def read_by(run: RunResult) -> set[str]:
    """The exchanges that the verdicts of a run rest on."""
    read = {id_ for check in run.checks for id_ in check.exchanges}
    return read | {id_ for seen in run.on_the_way for id_ in seen.exchanges}


def _exchanges(run: RunResult, kept: Evidence) -> tuple[tuple[str, ...], tuple[ToldExchange, ...]]:
    """What is said of all exchanges once, and each of them, cut where all together are too long."""
    red = {id_ for cause in run.causes for shown_ in cause.evidence for id_ in (shown_["offence"], shown_["control"])}
    exchanges = shown(kept, red)
    whole = sum(len(in_text(text)) for text in exchanges.texts.values())
    share = MOST_OF_EXCHANGES // len(kept) if whole > MOST_OF_EXCHANGES else whole
    told = (ToldExchange(id_, _time(kept[id_]), _cut(text, share)) for id_, text in exchanges.texts.items())
    return exchanges.said_once, tuple(told)


def _time(exchange: RedactedExchange) -> str:
    return f"{exchange.started:%H:%M:%S}.{exchange.started.microsecond // 1000:03}" if exchange.started else ""


def _cut(text: str, share: int) -> str:
    """The beginning of a text that is no longer than its share where its markup is escaped."""
    written = len(in_text(text))
    if written <= share:
        return text
    return f"{text[: share * len(text) // written]}… (cut: {len(text)} characters in all, of more than the page has room for)"
