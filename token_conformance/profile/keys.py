"""What each key of a profile says, in a sentence of `keys.toml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import tomli

TOP = "top"
"""The table of `keys.toml` for what stands above all tables, and for the tables themselves."""

OF_A_FACT = "fact"
"""The table of `keys.toml` for the keys of a fact that is written with its source."""

_INDEX = re.compile(r"\[\d+\]")
_CONDITION = re.compile(r"^errors\.[^.]+")


@cache
def sentences() -> dict[str, str]:
    """The sentences by the place of their key, such as `clients.client_id`; `errors.status` is of every condition."""
    written = tomli.loads(Path(__file__).with_name("keys.toml").read_text("utf-8"))
    tables = {f"{table}." if table != TOP else "": keys for table, keys in written.items()}
    return {f"{table}{key}": str(sentence) for table, keys in tables.items() for key, sentence in keys.items()}


def meaning(place: str) -> str:
    """What the value at a place of a profile is for, such as `clients[0].client_id`; empty where nobody knows the key."""
    bare = _CONDITION.sub("errors", _INDEX.sub("", place))
    while bare:
        if bare in sentences():
            return sentences()[bare]
        bare = bare.rpartition(".")[0]  # a table of free keys, or a fact with its source
    return ""
