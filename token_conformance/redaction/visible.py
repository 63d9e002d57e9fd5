"""Text that terminals, XML and readers can bear."""

import re

_UNUSUAL = re.compile(r"[^ -~\n\t]")
_BREAKS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """The text with control characters and lone surrogates made visible (XML 1.0 §2.2 forbids most of them)."""
    text = text.replace("\r\n", "\n")
    return text if text.isprintable() else _UNUSUAL.sub(_shown, text)


def on_one_line(text: str) -> str:
    """The text as one line of a terminal: line breaks are made visible too, so that nobody can begin a line of their own."""
    return text if text.isprintable() else "".join(_BREAKS.get(each) or visible(each) for each in text)


def readable(body: bytes) -> str | None:
    """The text of a body, or None where it is none: NUL bytes, or more than every tenth byte is no UTF-8."""
    text = body.decode("utf-8", "replace")
    return None if b"\0" in body or text.count("\N{REPLACEMENT CHARACTER}") * 10 > len(text) else text


def _shown(character: re.Match[str]) -> str:
    return character[0] if character[0].isprintable() else f"\\x{ord(character[0]):02x}"
