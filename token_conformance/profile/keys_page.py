"""The keys of a profile as a page for people: `docs/keys.md`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from token_conformance.profile.keys import OF_A_FACT, sentences
from token_conformance.profile.schema import FACT, json_schema, named

Schema = dict[str, Any]

HEADING = """\
# The keys of a profile

Each table of a profile, and each of its keys; `token-conformance schema --page` has written this page.
How they work together: [profiles.md](profiles.md). A *fact* is written as its value, as `"unknown"`, or as a table with its source, whose keys come last.
"""

TITLES = {
    "": "Above all tables",
    "clients": "`[[clients]]`",
    "login.users": "`[[login.users]]`",
    "errors": "`[errors.CONDITION]`",
    "deviations": "`[[deviations]]`",
    "deviations.expect": "`expect` of a deviation",
    "facts": "`[[facts]]`",
    OF_A_FACT: "A fact with its source",
}
"""What tables are called that are not written as `[name]`."""

WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "table"}


def keys_page() -> str:
    """The page, in Markdown."""
    schema = json_schema()
    definitions = schema["$defs"]
    sections = [HEADING]
    for place, table in _tables(schema, definitions, ""):
        rows = [_row(place, key, value, definitions) for key, value in table["properties"].items()]
        heading = f"## {TITLES.get(place, f'`[{place}]`')}"
        sections.append("\n".join([heading, "", "| key | value | default | says |", "|---|---|---|---|", *rows, ""]))
    return "\n".join(sections)


def _tables(table: Schema, definitions: Schema, place: str) -> Iterator[tuple[str, Schema]]:
    """A table with those within it, the keys of a fact last."""
    yield place, table
    for key, value in table["properties"].items():
        for name in named(value):
            if not name.startswith("Fact_"):
                yield from _tables(definitions[name], definitions, f"{place}.{key}".removeprefix("."))
    if not place:
        yield OF_A_FACT, definitions["Fact_str_"]["anyOf"][-1]


def _row(place: str, key: str, value: Schema, definitions: Schema) -> str:
    sentence = sentences()[f"{place}.{key}".removeprefix(".")]
    facts = ("fact: " if value["description"].endswith(FACT) else "") + _kind(value, definitions)
    default = value.get("default")
    shown = f"`{json.dumps(default)}`" if default not in (None, [], {}) and not isinstance(default, dict) else ""
    escaped = (cell.replace("|", "\\|") for cell in (f"`{key}`", facts, shown, sentence))
    return f"| {' | '.join(escaped)} |"


def _kind(value: Schema, definitions: Schema) -> str:
    """What may stand there, in words."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return _kind({"anyOf": definitions[name]["anyOf"][:-2]}, definitions) if name.startswith("Fact_") else "table"
    if "enum" in value or "const" in value:
        return ", ".join(f"`{json.dumps(each)}`" for each in value.get("enum", [value.get("const")]))
    if "anyOf" in value:
        ways = (_kind(way, definitions) for way in value["anyOf"] if way != {"type": "null"})
        return " or ".join(dict.fromkeys(ways))
    if value.get("type") == "array":
        return f"array: {_kind(value.get('items', {}), definitions)}"
    return WORDS.get(str(value.get("type")), "any value")
