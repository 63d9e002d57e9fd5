"""Addresses that can stand in a recording."""

from __future__ import annotations

from functools import lru_cache

import httpx


@lru_cache(maxsize=256)
def has_place_for(url: str) -> bool:
    """Whether a request to an address can stand in a recording: its URL is one of HTTP, with a host."""
    try:
        read = httpx.URL(url)
        return read.scheme in {"http", "https"} and bool(read.host)
    except httpx.InvalidURL:
        return False
