"""Field types of a profile whose mistakes are said in plain words."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from token_conformance.profile.hosts import host_of
from token_conformance.profile.signing_key import private_key

_HOST_AND_PORT = re.compile(r"[^:/]+:\d+(/|$)")


def _http_url(text: str) -> str:
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("expected an http or https URL such as https://op.example/token")
    if "@" in parts.netloc:
        raise ValueError("expected a URL without a name and a password (RFC 9110 §4.2.4), which reports would show")
    return _without_fragment(text, parts)


def _proxy(text: str) -> str:
    parts = _split(text)
    named = parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.path in {"", "/"}
    if text != OF_THE_ENVIRONMENT and not named:
        raise ValueError('expected the address of an HTTP proxy such as http://proxy.example:3128, or "env"')
    return text


def _redirect_uri(text: str) -> str:
    parts = _split(text)
    web = parts is not None and parts.scheme in {"http", "https"}
    if parts is None or not parts.scheme or (web and not parts.hostname) or _HOST_AND_PORT.match(text):
        raise ValueError("expected an absolute URL such as https://app.example/callback")
    return _without_fragment(text, parts)


def _web_origin(text: str) -> str:
    parts = _split(text)
    bare = parts is not None and bool(parts.hostname) and text == f"{parts.scheme}://{parts.netloc}"
    if parts is None or parts.scheme not in {"http", "https"} or not bare or "@" in parts.netloc:
        raise ValueError("expected the origin of a page such as https://app.example, without a path (RFC 6454 §6.2)")
    return text


def _resource_indicator(text: str) -> str:
    parts = _split(text)
    if parts is None or not parts.scheme or "#" in text or not text.partition(":")[2]:
        raise ValueError(
            "expected an absolute URI without a fragment, such as https://api.example/things (RFC 8707 §2)"
        )
    return text


def _split(text: str) -> SplitResult | None:
    """Split a URL; None where it is none, its port included."""
    if not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises where the port is none
    except ValueError:
        return None
    return parts


def _without_fragment(text: str, parts: SplitResult) -> str:
    if parts.fragment:
        raise ValueError("expected a URL without a fragment (RFC 6749 §3.1)")
    return text


def _existing_file(text: str, information: ValidationInfo) -> str:
    """A relative path starts at the profile's folder, where that is known."""
    folder = (information.context or {}).get("folder")
    path = Path(folder, text) if folder is not None else Path(text)
    if "\0" in text or not path.is_file():
        raise ValueError("expected the path of a file that exists")
    return str(path)


def _host(text: str) -> str:
    named = host_of(f"https://{text}")
    if not named or named.rpartition("@")[2] != text.lower() or not text.isprintable() or " " in text:
        raise ValueError("expected a host, with its port if that is not 443, such as login.example.com")
    return named


def _date_as_text(written: object) -> object:
    return written.isoformat() if isinstance(written, date) else written


OF_THE_ENVIRONMENT = "env"
"""What stands for the proxy that the environment names: HTTPS_PROXY and the like."""

EndpointURL = Annotated[str, AfterValidator(_http_url)]
"""An http or https URL with a host, and without a user; kept as written."""


def _signing_key(text: str) -> str:
    private_key(text)
    return text


ProxyURL = Annotated[str, AfterValidator(_proxy)]
"""The http or https URL of a proxy, perhaps with name and password, or `env`; kept as written."""

RedirectURI = Annotated[str, AfterValidator(_redirect_uri)]
"""An http or https URL with a host, or one of a custom scheme (RFC 8252 §7.1); kept as written."""

WebOrigin = Annotated[str, AfterValidator(_web_origin)]
"""The origin of a page (RFC 6454 §6.2): a scheme, a host, and a port where it is not the usual one."""

ResourceIndicator = Annotated[str, AfterValidator(_resource_indicator)]
"""An absolute URI without a fragment (RFC 8707 §2); kept as written."""

ExistingFile = Annotated[str, AfterValidator(_existing_file)]
"""The path of a file; a relative one starts at the folder of the profile."""

SigningKey = Annotated[str, AfterValidator(_signing_key)]
"""A private key as PEM or JWK, or the path of a file that holds one."""

HostName = Annotated[str, AfterValidator(_host)]
"""The name of a host, with its port where that is not that of https; in lower case."""

DateText = Annotated[str, BeforeValidator(_date_as_text)]
"""A date, written with or without quotes."""
