"""The report as a browser shows it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--v=0",
    "--dump-dom",
)

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium in the PATH")]


@dataclass(frozen=True)
class Shown:
    """A page after its script has run, and the lines of its console."""

    document: lxml.html.HtmlElement
    console: list[str]

    @property
    def title(self) -> str:
        return self.document.findtext(".//title")

    @property
    def verdicts(self) -> list[str]:
        return [cell.text for cell in self.document.xpath("//td[contains(@class, 'col-result')]")]


@pytest.fixture
def browse(tmp_path: Path) -> Callable[..., Shown]:
    """Opens a file in a browser that has never seen another one."""

    def browse(path: Path, query: str = "") -> Shown:
        command = [CHROMIUM, *OPTIONS, f"--user-data-dir={tmp_path / 'browser'}", f"{path.as_uri()}{query}"]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        console = [line for line in finished.stderr.splitlines() if "CONSOLE" in line]
        return Shown(lxml.html.fromstring(finished.stdout), console)

    return browse


def test_the_report_is_shown_and_nothing_of_a_server_runs(browse, written):
    """Every check has its row, most serious first; the console is empty, and no attack has changed the page."""
    shown = browse(written / "report.html", "?collapsed=")
    order = ["fail", "error", "warning", "deviation", "inconclusive", "not applicable", "pass"]
    assert shown.verdicts == [verdict for verdict in order for _ in range(2)]
    assert shown.console == []
    assert shown.title == "Token conformance of example"
    assert not shown.document.xpath("//body//img[@src='x'] | //svg | //iframe | //*[@onerror or @srcdoc]")
    assert "document.title='attacked'" in shown.document.text_content()


def test_the_filter_knows_our_verdicts(browse, written):
    """A report opened at its inconclusive checks shows these alone."""
    assert browse(written / "report.html", "?visible=rerun").verdicts == ["inconclusive"] * 2


def test_a_script_that_slips_through_does_not_run(browse, written):
    """The page's policy stops what escaping has missed, and the console tells: so an empty one means something."""
    page = (written / "report.html").read_text("utf-8")
    attacked = written / "attacked.html"
    attacked.write_text(page.replace("<h1", "<script>document.title='attacked'</script><h1", 1), "utf-8")
    shown = browse(attacked)
    assert shown.title == "Token conformance of example"
    assert any("Content Security Policy" in line for line in shown.console)
    assert len(shown.verdicts) == 14
