"""Judges checks that need nothing of pytest but their transcripts, without pytest's protocol around each."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Generator, Iterator
from functools import cache
from typing import Any

import pytest

from token_conformance.plugin import selection
from token_conformance.plugin.repeating import Outcomes
from token_conformance.plugin.selection import parameters_of
from token_conformance.plugin.topics import topics_of
from token_conformance.plugin.verdicts import Judged, express, judge, note, report_of

JUDGED: pytest.StashKey[Judged] = pytest.StashKey()

MARKS = frozenset({"requirement", "evidence_of", "parametrize"})
"""The marks of checks that ask nothing of pytest's protocol."""

OURS = frozenset({"conformance_run", "evidence"})
"""The fixtures beside scenarios that the plugin has."""

KNOWN = ("_pytest.", "token_conformance.plugin.", "pytest_html.")
"""Where the hooks are that have nothing to do for such a check."""

PHASES = (
    "pytest_runtest_setup",
    "pytest_runtest_call",
    "pytest_runtest_teardown",
    "pytest_runtest_makereport",
    "pytest_fixture_setup",
    "pytest_pyfunc_call",
)
"""The hooks through which a plugin, or a conftest.py, can take part in a check."""


def judge_directly(outcomes: Outcomes) -> None:
    """Judge those checks of a profile that need nothing but their transcripts, by the outcomes that they had."""
    alone = cache(_is_alone)
    for check, outcome in outcomes.items():
        if needs_transcripts_alone(check) and alone(check.parent):
            check.stash[JUDGED] = judge(check, outcome)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays to the end: the garbage collector need not go through it time and again."""
    if session.config.option.directly:
        gc.freeze()


@pytest.hookimpl(specname="pytest_runtestloop", wrapper=True)
def pytest_collect_garbage(session: pytest.Session) -> Generator[None, object, object]:  # noqa: ARG001 - the hook's signature
    """Look for garbage from now on: `token-conformance run` does without it up to here."""
    gc.enable()
    return (yield)


@pytest.hookimpl(specname="pytest_runtest_protocol", tryfirst=True)
def pytest_report_judged(item: pytest.Item) -> bool | None:
    """Report a check that was judged already; any other goes the usual way."""
    judged = item.stash.get(JUDGED, None)
    if judged is None:
        return None
    del item.stash[JUDGED]
    item.location = _location(item)  # pytest would look for each check's place in its file
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    report = report_of(item, "call", 0.0, judged.result.seconds)
    note(item, judged.result)
    express(report, judged)
    item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _location(item: pytest.Item) -> tuple[str, int | None, str]:
    """Where a plain function of a module is, as pytest names the places of tests: its file, its line from 0, its name."""
    line = item.function.__code__.co_firstlineno - 1 if isinstance(item, pytest.Function) else None
    return item.nodeid.partition("::")[0], line, item.name


def needs_transcripts_alone(check: pytest.Function) -> bool:
    """Whether a check is a plain function of transcripts, the record, the evidence and parameters of its own.

    Fixtures of any other kind, classes, and marks that pytest reads want its protocol.
    """
    return (
        type(check) is pytest.Function
        and check.cls is None
        and not inspect.iscoroutinefunction(check.function)
        and all(mark.name in {*MARKS, *topics_of(check)} for mark in check.iter_markers())
        and all(_is_known(check, name) for name in _fixtures_of(check))
    )


def _fixtures_of(check: pytest.Function) -> Iterator[str]:
    """The fixtures of a check, those that it does not name among them; `request` comes with ours."""
    names = check._fixtureinfo.argnames  # noqa: SLF001 - pytest has no public way to a check's fixtures
    yield from (name for name in check.fixturenames if name != "request" or name in names)


def _is_known(check: pytest.Function, name: str) -> bool:
    """Whether a fixture is a scenario, one of the plugin's, or a value that the check is parametrized with."""
    definitions = check._fixtureinfo.name2fixturedefs.get(name)  # noqa: SLF001 - as above
    if not definitions:
        return False
    function = definitions[-1].func
    ours = name in OURS and function.__module__ == selection.__name__
    return ours or hasattr(function, "scenarios") or _is_parameter(check, name, function)


def _is_parameter(check: pytest.Function, name: str, function: Callable[..., Any]) -> bool:
    """Whether pytest gives a value as it is, and not by way of a fixture that has it as its parameter."""
    return name in parameters_of(check) and function.__module__ == "_pytest.python"


def _is_alone(module: pytest.Collector) -> bool:
    """Whether nobody takes part in the phases of a module's checks but pytest, this plugin, and pytest-html, which only
    adds to its own report.
    """
    hooks = (getattr(module.ihook, name) for name in PHASES)
    functions = (implementation.function for hook in hooks for implementation in hook.get_hookimpls())
    reports = module.config.getoption("htmlpath", None) is not None
    return not reports and all(function.__module__.startswith(KNOWN) for function in functions)
