"""As much as there is room for on a terminal: what is left out is counted, and it is said where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_LINES = 40
"""Lines that a session with one profile says at most, those of progress aside, unless it is asked for more."""

BESIDE = 13
"""Lines of these that are said beside the summary: what answers, what pytest counts, where the reports are, what it comes to."""

LEAST = 10
"""Lines for each of many profiles."""

WIDEST = 180
"""Characters of a line that may be cut."""

LONGEST_END = 60
"""Characters of what a line ends with in brackets, such as a clause, that are kept when it is cut."""

WHERE = "see index.html, or run with -v"


@dataclass(frozen=True)
class Section:
    """What is said on one matter (`of`), in groups, each of a line that stands for it and more lines.

    The higher the `weight`, the earlier a section gets more than its first line; a `whole` one is never cut, and what is
    `to_the_end` has lines that are not.
    """

    groups: tuple[tuple[str, ...], ...]
    of: str = ""
    weight: int = 0
    whole: bool = False
    to_the_end: bool = False

    @property
    def length(self) -> int:
        """How many lines there are."""
        return sum(map(len, self.groups))

    @property
    def least(self) -> int:
        """How many lines are said however little room there is: of a section that is cut one, and how many there are more."""
        return self.length if self.whole else min(self.length, 2)

    def lines(self, room: int) -> list[str]:
        """As many lines as there is room for, those first that stand for a group."""
        if room >= self.length:
            return [line for group in self.groups for line in group]
        shares = _shares([len(group) for group in self.groups], room - 1)
        kept = [line for group, share in zip(self.groups, shares, strict=True) for line in group[:share]]
        left = self.length - len(kept)
        return [*kept, f"         … {left} more line{'s' * (left != 1)} on {self.of}: {WHERE}"]


def section(lines: Iterable[str], of: str = "", weight: int = 0, *, whole: bool = False) -> Section:
    """A section in which each line stands for itself."""
    return Section(tuple((line,) for line in lines), of, weight, whole)


def room_for(profiles: int) -> int:
    """The lines of a summary, in a session with so many profiles."""
    return max(LEAST, (MOST_LINES - BESIDE) // max(1, profiles))


def fitted(sections: Sequence[Section], room: int | None) -> list[str]:
    """The lines of all sections in their order, as many as there is room for; None is for all of them, to their ends."""
    if room is None:
        return [line for each in sections for line in each.lines(each.length)]
    granted = {place: each.least for place, each in enumerate(sections)}
    left = room - sum(granted.values())
    for place in sorted(granted, key=lambda place: -sections[place].weight):
        more = max(0, min(left, sections[place].length - granted[place]))
        granted[place] += more
        left -= more
    return [
        line if each.whole or each.to_the_end else shortened(line)
        for place, each in enumerate(sections)
        for line in each.lines(granted[place])
    ]


def shortened(line: str) -> str:
    """A line without the middle of what is too long to be read at a glance; a clause at its end stays."""
    if len(line) <= WIDEST:
        return line
    end = line[line.rfind(" (") :]
    end = end if line.endswith(")") and len(end) <= LONGEST_END else ""
    return f"{line[: WIDEST - len(end) - 1].rstrip()}…{end}"


def _shares(lengths: Sequence[int], room: int) -> list[int]:
    """How many lines each group gets: one each, as far as they go, and then one more each, time and again."""
    shares = [0] * len(lengths)
    while room > 0 and (hungry := [place for place, share in enumerate(shares) if share < lengths[place]]):
        for place in hungry[:room]:
            shares[place] += 1
        room -= len(hungry[:room])
    return shares
