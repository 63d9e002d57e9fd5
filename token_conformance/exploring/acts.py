"""What a client may do, and to what: the steps of which stories are made, by numbers that can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Act(IntEnum):
    """What is done in a step; the numbers stand in stored stories, and are never given anew."""

    LOGIN = 0
    LOGIN_OF_ANOTHER_USER = 1
    LOGIN_FOR_LESS = 2
    LOGIN_AT_ANOTHER_CLIENT = 3
    AUTHORIZE = 4
    EXCHANGE = 5
    REFRESH = 6
    NARROW = 7
    WIDEN = 8
    RACE = 9
    LOSE = 10
    FOREIGN_REFRESH = 11
    FOREIGN_EXCHANGE = 12
    REVOKE = 13
    REVOKE_ACCESS = 14
    FOREIGN_REVOKE = 15
    INTROSPECT = 16
    INTROSPECT_ACCESS = 17
    FOREIGN_INTROSPECT = 18
    USE = 19
    WAIT = 20
    WAIT_LONG = 21
    USERINFO = 22
    FOREIGN_REVOKE_ACCESS = 23


BEGINNINGS = frozenset(
    {Act.LOGIN, Act.LOGIN_OF_ANOTHER_USER, Act.LOGIN_FOR_LESS, Act.LOGIN_AT_ANOTHER_CLIENT, Act.AUTHORIZE}
)
"""What begins a session."""

WAITS = frozenset({Act.WAIT, Act.WAIT_LONG})
"""What concerns no session, and all of them."""

LOOKS = frozenset({Act.INTROSPECT, Act.INTROSPECT_ACCESS, Act.FOREIGN_INTROSPECT, Act.USE, Act.USERINFO})
"""What leaves everything as it was, at a server that is sound."""

OF_ACCESS_TOKENS = frozenset(
    {Act.REVOKE_ACCESS, Act.FOREIGN_REVOKE_ACCESS, Act.INTROSPECT_ACCESS, Act.USE, Act.USERINFO}
)
"""What is done to an access token."""

OF_CODES = frozenset({Act.EXCHANGE, Act.FOREIGN_EXCHANGE})
"""What is done to a code."""


class Relation(IntEnum):
    """What a code or token is to its session; the numbers stand in stored stories."""

    NEWEST = 0
    PREVIOUS = 1
    GRANDPARENT = 2
    FIRST = 3
    LOST = 4
    REVOKED = 5


@dataclass(frozen=True, order=True)
class Step:
    """One thing that is done: the act, the number of the session in its story, and which of its tokens it is done to."""

    act: Act
    session: int = 0
    relation: Relation = Relation.NEWEST

    @property
    def numbers(self) -> tuple[int, int, int]:
        """The step as it is kept."""
        return int(self.act), self.session, int(self.relation)


Story = tuple[Step, ...]
"""Steps in order; those that make no sense where they stand are passed over."""


def read_story(numbers: Sequence[Sequence[int]]) -> Story:
    """The story that was kept.

    Raises:
        ValueError: the numbers are no story's.

    """
    return tuple(Step(Act(act), session, Relation(relation)) for act, session, relation in numbers)
