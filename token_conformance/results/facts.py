"""The facts that a run measured, as results.json has them and as lines for a profile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from token_conformance.evidence.facts.expiries import Expiry
from token_conformance.evidence.facts.measured import Measured
from token_conformance.evidence.facts.sheet import SheetFact

UNKNOWN = "unknown"
"""What stands for a fact that was not measured: a word, never a blank."""

LONGEST = 300
"""Characters of a measured value that are shown."""

Redact = Callable[[str], str]


def fact_json(fact: SheetFact) -> dict[str, Any]:
    """The entry of results.json."""
    found = fact.measured
    return {
        "id": fact.line.id,
        "group": fact.line.group,
        "name": fact.line.name,
        "place": fact.line.place or None,
        "expected": fact.expected,
        "expected_by": fact.expected_by,
        "as_expected": fact.as_expected,
        "measured": found.words if found is not None else UNKNOWN,
        "class": found.kind if found is not None else UNKNOWN,
        "value": found.value if found is not None else None,
        "exchange": found.exchanges[0] if found is not None and found.exchanges else None,
        "exchanges": list(found.exchanges) if found is not None else [],
    }


def shown(facts: Iterable[SheetFact], redact: Redact) -> tuple[SheetFact, ...]:
    """The facts with what a server said in a form that may be shown and written."""
    return tuple(
        replace(fact, measured=_shown(fact.measured, redact) if fact.measured is not None else None) for fact in facts
    )


def shown_expiries(rows: Iterable[Expiry], redact: Redact) -> tuple[Expiry, ...]:
    """The expiries with the codes that a server said in a form that may be shown and written."""
    return tuple(replace(row, code=redact(row.code)[:LONGEST] if row.code is not None else None) for row in rows)


def _shown(found: Measured, redact: Redact) -> Measured:
    return replace(
        found,
        words=" ".join(redact(found.words).split())[:LONGEST] or repr(found.words),
        kind=redact(found.kind),
        value=_redacted(found.value, redact),
    )


def _redacted(value: Any, redact: Redact) -> Any:
    match value:
        case str():
            return redact(value)[:LONGEST]
        case list():
            return [redact(each)[:LONGEST] for each in value[:LONGEST]]
        case _:
            return value


def fact_groups(facts: Iterable[SheetFact]) -> dict[str, list[SheetFact]]:
    """The facts by their groups, in the order of the sheet."""
    groups: dict[str, list[SheetFact]] = {}
    for fact in facts:
        groups.setdefault(fact.line.group, []).append(fact)
    return groups


def observed_lines(facts: Iterable[SheetFact], profile: str, day: date) -> str:
    """The measured facts as TOML to put into the tables of a profile, each with `basis = "observed"`.

    What the profile documents stays documented: such a line stands behind a #.
    """
    head = [
        f"# What a run of {_comment(profile)} observed on {day.isoformat()}, for the tables of its profile.",
        "# Observed facts plan the waits of the next run and show what has changed; they demand nothing and excuse nothing.",
    ]
    tables: dict[str, list[str]] = {}
    for fact in facts:
        table, _, key = fact.line.place.rpartition(".")
        if key and fact.measured is not None and fact.measured.value is not None:
            tables.setdefault(table, []).append(_line(fact, fact.measured, key, day))
    blocks = ["\n".join((f"[{table}]", *lines)) for table, lines in tables.items()]
    return "\n\n".join(("\n".join(head), *blocks)) + "\n"


def _line(fact: SheetFact, found: Measured, key: str, day: date) -> str:
    seen = ", ".join(found.exchanges[:3])
    source = f"run of {day.isoformat()}: {found.words}" + (f" ({seen})" if seen else "")
    table = f'value = {_toml(found.value)}, basis = "observed", source = {_toml(source)}, as_of = {day.isoformat()}'
    known = f"# documented as {_toml(fact.expected)}: " if fact.expected is not None else ""
    return f"{known}{key} = {{ {table} }}"


def _toml(value: Any) -> str:
    """A value of TOML, which is one of JSON but for the character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def differing(facts: Iterable[SheetFact]) -> Iterator[SheetFact]:
    """The facts that were measured otherwise than they are documented."""
    return (fact for fact in facts if fact.as_expected is False)
