"""Makes the picture of the README: the first screen and the first finding of index.html, of a server with three faults.

    python docs/picture.py

It needs the extra `browser` and a Chromium in the PATH.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

FAULTS = ("refresh-reuse-accepted", "expires-in-string", "success-cacheable")

WIDTH, HEIGHT = 1280, 1500
"""Of the picture, in pixels."""


def main() -> None:
    """Run, and take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        faults = [word for fault in FAULTS for word in ("--fault", fault)]
        command = ["run", "auth0", "--emulated", *faults, "--report-dir", folder]
        subprocess.run([sys.executable, "-m", "token_conformance", *command], capture_output=True, check=False)  # noqa: S603
        (page,) = Path(folder).glob("*/*/index.html")
        take(page, Path(__file__).with_name("report.png"))


def take(page: Path, picture: Path) -> None:
    """Take a picture of a page, as light as paper."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        opened.goto(page.as_uri())
        opened.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main()
