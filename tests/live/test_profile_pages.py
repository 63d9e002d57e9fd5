"""docs/profiles has a page of each profile that comes along, which is what the profile and the pins make of it."""

from __future__ import annotations

import pytest

from tests.live import profile_pages
from token_conformance.profile import files
from token_conformance.profile.loading import load

RUNS = profile_pages.runs_by_profile()


def test_each_profile_has_a_page_and_nothing_else_has():
    """They are written by `python -m tests.live.profile_pages`."""
    assert {path.stem for path in profile_pages.PAGES.glob("*.md")} == set(files.names())


@pytest.mark.parametrize("name", files.names())
def test_the_page_is_that_of_the_profile(name):
    """Who changes a profile, or pins anew, writes the pages anew: python -m tests.live.profile_pages."""
    assert profile_pages.path_of(name).read_text("utf-8") == profile_pages.page(name, RUNS.get(name, []))


@pytest.mark.parametrize("name", ["hydra", "keycloak", "spring-authorization-server"])
def test_a_page_says_how_the_profile_was_last_run(name):
    """The day, the version of the server and the set-up, of each that extends the profile."""
    page = profile_pages.page(name, RUNS[name])
    for each in RUNS[name]:
        assert (
            f"| {each.pins.day} | {each.pins.suite} | {each.title} | {each.pins.server} | {each.set_up.name} |" in page
        )


def test_a_page_says_that_nothing_was_run():
    """Where no server can be had, what is documented stays documented."""
    assert "okta" not in RUNS
    assert profile_pages.NOT_RUN in profile_pages.page("okta", [])


@pytest.mark.parametrize("name", files.names())
def test_a_page_has_each_deviation_with_its_clause(name):
    """And each fact with its basis."""
    page, path = profile_pages.page(name, []), files.find(name)
    profile = load(path, files.examples(path))
    for deviation in profile.deviations:
        assert f"`{deviation.requirement}` ({profile_pages.KNOWN[deviation.requirement].clause}): " in page
    for where, fact in profile_pages.facts_in("", {"grants": profile.grants, "tokens": profile.tokens}):
        (line,) = (line for line in page.splitlines() if f"`{where}`" in line and line.startswith(("| ", "Nothing")))
        assert line.startswith("Nothing is known of ") if fact.basis == "unknown" else f" | {fact.basis} | " in line


def test_what_would_end_a_cell_is_escaped():
    """A source with a bar in it stays in its column."""
    assert profile_pages._cell("a | b") == "a \\| b"
