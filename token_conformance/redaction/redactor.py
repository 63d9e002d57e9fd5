"""The one door to disk and terminal: every secret becomes a stable label, wherever and however it is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_plus

from token_conformance.exchange import Exchange
from token_conformance.profile import Profile
from token_conformance.redaction.exchanges import RedactedExchange, redacted
from token_conformance.redaction.forms import forms
from token_conformance.redaction.places import secrets_of

SHORTEST = 6
"""Characters from which on a secret is looked for everywhere; shorter ones are labelled only where they stand as a value."""

_WORD = re.compile(r"[^\s&=<>]+")


class Redactor:
    """Knows the secrets of a run and replaces them; the same secret has the same label everywhere in the run."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._forms: defaultdict[str, dict[str, str]] = defaultdict(dict)

    def learn(self, kind: str, value: str) -> str:
        """The label of a secret, such as `<refresh_token 2>`; new for a value that was not seen before."""
        if not value:
            return ""
        if value not in self._labels:
            self._counts[kind] += 1
            self._labels[value] = f"<{kind} {self._counts[kind]}>"
            self._look_for(value, self._labels[value])
        return self._labels[value]

    def learn_profile(self, profile: Profile) -> None:
        """Learn the secrets of the clients and of the user."""
        for client in profile.clients:
            self.learn("client_secret", client.client_secret or "")
        self.learn("password", profile.login.password or "")
        self.learn("refresh_token", profile.login.refresh_token or "")

    def learn_exchange(self, exchange: Exchange) -> None:
        """Learn every secret that a request or its answer holds."""
        for kind, value in secrets_of(exchange):
            self.learn(kind, value)

    def text(self, text: str) -> str:
        """The text with labels in the place of secrets; a word that is percent-encoded in its own way is looked into."""
        return _WORD.sub(self._decoded, "".join(self._pieces(text)))

    def exchange(self, exchange: Exchange) -> RedactedExchange:
        """The exchange as it may be shown."""
        self.learn_exchange(exchange)
        return redacted(exchange, self.learn, self.text)

    def leaks(self, text: str) -> list[str]:
        """The labels of secrets that still stand in a text; none, if it went through this door."""
        return sorted({label for _, _, label in self._found(text)})

    def _decoded(self, word: re.Match[str]) -> str:
        if "%" not in word[0]:
            return word[0]
        decoded = unquote_plus(word[0])
        return "".join(self._pieces(decoded)) if next(self._found(decoded), None) else word[0]

    def _look_for(self, value: str, label: str) -> None:
        for form in forms(value):
            if len(form) >= SHORTEST:
                self._forms[form[:SHORTEST]].setdefault(form, label)

    def _pieces(self, text: str) -> Iterator[str]:
        copied = 0
        for start, end, label in self._found(text):
            yield text[copied:start]
            yield label
            copied = end
        yield text[copied:]

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        place, beginnings = 0, self._forms
        while place <= len(text) - SHORTEST:
            candidates = beginnings.get(text[place : place + SHORTEST])
            form = _longest(candidates, text, place) if candidates else None
            if candidates is None or form is None:
                place += 1
                continue
            yield place, place + len(form), candidates[form]
            place += len(form)


def _longest(candidates: Iterable[str], text: str, place: int) -> str | None:
    standing = (form for form in candidates if text.startswith(form, place))
    return max(standing, key=len, default=None)
