"""A browser's developer tools open a recording: what they import of it is what was exchanged."""

from __future__ import annotations

import json
import os

import pytest

from tests.live.pages import needs_browser
from tests.suites.judging import profile_named
from tests.suites.replaying import noted, recorded_in
from token_conformance.plugin.selection import scenarios_of
from token_conformance.provider.login.chromium import executable
from token_conformance.servers.emulated import EmulatedServer

pytestmark = [pytest.mark.browser, needs_browser()]

NETWORK_PANEL = "devtools://devtools/bundled/devtools_app.html?panel=network"

IMPORT = """async text => {
    const { NetworkPanel } = await import('./panels/network/network.js')
    const { NetworkLog } = await import('./models/logs/logs.js')
    const file = new File([text], 'recording.har', { type: 'application/json' })
    await NetworkPanel.NetworkPanel.instance().networkLogView.onLoadFromFile(file)
    const shown = request => [request.requestMethod, request.url(), request.statusCode]
    return NetworkLog.NetworkLog.instance().requests().map(shown)
}"""
"""What the button "Import HAR file" does, and then each request that the panel lists."""


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """What a few scenarios exchange with the emulated server."""
    from tests.suites.collecting import collected

    profile, folder = profile_named("everything"), tmp_path_factory.mktemp("recorded")
    noted(profile, EmulatedServer(profile), scenarios_of(collected())[:12], folder)
    return recorded_in(folder)


def test_the_network_panel_lists_each_exchange(recording):
    """Method, address and status."""
    entries = json.loads(recording.read_text("utf-8"))["log"]["entries"]
    assert len(entries) > 20
    shown = imported(recording.read_text("utf-8"))
    assert sorted(shown) == sorted(
        [each["request"]["method"], each["request"]["url"], each["response"]["status"]] for each in entries
    )


def imported(text):
    """The requests that developer tools show of a HAR."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        sandboxed = os.geteuid() != 0
        browser = playwright.chromium.launch(executable_path=executable(), chromium_sandbox=sandboxed)
        try:
            page = browser.new_page()
            page.goto(NETWORK_PANEL)
            page.locator(".network").first.wait_for(state="attached")
            return page.evaluate(IMPORT, text)
        finally:
            browser.close()
