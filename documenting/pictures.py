"""Makes the pictures of the documentation: docs/report.png of index.html and docs/checks.png of report.html, of one run.

    python -m documenting.pictures

It needs the extra `browser` and a Chromium in the PATH. The run is of the emulated server with three faults.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from token_conformance.layout import ROOT

FAULTS = ("refresh-reuse-accepted", "expires-in-string", "success-cacheable")


@dataclass(frozen=True)
class Picture:
    """A picture: its file in docs/, the page of the report that it shows from the top on, its height in pixels."""

    file: str
    page: str
    height: int


PICTURES = (Picture("report.png", "index.html", 1500), Picture("checks.png", "report.html", 1000))
WIDTH = 1280


def main() -> None:
    """Run, and take all pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        reports = _ran(Path(folder))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, reports / picture.page, ROOT / "docs" / picture.file, picture.height)
        browser.close()


def _ran(folder: Path) -> Path:
    """The folder of a run's reports."""
    faults = [word for fault in FAULTS for word in ("--fault", fault)]
    command = ["run", "auth0", "--emulated", *faults, "--report-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "token_conformance", *command], capture_output=True, check=False, cwd=ROOT)  # noqa: S603
    (page,) = folder.glob("*/*/index.html")
    return page.parent


def take(browser: Browser, page: Path, picture: Path, height: int) -> None:
    """Take a picture of a page, as light as paper."""
    window = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
    window.goto(page.as_uri())
    window.screenshot(path=picture)
    window.close()


if __name__ == "__main__":
    main()
