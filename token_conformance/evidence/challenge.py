"""What a challenge says (RFC 9110 §11.6.1): its scheme and its parameters, in the order in which they came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import parse_http_list

from token_conformance.wire.exchange import Exchange, header

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_BEGINNING = re.compile(rf"({_NAME})(?:\s+(.*))?$", re.DOTALL)
_PARAMETER = re.compile(rf"({_NAME})\s*=\s*(.*)$", re.DOTALL)


@dataclass(frozen=True)
class Challenge:
    """One challenge of a WWW-Authenticate header."""

    scheme: str
    parameters: tuple[tuple[str, str], ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a parameter: names are of any case, and each should come once."""
        return tuple(value for each, value in self.parameters if each.lower() == name)

    def value(self, name: str) -> str | None:
        """The first value of a parameter; None where it is absent."""
        return next(iter(self.values(name)), None)


def challenges_of(exchange: Exchange) -> tuple[Challenge, ...]:
    """The challenges of an answer; none where nothing can be read, or a recording holds no headers."""
    if exchange.answer is None or "headers" in exchange.undocumented:
        return ()
    return challenges_in(header(exchange.answer.headers, "www-authenticate") or "")


def challenges_in(value: str) -> tuple[Challenge, ...]:
    """The challenges that stand in a header, read leniently: a parameter belongs to the scheme before it."""
    found: list[Challenge] = []
    for scheme, parameter in _parts(value):
        if scheme is not None:
            found.append(Challenge(scheme))
        if parameter is not None and found:
            found[-1] = Challenge(found[-1].scheme, (*found[-1].parameters, parameter))
    return tuple(found)


def is_readable(value: str) -> bool:
    """Whether a header holds challenges as RFC 9110 §11.6.1 writes them: no parameter stands apart from its scheme.

    A scheme that a comma ends has no parameters, and so what follows must be another challenge.
    """
    bare = True
    for scheme, parameter in _parts(value):
        if scheme is None and (parameter is None or bare):
            return False
        bare = bare if scheme is None else parameter is None
    return any(scheme is not None for scheme, _ in _parts(value))


def _parts(value: str) -> Iterator[tuple[str | None, tuple[str, str] | None]]:
    """The members of the list: a scheme, a parameter, or both."""
    for member in parse_http_list(value):
        beginning = _BEGINNING.match(member) if _PARAMETER.match(member) is None else None
        parameter = _PARAMETER.match((beginning[2] or "") if beginning else member)
        named = (parameter[1], _unquoted(parameter[2].strip())) if parameter else None
        yield (beginning[1] if beginning else None), named


def _unquoted(value: str) -> str:
    """A quoted string without its quotation marks; what it escapes stays escaped, since it may hold nothing of the kind."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
