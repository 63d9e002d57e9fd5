"""Measures index.html of an emulated run: its size, its exchanges, the CPU it takes to make, and how soon Chromium paints it.

    python -m benchmarks.index_page [PROFILE] [--times 9]

It needs the extra `browser` and a Chromium in the PATH. Beside the page stands an almost empty one, since the browser
itself takes most of the time.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

EMPTY = '<!doctype html><html lang="en"><title>Empty</title><h1>Nothing</h1></html>'

PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"
"""Milliseconds from the beginning of the navigation to the first thing that can be read."""


def main() -> None:
    """Run, look, and print a line for each page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("profile", nargs="?", default="generic-oidc")
    parser.add_argument("--times", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page = _page_of(given.profile, Path(folder))
        empty = Path(folder) / "empty.html"
        empty.write_text(EMPTY, "utf-8")
        text = page.read_text("utf-8")
        print(f"{given.profile}: {page.stat().st_size / 1000:.0f} kB, {text.count('<pre id=')} exchanges")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for name, path in (("an almost empty page", empty), ("index.html", page)):
                print(f"{name}: first paint after {_paint(browser, path, given.times):.0f} ms, median of {given.times}")
            browser.close()


def _page_of(profile: str, folder: Path) -> Path:
    command = ["run", profile, "--emulated", "--report-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "token_conformance", *command], capture_output=True, check=False)  # noqa: S603
    (page,) = folder.glob("*/*/index.html")
    return page


def _paint(browser: Browser, path: Path, times: int) -> float:
    """The median of the milliseconds until the first paint, each in a window of its own."""
    return median(_painted(browser, path) for _ in range(times))


def _painted(browser: Browser, path: Path) -> float:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri())
    while (found := float(page.evaluate(PAINTED))) < 0:
        page.wait_for_timeout(20)  # the page's policy lets nobody wait in it
    page.close()
    return found


if __name__ == "__main__":
    main()
