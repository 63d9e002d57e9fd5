"""Which checks and requirements a suite had, in few characters: what came later can be told by that."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from functools import cache, cached_property
from hashlib import sha256
from itertools import groupby

from pydantic import BaseModel, ConfigDict

import token_conformance
from token_conformance.judging.requirement import catalogue
from token_conformance.judging.tied import tied_checks

LENGTH = 4
"""Characters that stand for an id: of 1,000 ids, one in 17,000 new ones is taken for one of them, and is then simply not newer."""


class KnownSuite(BaseModel):
    """A suite by its version, and by short hashes of the ids of its checks and requirements, a line for each first character.

    Parameters of a check are not part of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    ids: tuple[str, ...]

    @property
    def name(self) -> str:
        """What tells it from others."""
        return sha256("\n".join((self.version, *self.ids)).encode()).hexdigest()[:8]

    def lacks(self, id_: str) -> bool:
        """Whether a check, or a requirement, came later."""
        return not self.has(id_)

    def has(self, id_: str) -> bool:
        """Whether a check, or a requirement, was there."""
        return short(id_) in self._known

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(word for line in self.ids for word in line.split())

    def with_more(self, ids: Iterable[str]) -> KnownSuite:
        """The same suite, with more ids."""
        return KnownSuite(version=self.version, ids=_lines({*self._known, *map(short, ids)}))

    def joined(self, later: KnownSuite) -> KnownSuite:
        """A later suite, with all that this one had."""
        return KnownSuite(version=later.version, ids=_lines(self._known | later._known))


def present_suite(ids: Iterable[str]) -> KnownSuite:
    """The suite of today: what comes along, and what else has these ids."""
    return KnownSuite(version=token_conformance.__version__, ids=_lines({*_ours(), *map(short, ids)}))


@cache
def _ours() -> frozenset[str]:
    return frozenset(short(id_) for id_ in (*(check.id for check in tied_checks()), *catalogue()))


def short(id_: str) -> str:
    """What stands for an id."""
    return urlsafe_b64encode(sha256(id_.partition("[")[0].encode()).digest())[:LENGTH].decode()


def _lines(words: Iterable[str]) -> tuple[str, ...]:
    """The words in order, so that one more changes one line."""
    return tuple(" ".join(group) for _, group in groupby(sorted(set(words)), key=lambda word: word[0]))
