"""Which checks of a suite judge which requirements, read from their source: nothing is run for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from token_conformance.layout import SUITES


@dataclass(frozen=True)
class Tied:
    """A check: its name, as `refresh::test_…`, the fact that it holds a server to, and the requirements that it judges."""

    name: str
    fact: str
    requirements: tuple[str, ...]


def tied_checks(folder: Path = SUITES) -> tuple[Tied, ...]:
    """The checks of the suites in a folder, module by module."""
    return tuple(check for path in sorted(folder.glob("test_*.py")) for check in _checks_in(path))


def by_requirement(checks: tuple[Tied, ...]) -> Mapping[str, tuple[Tied, ...]]:
    """The checks of each requirement that has one."""
    ids = dict.fromkeys(id_ for check in checks for id_ in check.requirements)
    return {id_: tuple(check for check in checks if id_ in check.requirements) for id_ in ids}


def _checks_in(path: Path) -> Iterator[Tied]:
    topic = path.stem.removeprefix("test_")
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and (ids := tuple(_ids_of(node))):
            yield Tied(f"{topic}::{node.name}", " ".join((ast.get_docstring(node) or node.name).split()), ids)


def _ids_of(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "requirement":
            yield from (str(argument.value) for argument in decorator.args if isinstance(argument, ast.Constant))
