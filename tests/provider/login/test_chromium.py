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
