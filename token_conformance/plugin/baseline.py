"""`--baseline`: the result of each profile is held against what is known of it, or becomes what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from token_conformance.results.baseline import Baseline, held_against, novelty, renewed
from token_conformance.results.findings import Finding
from token_conformance.results.outcome import Outcome
from token_conformance.results.results import RunResult
from token_conformance.running.run import Run

if TYPE_CHECKING:
    from token_conformance.archive.known_suite import KnownSuite

PATIENCE = 60.0
"""Seconds for which a worker waits while others write the file."""

BROKEN_OFF = frozenset({Outcome.INTERRUPTED, Outcome.NO_SESSION, Outcome.TROUBLE, Outcome.NOTHING_JUDGED})
"""What a run that came to this has found is no baseline."""


def unusable_baseline(config: pytest.Config) -> list[str]:
    """Why the baseline cannot be used, a sentence each: it is looked at before anything is sent."""
    option = config.option
    if option.baseline is None:
        return []
    from token_conformance.archive.baseline_file import BaselineError, read_baseline
    from token_conformance.judging.since import version_of

    try:
        if option.as_of is not None:
            version_of(option.as_of)
        if not option.update_baseline or Path(option.baseline).exists():
            read_baseline(Path(option.baseline))
    except BaselineError as problem:
        return problem.problems
    except ValueError as problem:
        return [str(problem)]
    return []


def beside_its_baseline(run: Run, result: RunResult, config: pytest.Config) -> RunResult:
    """The result with what is new, known and gone of it, where `--baseline` names a file."""
    if config.option.baseline is None:
        return result
    from token_conformance.archive.baseline_file import BaselineError

    path = Path(config.option.baseline)
    try:
        if config.option.update_baseline:
            result = _updated(run, result, path, config)
        known = _known(run, path, config)
    except BaselineError as problem:
        return result.with_trouble("; ".join(problem.problems))
    return replace(result, baseline=held_against(result, known, run.started.date()))


def is_news(run: Run, config: pytest.Config) -> Callable[[Finding], bool]:
    """Tells of a finding of a run that goes on whether it will fail the run: without a baseline each does."""
    if config.option.baseline is None:
        return lambda _: True
    known = _known(run, Path(config.option.baseline), config)
    return lambda finding: novelty(finding, known) == "new"


def _known(run: Run, path: Path, config: pytest.Config) -> Baseline:
    """What the file knows; one that `--update-baseline` has not written knows nothing."""
    from token_conformance.archive.baseline_file import Contents, baseline_of, read_baseline

    contents = read_baseline(path) if path.exists() or not config.option.update_baseline else Contents()
    known = baseline_of(contents, Path(path.name), run.name)
    if config.option.as_of is None:
        return known
    from token_conformance.judging.since import came_after, version_of

    version = version_of(config.option.as_of)
    return replace(known, is_newer=lambda id_: came_after(id_, version))


def _updated(run: Run, result: RunResult, path: Path, config: pytest.Config) -> RunResult:
    """Have the file know what a run has found, unless the run says nothing of the provider; then the result says that."""
    from token_conformance.archive.baseline_file import Contents, baseline_of, read_baseline, write_baseline

    if result.outcome in BROKEN_OFF:
        why = f"{path.name} was not updated: the run did not come to its end, or judged nothing"
        return replace(result, noticed=(*result.noticed, why))
    with _alone(config):
        contents = read_baseline(path) if path.exists() else Contents()
        known = baseline_of(contents, path, run.name)
        write_baseline(path, run.name, renewed(known, result), _suite(contents.suite_of(run.name), result))
    return result


def _suite(before: KnownSuite | None, result: RunResult) -> KnownSuite:
    """What the entries could know of: all that there is, but for what a part of a run that knew less has not judged."""
    from token_conformance.archive.known_suite import present_suite

    judged = {id_ for check in result.checks for id_ in (check.id, *check.requirements)}
    if before is None:
        return present_suite(judged)
    return before.with_more(judged) if not result.whole else before.joined(present_suite(judged))


@contextmanager
def _alone(config: pytest.Config) -> Iterator[None]:
    """Keep other workers of the session from the file meanwhile."""
    if not hasattr(config, "workeroutput"):
        yield
        return
    from filelock import FileLock

    with FileLock(Path(config.option.report_dir) / ".baseline.lock", timeout=PATIENCE):
        yield
