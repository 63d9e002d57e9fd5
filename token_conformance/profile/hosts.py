"""To whom secrets go: the hosts of addresses, and whether the way to them can be listened at."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""This machine: where apps listen for their answers (RFC 8252 §7.3 and §8.3), and nobody listens in."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(address: str) -> str:
    """The host of an address in lower case, with its port where that is not the scheme's own; empty where there is none."""
    parts = _split(address)
    port = parts.port if parts.port not in {None, _DEFAULT_PORTS.get(parts.scheme)} else None
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{name}:{port}" if port is not None else name


def is_plain(address: str) -> bool:
    """Whether what is sent there can be read on the way: by http, and not on this machine."""
    parts = _split(address)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where the port is none
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts
