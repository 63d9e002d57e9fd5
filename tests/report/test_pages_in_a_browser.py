"""The list of runs, and report.html, as Chromium shows them: on a telephone, on paper, and to axe."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from token_conformance.layout import ROOT
from token_conformance.report.runs import write_runs

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = ROOT / "tests" / "live" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ATTACK = "<img src=x onerror=\"document.title='attacked'\">"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium in the PATH")]


@pytest.fixture(scope="module")
def browser():
    """A browser for all of these tests."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser):
    """Opens a file in a window of its own; gives its page, and what its console says."""
    contexts = []

    def opened(path: Path, **context):
        contexts.append(browser.new_context(**context))
        page, said = contexts[-1].new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        return page, said

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def runs(tmp_path) -> Path:
    """The list of three runs of a provider that attacks whoever reads it."""
    for day, failed in enumerate((5, 0, 2), start=1):
        folder = tmp_path / "example" / f"2026010{day}T120000.000000Z"
        folder.mkdir(parents=True)
        told = {"headline": f"The server does not conform {ATTACK}", "conforms": False}
        beginning = {"schema": 1, "suite_version": "0.1.0", "profile": "example", "provider": ATTACK, "server": "live"}
        counts = {"started": f"2026-01-0{day}T12:00:00Z", "verdict": told, "summary": {"fail": failed, "pass": 123}}
        (folder / "results.json").write_text(json.dumps({**beginning, **counts, "checks": []}))
        (folder / "index.html").touch()
    write_runs(tmp_path)
    return tmp_path / "index.html"


@pytest.mark.parametrize("width", [390, 1280, 1600])
def test_nothing_scrolls_sideways(opened, runs, written, width):
    """All of a page is seen, and no cell of the list is cut."""
    page, said = opened(runs, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.evaluate("Math.max(...[...document.querySelectorAll('td')].map(e => e.getBoundingClientRect().right))")
        <= width
    )
    assert (said, page.title()) == ([], "Runs of token-conformance")
    report, _ = opened(written / "report.html", viewport={"width": width, "height": 900})
    assert report.evaluate("document.documentElement.scrollWidth") <= width


def test_a_filter_is_chosen_by_its_words(opened, written):
    """The label of each is what it says."""
    page, _ = opened(written / "report.html")
    page.get_by_label("2 fail").uncheck()
    assert page.locator("tbody.failed").count() == 0
    assert page.locator("tbody.results-table-row").first.inner_text().startswith("error")


def test_paper_has_no_controls(opened, written):
    """And nothing on it is cut to a window."""
    page, _ = opened(written / "report.html")
    assert page.is_visible(".controls")
    page.emulate_media(media="print")
    assert not page.is_visible(".controls")
    assert page.evaluate("getComputedStyle(document.querySelector('#exchanges pre')).maxHeight") == "none"


@pytest.mark.skipif(not AXE.exists(), reason="npm ci in tests/live brings axe-core")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_in_the_list(opened, runs, width, scheme):
    """WCAG 2.2 A and AA, and best practices."""
    page, _ = opened(runs, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
