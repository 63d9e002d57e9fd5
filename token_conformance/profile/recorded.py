"""A profile as it is written, with what a recording says in the place of its variables and secrets.

So a recording is judged by the profile of today, whose deviations and documented facts may be others than then, and by nobody's
environment: what the profile took from there, and what has a pseudonym in the recording, stands in the recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from token_conformance.profile.files import VARIABLE

PSEUDONYMOUS = frozenset({"client_secret", "signing_key", "username", "password", "refresh_token"})
"""What a recording has a pseudonym, or another key, for, among what a profile says of clients and users."""

MAIN = "main"
"""The name of a client that has none."""


def with_recorded(written: Mapping[str, Any], recorded: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a profile with recorded values; `recorded` are its tables as a run had them, all variables replaced."""
    tables = {name: _table(name, value, recorded[name]) for name, value in written.items() if name in recorded}
    return {**written, **tables}


def _table(name: str, written: Any, recorded: Any) -> Any:
    if name == "clients" and isinstance(written, list) and isinstance(recorded, list):
        return [_with(client, _like(client, recorded), secret=True) for client in written]
    return _with(written, recorded, secret=name == "login")


def _like(client: Any, recorded: list[Any]) -> Any:
    """The recorded client of the same name; spare ones may have been left out."""
    name = client.get("name", MAIN) if isinstance(client, dict) else MAIN
    return next((each for each in recorded if isinstance(each, dict) and each.get("name", MAIN) == name), {})


def _with(written: Any, recorded: Any, *, secret: bool) -> Any:
    match written, recorded:
        case dict(), dict():
            return {name: _member(name, value, recorded, secret=secret) for name, value in written.items()}
        case list(), list() if len(written) == len(recorded):
            return [_with(one, other, secret=secret) for one, other in zip(written, recorded, strict=True)]
        case str(), _ if VARIABLE.search(written) and not isinstance(recorded, dict | list):
            return recorded
        case _:
            return written


def _member(name: str, written: Any, recorded: Mapping[str, Any], *, secret: bool) -> Any:
    if name not in recorded:
        return written
    replaced = secret and name in PSEUDONYMOUS and isinstance(written, str)
    return recorded[name] if replaced else _with(written, recorded[name], secret=secret)
