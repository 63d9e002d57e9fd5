"""However large a page is, little of it is made a tree of, and that soon."""

from __future__ import annotations

from time import process_time

import lxml.html
import pytest

from token_conformance.wire.page_bounds import MOST_ATTRIBUTES, MOST_TAGS, read_of

LOGIN_FORM = b'<form method="post"><input name="user"><input type="password" name="pass"></form>'


def test_a_usual_page_is_read_as_it_is():
    """To the letter."""
    page = b"<!doctype html><title>Log in</title><p class=a b='c d' e=\"f>g\">" + b"text " * 5000 + LOGIN_FORM
    assert read_of(page) == page


def test_the_form_of_a_page_with_many_tags_is_read():
    """What leads on comes before what does not."""
    read = read_of(b"<p>text</p>" * 80_000 + LOGIN_FORM)
    assert read.endswith(LOGIN_FORM)
    assert read.count(b"<") < MOST_TAGS


def test_tags_are_bounded():
    """Also those of which each could lead on."""
    assert read_of(b"<input name=a>" * 70_000).count(b"<") == MOST_TAGS


@pytest.mark.parametrize("value", [b"", b"=1", b"='>'", b'="<a>"', b" = 1"])
def test_attributes_are_bounded(value):
    """Whatever their values look like; what comes behind the tag is read."""
    page = b"<a " + b" ".join(b"a%d%b" % (n, value) for n in range(3000)) + b">link</a>" + LOGIN_FORM
    root = lxml.html.document_fromstring(read_of(page))
    assert len(root.find(".//a").attrib) == MOST_ATTRIBUTES
    assert [field.name for field in root.forms[0].inputs] == ["user", "pass"]


@pytest.mark.parametrize(
    "piece",
    [b"<a ", b"<a", b"a ", b'<a b="', b"='", b" x =", b"/", b"<p><b>x", b"a%d "],
    ids=["tags", "name", "names", "quotes", "values", "equals", "slashes", "elements", "numbers"],
)
def test_a_page_of_any_kind_is_read_in_no_time(piece):
    """The tree of ten thousand attributes takes some tenths of a second, that of a hundred thousand a minute."""
    pieces = (piece % n if b"%d" in piece else piece for n in range(900_000 // len(piece)))
    page = b"<html><body><a " + b"".join(pieces)
    began = process_time()
    lxml.html.document_fromstring(read_of(page))
    assert process_time() - began < 2
