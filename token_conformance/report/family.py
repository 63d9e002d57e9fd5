"""Families of refresh tokens: which one begat which, what ended each, and where they stand in a picture."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from token_conformance.redaction import RedactedExchange

_GIVEN = re.compile(r'^\s*"refresh_token": "(<[a-z_]+ \d+>)"', re.MULTILINE)
_DEAD = re.compile(r'^\s*"error": "invalid_grant"', re.MULTILINE)
_LABEL = re.compile(r"<refresh_token \d+>")
_NUMBER = re.compile(r"\d+")

State = Literal["used", "alive", "dead", "wrong"]
"""Used up, alive as far as was seen, ended, or come into being, or kept alive, against what must hold."""


@dataclass
class _Token:
    """What is known of a token while the exchanges are read."""

    label: str
    parent: str | None
    born: str
    begat: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    refused: str | None = None
    revoked: str | None = None


@dataclass(frozen=True)
class Token:
    """A refresh token: its label, from which one it came, in which exchange, and which ones it was presented in.

    `born` is empty of one that came from another scenario. `died` is the exchange that ended it, or first showed that it had ended, and `by` what did so, in words.
    """

    label: str
    parent: str | None
    born: str
    used: tuple[str, ...]
    died: str | None
    by: str | None
    state: State

    @property
    def name(self) -> str:
        """Its short name, such as `R3` for `<refresh_token 3>`."""
        number = _NUMBER.search(self.label)
        return f"R{number[0] if number else '?'}"

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        told = {"id": self.name, "label": self.label, "parent": self.parent, "born": self.born}
        return {**told, "used": list(self.used), "died": self.died, "by": self.by, "state": self.state}


@dataclass(frozen=True)
class Family:
    """The refresh tokens that descend from one login of a scenario, parents before children."""

    scenario: str
    tokens: tuple[Token, ...]

    @property
    def told(self) -> str:
        """The family in sentences, for those who do not see its picture."""
        return " ".join(_sentence(token, self) for token in self.tokens)

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        return {"scenario": self.scenario, "tokens": [token.to_json() for token in self.tokens]}


def families(exchanges: Iterable[RedactedExchange], offence: str | None = None) -> tuple[Family, ...]:
    """The families of one scenario, by its exchanges in the order of time.

    A token that a refresh hands over in the exchange of the `offence` is wrong, and so is one that is ended there, and
    each further one of the token that begat twice there.
    """
    known: dict[str, _Token] = {}
    scenario = ""
    for exchange in exchanges:
        scenario = exchange.id.rpartition("/")[0]
        _read(exchange, known)
    wrong = _wrong(known, offence)
    roots = [token for token in known.values() if token.parent is None]
    found = (Family(scenario, tuple(_told(each, wrong) for each in _line(root, known))) for root in roots)
    return tuple(family for family in found if family.tokens[1:] or family.tokens[0].used)


def _read(exchange: RedactedExchange, known: dict[str, _Token]) -> None:
    sent = dict(pair.partition("=")[::2] for pair in exchange.request_body.split("\n&"))
    accepted = exchange.status_line[:1] == "2"
    given = _GIVEN.search(exchange.response_body) if accepted else None
    presented = sent.get("refresh_token", "") if sent.get("grant_type") == "refresh_token" else ""
    parent = known.setdefault(presented, _Token(presented, None, "")) if _LABEL.fullmatch(presented) else None
    if parent is not None:
        parent.used.append(exchange.id)
        dead = parent.refused or (exchange.id if _DEAD.search(exchange.response_body) else None)
        parent.refused = dead if not accepted else None
    elif accepted and "/revo" in exchange.request_line and (ended := known.get(sent.get("token", ""))):
        ended.revoked = ended.revoked or exchange.id
    if given is not None and given[1] not in known:
        known[given[1]] = _Token(given[1], parent.label if parent is not None else None, exchange.id)
        if parent is not None:
            parent.begat.append(given[1])


def _line(root: _Token, known: Mapping[str, _Token]) -> list[_Token]:
    """A token and all that descend from it, in the order of their births."""
    found = [root]
    for token in found:
        found += [known[label] for label in token.begat]
    return found


def _wrong(known: Mapping[str, _Token], offence: str | None) -> set[str]:
    """The labels of the tokens that came into being, or were ended, against what must hold."""
    ended = {each.label for each in known.values() if offence is not None and each.revoked == offence}
    born = [each for each in known.values() if each.born == offence and each.parent is not None]
    further = (label for each in born for label in known[each.parent or ""].begat[1:])
    return ended | {each.label for each in born} | {*further}


def _told(token: _Token, wrong: Collection[str]) -> Token:
    died = token.revoked or token.refused
    by = "revoked" if token.revoked else "refused" if token.refused else None
    state: State = "wrong" if token.label in wrong else "dead" if died else "used" if token.begat else "alive"
    return Token(token.label, token.parent, token.born, tuple(token.used), died, by, state)


def _sentence(token: Token, family: Family) -> str:
    number = token.born.rpartition("/")[2]
    parent = next((each.name for each in family.tokens if each.label == token.parent), None)
    came = f"{token.name} came in exchange {number}" if number else f"{token.name} came from another scenario"
    born = f"{token.name} was begotten by {parent} in exchange {number}" if parent else came
    died = f", {token.by} in {token.died.rpartition('/')[2]}" if token.died else ""
    against = ", against what must hold" if token.state == "wrong" else ""
    return f"{born}{against}{died}."


@dataclass(frozen=True)
class Node:
    """Where a token stands in a picture, in pixels: the middle of its lozenge; `ended` is what is written beside it."""

    token: Token
    x: float
    y: float
    ended: str


@dataclass(frozen=True)
class Edge:
    """A line from a token to one that it begat, in the exchange of that number."""

    path: str
    x: float
    y: float
    number: str
    wrong: bool


@dataclass(frozen=True)
class Picture:
    """A family as a tree from the top down, so many pixels wide and high."""

    family: Family
    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


COLUMN, ROW, MARGIN = 74, 60, 24

MOST_TOKENS = 40
"""Tokens that a picture has room for; of a larger family it shows those that came first."""


def picture(family: Family) -> Picture:
    """Place each token below the one that begat it, and beside its siblings."""
    tokens = family.tokens[:MOST_TOKENS]
    rows, columns = _rows(tokens), _columns(tokens)
    spots = {
        each.label: (MARGIN + 16 + columns[each.label] * COLUMN, MARGIN + rows[each.label] * ROW) for each in tokens
    }
    nodes = tuple(Node(each, *spots[each.label], _ended(each)) for each in tokens)
    edges = tuple(_edge(each, spots) for each in tokens if each.parent is not None)
    wide = max(x for x, _ in spots.values()) + (150 if any(node.ended for node in nodes) else 50)
    high = max(y for _, y in spots.values()) + MARGIN
    return Picture(family, round(wide), round(high), nodes, edges)


def _rows(tokens: Iterable[Token]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for each in tokens:
        rows[each.label] = rows[each.parent] + 1 if each.parent in rows else 0
    return rows


def _columns(tokens: tuple[Token, ...]) -> dict[str, float]:
    """Leaves stand side by side, parents above the middle of their children."""
    children: dict[str, list[str]] = {each.label: [] for each in tokens}
    for each in tokens:
        if each.parent in children:
            children[each.parent].append(each.label)
    columns: dict[str, float] = {}
    leaves = _leaves(tokens[0].label, children)
    columns |= {label: float(place) for place, label in enumerate(leaves)}
    for each in reversed(tokens):
        if below := children[each.label]:
            columns[each.label] = sum(columns[label] for label in below) / len(below)
    return columns


def _leaves(root: str, children: Mapping[str, list[str]]) -> list[str]:
    """The tokens without children, from the left."""
    waiting, found = [root], []
    while waiting:
        label = waiting.pop()
        waiting += reversed(children[label])
        found += [] if children[label] else [label]
    return found


def _edge(token: Token, spots: Mapping[str, tuple[float, float]]) -> Edge:
    (x1, y1), (x2, y2) = spots[token.parent or ""], spots[token.label]
    top, bottom = y1 + 13, y2 - 13
    middle = (top + bottom) / 2
    path = f"M{x1:g} {top:g}C{x1:g} {middle:g} {x2:g} {middle:g} {x2:g} {bottom:g}"
    return Edge(path, (x1 + x2) / 2 + 8, middle + 4, token.born.rpartition("/")[2], token.state == "wrong")


def _ended(token: Token) -> str:
    return f"† {token.by} in {token.died.rpartition('/')[2]}" if token.died else ""
