"""A JWT as it came and as it is told, and the texts of its segments."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True)
class JwtText:
    """A JWT and what stands for it: the same header, other claims, and the signature of nothing."""

    came: str = field(repr=False)
    told: str


def decoded(segment: str) -> str | None:
    """The JSON object of a segment (RFC 7515 §2), as it is written; None where it is none."""
    try:
        text = urlsafe_b64decode(segment + "=" * (-len(segment) % 4)).decode("utf-8")
    except ValueError:
        return None
    return text if text.lstrip()[:1] == "{" else None


def encoded(text: str) -> str:
    """A segment."""
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()
