"""A text with pseudonyms wherever a secret of the run stands in it, in whatever spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus

from token_conformance.redaction.forms import DENSE, decodings, forms, undensed
from token_conformance.redaction.pseudonyms import Pseudonyms, hashes
from token_conformance.redaction.redactor import Redactor, is_ordinary
from token_conformance.redaction.seeking import SHORTEST, WrittenForms
from token_conformance.redaction.strength import is_like_a_token

SHORT, MOST_CLEAN = 300, 4000
"""Characters of a text, and number of texts, up to which it is remembered that nothing is hidden in one.

What was written once may be written again: a secret that is learnt later would not be one any more.
"""

LONG = 32
"""Characters from which on a value is no word that anybody uses."""

DRAWN = re.compile(r"[A-Za-z0-9_-]+")

Standing = Callable[[str, str], str]
"""Gives what stands for a secret, by its kind and its value."""

_WORD = re.compile(r"[^\s\"'<>&=,;()\[\]{}\\]+")
_ENCODED_WORD = re.compile(r"(?<![^\s&=<>\"'])[^\s&=<>\"']*[%\\&][^\s=<>\"']*")


class PseudonymousText:
    """Looks for the secrets that the redactor knows, and for further values that are none in a report."""

    def __init__(self, redactor: Redactor, pseudonyms: Pseudonyms, standing: Standing) -> None:
        self._redactor, self._pseudonyms, self._standing = redactor, pseudonyms, standing
        self._further = WrittenForms()
        self._sought: dict[str, str] = {}
        self._clean: set[str] = set()
        self._plain: set[str] = set()

    def learn(self, kind: str, value: str) -> str:
        """The pseudonym of a value which is looked for from now on, unless it is a word that everybody uses."""
        pseudonym = self._pseudonyms.of(kind, value)
        if value not in self._sought and pseudonym != value and (len(value) >= LONG or not is_ordinary(value)):
            self._sought[value] = kind
            for form in _forms(kind, value):
                self._further.add(form, value)
        return pseudonym

    def told(self, text: str) -> str:
        """The text with pseudonyms."""
        if len(text) < SHORTEST or text in self._clean:
            return text
        told = self._replaced(text)
        if any(sign in told for sign in "%\\&"):
            told = _ENCODED_WORD.sub(self._in_odd_spelling, told)
        told = DENSE.sub(self._in_dense_spelling, told)
        if told == text and len(text) <= SHORT and len(self._clean) < MOST_CLEAN:
            self._clean.add(text)
        return told

    def said_by_others(self, text: str) -> str:
        """The text as told, and with pseudonyms for whatever looks like a token: a server may say one before it issues it."""
        if len(text) < SHORTEST or text in self._plain:
            return text
        told = _WORD.sub(self._unless_plain, self.told(text))
        if told == text and len(text) <= SHORT and len(self._plain) < MOST_CLEAN:
            self._plain.add(text)
        return told

    def _unless_plain(self, word: re.Match[str]) -> str:
        said = word[0]
        mixed = any(map(str.isdigit, said)) and is_like_a_token(said)
        return self._pseudonyms.of("word", said) if mixed else said

    def _replaced(self, text: str) -> str:
        for place in reversed(list(self._redactor.where(text))):
            told = self._written(text[place.start : place.end], *self._redactor.behind(place.label))
            text = text[: place.start] + told + text[place.end :]
        for place in reversed(self._further.found(text)):
            told = self._written(text[place.start : place.end], self._sought[place.label], place.label)
            text = text[: place.start] + told + text[place.end :]
        return text

    def _written(self, form: str, kind: str, value: str) -> str:
        """What stands for a secret, in the form in which it stands there."""
        told = self._standing(kind, value)
        spellings = (str, quote_plus, lambda text: quote(text, safe=""), lambda text: json.dumps(text)[1:-1])
        fitting = (spell(told) for spell in spellings if spell(value) == form)
        return next(fitting, None) or self._pseudonyms.of_hash(form)

    def _in_odd_spelling(self, word: re.Match[str]) -> str:
        """What stands for a word that says a secret in a spelling of its own."""
        for said in decodings(word[0]):
            told = self._replaced(said)
            if told != said:
                return quote_plus(told) if "%" in word[0] else told
        return word[0]

    def _in_dense_spelling(self, word: re.Match[str]) -> str:
        """What stands for a word that says a secret in a dense encoding: another such word."""
        hides = any(self._replaced(said) != said for said in undensed(word[0]))
        return self._pseudonyms.of("word", word[0]) if hides else word[0]


def _forms(kind: str, value: str) -> Iterable[str]:
    """How a value is written: one that we have drawn as it is, since no escape changes it; whatever an answer makes of it
    looks like a token. The challenge of a verifier (RFC 7636 §4.2) is looked for as well.
    """
    if len(value) < LONG or not DRAWN.fullmatch(value):
        return forms(value)
    return (value, *hashes(value)[-1:]) if kind == "code_verifier" else (value,)
