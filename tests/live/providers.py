"""Writes docs/providers.md: what the servers of this folder keep, topic by topic, and where they depart, from their pins.

    python -m tests.live.providers

A test holds the page to the pins; nothing is run for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby
from typing import Any

from tests.live.pins import Pins, read
from tests.live.running import RED
from tests.live.setups import SetUp, set_ups
from token_conformance.layout import ROOT
from token_conformance.profile import files

PAGE = ROOT / "docs" / "providers.md"

DEPARTS = (*RED, "deviation")
"""The verdicts on what a server does otherwise than a requirement has it."""

BEGINNING = """\
# Providers

What servers that nobody here wrote did when the suite was run against them on loopback, each set up by its own means, with a profile written from its documentation.
Every departure was read by hand beside its clause, and stands below with it.
This page is written from the pins of `tests/live` by `python -m tests.live.providers`; `python -m tests.live.sweep NAME` runs a server again, and tells what is other than pinned.

"""

LEGEND = """
## Topics

A row is a suite, by `token-conformance requirements`; a column a server, by the first of its set-ups in which the topic was judged.
`✓` is a topic in which all that was judged holds; `3/12` are three departures among twelve checks that gave a verdict; nothing is what nobody could judge there, or does not concern the server.

"""


@dataclass(frozen=True)
class Tried:
    """A set-up that was run, with its pins."""

    set_up: SetUp
    pins: Pins

    @cached_property
    def profile(self) -> Mapping[str, Any]:
        """The tables of its profile, with those that it extends."""
        return files.read(self.set_up.folder / self.set_up.profile)

    @property
    def title(self) -> str:
        """The server's own name; what a profile's name says of the set-up follows a comma."""
        return files.title(self.set_up.folder / self.set_up.profile).partition(",")[0]

    @cached_property
    def departures(self) -> Counter[str]:
        """The number of its departures, by topic."""
        names = (name for verdict in DEPARTS for name in self.pins.verdicts.get(verdict, ()))
        return Counter(name.partition("::")[0] for name in names)

    @property
    def held(self) -> Mapping[str, int]:
        """The number of checks that pass, by topic."""
        return self.pins.numbers.get("pass", {})

    def cell(self, topic: str) -> str:
        """What stands in the table for a topic."""
        judged = self.held.get(topic, 0) + self.departures[topic]
        if not judged:
            return ""
        return f"{self.departures[topic]}/{judged}" if self.departures[topic] else "✓"


def tried() -> list[Tried]:
    """All set-ups that have pins."""
    found = ((set_up, read(set_up.pins)) for set_up in set_ups().values())
    return [Tried(set_up, pins) for set_up, pins in found if pins is not None]


def page(all_tried: Iterable[Tried]) -> str:
    """The page, as Markdown."""
    listed = list(all_tried)
    by_server = [list(of_server) for _, of_server in groupby(listed, key=lambda each: each.set_up.server)]
    return "".join(
        [
            BEGINNING,
            table(RUNS, (run(each) for each in listed)),
            LEGEND,
            table(["topic", *(of_server[0].title for of_server in by_server)], _topics(by_server)),
            "\n## Departures\n",
            *(_departures(of_server) for of_server in by_server),
        ]
    )


RUNS = ["server", "version", "set-up", "hold", "depart", "inconclusive", "requests", "logins", "seconds"]


def run(each: Tried) -> list[str]:
    """The row of a run."""
    pins = each.pins
    numbers = [sum(each.held.values()), each.departures.total(), len(pins.verdicts.get("inconclusive", ()))]
    costs = [pins.requests, pins.logins, pins.seconds]
    return [each.title, pins.server, each.set_up.name, *map(str, [*numbers, *costs])]


def _topics(by_server: list[list[Tried]]) -> Iterator[list[str]]:
    for topic in sorted({topic for each in chain(*by_server) for topic in (*each.held, *each.departures)}):
        yield [topic.replace("_", " "), *(of_topic(topic, of_server) for of_server in by_server)]


def of_topic(topic: str, of_server: list[Tried]) -> str:
    """What stands in the table for a topic and a server: what its first set-up tells that judges the topic."""
    return next(filter(None, (each.cell(topic) for each in of_server)), "")


def _departures(of_server: list[Tried]) -> str:
    """What a server does otherwise; what a set-up beside the first one adds stands under its name."""
    first, *others = of_server
    said = dict.fromkeys(_lines(first))
    text = f"\n### {first.title} {first.pins.server}\n\n" + "".join(f"- {line}\n" for line in said)
    for each in others:
        own = dict.fromkeys(line for line in _lines(each) if line not in said)
        text += f"\nWith `{each.set_up.name}`:\n\n" + "".join(f"- {line}\n" for line in own) if own else ""
        said |= own
    return text


def _lines(each: Tried) -> Iterator[str]:
    """What a server does otherwise, and the clause: by the deviations of its profile, and by what stands in its set-up."""
    for deviation in each.profile.get("deviations", ()):
        yield f"{deviation['because']} ({deviation.get('source') or deviation['requirement']})"
    for name, reason in {**each.set_up.known, **each.set_up.sometimes}.items():
        yield f"{reason} (`{name}`)"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(tried()), "utf-8")
