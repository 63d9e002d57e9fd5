"""Debian's Chromium, led by Playwright: started once in a run, when the first login needs it."""

from __future__ import annotations

import asyncio
import os
import shutil
from base64 import b64encode
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from token_conformance.profile.models import Profile
from token_conformance.verdict import NoLogin
from token_conformance.wire.proxy import proxy_for, shown
from token_conformance.wire.tls import trust

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright, ProxySettings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What Debian, others and Google call it."""

FLAGS = (
    "--headless=new",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""It talks to the provider and to nobody else."""

DIRECTLY = "--no-proxy-server"
"""It takes no proxy of the environment, as the rest of a run does not."""

WITHOUT_PLAYWRIGHT = (
    'login.strategy = "browser" needs Playwright: install the extra "browser", pip install "token-conformance[browser]"'
)
WITHOUT_CHROMIUM = 'login.strategy = "browser" needs a Chromium in the PATH: install the package "chromium" of Debian'

HTTPS = 443


class Chromium:
    """One process for all rows of scenarios; each has a context of its own, which is a user's browser."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def context(self, url: str) -> BrowserContext:
        """A browser that no provider has ever seen, for an authorization request to that address.

        Raises:
            NoLogin: there is no Playwright or no Chromium, or it does not start; the message says which.

        """
        async with self._starting:
            if self._browser is None:
                self._browser = await self._start(url)
        # Captions are read best in English; scripts of the page may not hide its requests behind a worker.
        return await self._browser.new_context(locale="en-US", service_workers="block")

    async def close(self) -> None:
        """End the process."""
        with suppress(Exception):
            if self._browser is not None:
                await self._browser.close()
        with suppress(Exception):
            if self._playwright is not None:
                await self._playwright.stop()

    async def _start(self, url: str) -> Browser:
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError:
            raise NoLogin(WITHOUT_PLAYWRIGHT) from None
        path = executable()
        if path is None:
            raise NoLogin(WITHOUT_CHROMIUM)
        proxy = proxy_for(self._profile.server.proxy, url)
        flags = [*FLAGS, *(await self._pins(url) if proxy is None else ()), *([DIRECTLY] if proxy is None else ())]
        try:
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            # Chromium's own sandbox does not run for root.
            sandboxed = not (hasattr(os, "geteuid") and os.geteuid() == 0)
            return await self._playwright.chromium.launch(
                executable_path=path,
                args=flags,
                chromium_sandbox=sandboxed,
                handle_sigint=False,
                proxy=_settings(proxy) if proxy is not None else None,
            )
        except Error as error:
            raise NoLogin(f"{path} does not start: {first_line(error)}") from None

    async def _pins(self, url: str) -> list[str]:
        """Have Chromium trust the keys that the profile's `ca_bundle` vouches for: it reads no bundles itself."""
        bundle = self._profile.server.ca_bundle
        if bundle is None:
            return []
        addresses = {url, self._profile.server.issuer or url}
        keys = [await _verified_key(each, bundle, self._profile.limits.request_timeout) for each in addresses]
        return [f"--ignore-certificate-errors-spki-list={','.join(filter(None, keys))}"] if any(keys) else []


def _settings(proxy: str) -> ProxySettings:
    """A proxy as Playwright is told it; Chromium goes to this machine directly by itself."""
    parts = urlsplit(proxy)
    named: ProxySettings = {"server": shown(proxy)}
    if parts.username is not None:
        named |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return named


def executable() -> str | None:
    """The Chromium of the system, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def first_line(error: Exception) -> str:
    """What Playwright says of an error, without its log, which holds all that was typed."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


async def _verified_key(url: str, ca_bundle: str, seconds: float) -> str | None:
    """The digest of the public key in the server's certificate, if it is good for its name; None where it is not."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return None
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or HTTPS, ssl=trust(ca_bundle))
    except (OSError, TimeoutError, ValueError):
        return None
    connection: Any = writer.get_extra_info("ssl_object")
    certificate = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True))
    writer.transport.abort()
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(sha256(key).digest()).decode()
