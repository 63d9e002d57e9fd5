"""Looks for a word in the site, as a reader does: prints where the first result leads, what was asked of other hosts, and how much the page is wider than a small window.

python tests/documenting/looking.py CHROMIUM ADDRESS WORD
"""

from __future__ import annotations

import sys

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
        page.fill("input[name=query]", word)
        result = page.wait_for_selector(".md-search-result__link", timeout=60_000)
        assert result is not None
        print(str(result.get_property("href")).split("?")[0] + fragment(str(result.get_property("href"))))
        for url in asked:
            if url.startswith(OTHERS):
                print(url)
        page.set_viewport_size({"width": 390, "height": 844})
        page.reload()
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        print(f"wider than the window by {width}")
        browser.close()


def fragment(address: str) -> str:
    """The anchor of an address, with its sign."""
    _, sign, anchor = address.partition("#")
    return sign + anchor


if __name__ == "__main__":
    main()
