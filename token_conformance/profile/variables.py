"""The variables of a profile: what each is for, and whether its login needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from token_conformance.profile.dispensable import IDENTIFYING, without_dispensable
from token_conformance.profile.files import VARIABLE, read, strings
from token_conformance.profile.keys import meaning


@dataclass(frozen=True)
class Variable:
    """A variable of the environment, with the places where its value goes.

    A live run needs it, goes further with it (`optional`: that of a spare client), or makes nothing of it.
    """

    name: str
    places: tuple[str, ...]
    use: Literal["needed", "optional", "none"]

    @property
    def purpose(self) -> str:
        """What its value is, by the first of its places."""
        return meaning(self.places[0])

    def state(self, environment: Mapping[str, str]) -> str:
        """Whether it is set, or need not be."""
        if environment.get(self.name):
            return "set"
        return {"needed": "not set", "optional": "optional", "none": "not needed"}[self.use]


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
    return tuple(
        Variable(name, tuple(found), "needed" if name in needed else "optional" if _identifies(found) else "none")
        for name, found in places.items()
    )


def variable_lines(variables: tuple[Variable, ...], environment: Mapping[str, str]) -> list[str]:
    """A line for each variable: its name, whether it is set, where its value goes, and what it is."""
    width = max((len(variable.name) for variable in variables), default=0)
    return [
        f"  {variable.name:{width}}  {variable.state(environment):10}  {', '.join(variable.places)}: {variable.purpose}"
        for variable in variables
    ]


def _identifies(places: Iterable[str]) -> bool:
    """Whether a value makes a client one that is there."""
    return any(place.rpartition(".")[2] in IDENTIFYING and not place.startswith("clients[0]") for place in places)


def _used(written: object) -> Iterator[tuple[str, str]]:
    for place, text in strings(written):
        yield from ((name, place) for name in VARIABLE.findall(text))


def _has_variable(value: object) -> bool:
    return isinstance(value, str) and VARIABLE.search(value) is not None
