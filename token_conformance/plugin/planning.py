"""`--plan`: says what a run will take, instead of running."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from token_conformance.plugin.quiet import say_anyway
from token_conformance.plugin.selection import run_for, scenarios_of
from token_conformance.plugin.stash import RUNS
from token_conformance.plugin.worth import worth_of
from token_conformance.redaction.visible import on_one_line

QUIET = -2
"""The verbosity at which pytest does not say that no tests ran, which nobody had asked for."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Print the plan of each profile, and judge nothing; without `--plan` pytest goes on."""
    if not session.config.option.plan or not session.config.stash[RUNS]:
        return None
    from token_conformance.report.plan import plan_json, plan_lines  # a rehearsal draws in the whole reference server
    from token_conformance.running.limit_probe import probe
    from token_conformance.running.planning import rehearse

    plans: list[dict[str, Any]] = []
    for run in session.config.stash[RUNS].values():
        items = [item for item in session.items if run_for(item) is run]
        planned = replace(run, worth=worth_of(items, run.profile))
        if session.config.option.probe:
            _print(session.config, f"{run.name}: {on_one_line(asyncio.run(probe(planned)))}")
        plan = asyncio.run(rehearse(planned, scenarios_of(items), len(items)))
        plans.append(plan_json(plan))
        for line in () if session.config.option.as_json else plan_lines(plan):
            _print(session.config, line)
    if session.config.option.as_json:
        say_anyway(session.config, json.dumps(plans, indent=2, ensure_ascii=False))
    session.config.option.verbose = QUIET
    return True


def _print(config: pytest.Config, line: str) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if isinstance(reporter, TerminalReporter):
        reporter.ensure_newline()
        reporter.write_line(line)
