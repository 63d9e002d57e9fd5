"""Puts the runs of many profiles, from folders of several jobs, into one folder that speaks of all of them."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from junitparser import Error, JUnitXml, JUnitXmlError, TestCase, TestSuite
from pydantic import ValidationError

from token_conformance.archive.told_results import RESULTS, ResultsError, read_told
from token_conformance.results.exit_status import CONFORMS, INTERRUPTED, worst
from token_conformance.results.shards import Manifest, missing
from token_conformance.results.told import ToldRun

_NO_NAME = re.compile(r"[^\w.@+-]")

JUNIT, SUMMARY = "junit.xml", "summary.json"


@dataclass(frozen=True)
class Part:
    """The run of one profile, and the folder that holds what is left of it."""

    folder: Path
    run: ToldRun

    @property
    def place(self) -> Path:
        """Where it goes in the folder of all: names of profiles are no paths."""
        return Path(_NO_NAME.sub("-", self.run.profile).strip(".") or "profile") / self.folder.name


@dataclass(frozen=True)
class Merged:
    """The newest run of each profile, and what is missing, a sentence each; `shards` are files that tell what was to be there."""

    parts: tuple[Part, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...] = ()
    shards: tuple[Path, ...] = ()

    @cached_property
    def exit_status(self) -> int:
        """That of all runs together; a part that is missing is a run that did not come to its end."""
        return worst([CONFORMS, *(part.run.exit_status for part in self.parts), *[INTERRUPTED] * bool(self.missing)])

    def to_json(self) -> dict[str, Any]:
        """The contents of summary.json."""
        total = Counter[str]()
        for part in self.parts:
            total.update({verdict.value: count for verdict, count in part.run.summary.items()})
        return {
            "schema": 1,
            "exit_status": self.exit_status,
            "summary": dict(total),
            "missing": list(self.missing),
            "notes": list(self.notes),
            "profiles": [_entry(part) for part in self.parts],
        }


def _entry(part: Part) -> dict[str, Any]:
    run = part.run
    return {
        "profile": run.profile,
        "provider": run.provider,
        "server": run.server,
        "started": run.started.isoformat() if run.started is not None else None,
        "suite_version": run.suite_version,
        "outcome": run.outcome,
        "exit_status": run.exit_status,
        "summary": {verdict.value: count for verdict, count in run.summary.items()},
        "folder": part.place.as_posix(),
    }


def merged(folders: Iterable[Path]) -> Merged:
    """What several folders hold, at any depth: of each profile, at each kind of server, the newest run.

    Raises:
        ResultsError: there are no results, or some that cannot be read.

    """
    given = list(folders)
    parts = [Part(path.parent, read_told(path)) for folder in given for path in sorted(folder.rglob(RESULTS))]
    shards = tuple(path for folder in given for path in sorted(folder.rglob("shard-*-of-*.json")))
    if not parts and not shards:
        raise ResultsError(f"{', '.join(map(str, given))}: no {RESULTS} below; expected the report folders of runs")
    newest: dict[tuple[str, str], Part] = {}
    for part in sorted(parts, key=lambda each: (each.run.began, each.folder.name)):
        newest[part.run.profile, part.run.server] = part
    kept = tuple(newest[name] for name in sorted(newest))
    lacking = missing([_manifest(path) for path in shards], {part.run.profile for part in kept})
    return Merged(kept, tuple(dict.fromkeys(lacking)), tuple(_older(parts, kept)), shards)


def _manifest(path: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error.strerror}") from None
    except ValidationError:
        raise ResultsError(f"{path}: expected what `run --shard` writes: shard, of and profiles") from None


def _older(parts: Sequence[Part], kept: Sequence[Part]) -> Iterator[str]:
    """What was left out, since a newer run of the same is there."""
    names = Counter((part.run.profile, part.run.server) for part in parts)
    for part in kept:
        if (number := names[part.run.profile, part.run.server] - 1) > 0:
            yield f"{part.run.profile}: {number} older run{'s' * (number != 1)} left out"


def write_merged(found: Merged, output: Path) -> None:
    """Write the runs, junit.xml and summary.json of all of them into a folder.

    Raises:
        OSError: it cannot be written.
        ResultsError: a junit.xml cannot be read.

    """
    output.mkdir(parents=True, exist_ok=True)
    for part in found.parts:
        if (output / part.place).resolve() != part.folder.resolve():
            shutil.copytree(part.folder, output / part.place, dirs_exist_ok=True)
    for path in found.shards:
        if (output / path.name).resolve() != path.resolve():
            shutil.copyfile(path, output / path.name)
    _junit(found).write(str(output / JUNIT))
    (output / SUMMARY).write_text(json.dumps(found.to_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")


def _junit(found: Merged) -> JUnitXml:
    """The suites of all runs; what is missing is a suite with an error for each."""
    together = JUnitXml("token-conformance")
    for part in found.parts:
        for suite in _suites(part):
            # add_testsuite would make one of suites that look alike
            together.append(suite)  # type: ignore[no-untyped-call]  # junitparser is typed in part
    if found.missing:
        suite = TestSuite("token-conformance merge")
        suite.add_testcases([_case(sentence) for sentence in found.missing])
        together.append(suite)  # type: ignore[no-untyped-call]  # likewise
    together.update_statistics()  # type: ignore[no-untyped-call]  # likewise
    return together


def _suites(part: Part) -> list[TestSuite]:
    path = part.folder / JUNIT
    if not path.is_file():
        suite = TestSuite(f"token-conformance {part.run.profile}")
        suite.add_testcases([_case(f"{part.run.profile} has left no {JUNIT}")])
        return [suite]
    try:
        return list(JUnitXml.fromfile(str(path)))
    except (OSError, ValueError, SyntaxError, JUnitXmlError):
        raise ResultsError(f"{path}: expected the {JUNIT} of a run") from None


def _case(sentence: str) -> TestCase:
    case = TestCase("merge", classname="token-conformance")
    case.result = [Error(sentence, "missing")]
    return case
