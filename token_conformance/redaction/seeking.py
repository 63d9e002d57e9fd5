"""Finds every written form of every secret in a text, and looks at few of the text's places for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import NamedTuple

SHORTEST = 6
"""Characters from which on a form is looked for; shorter ones are labelled where they stand as a value."""

LONG = 16
"""Characters from which on a form is long: most secrets are, and they are found at a third of the price."""

PIECE = 2000
"""Characters of a piece of a form that is too long to be looked for as a whole; pieces in a row are one secret."""

FEW = 40
"""Beginnings that are looked for one after the other, which is quicker than a look at many of the text's places."""


STRETCH = 50_000
"""Characters of a text of which all places are held at once."""


class Found(NamedTuple):
    """A secret in a text: where it begins, where it ends, and its label."""

    start: int
    end: int
    label: str


class WrittenForms:
    """All forms in which the secrets of a run can be written, and the label of each."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._long, self._short = Sieve(LONG, word=6), Sieve(SHORTEST, word=4)

    def label_of(self, form: str) -> str | None:
        """The label of a secret that can be written so; None where there is none."""
        return self._labels.get(form)

    def add(self, form: str, label: str) -> None:
        """Look for a form from now on; one that is known keeps its label, one that is too short is left alone."""
        if len(form) >= SHORTEST and form not in self._labels:
            self._labels[form] = label
            (self._long if len(form) >= LONG else self._short).add(form)

    def found(self, text: str) -> list[Found]:
        """The secrets in a text, from the left; where several forms begin at one place, the longest."""
        found: list[Found] = []
        for place in _in_order(self._long.places(text), self._short.places(text), at_once=len(text) <= STRETCH):
            form = self._longest(text, place) if not found or place >= found[-1].end else ""
            if form:
                end, label = place + len(form), self._labels[form]
                goes_on = len(form) >= PIECE and found and found[-1].end == place and found[-1].label == label
                place = found.pop().start if goes_on else place
                found.append(Found(place, end, label))
        return found

    def _longest(self, text: str, place: int) -> str:
        lengths = (length for sieve in (self._long, self._short) for length in sieve.lengths(text, place))
        standing = (text[place : place + length] for length in lengths)
        return next((form for form in standing if form in self._labels), "")


class Sieve:
    """Keeps the places of a text at which one of many forms may begin.

    Wherever a form of at least `span` characters stands, just one of the words of `word` characters at its beginning
    stands at a multiple of the stride, `span - word + 1`. So only these places are looked at, whatever the number of
    forms.
    """

    def __init__(self, span: int, *, word: int) -> None:
        self._span, self._word, self._stride = span, word, span - word + 1
        self._words: set[str] = set()
        self._lengths: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, form: str) -> None:
        """Look for a form of at least `span` characters."""
        beginning = form[: self._span]
        self._words.update(beginning[at : at + self._word] for at in range(self._stride))
        self._lengths[beginning].add(len(form))

    def places(self, text: str) -> Iterator[int]:
        """Where the beginning of a form stands in the text, from the left; they can be as many as its characters."""
        if len(text) < self._span:
            return iter(())
        if len(self._lengths) <= FEW:
            return merge(*(_places_of(beginning, text) for beginning in self._lengths))
        words, word = self._words, self._word
        return (
            place
            for marks in _stretches(len(text) - word + 1, self._stride)
            for mark in [mark for mark in marks if text[mark : mark + word] in words]
            for place in self._beginnings(text, mark)
        )

    def lengths(self, text: str, place: int) -> list[int]:
        """The lengths of the forms with the beginning that stands at a place, the longest first."""
        return sorted(self._lengths.get(text[place : place + self._span], ()), reverse=True)

    def _beginnings(self, text: str, mark: int) -> Iterator[int]:
        places = range(max(mark - self._stride + 1, 0), mark + 1)
        return (place for place in places if text[place : place + self._span] in self._lengths)


def _stretches(end: int, stride: int) -> Iterator[range]:
    """The multiples of the stride below an end, some thousands at a time, which is quicker than one by one."""
    step = STRETCH // stride * stride
    return (range(begin, min(begin + step, end), stride) for begin in range(0, end, step))


def _in_order(some: Iterator[int], others: Iterator[int], *, at_once: bool) -> Iterable[int]:
    """Both from the left; of a text that is not long they are few enough to be put in order at once."""
    return sorted([*some, *others]) if at_once else merge(some, others)


def _places_of(beginning: str, text: str) -> Iterator[int]:
    place = text.find(beginning)
    while place >= 0:
        yield place
        place = text.find(beginning, place + 1)
