"""The variables of a profile: what each is for, and whether its login needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from token_conformance.profile.dispensable import without_dispensable
from token_conformance.profile.files import VARIABLE, read, strings
from token_conformance.profile.keys import meaning


@dataclass(frozen=True)
class Variable:
    """A variable of the environment, with the places where its value goes; `needed` tells whether a live run wants it."""

    name: str
    places: tuple[str, ...]
    needed: bool

    @property
    def purpose(self) -> str:
        """What its value is, by the first of its places."""
        return meaning(self.places[0])

    def state(self, environment: Mapping[str, str]) -> str:
        """Whether it is set, or need not be."""
        if environment.get(self.name):
            return "set"
        return "not set" if self.needed else "not needed"


def variables_of(path: Path) -> tuple[Variable, ...]:
    """The variables of a profile in the order of the file.

    Raises:
        ProfileError: the profile cannot be read.

    """
    written = read(path)
    needed = {name for name, _ in _used(without_dispensable(written, _has_variable))}
    places: dict[str, list[str]] = {}
    for name, place in _used(written):
        places.setdefault(name, []).append(place)
    return tuple(Variable(name, tuple(found), name in needed) for name, found in places.items())


def variable_lines(variables: tuple[Variable, ...], environment: Mapping[str, str]) -> list[str]:
    """A line for each variable: its name, whether it is set, where its value goes, and what it is."""
    width = max((len(variable.name) for variable in variables), default=0)
    return [
        f"  {variable.name:{width}}  {variable.state(environment):10}  {', '.join(variable.places)}: {variable.purpose}"
        for variable in variables
    ]


def _used(written: object) -> Iterator[tuple[str, str]]:
    for place, text in strings(written):
        yield from ((name, place) for name in VARIABLE.findall(text))


def _has_variable(value: object) -> bool:
    return isinstance(value, str) and VARIABLE.search(value) is not None
