"""The one door to disk and terminal: every secret becomes a stable label, wherever and however it is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary, WeakSet

from token_conformance.profile.models import Profile
from token_conformance.redaction.exchanges import RedactedExchange, redacted
from token_conformance.redaction.forms import DENSE, LONGEST, decodings, forms, plain_forms, undensed
from token_conformance.redaction.names import PROTOCOL_WORDS
from token_conformance.redaction.places import Secret, secrets_of
from token_conformance.redaction.public import is_public
from token_conformance.redaction.seeking import LONG, PIECE, Found, WrittenForms
from token_conformance.redaction.strength import can_hide, is_like_a_token
from token_conformance.redaction.visible import visible
from token_conformance.wire.exchange import Exchange

SHORT, MOST_SAID = 200, 1000
"""Characters of a text, and number of texts, up to which it is remembered what is shown in their place."""

MOST_OF_ONE, MOST, FEW_OF_ONE = 200, 5000, 20
"""Secrets that are learnt of an exchange, and of a run, beyond which they are few of each exchange.

What we send comes first, and of an answer what stands outermost. Real providers keep to a fifth of it.
"""

MOST_WRITTEN = 30_000_000
"""Characters of all forms that are kept, beyond which a secret is looked for as it is, and percent-encoded."""

ONE_OF_MANY = "<secret 0>"
"""What stands for anything that looks like a token, where an answer has held more secrets than are learnt."""

_LIKE_A_TOKEN = re.compile(r"[^\s\"'<>,]{8,}")
_EXCHANGE = re.compile(r"[a-z_]+(?:~again|~parked|~afterwards)*/\d+")
_LABEL = re.compile(r"(<[a-z_]+ \d+>)")
_ENCODED = re.compile(r"[%&\\]")
_PARAMETER = re.compile(r"(?<![^\s&=<>])[^\s&=<>%\\]*[%\\][^\s&=<>]*")
_WORD = re.compile(r"(?<![^\s<>])[^\s<>%&\\]*[%&\\][^\s<>]*")


class Redactor:
    """Knows the secrets of a run and replaces them; the same secret has the same label everywhere in the run."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._given: set[str] = set()
        self._unsought: set[str] = set()
        self._state = 0
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._forms = WrittenForms()
        self._said: dict[str, str] = {}
        self._learnt: WeakSet[Exchange] = WeakSet()
        self._flooding: WeakSet[Exchange] = WeakSet()
        self._flooded = False
        self._written = 0
        self._shown: WeakKeyDictionary[Exchange, tuple[int, RedactedExchange]] = WeakKeyDictionary()

    def learn(self, kind: str, value: str) -> str:
        """The label of a secret, such as `<refresh_token 2>`; a value has one label however it is written."""
        if not value or value in self._given:
            return value
        label = self._labels.get(value) or self._forms.label_of(value) or self._label(kind, value)
        if value in self._unsought and _is_sought(kind, value):
            self._look_for(value, label)
        return label

    def learn_profile(self, profile: Profile) -> None:
        """Learn the secrets of the clients and of the users."""
        for client in profile.clients:
            self.learn("client_secret", client.client_secret or "")
            self.learn("signing_key", client.signing_key or "")
        for login in profile.login.of_each_user:
            self.learn("password", login.password or "")
        self.learn("refresh_token", profile.login.refresh_token or "")
        self.learn("password", unquote(urlsplit(profile.server.proxy or "").password or ""))

    def learn_exchange(self, exchange: Exchange) -> None:
        """Learn every secret that a request or its answer holds; an exchange has no more to tell the second time.

        Where they are too many, the body of the answer is not shown, and what looks like a token is masked everywhere.
        """
        if exchange in self._learnt:
            return
        self._learnt.add(exchange)
        known = len(self._labels)
        most = known + (MOST_OF_ONE if known < MOST else FEW_OF_ONE)
        for kind, value in secrets_of(exchange):
            if len(self._labels) >= most:
                self._flood(exchange)
                return
            self.learn(kind, value)

    def floods(self, exchange: Exchange) -> bool:
        """Whether an exchange holds more secrets than are learnt of one."""
        return exchange in self._flooding

    def text(self, text: str) -> str:
        """The text with labels in the place of secrets, and with control characters made visible.

        A word that is encoded in a way of its own is looked into. What is short is said over and over, such as a
        header: it is remembered until another secret is learnt.
        """
        shown = self._said.get(text)
        if shown is None and len(text) < PIECE:
            shown = self._forms.label_of(text)
        if shown is None:
            shown = self._redacted(text)
            if len(text) <= SHORT and len(self._said) < MOST_SAID:
                self._said[text] = shown
        return shown

    def exchange(self, exchange: Exchange) -> RedactedExchange:
        """The exchange as it may be shown; it is made anew when a secret was learnt since, which it may hold."""
        self.learn_exchange(exchange)
        state, shown = self._shown.get(exchange, (0, None))
        if shown is None or state != self._state:
            shown = redacted(exchange, self.learn, self.text, flooding=exchange in self._flooding)
            self._shown[exchange] = self._state, shown
        return shown

    def behind(self, label: str) -> Secret:
        """The kind of a secret, and its value, by its label.

        Raises:
            KeyError: it is no label of this run.

        """
        return label[1:-1].rpartition(" ")[0], self._values[label]

    def leaks(self, text: str) -> list[str]:
        """The labels of secrets that still stand in a text; none, if it went through this door."""
        return sorted({found.label for found in self.where(text)})

    def where(self, text: str) -> Iterator[Found]:
        """The secrets that still stand in a text, from the left."""
        begin = 0
        for part in _parts(text):
            yield from (Found(begin + start, begin + end, label) for start, end, label in self._found(part))
            begin += len(part)

    def _label(self, kind: str, value: str) -> str:
        self._counts[kind] += 1
        label = f"<{kind} {self._counts[kind]}>"
        self._labels[value], self._values[label] = label, value
        self._given.add(label)
        self._state += 1
        if can_hide(value) and not is_ordinary(value):
            self._unsought.add(value)
        return label

    def _flood(self, exchange: Exchange) -> None:
        self._flooding.add(exchange)
        if not self._flooded:
            self._flooded = True
            self._state += 1
            self._said.clear()

    def _redacted(self, text: str) -> str:
        text = self._replaced(text)
        if self._flooded:
            text = "".join(part if part in self._given else _LIKE_A_TOKEN.sub(_masked, part) for part in _parts(text))
        for word in (_PARAMETER, _WORD) if _ENCODED.search(text) else ():
            text = word.sub(self._decoded, text)
        return visible(DENSE.sub(self._undensed, text))

    def _replaced(self, text: str) -> str:
        return "".join(_labelled(part, self._found(part)) for part in _parts(text))

    def _decoded(self, word: re.Match[str]) -> str:
        for decoded in decodings(word[0]):
            if found := self._found(decoded):
                return _labelled(decoded, found)
        return word[0]

    def _undensed(self, word: re.Match[str]) -> str:
        """A word that says a secret in a dense encoding is one as a whole: nothing else stands in it that is worth telling."""
        for said in undensed(word[0]):
            if found := self._found(said):
                return found[0].label
        return word[0]

    def _look_for(self, value: str, label: str) -> None:
        """Look for a value in all its forms from now on, and show nothing any more as it was shown before."""
        self._unsought.discard(value)
        self._state += 1
        self._said.clear()
        in_full = len(value) <= LONGEST and self._written < MOST_WRITTEN
        for form in forms(value) if in_full else plain_forms(value):
            self._written += len(form)
            if len(form) >= LONG or not is_ordinary(form):  # what is long and stands for no public word is none itself
                self._forms.add(form, label)

    def _found(self, text: str) -> list[Found]:
        return [] if text in self._given else self._forms.found(text)  # a label's words are not looked into


def is_ordinary(value: str) -> bool:
    """Whether a secret is a word of the protocol, or stands in what everybody can read: it is labelled where it is a
    value, and left alone in every sentence.
    """
    return value.lower() in PROTOCOL_WORDS or is_public(value)


def _is_sought(kind: str, value: str) -> bool:
    """Whether a secret is looked for in every sentence: a server keeps anything in its cookies, a language or `deleted`."""
    return kind != "cookie" or is_like_a_token(value)


def _masked(word: re.Match[str]) -> str:
    return ONE_OF_MANY if is_like_a_token(word[0]) and not _EXCHANGE.fullmatch(word[0]) else word[0]


def _parts(text: str) -> Iterator[str]:
    """The labels of a text and what stands between them, one by one: a report is large, and so would be its copy."""
    begin = 0
    for label in _LABEL.finditer(text) if "<" in text else ():
        yield text[begin : label.start()]
        yield label[0]
        begin = label.end()
    yield text[begin:] if begin else text


def _labelled(text: str, found: list[Found]) -> str:
    pieces, copied = [], 0
    for start, end, label in found:
        pieces += [text[copied:start], label]
        copied = end
    return "".join([*pieces, text[copied:]])
