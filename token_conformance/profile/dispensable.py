"""What a profile may leave unset: values that its way of logging in, or of authenticating, does not use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

BY_CODE = frozenset({"form", "browser", "interactive"})
"""The strategies by which a code comes to a redirect_uri."""

ELSEWHERE = frozenset({"interactive", "device", "refresh_token"})
"""The strategies by which nobody types a password in a run."""

IDENTIFYING = ("client_id", "client_secret", "signing_key")
"""The keys of a client of which none is set where it is not there."""


def without_dispensable(written: dict[str, Any], unset: Callable[[object], bool]) -> dict[str, Any]:
    """The tables of a profile without those values that are unset and not needed, and without spare clients that are unset.

    A client is spare that is not the main one, and whose name stands in no grant: it makes further checks possible.

    Args:
        written: the tables as they stand in the file.
        unset: whether a value holds a variable of the environment that is not set.

    """
    login, grants = _table(written, "login"), _table(written, "grants")
    strategy = login.get("strategy", "form")
    if "$" in str(strategy):  # nobody knows yet what it needs
        return written
    needless = _needless_of_login(strategy, grants)
    slim = dict(written)
    if login:
        slim["login"] = _without(login, needless, unset)
    if isinstance(written.get("clients"), list):
        by_code = "authorization_code" in grants and strategy in BY_CODE
        kept = _without_spare(written["clients"], grants, unset)
        slim["clients"] = [_slim_client(client, unset, by_code=by_code) for client in kept]
    return slim


def _needless_of_login(strategy: object, grants: Mapping[str, Any]) -> frozenset[str]:
    typed = strategy not in ELSEWHERE or "password" in grants
    return frozenset({"refresh_token"} - {strategy} | (set() if typed else {"username", "password"}))


def _without_spare(
    clients: Sequence[object], grants: Mapping[str, Any], unset: Callable[[object], bool]
) -> list[object]:
    acting = {grant["client"] for grant in grants.values() if isinstance(grant, dict) and "client" in grant}
    return [
        client
        for index, client in enumerate(clients)
        if not index
        or not isinstance(client, dict)
        or client.get("name") in acting
        or not all(unset(client[key]) for key in IDENTIFYING if key in client)
        or "client_id" not in client
    ]


def _slim_client(client: object, unset: Callable[[object], bool], *, by_code: bool) -> object:
    if not isinstance(client, dict):
        return client
    method = str(client.get("authentication", "client_secret_basic"))
    needless = {
        "redirect_uri": not by_code,
        "client_secret": not method.startswith("client_secret_"),
        "signing_key": method != "private_key_jwt",
    }
    return _without(client, frozenset(key for key, applies in needless.items() if applies), unset)


def _without(table: Mapping[str, Any], needless: frozenset[str], unset: Callable[[object], bool]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in needless or not unset(value)}


def _table(written: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = written.get(name)
    return table if isinstance(table, dict) else {}
