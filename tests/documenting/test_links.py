"""Links of Markdown beside docs/ lead somewhere; those within docs/ are looked at when the site is built."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from token_conformance.layout import ROOT

PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "benchmarks").glob("*.md"), *(ROOT / "findings").glob("*.md")))


def tokens_of(page: Path) -> list[Token]:
    return [
        inner for token in MarkdownIt().parse(page.read_text("utf-8")) for inner in (token, *(token.children or ()))
    ]


def links_of(page: Path) -> Iterator[str]:
    for token in tokens_of(page):
        address = token.attrs.get("href") or token.attrs.get("src") or ""
        if address and not urlsplit(str(address)).scheme:
            yield str(address)


def anchors_of(page: Path) -> set[str]:
    """Those that a forge makes of the headings."""
    tokens = tokens_of(page)
    headings = [after.content for token, after in itertools.pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    for link in links_of(page):
        path, _, anchor = unquote(link).partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """To a file or a folder of the project, and to a heading in it."""
    assert broken(page) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    """A file that is not there, and a heading that the page does not have."""
    page = tmp_path / "page.md"
    page.write_text(
        "# One & two\n\n[a](page.md#one--two) [b](page.md#three) [c](gone.md) [d](https://example.com/)\n", "utf-8"
    )
    assert broken(page) == ["page.md#three", "gone.md"]
