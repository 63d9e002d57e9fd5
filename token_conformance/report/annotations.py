"""What the log of a GitHub job is told: annotations of the worst findings, and that no line before them is a command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from token_conformance.redaction.visible import on_one_line
from token_conformance.report.reported import Reported, reported
from token_conformance.results.results import RunResult
from token_conformance.verdict import Verdict

MOST = 10
"""Annotations of a step: GitHub shows no more of a kind."""

LEVELS = ("error", "warning", "notice")
"""What an annotation can be, the worst first; what a baseline knows is a notice."""

LONGEST = 1000
"""Characters of an annotation; summary.md and report.html tell more."""

_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_OF_PROPERTIES = {**_ESCAPES, ":": "%3A", ",": "%2C"}
_MARK = re.compile(r"^[0-9a-f]{16,}$")


def on_github(environment: Mapping[str, str]) -> bool:
    """Whether a GitHub job is what reads the output."""
    return environment.get("GITHUB_ACTIONS") == "true"


@dataclass(frozen=True)
class Annotation:
    """A finding in a few words; plain values, since processes send it to each other."""

    level: str
    title: str
    message: str

    @property
    def line(self) -> str:
        """The workflow command, with all escaped that would begin or end another one."""
        return f"::{self.level} title={_escaped(self.title, _OF_PROPERTIES)}::{_escaped(self.message, _ESCAPES)}"


def annotations_of(run: RunResult) -> tuple[Annotation, ...]:
    """The annotations of a run, those of MUSTs first, and what kept it from its end before them."""
    found = tuple(_annotation(run, each) for each in reported(run)[:MOST])
    if not run.outcome.broken_off:
        return found
    return (Annotation("error", f"{run.profile}: no verdict", on_one_line(run.conclusion)[:LONGEST]), *found)[:MOST]


def worst_first(annotations: Iterable[Annotation]) -> Iterator[str]:
    """The lines of a step, of all its runs: ten at most, errors before warnings."""
    ranked = sorted(annotations, key=lambda each: LEVELS.index(each.level))
    return (each.line for each in ranked[:MOST])


def stopping(mark: str) -> str:
    """The line behind which the job takes nothing for a command until a line has that mark.

    Raises:
        ValueError: a server could guess the mark.

    """
    if not _MARK.match(mark):
        raise ValueError("a mark is 16 hexadecimal digits or more, drawn at random")
    return f"::stop-commands::{mark}"


def resuming(mark: str) -> str:
    """The line from which on commands are obeyed again."""
    return f"::{mark}::"


def _annotation(run: RunResult, found: Reported) -> Annotation:
    level = "error" if found.verdict is Verdict.FAIL else "warning"
    level = {"known": "notice", "newer": "warning"}.get(found.novelty or "", level)
    title = f"{run.profile}: {found.requirement or found.id}"
    return Annotation(level, on_one_line(title), on_one_line(" ".join(found.cited.split()))[:LONGEST])


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
