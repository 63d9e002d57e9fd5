"""Where the pages of a login lead: addresses, resolved and compared as a browser does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def resolve(base: str, address: str) -> str:
    """The absolute address, or nothing where a server wrote one that is none."""
    try:
        absolute = urljoin(base, address.strip())
        _ = urlsplit(absolute).port
    except ValueError:
        return ""
    return absolute


def parts_of(address: str) -> SplitResult:
    """The parts of an address; of one that is none, no part."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def can_be_opened(address: str) -> bool:
    """Whether a browser may be sent there: http or https to a host, without anything that is no character of a URI.

    `javascript:` and `file:` would run or show something else than a page of the provider (RFC 8252 §8.12 and RFC 3986 §2).
    """
    written = address.isascii() and address.isprintable() and " " not in address
    parts = parts_of(address)
    return written and parts.scheme in {"http", "https"} and bool(parts.netloc)


def same_place(one: str, other: str) -> bool:
    """Whether two addresses have the same scheme, host, port and path."""
    return _place(one) == _place(other)


def origin(url: str) -> str:
    """The scheme, host and port of an address (RFC 6454 §6.1)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _place(url: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme), parts.path or "/"


def form_encoded(parameters: Iterable[tuple[str, str]]) -> str:
    """Parameters as in a form (RFC 6749 §B), whatever characters a server has put into a token, half ones among them."""
    return urlencode([*parameters], errors="surrogatepass")


def with_query(url: str, parameters: Mapping[str, str | tuple[str, ...] | None]) -> str:
    """The address with further parameters; empty ones are left out, several values repeat one."""
    pairs = ((name, [value] if isinstance(value, str) else value) for name, value in parameters.items() if value)
    query = form_encoded([(name, each) for name, values in pairs for each in values])
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"
