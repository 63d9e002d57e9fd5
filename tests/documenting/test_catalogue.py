"""The catalogues as pages: everything of them stands there, and where `explain` says that it does."""

from __future__ import annotations

import re

import pytest

from documenting import catalogue as written
from documenting.markdown import plain
from token_conformance.judging.causes import causes
from token_conformance.judging.requirement import Requirement, catalogue
from token_conformance.judging.tied import tied_checks


@pytest.fixture(scope="module")
def pages():
    return written.pages()


def entry(pages, path, anchor):
    """What stands under the heading with that anchor, to the next one."""
    return pages[path].partition(f"{{ #{anchor} }}\n")[2].partition("\n## ")[0]


def test_each_requirement_stands_on_the_page_that_explain_names(pages):
    """Its entry has its level, why it matters, how a server is mended, and what is to be noted."""
    for requirement in catalogue().values():
        path, _, anchor = requirement.page.partition("#")
        told = entry(pages, path.replace(".html", ".md"), anchor)
        assert f"`{requirement.id}` · **{requirement.level}** · " in told
        said = (requirement.protects, requirement.mend, requirement.note, requirement.untested)
        assert [text for text in said if plain(text) not in told] == []


def test_each_check_stands_under_its_requirements(pages):
    """By its name and the fact that it holds a server to."""
    for check in tied_checks():
        for id_ in check.requirements:
            path, _, anchor = catalogue()[id_].page.partition("#")
            told = entry(pages, path.replace(".html", ".md"), anchor)
            assert f"`{check.name}`: {plain(check.fact)}" in told


def test_each_cause_has_an_entry_that_leads_to_its_requirements(pages):
    """And each of these leads back."""
    for cause in causes().causes.values():
        told = entry(pages, written.CAUSES, cause.id)
        assert plain(cause.consequence) in told
        for id_ in (*cause.requirements, *cause.accepted):
            path, _, anchor = catalogue()[id_].page.partition("#")
            assert f"#{id_})" in told
            assert f"causes.md#{cause.id})" in entry(pages, path.replace(".html", ".md"), anchor)


def test_each_claim_says_how_many_requirements_it_comprises():
    """MUSTs beside all others, and the sources that they are of."""
    (row,) = [line for line in written.claims().splitlines() if line.startswith("| `fapi2` |")]
    of_it = [each for each in catalogue().values() if "fapi2" in each.claims]
    must = sum(each.mandatory for each in of_it)
    assert row.startswith(f"| `fapi2` | {must} | {len(of_it) - must} | ")
    assert sum(map(int, re.findall(r"\) (\d+)", row))) == len(of_it)


def test_sections_stand_in_their_order():
    """§4.9 comes before §4.10, RFC 6749 before RFC 10000, and what is ours last."""
    stated = [
        Requirement(source, source, section, "MUST", "t", "p", "m")
        for source, section in (
            ("token-conformance", ""),
            ("RFC 10000", "1"),
            ("RFC 6749", "4.10"),
            ("RFC 6749", "4.9"),
        )
    ]
    sources = written.by_source(stated)
    assert list(sources) == ["RFC 6749", "RFC 10000", "token-conformance"]
    assert [each.section for each in sources["RFC 6749"]] == ["4.9", "4.10"]


def test_words_of_a_catalogue_are_no_markdown():
    """What Markdown takes for signs is shown as it stands."""
    assert plain("<b> *a* [x](y) `z` a_b & |") == "&lt;b&gt; \\*a\\* \\[x\\](y) \\`z\\` a\\_b &amp; \\|"
