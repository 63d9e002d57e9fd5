"""A defect of ours, in a sentence: nobody is shown a traceback."""

from __future__ import annotations

import traceback
from pathlib import Path

from token_conformance.layout import ROOT

LONGEST = 300
"""Characters of an exception's message that are told."""


def described(problem: BaseException) -> str:
    """What an exception says, and where in the code it came about."""
    problem = _first(problem)
    said = " ".join(str(problem).split())[:LONGEST]
    return f"{kind_of(problem)}{': ' * bool(said)}{said}"


def kind_of(problem: BaseException) -> str:
    """What kind of exception it is, and where in the code it came about, without its own words."""
    problem = _first(problem)
    return f"a defect of the suite: {type(problem).__name__}{_place(problem)}"


def _first(problem: BaseException) -> BaseException:
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    return problem


def _place(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    if not frames:
        return ""
    path = Path(frames[-1].filename)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(path.name)
    return f" ({shown.as_posix()}, line {frames[-1].lineno})"
