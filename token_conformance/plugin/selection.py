"""Which checks run for which profile, and which scenarios these need."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from token_conformance.evidence.answers import Evidence
from token_conformance.judging.requirement import CATALOGUE, Requirement, catalogue, renamed
from token_conformance.layout import SUITES
from token_conformance.plugin.stash import LEFT_OUT, RECORDS, RUNS
from token_conformance.results.conclusion import checks
from token_conformance.running.record import Record
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario, named

REQUIRED: pytest.StashKey[tuple[str, ...]] = pytest.StashKey()


@pytest.fixture(scope="session")
def conformance_run(request: pytest.FixtureRequest) -> Record:
    """What was gathered of the profile under test: its settings, its transcripts, all its exchanges."""
    runs = request.config.stash[RUNS]
    if not runs:
        pytest.fail("a check needs a provider: give one with --profile NAME", pytrace=False)
    return request.config.stash[RECORDS][request.param if hasattr(request, "param") else next(iter(runs))]


@pytest.fixture(scope="session")
def evidence(conformance_run: Record) -> Evidence:
    """All exchanges of the run, whichever scenario made them."""
    return conformance_run.evidence


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat each check for each profile, where there are several."""
    runs = metafunc.config.stash[RUNS]
    if len(runs) > 1 and "conformance_run" in metafunc.fixturenames:
        metafunc.parametrize("conformance_run", list(runs), indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a run that resumes does not take up; refuse checks of unknown requirements."""
    if not config.stash[RUNS]:
        return
    _leave_out(config, items)
    unknown = {
        f"{item.nodeid}: {id_!r}"
        for item in items
        for id_ in requirement_ids(item)
        if id_ not in requirements_for(item)
    }
    if unknown:
        raise pytest.UsageError(*(f"{place} is no requirement of the catalogue" for place in sorted(unknown)))


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not _taken_up(item)]
    items[:] = [item for item in items if _taken_up(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def _taken_up(item: pytest.Item) -> bool:
    run = run_for(item)
    if not is_of_level(item, item.config.option.level):
        return False
    if run.only is None:
        return True
    if run.due and run.only and judges_refusals(item):
        return True
    if run.goes_on and not own_scenarios(item):
        return True
    scenarios = scenarios_for(item) if run.due or run.goes_on else own_scenarios(item)
    return any(scenario.name in run.only for scenario in scenarios)


def is_of_level(item: pytest.Item, levels: Collection[str]) -> bool:
    """Whether a check is of one of the levels, as a command names them; without any all are."""
    ids = requirement_ids(item)
    stated = requirements_for(item).get(ids[0]) if ids else None
    return not levels or (stated.level.removesuffix(" NOT") if stated is not None else "MUST") in levels


def judges_refusals(item: pytest.Item) -> bool:
    """Whether a check judges all refusals of a run, whichever scenario got them: an expiry is told in some form, too."""
    return any(mark.kwargs.get("all_refusals") for mark in item.iter_markers("evidence_of"))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count for each profile the checks that are left out, whoever leaves them out."""
    for item in items:
        if item.config.stash[RUNS]:
            item.config.stash.setdefault(LEFT_OUT, Counter())[run_for(item).name] += 1


def selection_of(
    config: pytest.Config, run: Run, *, stopped: bool = False, enough: str | None = None, how_far: str = ""
) -> str | None:
    """By what the checks of a run were selected, and how many were left out; None where all of ours are run.

    With `stopped`, pytest has left out those behind the first failures, as it was told to; `enough` is the option that
    had the run ask for nothing more, `how_far` it had come by then.
    """
    left_out, option = config.stash.get(LEFT_OUT, Counter[str]())[run.name], config.option
    given = {"-k": option.keyword, "-m": option.markexpr, "--resume": option.resume and str(option.resume)}
    by = [f"{flag} {shlex.quote(value)}" for flag, value in given.items() if value and left_out]
    by += [f"--level {level}" for level in option.level if left_out]
    by += ["--due"] if option.due and left_out else []
    by += ["--resume"] if run.replayed and run.only is not None and left_out else []
    by += [] if _has_all(config) else [shlex.join(config.args)]
    by += [_stopped_after(option.maxfail)] if stopped else []
    by += [f"{enough}, stopped {how_far}"] if enough else []
    if not by and not left_out:
        return None
    return (" ".join(by) or "pytest") + (f" ({checks(left_out)} left out)" if left_out else "")


def _stopped_after(failures: int) -> str:
    """What `-x` and `--maxfail` do to a run."""
    after = "the first failure" if failures == 1 else f"{failures} failures"
    return f"{'-x' if failures == 1 else f'--maxfail {failures}'}, stopped after {after}"


def _has_all(config: pytest.Config) -> bool:
    """Whether all of our suites were collected, whatever else was."""
    return any(SUITES.is_relative_to((config.invocation_params.dir / given).resolve()) for given in config.args)


def run_for(item: pytest.Item) -> Run:
    """The run that a check belongs to."""
    runs, parameters = item.config.stash[RUNS], parameters_of(item)
    return runs[str(parameters["conformance_run"])] if "conformance_run" in parameters else next(iter(runs.values()))


def parameters_of(item: pytest.Item) -> Mapping[str, Any]:
    """What a check is parametrized with, the profile among it where there are several."""
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def scenarios_of(items: Iterable[pytest.Item]) -> tuple[Scenario, ...]:
    """The scenarios that the fixtures of the checks stand for, each once."""
    found: dict[str, Scenario] = {}
    for item in items:
        found.update((scenario.name, scenario) for scenario in scenarios_for(item))
    return tuple(found.values())


def scenarios_due(items: Sequence[pytest.Item], due: Collection[str]) -> tuple[Scenario, ...]:
    """The scenarios of the checks, without those that only add evidence to what a run with `--due` goes on with."""
    own = {scenario.name for item in items for scenario in own_scenarios(item)}
    return tuple(scenario for scenario in scenarios_of(items) if scenario.name in own or scenario.name in due)


def scenarios_left(items: Iterable[pytest.Item]) -> tuple[Scenario, ...]:
    """The scenarios of the checks, without those that only add evidence to checks of all answers."""
    return scenarios_of(item for item in items if own_scenarios(item))


def scenarios_for(item: pytest.Item) -> tuple[Scenario, ...]:
    """The scenarios of one check, in the order of its fixtures, with those that its mark `evidence_of` names."""
    marked = tuple(named(name) for mark in item.iter_markers("evidence_of") for name in mark.args)
    return (*own_scenarios(item), *marked)


def own_scenarios(item: pytest.Item) -> tuple[Scenario, ...]:
    """The scenarios whose transcripts a check gets, in the order of its fixtures."""
    fixtures = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()  # noqa: SLF001 - pytest has no public way to a check's fixtures
    return tuple(scenario for definitions in fixtures for scenario in getattr(definitions[-1].func, "scenarios", ()))


def requirement_ids(item: pytest.Item) -> tuple[str, ...]:
    """The requirements that a check judges, the decisive one first, by the ids that they have today."""
    if REQUIRED not in item.stash:
        present = _renamed_beside(item.path)
        marks = item.iter_markers("requirement")
        item.stash[REQUIRED] = tuple(present.get(id_, id_) for mark in marks for id_ in mark.args)
    return item.stash[REQUIRED]


def former_ids(item: pytest.Item) -> tuple[str, ...]:
    """The ids that a check had before it was renamed."""
    return tuple(id_ for mark in item.iter_markers("requirement") for id_ in mark.kwargs.get("formerly", ()))


def requirements_for(item: pytest.Item) -> Mapping[str, Requirement]:
    """The catalogue of the suite, and that of the folder that the check comes from."""
    return _requirements_beside(item.path)


@cache
def _requirements_in(folder: Path) -> Mapping[str, Requirement]:
    own = folder / "requirements.toml"
    return {**catalogue(), **(catalogue(own) if own.is_file() and not own.samefile(CATALOGUE) else {})}


@cache
def _requirements_beside(module: Path) -> Mapping[str, Requirement]:
    return _requirements_in(module.parent)


@cache
def _renamed_in(folder: Path) -> Mapping[str, str]:
    return renamed(_requirements_in(folder))


@cache
def _renamed_beside(module: Path) -> Mapping[str, str]:
    return _renamed_in(module.parent)


def fact_of(item: pytest.Item) -> str:
    """The fact that must hold for a check: its docstring, on one line."""
    documentation = item.function.__doc__ if isinstance(item, pytest.Function) else None
    return " ".join((documentation or item.name).split())
