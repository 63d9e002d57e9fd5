"""Field types of a profile whose mistakes are said in plain words."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _absolute_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme == "" or (parts.scheme in {"http", "https"} and not parts.hostname) or " " in text:
        raise ValueError("expected an absolute URL such as https://op.example/token")
    if parts.fragment:
        raise ValueError("expected a URL without a fragment (RFC 6749 §3.1)")
    return text


def _existing_file(text: str) -> str:
    if not Path(text).is_file():
        raise ValueError("expected the path of a file that exists")
    return text


AbsoluteURL = Annotated[str, AfterValidator(_absolute_url)]
"""An http or https URL with a host, or the custom scheme of a redirect_uri; kept as written."""

ExistingFile = Annotated[str, AfterValidator(_existing_file)]
"""The path of a file."""
