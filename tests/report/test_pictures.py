"""Pictures of families say in shapes what their words say, and run nothing."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from token_conformance.oracle.families import Kin
from token_conformance.report.pictures import picture

FAMILY = (
    Kin("code A", "exploring/1", state="used"),
    Kin("refresh token A1", "exploring/2", "code A", state="used", ended="was used, and replaced", ended_in="exploring/3", accused=True),
    Kin("refresh token A2", "exploring/3", "refresh token A1", state="dead", ended="was revoked", ended_in="exploring/4"),
    Kin("refresh token A9", "exploring/5", "refresh token A1", skipped=3, illicit=True),
)  # fmt: skip
STEPS = {f"exploring/{number}": number for number in range(1, 5)}


def parsed(told):
    return ElementTree.fromstring(told)  # noqa: S314 - we have written it


def drawn(family=FAMILY, steps=STEPS):
    return parsed(picture(family, steps))


def test_each_token_is_a_shape_of_its_state_with_its_name():
    shapes = [shape.get("class") for shape in drawn().iter("rect")]
    assert shapes == ["token used", "token used accused", "token dead", "token alive illicit"]
    names = [text.text for text in drawn().iter("text") if text.get("class") == "name"]
    assert names == ["○ code A", "✕ refresh token A1", "† refresh token A2", "● refresh token A9"]


def test_a_line_leads_from_each_token_to_what_it_begat():
    """Straight down to the first, beside it to the next; dashed to what should not be, or where generations are left out."""
    paths = {path.get("d"): path for path in drawn().iter("path")}
    assert list(paths) == ["M99 40V80H99V92", "M99 118V158H99V170", "M99 118V158H299V170"]
    assert [path.get("stroke-dasharray") for path in paths.values()] == [None, None, "5 3"]


def test_words_say_the_same_to_who_does_not_see_it():
    assert drawn().get("role") == "img"
    assert drawn().find("title").text == "The family of the token"
    assert drawn().find("desc").text == (
        "Code A was handed over in step 1. Refresh token A1 was handed over by code A in step 2."
        " It was used, and replaced in step 3. The answer that is forbidden is about it."
        " Refresh token A2 was handed over by refresh token A1 in step 3. It was revoked in step 4."
        " Refresh token A9 was handed over by refresh token A1, 3 generations before it in exploring/5."
        " It comes of the answer that is forbidden."
    )


def test_what_ended_a_token_stands_below_it_with_the_number_of_its_sentence():
    told = [text.text for text in drawn().iter("text") if text.get("class") == "quiet"]
    assert told == ["2", "3", "3 generations, exploring/5", "was revoked (4)"]


def test_nothing_stands_outside():
    _, _, width, height = map(float, drawn().get("viewBox").split())
    for shape in drawn().iter("rect"):
        assert 0 <= float(shape.get("x")) <= float(shape.get("x")) + float(shape.get("width")) <= width
        assert float(shape.get("y")) + float(shape.get("height")) <= height


@pytest.mark.parametrize(
    "name", ["</svg><script>alert(1)</script>", "a & b", '"><a onload=x>', "\x1b[31m\x00", "x" * 500]
)
def test_text_is_text(name):
    """Whatever a name is: it breaks out of nothing, and what no XML may hold is left out."""
    kin = (Kin(name, name, state="dead", ended=name, ended_in=name),)
    told = picture(kin, {})
    assert "<script" not in told
    assert "<a " not in told
    assert {element.tag for element in parsed(told).iter()} == {"svg", "title", "desc", "rect", "text"}


def test_colours_are_those_of_the_page():
    """They come from the style sheet, which knows light and dark; without it lines are those of the text."""
    told = picture(FAMILY, STEPS)
    assert "#" not in told
    assert 'stroke="currentColor"' in told
    assert "style=" not in told
