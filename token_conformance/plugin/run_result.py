"""Puts together what a run found, as data, from its record and its verdicts."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from token_conformance.evidence.clock_skew import clock_skew
from token_conformance.evidence.facts.expiries import expiries
from token_conformance.evidence.facts.sheet import fact_sheet
from token_conformance.plugin.stale import stale_deviations
from token_conformance.plugin.stored_evidence import kind_of
from token_conformance.results.facts import shown, shown_expiries
from token_conformance.results.outcome import Circumstances
from token_conformance.results.results import CheckResult, RunResult
from token_conformance.results.todo import to_dos
from token_conformance.running.interruption import INTERRUPTED as WAS_INTERRUPTED
from token_conformance.running.record import Record
from token_conformance.running.run import Run


def run_result(run: Run, record: Record, more: Iterable[Record | None], results: list[CheckResult]) -> RunResult:
    """The result of a run; `more` was gathered after it."""
    records = [record, *(each for each in more if each is not None)]
    return RunResult(
        profile=run.name,
        provider=run.redactor.text(run.profile.profile.name),
        address=run.redactor.text(run.profile.server.address),
        server=kind_of(run),
        described=run.redactor.text(run.server.description),
        documentation=run.server.documentation,
        started=run.started,
        seconds=round((run.present - run.started).total_seconds(), 2),
        requests=sum(len(each.exchanges) for each in records),
        logins=sum(each.logins for each in records),
        todo=to_dos(record, run.present),
        spent=record.spent,
        noticed=tuple(run.redactor.text(sentence) for sentence in record.noticed),
        facts=shown(fact_sheet(run.profile, record.exchanges, live=run.server.kind == "live"), run.redactor.text),
        expiries=shown_expiries(expiries(run.profile, record.exchanges), run.redactor.text),
        clock_skew=clock_skew(record.exchanges) if run.server.kind == "live" else None,
        checks=tuple(results),
        stale_deviations=stale_deviations(run, results),
        claims=tuple(sorted(run.profile.claims)),
    )


def lost_result(run: Run, worker: str, evidence: Path | None) -> RunResult:
    """What can be said of a run whose process died: nothing but that, and how to judge the evidence that it has left."""
    why = f"the process that tested it, {worker}, died, and with it what it had gathered"
    if evidence is not None:
        again = shlex.join(["token-conformance", "report", str(evidence)])
        why = f"the process that tested it, {worker}, died; `{again}` judges what it had gathered"
    return RunResult(
        profile=run.name,
        server=run.server.kind,
        described=run.redactor.text(run.server.description),
        documentation=run.server.documentation,
        started=run.started,
        seconds=round((run.present - run.started).total_seconds(), 2),
        requests=0,
        checks=(),
        claims=tuple(sorted(run.profile.claims)),
        circumstances=Circumstances(interrupted=f"{WAS_INTERRUPTED}: {why}", of_token_endpoint=False),
    )
