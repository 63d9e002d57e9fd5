"""What terminals and XML cannot bear is made visible, and all else stays as it is."""

from token_conformance.redaction.visible import on_one_line, visible


def test_every_character_is_itself_or_its_number():
    """Controls, lone surrogates, unassigned and invisible characters become numbers; lines stay lines."""
    characters = [chr(code) for code in range(0x11000)]
    stay = {character for character in characters if character.isprintable() or character in "\n\t"}
    shown = [character if character in stay else f"\\x{ord(character):02x}" for character in characters]
    assert visible("".join(characters)) == "".join(shown)


def test_lines_end_in_one_way():
    """A carriage return before a line feed is part of the line's end; one alone could write over a line."""
    assert visible("a\r\nb\rc") == "a\nb\\x0dc"


def test_one_line_is_one_line():
    """Whatever begins a new line in a terminal, or in Python, is shown and does not."""
    breaks = "".join(chr(code) for code in range(0x3000) if len(f"a{chr(code)}b".splitlines()) > 1)
    shown = on_one_line(f"a\r\n\tb{breaks}c")
    assert shown.startswith(r"a\r\n\tb\n\x0b\x0c\r")
    assert len(shown.splitlines()) == 1
    assert shown.isprintable()
