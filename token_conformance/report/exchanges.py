"""The exchanges of a run as its page shows them: each once, and once what they have alike.

Headers that every answer of an endpoint has, a page that is shown again, a JWT that differs from another one in its
times: what a reader has seen stands there by name. Exchanges that a finding rests on tell everything.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from token_conformance.redaction import RedactedExchange
from token_conformance.wire.exchange import Headers

USUAL_OF_REQUESTS = {
    ("accept", "application/json"),
    ("accept", "text/html,application/xhtml+xml"),
    ("content-type", "application/x-www-form-urlencoded"),
}
"""Headers of nearly all requests, with the values that are no news."""

OF_ANY_ANSWER = {"content-length", "date"}
"""Headers of answers whose values tell a reader nothing."""

LEFT_OUT = (
    "Left out where they are as usual: Content-Type: application/x-www-form-urlencoded and Accept of requests, "
    "Content-Length and Date of answers. What a finding rests on says again what is said once of the others."
)
"""What a reader of the exchanges has to know first."""

FEWEST_ALIKE = 4
"""Exchanges from which on what all of them have is said once: headers of an endpoint's answers, credentials."""

LONGEST_ALIKE = 300
"""Characters of a header that is said once; what is longer is cut with its exchange."""

SHORTEST_PAGE = 200
"""Characters from which on a page that comes again is not shown again."""

_QUERY = re.compile(r"\?\S*")
_HOST = re.compile(r"  \(([^()]+)\)")
_LABEL = re.compile(r"<(\w+) \d+>")
_DECODED = re.compile(r"(\S+ (<[^<>]+>)) \((.*)\)$")


@dataclass(frozen=True)
class Shown:
    """What is said of all exchanges before they come, sentence by sentence, and the text of each by its id."""

    said_once: tuple[str, ...]
    texts: Mapping[str, str]


def shown(evidence: Mapping[str, RedactedExchange], whole: Collection[str] = ()) -> Shown:
    """The exchanges in their order, those of `whole` each by itself."""
    host, alike, decoded = _host(evidence.values()), _alike(evidence.values()), _decoded(evidence.values())
    brief = _Brief(host, alike, decoded)
    texts = {id_: (_Brief() if id_ in whole else brief).text(each) for id_, each in evidence.items()}
    at = [f"Where no host is named, it is {host}."] if host else []
    clients = (f"{label} is {content}." for label, content in decoded.items())
    return Shown((LEFT_OUT, *at, *_of_endpoints(alike), *clients), texts)


def _host(exchanges: Iterable[RedactedExchange]) -> str:
    """The host of most requests, if they are not few."""
    hosts = Counter(found[1] for each in exchanges if (found := _HOST.search(each.request_line)))
    (host, times), *_ = hosts.most_common(1) or [("", 0)]
    return host if times >= FEWEST_ALIKE else ""


def _alike(exchanges: Iterable[RedactedExchange]) -> dict[str, Headers]:
    """The headers that all answers of an endpoint have, by the endpoint, where it has answered often enough."""
    answers: dict[str, list[Headers]] = {}
    for exchange in exchanges:
        if exchange.answered:
            answers.setdefault(_endpoint(exchange), []).append(exchange.response_headers)
    often = {endpoint: found for endpoint, found in answers.items() if len(found) >= FEWEST_ALIKE}
    return {endpoint: headers for endpoint, found in often.items() if (headers := _common(found))}


def _common(answers: list[Headers]) -> Headers:
    common = set(answers[0]).intersection(*answers[1:])
    return tuple(pair for pair in dict.fromkeys(answers[0]) if pair in common and _worth_saying(*pair))


def _worth_saying(name: str, value: str) -> bool:
    return name.lower() not in OF_ANY_ANSWER and len(value) <= LONGEST_ALIKE


def _endpoint(exchange: RedactedExchange) -> str:
    return _QUERY.sub("", exchange.request_line)


def _of_endpoints(alike: Mapping[str, Headers]) -> Iterator[str]:
    for endpoint, headers in alike.items():
        yield f"Every answer to {endpoint} has {'; '.join(f'{name}: {value}' for name, value in headers)}."


def _decoded(exchanges: Iterable[RedactedExchange]) -> dict[str, str]:
    """What Basic credentials hold, by their label, where they were sent often."""
    sent = [value for exchange in exchanges for _, value in exchange.request_headers]
    often = Counter(found.group(2, 3) for value in sent if (found := _DECODED.match(value)))
    return {label: content for (label, content), times in often.items() if times >= FEWEST_ALIKE}


@dataclass
class _Brief:
    """Shows exchange after exchange, and remembers what has been shown."""

    host: str = ""
    alike: Mapping[str, Headers] = field(default_factory=dict)
    decoded: Mapping[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    tokens: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def text(self, exchange: RedactedExchange) -> str:
        """The exchange without what goes without saying; each part of it begins a line."""
        parts = [
            f"{exchange.id}  {exchange.seconds:.3f} s{exchange.note}",
            f"> {exchange.request_line.replace(f'  ({self.host})', '', 1)}",
            *(f"> {name}: {self._sent(value)}" for name, value in _unusual(exchange.request_headers)),
            exchange.request_body,
            f"< {exchange.status_line}",
            *(f"< {name}: {value}" for name, value in self._came(exchange)),
            self._body(exchange),
            *(f"  {self._token(line)}" for line in exchange.tokens),
        ]
        return "\n".join(part for part in parts if part)

    def _sent(self, value: str) -> str:
        """A header of a request; what Basic credentials hold may have been said already."""
        found = _DECODED.match(value)
        return found[1] if found and self.decoded.get(found[2]) == found[3] else value

    def _came(self, exchange: RedactedExchange) -> Iterator[tuple[str, str]]:
        known = self.alike.get(_endpoint(exchange), ())
        return (
            pair for pair in exchange.response_headers if pair not in known and pair[0].lower() not in OF_ANY_ANSWER
        )

    def _body(self, exchange: RedactedExchange) -> str:
        """The body of the answer; of a page that was shown before, which, and the values that are others now."""
        body = exchange.response_body
        if len(body) < SHORTEST_PAGE or not body.startswith("<"):
            return body
        first = self.pages.setdefault(_LABEL.sub(r"<\1>", body), exchange.id)
        labels = ", ".join(dict.fromkeys(found[0] for found in _LABEL.finditer(body)))
        return body if first == exchange.id else f"(the page of {first}{labels and f', with {labels}'})"

    def _token(self, line: str) -> str:
        """What is told of a JWT; of one with the header and the members of another, in what it differs."""
        name, is_a, told = line.partition(" is a JWT: ")
        if not is_a or (parts := _parts(told)) is None:
            return line
        header, claims = parts
        first, known = self.tokens.setdefault((json.dumps(header), *claims), (name, claims))
        differing = {member: value for member, value in claims.items() if known[member] != value}
        but = f", but for {json.dumps(differing)[1:-1]}" if differing else ""
        return line if first == name else f"{name} is a JWT as {first} is{but}"


def _unusual(headers: Headers) -> Iterator[tuple[str, str]]:
    return (pair for pair in headers if (pair[0].lower(), pair[1]) not in USUAL_OF_REQUESTS)


def _parts(told: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Header and claims, as `summary_of` writes them; nothing where redaction or a cut has left no JSON."""
    try:
        header, end = json.JSONDecoder().raw_decode(told)
        claims = json.loads(told[end:])
    except ValueError:
        return None
    return (header, claims) if isinstance(header, dict) and isinstance(claims, dict) else None
