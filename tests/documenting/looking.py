"""Looks for a word in the site, as a reader does. Prints three lines: where the results lead, what was asked of
other hosts, and by how many pixels the page is wider than a small window.

python tests/documenting/looking.py CHROMIUM ADDRESS WORD
"""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

OTHERS = ("http:", "https:", "ws:", "wss:")


def main() -> None:
    """A process of its own, since Playwright has a loop of its own."""
    chromium, address, word = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.locator("input[name=query]").press_sequentially(word)
        results = page.locator(".md-search-result__link")
        results.first.wait_for(state="attached", timeout=60_000)
        print(*(urlsplit(str(each.get_attribute("href")))._replace(query="").geturl() for each in results.all()))
        print(*(url for url in asked if url.startswith(OTHERS)))
        page.set_viewport_size({"width": 390, "height": 844})
        page.reload()
        print(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
        browser.close()


if __name__ == "__main__":
    main()
