"""What stands for a secret where a label would not do: another value of the same type, which hides nothing of weakness.

There is no key. What stands for what is drawn at random, and known to a table in memory alone, which goes with the run.
"""

from __future__ import annotations

import hashlib
import os
import string
from base64 import urlsafe_b64encode
from collections import defaultdict, deque
from collections.abc import Iterable

from token_conformance.redaction.strength import BITS_LONG, bits

HASHED = frozenset({"access_token", "code", "code_verifier", "state", "word"})
"""Kinds of values of which others hold hashes, and what may be one of them."""

SIGNATURE = "signature"
"""The kind of values whose pseudonyms need no likeness: the segments of JWTs that sign."""

CHOSEN = frozenset({"client_secret", "password", "signing_key"})
"""Kinds of secrets that people choose: nothing of their form is told, for that would help to guess them."""

STEP = 8
"""The lengths of what people choose are told in such steps."""

OF_TEXT = {
    each: alphabet for alphabet in (string.ascii_lowercase, string.ascii_uppercase, string.digits) for each in alphabet
}
OF_HEXADECIMAL = {each: alphabet for alphabet in ("abcdef", "ABCDEF", string.digits) for each in alphabet}
"""The alphabet of each character, in a text and in a hexadecimal number; signs stay what they are."""

LETTERS, HEXADECIMAL_LETTERS = (
    {each: "".join(alphabet[byte % len(alphabet)] for byte in range(256)) for each, alphabet in alphabets.items()}
    for alphabets in (OF_TEXT, OF_HEXADECIMAL)
)
"""What is drawn for each character, by a byte at random."""

HEXADECIMAL_SIGNS = frozenset((*OF_HEXADECIMAL, "-"))

MANY = 16
"""Different characters of a text that is not weak by itself."""

NEIGHBOURS = 24
"""How many earlier values of a kind are looked at for what they have in common with a new one."""

TRIES, FEW_TRIES = 500, 4
"""How often a pseudonym is drawn until it is one that stands for nothing else: single digits are soon given away, and a
long text that keeps to itself is one of signs alone."""

TIRED = 25
"""Tries after which another character of the frame gives way."""

LONG = 64
"""Characters from which on a text is long."""


class Pseudonyms:
    """The pseudonyms of a run: equal values have equal ones, others have others, and each has the type of its value.

    A pseudonym has the length and, character by character, the alphabet of its value, hexadecimal digits among them.
    What a token has in common with earlier ones of its kind, from its beginning and from its end, its pseudonym has in
    common with theirs: a counter in a long frame stays one. Public values stand for themselves.
    """

    def __init__(self, public: Iterable[str] = ()) -> None:
        self._of: dict[str, str] = {value: value for value in public}
        self._given: set[str] = set(self._of)
        self._earlier: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=NEIGHBOURS))
        self._cases: dict[str, str] = {}
        self._hashes: dict[str, str] = {}
        self._hashed: set[str] = set()

    def __len__(self) -> int:
        return len(self._of)

    def __contains__(self, value: str) -> bool:
        return value in self._of or value in self._hashes

    def of(self, kind: str, value: str) -> str:
        """The pseudonym of a value; empty values and pseudonyms stand for themselves, and hashes for those of a pseudonym."""
        known = self._of.get(value, self._hashes.get(value))
        if known is not None:
            self._hash(kind, value, known)
            return known
        if not value or (len(value) >= STEP and value in self._given):
            return value
        return self.stands_for(kind, value, self._in_other_case(value) or self._drawn(kind, value))

    def _in_other_case(self, value: str) -> str | None:
        """The pseudonym of a value that is known but for its case, in the case of this one: who ignores case is seen to."""
        known = self._cases.setdefault(value.casefold(), value) if len(value) >= STEP else value
        if known not in self._of or len(known) != len(value):
            return None
        pairs = zip(known, value, self._of[known], strict=False)
        return "".join(told if one == other else told.swapcase() for one, other, told in pairs)

    def stands_for(self, kind: str, value: str, pseudonym: str) -> str:
        """Have a pseudonym stand for a value from now on, and its hashes for those of a token; gives it back."""
        self._of[value] = pseudonym
        self._given.update((pseudonym, pseudonym.rstrip("=")))  # words of a text end before its padding
        self._hash(kind, value, pseudonym)
        return pseudonym

    def _hash(self, kind: str, value: str, pseudonym: str) -> None:
        if kind in HASHED and value not in self._hashed:
            self._hashed.add(value)
            self._hashes.update(zip(hashes(value), hashes(pseudonym), strict=True))

    def of_number(self, digits: str) -> str:
        """The pseudonym of a number as JSON writes it, which is one again."""
        drawn = self.of("number", digits)
        whole = drawn.lstrip("-")
        return drawn if not whole.startswith("0") or whole[1:2] in {"", "."} else drawn.replace("0", "1", 1)

    def of_hash(self, value: str) -> str:
        """What stands for a hash: that of a pseudonym where it is right, and else something that stays wrong."""
        return self._hashes.get(value) or self.of("hash", value)

    def _drawn(self, kind: str, value: str) -> str:
        """A pseudonym that stands for nothing else, if there is any left of its length and its alphabets."""
        tries = TRIES if len(value) <= LONG else FEW_TRIES
        for attempt in range(tries):
            drawn = self._candidate(kind, value, wider=attempt // TIRED)
            if drawn not in self._given and (drawn != value or attempt > tries // 2):
                break
        self._earlier[kind].append(value)
        return drawn

    def _candidate(self, kind: str, value: str, wider: int) -> str:
        if kind in CHOSEN:
            return _invented(value)
        if kind == SIGNATURE:
            return urlsafe_b64encode(os.urandom(len(value))).decode()[: len(value)]
        return self._alike(kind, value, wider)

    def _alike(self, kind: str, value: str, wider: int) -> str:
        """Characters of the same alphabets, in the frame that an earlier value of the kind has in common with this one.

        The frame gives way by so many characters where all that fits into it is given away, as the last digits of a counter are.
        """
        near, begin, end = self._nearest(kind, value)
        begin = max(begin - wider, 0)
        frame = self._of[near] if near is not None else ""
        middle = value[begin : len(value) - end]
        return frame[:begin] + _replaced(middle) + frame[len(frame) - end :]

    def _nearest(self, kind: str, value: str) -> tuple[str | None, int, int]:
        """The earlier value of the kind, of the same length, that has most in common with a value, and how much."""
        first, last = value[:1], value[-1:]
        near = (each for each in self._earlier[kind] if each[:1] == first or each[-1:] == last)
        frames = ((each, *_frame(each, value)) for each in near if len(each) == len(value))
        return max(frames, key=lambda found: found[1] + found[2], default=(None, 0, 0))


def hashes(value: str) -> tuple[str, ...]:
    """All hashes of a value that protocols write: left halves (OIDC Core §3.1.3.6), and SHA-256 (RFC 9449, RFC 7636)."""
    encoded = value.encode("utf-8", "surrogatepass")
    digests = [hash_(encoded).digest() for hash_ in (hashlib.sha256, hashlib.sha384, hashlib.sha512)]
    halves = [digest[: len(digest) // 2] for digest in digests]
    return tuple([urlsafe_b64encode(each).rstrip(b"=").decode() for each in (*halves, digests[0])])


def _frame(one: str, other: str) -> tuple[int, int]:
    """How many characters two values of one length have in common at their beginning, and at their end."""
    begin = _common(one, other)
    return begin, min(_common(one[::-1], other[::-1]), len(other) - begin - 1)


def _common(one: str, other: str) -> int:
    for place, (here, there) in enumerate(zip(one, other, strict=False)):
        if here != there:
            return place
    return min(len(one), len(other))


def _invented(value: str) -> str:
    """Letters and digits, as many as the next step; what has to be escaped in a form has to be so again, a plus as a plus."""
    length = -(-len(value) // STEP) * STEP
    drawn = "".join(_letter(byte, string.ascii_letters + string.digits) for byte in os.urandom(length))
    plain = all(character.isalnum() or character in "-._*" for character in value)
    return drawn if plain else f"{drawn[:-1]}{'+' if '+' in value else '/'}"


def _replaced(text: str) -> str:
    """Each letter and digit by another of its alphabet: equal ones by equal ones where the text is weak by itself."""
    hexadecimal = HEXADECIMAL_SIGNS.issuperset(text)
    if len(set(text)) >= MANY or bits(text) >= BITS_LONG:
        letters, pairs = HEXADECIMAL_LETTERS if hexadecimal else LETTERS, zip(text, os.urandom(len(text)), strict=True)
        return "".join([letters[character][byte] if character in letters else character for character, byte in pairs])
    alphabets, chosen = OF_HEXADECIMAL if hexadecimal else OF_TEXT, dict[str, str]()
    for character in dict.fromkeys(text):
        alphabet = alphabets.get(character, character)
        free = "".join(each for each in alphabet if each not in chosen.values()) or alphabet
        chosen[character] = _letter(os.urandom(1)[0], free)
    return "".join([chosen[character] for character in text])


def _letter(byte: int, alphabet: str) -> str:
    return alphabet[byte % len(alphabet)]
