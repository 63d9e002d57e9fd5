"""How a server begins TLS: a handshake alone, in which nothing is sent."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from dataclasses import dataclass
from functools import partial
from typing import Literal
from urllib.parse import urlsplit

from token_conformance.wire.tls import trust

Versions = Literal["usual", "old"]
"""What the client offers: the versions of today with the server's certificate verified, or TLS 1.0 and 1.1 alone."""

Outcome = Literal["done", "untrusted", "refused", "unreachable", "unable"]

HTTPS = 443

OURS = ("NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE", "LIBRARY_HAS_NO_CIPHERS", "NO_CIPHER_MATCH")
"""OpenSSL's names for a handshake that it could not begin."""


@dataclass(frozen=True)
class Handshake:
    """How a handshake ended.

    `done`: there was a connection, of that `version`. `untrusted`: the server's certificate is not good for its name.
    `refused`: the server ended it. `unreachable`: there was no connection to begin with, or no answer in time.
    `unable`: OpenSSL here does not speak what was to be offered. `reason` says it in words.
    """

    outcome: Outcome
    version: str | None = None
    reason: str = ""


async def handshake(address: str, versions: Versions, ca_bundle: str | None, seconds: float) -> Handshake:
    """Connect to the host of an https address, negotiate TLS within some seconds, and hang up."""
    parts = urlsplit(address)
    try:
        context = trust(ca_bundle) if versions == "usual" else _old()
    except (ssl.SSLError, ValueError) as error:
        return Handshake("unable", reason=_words(error))
    connect = partial(asyncio.open_connection, parts.hostname, parts.port or HTTPS)
    try:
        async with asyncio.timeout(seconds):
            _, writer = await connect(ssl=context, server_hostname=parts.hostname)
    except ssl.SSLCertVerificationError as error:
        return Handshake("untrusted", reason=error.verify_message)
    except ssl.SSLError as error:
        return Handshake("unable" if error.reason in OURS else "refused", reason=_words(error))
    except (ConnectionResetError, asyncio.IncompleteReadError) as error:
        return Handshake("refused", reason=_words(error))
    except (OSError, TimeoutError, ValueError) as error:
        return Handshake("unreachable", reason=_words(error))
    version: str | None = writer.get_extra_info("ssl_object").version()
    writer.transport.abort()
    return Handshake("done", version)


def _old() -> ssl.SSLContext:
    """A client that speaks TLS 1.0 and 1.1 alone. Whoever answers, it has nothing to say, so that nobody is verified."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # The signatures of these versions are below the level of security that OpenSSL keeps to otherwise.
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _words(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
