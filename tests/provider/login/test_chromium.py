"""A browser that is not there is one sentence."""

from __future__ import annotations

import asyncio
import builtins

import pytest

from token_conformance.provider.login import chromium
from token_conformance.provider.login.chromium import Chromium, first_line
from token_conformance.verdict import NoLogin


def open_browser(profile):
    asyncio.run(Chromium(profile).context("https://op.example/authorize"))


def test_without_playwright_the_extra_is_named(make_profile, monkeypatch):
    """The sentence is a command."""
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("playwright"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoLogin, match=r'install the extra "browser", pip install "token-conformance\[browser\]"$'):
        open_browser(make_profile())


def test_without_chromium_the_package_is_named(make_profile, monkeypatch):
    """Nothing is downloaded."""
    pytest.importorskip("playwright")
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    with pytest.raises(NoLogin, match=r'needs a Chromium in the PATH: install the package "chromium" of Debian$'):
        open_browser(make_profile())


def test_what_was_typed_is_no_part_of_a_message():
    """Playwright's log of a failure repeats the password."""
    error = Exception('ElementHandle.fill: Timeout 10ms exceeded.\nCall log:\n  - fill("a-password-0001")')
    assert first_line(error) == "ElementHandle.fill: Timeout 10ms exceeded."


class Launched:
    """Stands for Playwright, and keeps what it was told to start."""

    def __init__(self):
        self.told = {}
        self.chromium = self

    async def start(self):
        return self

    async def stop(self):
        pass

    async def launch(self, **told):
        self.told = told
        return self

    async def new_context(self, **_):
        return self

    async def close(self):
        pass


@pytest.mark.parametrize(
    ("proxy", "given"),
    [
        (None, None),
        ("http://proxy.example:3128", {"server": "http://proxy.example:3128"}),
        (
            "http://me:pass%2Fword@proxy.example",
            {"server": "http://proxy.example", "username": "me", "password": "pass/word"},
        ),
    ],
)
def test_the_browser_goes_through_the_proxy_of_the_profile(make_profile, monkeypatch, proxy, given):
    """And through none where the profile names none, whatever the environment says."""
    playwright = pytest.importorskip("playwright.async_api")
    launched = Launched()
    monkeypatch.setattr(playwright, "async_playwright", lambda: launched)
    monkeypatch.setattr(chromium.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setenv("HTTPS_PROXY", "http://other.example")
    open_browser(make_profile(server={"token_endpoint": "https://op.example/token", "proxy": proxy}))
    assert launched.told["proxy"] == given
    assert ("--no-proxy-server" in launched.told["args"]) == (proxy is None)
