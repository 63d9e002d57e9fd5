"""A profile that extends another: one provider in several environments, described once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAMED = "main"
"""What a client is called whose table has no name."""

ADDED = ("deviations", "facts")
"""Arrays to which a profile adds; any other array replaces that of the profile which is extended."""

FILES = ("ca_bundle", "certificate", "private_key")
"""Keys that name a file, from the folder of the profile in which they stand."""


class MergeError(Exception):
    """Two profiles do not go together; the message is a sentence without the file's name."""


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of one profile over those of another, key by key.

    `[[clients]]` go by their names, deviations and facts are added, and a fact with its source is replaced as a whole.

    Raises:
        MergeError: a client has no name, so that nobody knows which it is.

    """
    together = _over(base, own)
    for name in ADDED:
        if isinstance(base.get(name), list) and isinstance(own.get(name), list):
            together[name] = [*base[name], *own[name]]
    if isinstance(base.get("clients"), list) and isinstance(own.get("clients"), list):
        together["clients"] = _clients(base["clients"], own["clients"])
    return together


def from_its_folder(written: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The tables of a profile with the files that they name from its own folder, for a profile of another one."""
    return {key: _placed(key, value, folder) for key, value in written.items()}


def _placed(key: str, value: object, folder: Path) -> object:
    match value:
        case dict():
            return from_its_folder(value, folder)
        case list():
            return [_placed(key, each, folder) for each in value]
        case str() if key in FILES and not value.startswith("${"):
            return str(folder / value)
        case _:
            return value


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    together = dict(base)
    for key, value in own.items():
        under = base.get(key)
        tables = isinstance(under, dict) and isinstance(value, dict) and not _is_fact(value)
        together[key] = _over(under, value) if tables and isinstance(under, dict) else value
    return together


def _is_fact(table: Mapping[str, Any]) -> bool:
    """Whether a table is a fact with its source, which belongs to no other value."""
    return not {"value", "basis"}.isdisjoint(table)


def _clients(base: list[Any], own: list[Any]) -> list[Any]:
    together = {_name(client): client for client in base}
    for index, client in enumerate(own):
        name = _name(client)
        if isinstance(client, dict) and "name" not in client and name not in together:
            known = ", ".join(f'"{each}"' for each in together)
            raise MergeError(
                f"clients[{index}]: missing name; add that of the client which it changes, one of {known}, or a new one"
            )
        under = together.get(name)
        both = isinstance(under, dict) and isinstance(client, dict)
        together[name] = _over(under, client) if both and isinstance(under, dict) else client
    return list(together.values())


def _name(client: object) -> str:
    return str(client.get("name", NAMED)) if isinstance(client, dict) else f"{client!r}"
