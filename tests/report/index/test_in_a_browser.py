"""index.html as Chromium shows it: nothing of a server runs, nothing is loaded, and axe finds nothing to mend."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.report.index import golden
from token_conformance.layout import ROOT

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = ROOT / "tests" / "live" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium in the PATH")]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A browser for all of these tests."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser) -> Iterator[Callable]:
    """Opens a file in a window of its own; gives its page, what its console says, and what it has loaded."""
    contexts = []

    def opened(path: Path, **context):
        contexts.append(browser.new_context(**context))
        page, said, loaded = contexts[-1].new_page(), [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("requestfinished", lambda request: loaded.append(request.url))
        page.goto(path.as_uri())
        return page, said, loaded

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def example(tmp_path) -> Path:
    """The golden page as a file."""
    path = tmp_path / "index.html"
    path.write_text(golden.page(), "utf-8")
    return path


def test_nothing_of_a_server_runs_and_nothing_is_loaded(opened, written):
    """The console is empty, the title is ours, and the file is all that was asked for."""
    page, said, loaded = opened(written / "index.html")
    assert said == []
    assert loaded == [(written / "index.html").as_uri()]
    assert "attacked" not in page.title()
    assert "document.title='attacked'" in page.content()


def test_what_slips_through_does_not_run(opened, written):
    """The policy stops a script, a handler and a style that escaping has missed, and the console tells."""
    path = written / "attacked.html"
    slipped = (
        "<script>document.title='attacked'</script><style>body{display:none}</style><img src=https://op.example/x>"
    )
    path.write_text((written / "index.html").read_text("utf-8").replace("<h1", f"{slipped}<h1", 1), "utf-8")
    page, said, loaded = opened(path)
    assert "attacked" not in page.title()
    assert page.is_visible("h1")
    assert len(said) >= 3
    assert loaded == [path.as_uri()]


@pytest.mark.parametrize("width", [390, 1280, 1600])
def test_nothing_scrolls_sideways(opened, example, width):
    """With everything open."""
    page, _, _ = opened(example, viewport={"width": width, "height": 900}, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_link_into_a_fold_opens_it(opened, example):
    """An exchange is seen by its link alone, without a script."""
    page, _, _ = opened(example, java_script_enabled=False)
    assert not page.is_visible("pre[id='reuse/3']")
    page.click("#cause-1 figcaption a[href='#reuse/3']")
    page.wait_for_selector("pre[id='reuse/3']", state="visible")


@pytest.mark.skipif(not AXE.exists(), reason="npm ci in tests/live brings axe-core")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(opened, example, width, scheme):
    """WCAG 2.2 A and AA, and best practices, with everything open."""
    page, _, _ = opened(example, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
