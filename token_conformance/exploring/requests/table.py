"""The table of what may be changed in a token request, and what comes of it by which clause."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Validity = Literal["valid", "invalid", "free"]
"""What a changed request is by the text: to be accepted, to yield no token, or left to the server."""

ANY_FAILURE = "endpoint-no-server-error"
"""What a 5xx violates, where nothing closer does."""


@dataclass(frozen=True)
class Row:
    """One way to change a request; `form` tells that a refusal has to be one of RFC 6749 §5.2."""

    number: int
    name: str
    validity: Validity
    clause: str
    requirement: str | None = None
    failing: str = ANY_FAILURE
    form: bool = True


@cache
def rows() -> Mapping[str, Row]:
    """The rows of `mutations.toml` by their names."""
    table = tomllib.loads((Path(__file__).parent / "mutations.toml").read_text("utf-8"))
    return {each["name"]: _row(**each) for each in table["rows"]}


def _row(**written: object) -> Row:
    known = {"validity" if key == "is" else key: value for key, value in written.items()}
    return Row(**known)  # type: ignore[arg-type]  # tests hold the table to its kinds


def validity(changes: Collection[Row]) -> Validity:
    """What several changes at once come to: an invalid one is not healed by others, a free one leaves all free."""
    found = {row.validity for row in changes}
    if "invalid" in found:
        return "invalid"
    return "free" if "free" in found else "valid"
