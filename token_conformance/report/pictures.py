"""Draws the family of a token as a tree, in SVG without script: which begat which, what ended it, and which answer is forbidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from token_conformance.oracle.families import Kin

WIDTH, HEIGHT = 170, 26
"""Of a token, in pixels."""

COLUMN, ROW = 200, 78
"""From one token to the next, in pixels."""

MARGIN = 14

LINE = 26
"""Letters of a line of words below a token."""


@dataclass(frozen=True)
class Place:
    """Where the middle of a token's upper edge is."""

    x: float
    y: float


def picture(family: Sequence[Kin], steps: Mapping[str, int]) -> str:
    """A family as SVG, which says the same in words; exchanges that are steps of the story go by their numbers there.

    Args:
        family: each token after the one that begat it.
        steps: the numbers of the story's exchanges.

    """
    places = _places(family)
    width = max((place.x for place in places.values()), default=0.0) + WIDTH / 2 + MARGIN
    height = max((place.y for place in places.values()), default=0.0) + ROW
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    drawing = ElementTree.Element("svg", {"class": "family", "role": "img", **size})
    ElementTree.SubElement(drawing, "title").text = "The family of the token"
    ElementTree.SubElement(drawing, "desc").text = _printable(" ".join(_sentences(family, steps)))
    for kin in family:
        _draw_birth(drawing, kin, places, steps)
    for kin in family:
        _draw(drawing, kin, places[kin.name], steps)
    return ElementTree.tostring(drawing, encoding="unicode")


def _sentences(family: Sequence[Kin], steps: Mapping[str, int]) -> Iterator[str]:
    """What the picture shows, in words."""
    for kin in family:
        between = f", {_generations(kin.skipped)} before it" if kin.skipped else ""
        origin = f" by {kin.begotten_by}{between}" if kin.begotten_by else ""
        yield f"{kin.name[0].upper()}{kin.name[1:]} was handed over{origin} {_in(kin.born, steps)}."
        if kin.ended and kin.ended_in:
            yield f"It {kin.ended} {_in(kin.ended_in, steps)}."
        if kin.accused:
            yield "The answer that is forbidden is about it."
        if kin.illicit:
            yield "It comes of the answer that is forbidden."


def _generations(number: int) -> str:
    return f"{number} generation{'' if number == 1 else 's'}"


def _in(exchange: str, steps: Mapping[str, int]) -> str:
    return f"in step {steps[exchange]}" if exchange in steps else f"in {exchange}"


def _places(family: Sequence[Kin]) -> dict[str, Place]:
    """A row a generation; the first child stands below its parent, and the others beside it."""
    places: dict[str, Place] = {}
    taken: dict[int, int] = {}
    for kin in family:
        above = places.get(kin.begotten_by or "")
        row = round((above.y - MARGIN) / ROW) + 1 if above is not None else 0
        wanted = round((above.x - MARGIN - WIDTH / 2) / COLUMN) if above is not None else 0
        column = max(wanted, taken.get(row, 0))
        taken[row] = column + 1
        places[kin.name] = Place(MARGIN + WIDTH / 2 + column * COLUMN, MARGIN + row * ROW)
    return places


def _draw_birth(drawing: ElementTree.Element, kin: Kin, places: Mapping[str, Place], steps: Mapping[str, int]) -> None:
    if kin.begotten_by is None or kin.begotten_by not in places:
        return
    above, below = places[kin.begotten_by], places[kin.name]
    path = f"M{above.x:g} {above.y + HEIGHT:g}V{below.y - 12:g}H{below.x:g}V{below.y:g}"
    kind = "birth illicit" if kin.illicit else "birth"
    style = {"stroke-dasharray": "5 3"} if kin.illicit or kin.skipped else {}
    ElementTree.SubElement(
        drawing, "path", {"class": kind, "d": path, "fill": "none", "stroke": "currentColor", **style}
    )
    skipped = f"{_generations(kin.skipped)}, " if kin.skipped else ""
    _write(drawing, below.x + 6, below.y - 3, skipped + _short(kin.born, steps), "quiet", anchor="start")


def _draw(drawing: ElementTree.Element, kin: Kin, place: Place, steps: Mapping[str, int]) -> None:
    kinds = ["token", kin.state, *(["accused"] if kin.accused else []), *(["illicit"] if kin.illicit else [])]
    frame = {"x": f"{place.x - WIDTH / 2:g}", "y": f"{place.y:g}", "width": str(WIDTH), "height": str(HEIGHT)}
    style = {"fill": "none", "stroke": "currentColor", "rx": "13"}
    ElementTree.SubElement(drawing, "rect", {"class": " ".join(kinds), **frame, **style})
    marks = {"alive": "● ", "used": "○ ", "dead": "† "}
    _write(drawing, place.x, place.y + 17, ("✕ " if kin.accused else marks[kin.state]) + kin.name, "name")
    if kin.state == "dead" and kin.ended and kin.ended_in:
        told = f"{kin.ended} ({_short(kin.ended_in, steps)})"
        for number, line in enumerate(_lines(told)):
            _write(
                drawing, place.x - WIDTH / 2 + 4, place.y + HEIGHT + 13 * (number + 1), line, "quiet", anchor="start"
            )


def _short(exchange: str, steps: Mapping[str, int]) -> str:
    return str(steps.get(exchange, exchange))


def _lines(told: str) -> list[str]:
    """Two lines at most, of which nothing is wider than a token."""
    if len(told) <= LINE:
        return [told]
    cut = told.rfind(" ", 0, LINE)
    first, rest = (told[:cut], told[cut + 1 :]) if cut > 0 else (told[:LINE], told[LINE:])
    return [first, rest if len(rest) <= LINE else f"{rest[: LINE - 1]}…"]


def _write(drawing: ElementTree.Element, x: float, y: float, told: str, kind: str, *, anchor: str = "middle") -> None:
    where = {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor, "class": kind, "fill": "currentColor"}
    ElementTree.SubElement(drawing, "text", where).text = _printable(told)


def _printable(told: str) -> str:
    """Words without what XML may not hold, or would move a cursor."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in told)
