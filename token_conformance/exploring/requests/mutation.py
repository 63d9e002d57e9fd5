"""Changes of a token request as numbers, which can be drawn, made fewer, and kept without any token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from token_conformance.exploring.requests.draft import Draft
from token_conformance.exploring.requests.of_clients import OF_CLIENTS
from token_conformance.exploring.requests.of_http import OF_HTTP
from token_conformance.exploring.requests.of_parameters import OF_PARAMETERS, Change
from token_conformance.exploring.requests.table import Row, rows

CHANGES: Mapping[str, Change] = {**OF_PARAMETERS, **OF_HTTP, **OF_CLIENTS}
"""How each row of `mutations.toml` changes a request."""

MOST_WAYS = 16
"""Ways in which a row may change a request."""


class Grant(IntEnum):
    """By which grant a good request asks; the numbers stand in stored mutations, and are never given anew."""

    REFRESH_TOKEN = 0
    CLIENT_CREDENTIALS = 1
    TOKEN_EXCHANGE = 2
    PASSWORD = 3

    @property
    def told(self) -> str:
        """What such a request is called."""
        return TOLD[self]


TOLD = {
    Grant.REFRESH_TOKEN: "a refresh",
    Grant.CLIENT_CREDENTIALS: "a request by client_credentials",
    Grant.TOKEN_EXCHANGE: "a token exchange",
    Grant.PASSWORD: "a request by password",
}


@dataclass(frozen=True, order=True)
class One:
    """One change: the number of its row, and in which of its ways."""

    row: int
    way: int


@dataclass(frozen=True)
class Mutation:
    """A good request by a grant, and what is changed in it."""

    grant: Grant
    ones: tuple[One, ...]

    @property
    def numbers(self) -> tuple[int, list[list[int]]]:
        """The mutation as it is kept."""
        return int(self.grant), [[each.row, each.way] for each in self.ones]


@dataclass(frozen=True)
class Mutated:
    """A changed request, with the rows that changed it."""

    draft: Draft
    rows: tuple[Row, ...]


def mutated(draft: Draft, mutation: Mutation) -> Mutated | None:
    """The request with all changes that are possible in it; None where none is."""
    by_number, applied = {row.number: row for row in rows().values()}, []
    for one in mutation.ones:
        row = by_number[one.row]
        changed = CHANGES[row.name](draft, one.way)
        if changed is not None:
            draft = changed
            applied.append(row)
    return Mutated(draft, tuple(applied)) if applied else None


def ways(draft: Draft, row: Row) -> Iterator[One]:
    """The different ways in which a row can change a request."""
    told: set[tuple[str, ...]] = set()
    for way in range(MOST_WAYS):
        changed = CHANGES[row.name](draft, way)
        if changed is not None and changed.told not in told:
            told.add(changed.told)
            yield One(row.number, way)


def read_mutation(grant: int, ones: Iterable[tuple[int, int]]) -> Mutation:
    """The mutation that was kept.

    Raises:
        ValueError, TypeError: the numbers are none of a mutation's.

    """
    read = tuple(One(int(row), int(way)) for row, way in ones)
    if not read or {each.row for each in read} - {row.number for row in rows().values()}:
        raise ValueError("there is no such change")
    return Mutation(Grant(grant), read)
