"""The one door to disk and terminal: every secret becomes a stable label, wherever and however it is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from token_conformance.profile.models import Profile
from token_conformance.redaction.exchanges import RedactedExchange, redacted
from token_conformance.redaction.forms import decodings, forms
from token_conformance.redaction.names import PROTOCOL_WORDS
from token_conformance.redaction.places import secrets_of
from token_conformance.redaction.public import public_text
from token_conformance.redaction.visible import visible
from token_conformance.wire.exchange import Exchange

SHORTEST = 6
"""Characters from which on a secret is looked for everywhere; shorter ones are labelled where they stand as a value."""

_LABEL = re.compile(r"(<[a-z_]+ \d+>)")
_PARAMETER = re.compile(r"[^\s&=<>]+")
_WORD = re.compile(r"[^\s<>]+")


class Redactor:
    """Knows the secrets of a run and replaces them; the same secret has the same label everywhere in the run."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._given: set[str] = set()
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._forms: dict[str, str] = {}
        self._lengths: defaultdict[str, set[int]] = defaultdict(set)

    def learn(self, kind: str, value: str) -> str:
        """The label of a secret, such as `<refresh_token 2>`; a value has one label however it is written."""
        if not value or value in self._given:
            return value
        known = self._labels.get(value) or self._forms.get(value)
        return known or self._label(kind, value)

    def learn_profile(self, profile: Profile) -> None:
        """Learn the secrets of the clients and of the users."""
        for client in profile.clients:
            self.learn("client_secret", client.client_secret or "")
            self.learn("signing_key", client.signing_key or "")
        for login in profile.login.of_each_user:
            self.learn("password", login.password or "")
        self.learn("refresh_token", profile.login.refresh_token or "")

    def learn_exchange(self, exchange: Exchange) -> None:
        """Learn every secret that a request or its answer holds."""
        for kind, value in secrets_of(exchange):
            self.learn(kind, value)

    def text(self, text: str) -> str:
        """The text with labels in the place of secrets, and with control characters made visible.

        A word that is encoded in a way of its own is looked into.
        """
        text = self._replaced(text)
        for word in (_PARAMETER, _WORD):
            text = word.sub(self._decoded, text)
        return visible(text)

    def exchange(self, exchange: Exchange) -> RedactedExchange:
        """The exchange as it may be shown."""
        self.learn_exchange(exchange)
        return redacted(exchange, self.learn, self.text)

    def leaks(self, text: str) -> list[str]:
        """The labels of secrets that still stand in a text; none, if it went through this door."""
        return sorted({label for part in _LABEL.split(text) for _, _, label in self._found(part)})

    def _label(self, kind: str, value: str) -> str:
        self._counts[kind] += 1
        label = f"<{kind} {self._counts[kind]}>"
        self._labels[value] = label
        self._given.add(label)
        if not _is_remark(kind, value):
            self._look_for(value, label)
        return label

    def _replaced(self, text: str) -> str:
        return "".join(piece for part in _LABEL.split(text) for piece in self._pieces(part))

    def _decoded(self, word: re.Match[str]) -> str:
        for decoded in decodings(word[0]):
            if next(self._found(decoded), None):
                return "".join(self._pieces(decoded))
        return word[0]

    def _look_for(self, value: str, label: str) -> None:
        if is_ordinary(value):
            return
        for form in forms(value):
            if len(form) >= SHORTEST and not is_ordinary(form):
                self._forms.setdefault(form, label)
                self._lengths[form[:SHORTEST]].add(len(form))

    def _pieces(self, text: str) -> Iterator[str]:
        copied = 0
        for start, end, label in self._found(text):
            yield text[copied:start]
            yield label
            copied = end
        yield text[copied:]

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        if text in self._given:  # a label, whose words are not looked into
            return
        beginnings, free = self._lengths, 0
        likely = [place for place in range(len(text) - SHORTEST + 1) if text[place : place + SHORTEST] in beginnings]
        for place in likely:
            form = self._longest(text, place) if place >= free else ""
            if form:
                free = place + len(form)
                yield place, free, self._forms[form]

    def _longest(self, text: str, place: int) -> str:
        """The longest form that stands at a place; tokens that begin alike are told apart by their few lengths."""
        lengths = sorted(self._lengths[text[place : place + SHORTEST]], reverse=True)
        standing = (text[place : place + length] for length in lengths)
        return next((form for form in standing if form in self._forms), "")


def is_ordinary(value: str) -> bool:
    """Whether a secret is a word of the protocol, or stands in what everybody can read: it is labelled where it is a
    value, and left alone in every sentence.
    """
    return value.lower() in PROTOCOL_WORDS or value.lower() in public_text()


def _is_remark(kind: str, value: str) -> bool:
    """Whether a server put a mere word where secrets are: a cookie `deleted` is not to be found in every sentence."""
    return kind in {"cookie", "form_field"} and value.isalpha() and len(value) < 16
