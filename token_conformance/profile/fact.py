"""A fact about a provider: documented, observed or unknown, with its source.

What is documented is held against the provider, and excuses it. What was observed plans the next run: it demands nothing
and excuses nothing, or a fault that was seen once would hide itself for ever.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

T = TypeVar("T")


class Fact(BaseModel, Generic[T]):
    """A value and how it is known. In a profile it is written as the bare value (documented), as the word
    `"unknown"`, or as a table `{value = …, basis = "observed", source = "…", as_of = 2026-01-31}`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    value: T | None = None
    basis: Literal["documented", "observed", "unknown"] = "documented"
    source: str | None = None
    as_of: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, written: object) -> object:
        if isinstance(written, dict):
            return written
        if written in ("unknown", "undocumented"):
            return {"basis": "unknown"}
        return {"value": written}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the three ways of writing a fact, not the table alone."""
        table = handler.resolve_ref_schema(handler(core_schema))
        bare = [way for way in table["properties"]["value"]["anyOf"] if way != {"type": "null"}]
        table["properties"]["value"] = bare[0] if len(bare) == 1 else {"anyOf": bare}
        return {
            "anyOf": [*bare, {"enum": ["unknown", "undocumented"]}, dict(table)],
            "description": table.pop("description", ""),
        }

    @property
    def documented(self) -> T | None:
        """The value to hold the provider to; None where nobody promised one."""
        return self.value if self.basis == "documented" else None

    @property
    def likely(self) -> T | None:
        """The value to plan by, documented or observed; None where nothing is known. It judges nothing."""
        return self.value if self.basis != "unknown" else None


def unknown() -> Fact[Any]:
    """A fact of which nothing is known: measured and reported, not judged."""
    return Fact[Any](basis="unknown")
