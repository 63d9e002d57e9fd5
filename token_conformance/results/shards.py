"""Shards of a run of many profiles: which profiles each tests, and what is missing when they are put together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

_WRITTEN = re.compile(r"(\d{1,6})/(\d{1,6})")


@dataclass(frozen=True)
class Shard:
    """One of several portions of the profiles, counted from one."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Self:
        """The shard that is meant by `3/8`.

        Raises:
            ValueError: it is none; the message says what is expected.

        """
        written = _WRITTEN.fullmatch(text)
        number, of = map(int, written.groups()) if written else (0, 0)
        if not 1 <= number <= of:
            raise ValueError(f"--shard: expected the number of a shard and of how many, such as 3/8, not {text!r}")
        return cls(number, of)

    def portion(self, profiles: Iterable[str]) -> list[str]:
        """The profiles of this shard, whatever order they come in; shards differ by one profile at most.

        A profile is never divided: its checks share logins and tokens, and most of them the limits of its provider.
        """
        return sorted(profiles)[self.number - 1 :: self.of]

    @property
    def file(self) -> str:
        """The name of the file in the report folder that tells what belongs to it."""
        return f"shard-{self.number}-of-{self.of}.json"

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class Manifest(BaseModel):
    """What a shard was to test: the names of its profiles."""

    model_config = ConfigDict(frozen=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    shard: PositiveInt
    of: PositiveInt
    profiles: tuple[str, ...]


def missing(manifests: Sequence[Manifest], profiles: Collection[str]) -> Iterator[str]:
    """What has left no results though it should have: whole shards, and profiles of those that are there."""
    for of in sorted({each.of for each in manifests}):
        there = {each.shard for each in manifests if each.of == of}
        yield from (f"shard {number}/{of} has left nothing" for number in range(1, of + 1) if number not in there)
    for manifest in manifests:
        for profile in manifest.profiles:
            if profile not in profiles:
                yield f"{profile} of shard {manifest.shard}/{manifest.of} has left no results"
