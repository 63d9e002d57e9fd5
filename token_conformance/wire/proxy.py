"""The proxy between us and a provider: which one a request takes, and what it may be called."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from token_conformance.profile.fields import OF_THE_ENVIRONMENT
from token_conformance.profile.hosts import LOOPBACK, host_of

Transport = httpx.AsyncBaseTransport

NO_WAY_THROUGH = 407
"""The status by which a proxy itself refuses a request of plain http (RFC 9110 §15.5.8)."""


def proxy_for(setting: str | None, address: str) -> str | None:
    """The address of the proxy that a request takes; None where it goes directly, as on this machine it always does.

    Args:
        setting: that of the profile: an address, `env` for the proxy of the environment, or None.
        address: where the request goes.

    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    if setting is None or is_this_machine(host):
        return None
    if setting != OF_THE_ENVIRONMENT:
        return setting
    if proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    named = getproxies()
    found = named.get(parts.scheme) or named.get("all")
    return found if found is None or "://" in found else f"http://{found}"


def shown(proxy: str) -> str:
    """The address of a proxy without the name and the password that it may hold."""
    return f"{urlsplit(proxy).scheme}://{host_of(proxy)}"


def sentence(setting: str | None, address: str) -> str | None:
    """That a provider is asked through a proxy, in a sentence; None where it is not."""
    proxy = proxy_for(setting, address)
    if proxy is None:
        return None
    named = " of the environment" if setting == OF_THE_ENVIRONMENT else ""
    return f"requests go through the proxy{named} {shown(proxy)}"


class Proxied(httpx.AsyncBaseTransport):
    """Sends each request directly or through the proxy of its address; connections of each way are kept.

    A request that the proxy does not let through has no answer: it is no word of the provider's.
    """

    def __init__(self, setting: str, way: Callable[[str | None], Transport]) -> None:
        self._setting = setting
        self._way = way
        self._ways: dict[str | None, Transport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have one request answered."""
        proxy = proxy_for(self._setting, str(request.url))
        if proxy is None:
            return await self._by(None).handle_async_request(request)
        try:
            answer = await self._by(proxy).handle_async_request(request)
        except (httpx.ProxyError, httpx.ConnectError, httpx.UnsupportedProtocol, ImportError, ValueError) as error:
            raise httpx.ConnectError(f"through the proxy {shown(proxy)}: {_why(error)}") from None
        if answer.status_code == NO_WAY_THROUGH and request.url.scheme == "http":
            await answer.aclose()
            raise httpx.ConnectError(f"through the proxy {shown(proxy)}: 407, it wants to know who asks")
        return answer

    async def aclose(self) -> None:
        """Close the connections of all ways."""
        for transport in self._ways.values():
            await transport.aclose()

    def _by(self, proxy: str | None) -> Transport:
        if proxy not in self._ways:
            self._ways[proxy] = self._way(proxy)
        return self._ways[proxy]


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine, by its name or its address."""
    if host in LOOPBACK or host.endswith(".localhost"):
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def _why(error: Exception) -> str:
    if isinstance(error, ImportError | ValueError | httpx.UnsupportedProtocol):
        return "it is no HTTP proxy, and others are not supported"
    return str(error).strip() or type(error).__name__
