"""The evidence in a certificate: that of a run, without where it was made, and without what was chosen of its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import from_json, to_json

from token_conformance.archive.certificates.container import NotIntactError

SECRETS = frozenset({"client_secret", "signing_key", "certificate", "private_key"})
"""What a client has that its profile in a certificate lacks; in the evidence pseudonyms and throw-away keys stand for it."""

OF_THE_SERVER = frozenset({"ca_bundle", "proxy"})


def bare(evidence: bytes, *, required: Sequence[str] | None = None) -> bytes:
    """Evidence whose first line tells no path of the machine where it was made, and selects nothing: it says no more of it
    than nothing, so that whatever a later suite lets people select is not selected either.

    With `required`, its provider is held to these claims.

    Raises:
        NotIntactError: its first line cannot be read.

    """
    first, _, rest = evidence.partition(b"\n")
    begin = {**_begin(first), "selection": {}, "called": None}
    held = {"required": sorted(required)} if required is not None else {}
    return to_json({**begin, **held}) + b"\n" + rest


def begin(evidence: bytes) -> dict[str, Any]:
    """The first line, which says what was tested.

    Raises:
        NotIntactError: it cannot be read.

    """
    return _begin(evidence.partition(b"\n")[0])


def _begin(line: bytes) -> dict[str, Any]:
    try:
        read = from_json(line)
    except ValueError:
        read = None
    if not isinstance(read, dict) or read.get("type") != "begin" or not isinstance(read.get("described"), dict):
        raise NotIntactError("evidence.jsonl: expected a first line that says what was tested")
    return read


def profile_of(evidence: bytes) -> bytes:
    """The profile that was tested, without secrets, as `profile.json` has it.

    Raises:
        NotIntactError: it cannot be read.

    """
    described = begin(evidence)["described"]
    told = {name: value for name, value in described.items() if name not in {"login", "examples"}}
    told["clients"] = [_without(client, SECRETS) for client in _list(described.get("clients"))]
    told["server"] = _without(described.get("server"), OF_THE_SERVER)
    return to_json(told, indent=2) + b"\n"


def files_named(evidence: bytes) -> tuple[str, ...]:
    """The settings of the profile that name files, which nobody else has, and which are not to be read for a stranger."""
    described = begin(evidence)["described"]
    clients = [client for client in _list(described.get("clients")) if isinstance(client, dict)]
    found = {name for client in clients for name in ("certificate", "private_key") if client.get(name) is not None}
    found |= {"signing_key" for client in clients if not _is_key(client.get("signing_key"))}
    server = described.get("server")
    found |= {"ca_bundle"} if isinstance(server, dict) and server.get("ca_bundle") is not None else set()
    return tuple(sorted(found))


def _is_key(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().startswith(("{", "-----BEGIN")))


def exchanges(evidence: bytes) -> dict[str, bytes]:
    """The lines of the exchanges, to the letter, by their ids, in their order.

    Raises:
        NotIntactError: a line cannot be read, or two exchanges have one id.

    """
    found: dict[str, bytes] = {}
    for line in evidence.split(b"\n"):
        if (id_ := _id_of(line)) is not None:
            if id_ in found:
                raise NotIntactError(f"evidence.jsonl: the exchange {id_} stands twice")
            found[id_] = line
    return found


def _id_of(line: bytes) -> str | None:
    try:
        read: Any = from_json(line) if line else {}
    except ValueError:
        raise NotIntactError("evidence.jsonl: a line of it is no JSON") from None
    told: Mapping[str, Any] = read if isinstance(read, dict) else {}
    return f"{told.get('scenario')}/{told.get('number')}" if told.get("type") == "exchange" else None


def _without(table: object, names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name not in names} if isinstance(table, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
