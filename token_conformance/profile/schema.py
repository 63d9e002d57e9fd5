"""The JSON Schema of the profile format, for editors and for programs that write profiles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from token_conformance.profile.files import EXTENDS
from token_conformance.profile.keys import OF_A_FACT, sentences
from token_conformance.profile.models import Profile

Schema = dict[str, Any]

FACT = ' A fact: the value, "unknown", or a table with its source.'


def json_schema() -> Schema:
    """The JSON Schema (2020-12) of a profile; `profile.schema.json` beside this module is the same as a file.

    Each key says what it is for. What is missing in a profile that extends another one may stand in the other.
    """
    schema = Profile.model_json_schema()
    definitions: Schema = schema["$defs"]
    _describe(schema, "", definitions)
    described = {"type": "string", "description": sentences()[EXTENDS]}
    schema["properties"] = {EXTENDS: described, **schema["properties"]}
    needed: Schema = {"required": schema.pop("required")}
    needed["properties"] = {name: _entries(definitions[kind].pop("required")) for name, kind in ENTRIES.items()}
    needed["properties"]["profile"] = {"required": definitions["Identity"].pop("required")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "if": {"required": [EXTENDS]},
        "else": needed,
        "title": "Profile of a token-conformance provider",
    }


ENTRIES = {"clients": "Client"}
"""Arrays whose tables may be completed by those of the profile that is extended."""


def _entries(required: list[str]) -> Schema:
    return {"items": {"required": required}}


def _describe(table: Schema, place: str, definitions: Schema) -> None:
    """Write into the properties of a table, and of those within it, what they are for."""
    for key, value in table.get("properties", {}).items():
        inner = f"{place}{key}"
        value["description"] = sentences()[inner]
        for name in named(value):
            if name.startswith("Fact_"):
                value["description"] += FACT
                _describe(definitions[name]["anyOf"][-1], f"{OF_A_FACT}.", definitions)
            else:
                _describe(definitions[name], f"{inner}.", definitions)


def named(value: Schema) -> Iterator[str]:
    """The definitions to which a property leads: its own, that of its items, or those of which it may be one."""
    ways = [value, value.get("items"), value.get("additionalProperties"), *value.get("anyOf", ())]
    yield from (way["$ref"].rpartition("/")[2] for way in ways if isinstance(way, dict) and "$ref" in way)
