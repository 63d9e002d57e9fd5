"""Text that terminals, XML and readers can bear."""


def visible(text: str) -> str:
    """The text with control characters and lone surrogates made visible (XML 1.0 §2.2 forbids most of them)."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else f"\\x{ord(character):02x}"
        for character in text.replace("\r\n", "\n")
    )


def readable(body: bytes) -> str | None:
    """The text of a body, or None where it is none: NUL bytes, or more than every tenth byte is no UTF-8."""
    text = body.decode("utf-8", "replace")
    return None if b"\0" in body or text.count("\N{REPLACEMENT CHARACTER}") * 10 > len(text) else text
