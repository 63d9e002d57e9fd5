"""What everybody can read is known as such, whatever its length; nothing else is."""

import pytest

from token_conformance.layout import SUITES
from token_conformance.redaction.public import LONG, is_public

TEXT = (SUITES / "test_rotation.py").read_text("utf-8")
WORDS = sorted({word for word in TEXT.split() if word.isascii()}, key=len)


@pytest.mark.parametrize("length", [6, LONG - 1, LONG, LONG + 1, 30, 40])
def test_every_part_of_a_word_is_public(length):
    """Its beginning, its middle and its end, in letters of any case; with a character changed it is not."""
    words = [word for word in WORDS if len(word) > length]
    assert words
    for word in words:
        for place in (0, (len(word) - length) // 2, len(word) - length):
            part = word[place : place + length]
            assert is_public(part)
            assert is_public(part.upper())
            assert not is_public(f"{part[:-1]}\N{SNOWMAN}")


def test_a_sentence_is_public():
    """A secret with spaces in it is looked for as well."""
    assert is_public(TEXT[:200])
    assert not is_public(f"{TEXT[:100]}\N{SNOWMAN}{TEXT[100:200]}")


def test_what_is_longer_than_any_word_is_not_public():
    """Tokens are, as a rule."""
    assert not is_public("x" * 5000)
    assert not is_public("\ud800" * LONG)
