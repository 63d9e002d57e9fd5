"""Which checks of a suite judge which requirements, read from their source: nothing is run for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from token_conformance.layout import SUITES


@dataclass(frozen=True)
class Tied:
    """A check: its name, as `refresh::test_…`, the fact that it holds a server to, and the requirements that it judges.

    `formerly` are the ids that it had in results.json before it was renamed.
    """

    name: str
    fact: str
    requirements: tuple[str, ...]
    formerly: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """How results.json names it."""
        topic, _, name = self.name.partition("::")
        return f"suites/test_{topic}.py::{name}"


def tied_checks(folder: Path = SUITES) -> tuple[Tied, ...]:
    """The checks of the suites in a folder, module by module."""
    return tuple(check for source in _sources(folder) for check in _checks_in(*source))


def tied_to(requirement: str, folder: Path = SUITES) -> tuple[Tied, ...]:
    """The checks of one requirement; a module that does not name it is not read any further."""
    naming = ((path, text) for path, text in _sources(folder) if requirement in text)
    return tuple(check for source in naming for check in _checks_in(*source) if requirement in check.requirements)


def by_requirement(checks: tuple[Tied, ...]) -> Mapping[str, tuple[Tied, ...]]:
    """The checks of each requirement that has one."""
    ids = dict.fromkeys(id_ for check in checks for id_ in check.requirements)
    return {id_: tuple(check for check in checks if id_ in check.requirements) for id_ in ids}


def _sources(folder: Path) -> Iterator[tuple[Path, str]]:
    return ((path, path.read_text("utf-8")) for path in sorted(folder.glob("test_*.py")))


def _checks_in(path: Path, text: str) -> Iterator[Tied]:
    topic = path.stem.removeprefix("test_")
    for node in _statements(text):
        marks = tuple(_marks_of(node)) if isinstance(node, ast.FunctionDef) else ()
        if isinstance(node, ast.FunctionDef) and marks:
            fact = " ".join((ast.get_docstring(node) or node.name).split())
            ids = tuple(str(argument.value) for mark in marks for argument in _constants(mark.args))
            yield Tied(f"{topic}::{node.name}", fact, ids, tuple(_former_ids(marks)))


def _statements(text: str) -> Iterator[ast.stmt]:
    """The statements of a module that may be checks: most of what else it has need not be parsed.

    Two blank lines stand between statements, as formatters have it; where they stand within one, all is parsed.
    """
    parts = (part for part in text.split("\n\n\n") if "@requirement(" in part)
    try:
        yield from [node for part in parts for node in ast.parse(part).body]
    except SyntaxError:
        yield from ast.parse(text).body


def _marks_of(function: ast.FunctionDef) -> Iterator[ast.Call]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "requirement":
            yield decorator


def _former_ids(marks: tuple[ast.Call, ...]) -> Iterator[str]:
    for keyword in (keyword for mark in marks for keyword in mark.keywords if keyword.arg == "formerly"):
        yield from ast.literal_eval(keyword.value)


def _constants(arguments: list[ast.expr]) -> Iterator[ast.Constant]:
    return (argument for argument in arguments if isinstance(argument, ast.Constant))
