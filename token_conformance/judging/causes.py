"""The catalogue of causes, and which of them stands behind a red check."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from token_conformance.evidence.error_codes import DECISIONS, NO_DECISIONS
from token_conformance.judging.habit import Did, Habit
from token_conformance.layout import SUITES

HARMS = ("lets-strangers-in", "breaks-clients", "hygiene")
"""What comes of a cause, the worst first."""

CODES = DECISIONS | NO_DECISIONS
"""The error codes by which causes are told apart; all others are one, since a server may say anything."""

UNREGISTERED = "unregistered"

NO_REFUSAL = frozenset({Did.ACCEPTED, Did.NOTHING})
"""Where these came, no error code is to blame."""


@dataclass(frozen=True)
class Known:
    """A cause of the catalogue `suites/causes.toml`, which says what its fields mean."""

    id: str
    title: str
    harm: str
    consequence: str
    mend: str
    requirements: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    form: str = ""
    subsumes: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """All causes that are known."""

    causes: Mapping[str, Known]
    _by_requirement: Mapping[str, Known] = field(init=False)
    _by_acceptance: Mapping[str, Known] = field(init=False)
    _by_form: Mapping[str, Known] = field(init=False)

    def __post_init__(self) -> None:
        known = self.causes.values()
        tables = {
            "_by_requirement": {id_: cause for cause in known for id_ in cause.requirements},
            "_by_acceptance": {id_: cause for cause in known for id_ in cause.accepted},
            "_by_form": {cause.form: cause for cause in known if cause.form},
        }
        for name, table in tables.items():
            object.__setattr__(self, name, table)

    def key(self, violated: str, habit: Habit | None) -> str:
        """The id of the cause behind a red check: what was asked for and what the answer did decide it, and no text."""
        did = habit.did if habit is not None else Did.NOTHING
        if did is Did.ACCEPTED and violated in self._by_acceptance:
            return self._by_acceptance[violated].id
        named = self._by_requirement.get(violated)
        if named is None or (named is self._of_codes and did in NO_REFUSAL):
            return violated
        if named is self._of_codes:
            return f"{named.id}-{_word(habit)}"
        if named.form and did in {Did.SERVER_ERROR, Did.WITHOUT_CODE}:
            named = self._by_form.get(did.value, named)
        return named.id

    def of_examples(self) -> Catalogue:
        """The same for examples of documentation, whose authors make mistakes of their own."""
        spoken_of = {id_ for cause in self.causes.values() for id_ in cause.examples}
        return Catalogue({id_: _of_examples(cause, spoken_of) for id_, cause in self.causes.items()})

    def known(self, key: str) -> Known | None:
        """What the catalogue says of a cause; None where it is that of a single requirement."""
        code = key.removeprefix(f"{self._of_codes.id}-") if self._of_codes is not None else key
        if self._of_codes is None or code == key:
            return self.causes.get(key)
        spoken = code.replace("-", "_") if code != UNREGISTERED else "a code that nobody knows"
        return _speaking_of(self._of_codes, key, spoken)

    def is_form(self, key: str) -> bool:
        """Whether a cause is a way of refusing."""
        known = self.known(key)
        return known is not None and bool(known.form)

    @property
    def ids(self) -> Iterator[str]:
        """The ids of all causes that are not single requirements."""
        for cause in self.causes.values():
            if cause is self._of_codes:
                yield from (f"{cause.id}-{code.replace('_', '-')}" for code in (*sorted(CODES), UNREGISTERED))
            else:
                yield cause.id

    @property
    def _of_codes(self) -> Known | None:
        return self._by_form.get(Did.WRONG_CODE.value)


def _of_examples(cause: Known, spoken_of: Collection[str]) -> Known:
    others = tuple(id_ for id_ in cause.requirements if id_ not in spoken_of)
    return replace(cause, requirements=(*others, *cause.examples))


def _word(habit: Habit | None) -> str:
    code = habit.error if habit is not None else None
    return code.replace("_", "-") if code in CODES else UNREGISTERED


def _speaking_of(cause: Known, key: str, code: str) -> Known:
    return replace(cause, id=key, title=cause.title.format(code=code))


@cache
def causes(path: Path = SUITES / "causes.toml") -> Catalogue:
    """The causes of a file.

    Raises:
        ValueError: an id stands twice, or an entry lacks a field or has an unknown harm.

    """
    written = tomli.loads(path.read_text("utf-8"))
    found: dict[str, Known] = {}
    for entry in written.get("cause", []):
        cause = _known(entry, path)
        if cause.id in found:
            raise ValueError(f"{path}: {cause.id} stands twice")
        found[cause.id] = cause
    return Catalogue(found)


def _known(entry: dict[str, Any], path: Path) -> Known:
    name = entry.get("id", "an entry without id")
    try:
        fields: dict[str, Any] = {key: tuple(of) if isinstance(of, list) else of for key, of in entry.items()}
        cause = Known(**fields)
    except TypeError as error:
        raise ValueError(f"{path}: {name}: {error}") from None
    if cause.harm not in HARMS:
        raise ValueError(f"{path}: {name}: harm is {cause.harm!r}; expected one of {', '.join(HARMS)}")
    return cause
