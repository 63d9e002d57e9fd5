"""Text that XML and terminals can bear."""


def printable(text: str) -> str:
    """The text with control characters made visible (XML 1.0 §2.2 forbids most of them)."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else f"\\x{ord(character):02x}"
        for character in text
    )
