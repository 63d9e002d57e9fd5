"""What a value can hide is told by the value, and for hidden fields by their name."""

import string
import time
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.redaction.strength import bits, can_hide, is_address, is_like_a_token, is_token_field

TOKENS = [
    "q8Zy+1/2Ab==",
    "TLC8VV2tfkot5Wse1ZY6i",
    "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",
    "/wEPDwUKMTY3NDU2NzJkZKJ8pXh1lJ2vN0uT+Qe==",
    "kjhgfdsapoiuztrewqmn",
    "canary-cookie-0007",
]
WORDS = [
    "✓",
    "true",
    "login",
    "deleted",
    "en-US",
    "Europe/Berlin",
    "1717171717",
    "user_login_form",
    "Log in here, please",
    "a" * 40,
    "パスワードを入力してください",
    "",
]
ADDRESSES = [
    "/",
    "/account/login",
    "/o/authorize/?client_id=app",
    "/tenants/12/oauth2/v1/authorize",
    "https://op.example/x?y=0123456789abcdef",
]


@pytest.mark.parametrize("value", TOKENS)
def test_a_token_looks_like_one(value):
    """Whatever it is called."""
    assert is_like_a_token(value)
    assert is_token_field("whatever", value)


@pytest.mark.parametrize("value", [*WORDS, *ADDRESSES])
def test_a_word_is_no_token(value):
    """Neither what people read, nor a number, nor where to go on to."""
    assert not is_like_a_token(value)


@pytest.mark.parametrize("value", ADDRESSES)
def test_an_address_is_known(value):
    """A path is made of words, a token that begins with a slash is not."""
    assert is_address(value)
    assert not any(map(is_address, TOKENS))


@pytest.mark.parametrize("name", ["csrf", "_csrf_token", "authenticity_token", "__VIEWSTATE", "lt", "authState"])
def test_a_field_says_that_it_is_a_token(name):
    """By its name; a word is enough then, if it is one and long enough to hide anything."""
    assert is_token_field(name, "hidden-canary")
    assert not is_token_field("label", "hidden-canary")
    assert not any(is_token_field(name, value) for value in ("", "✓", "true", "Log in here", "/account/login"))


@given(st.text(max_size=20))
def test_a_short_value_hides_nothing(value):
    """However long it becomes when it is escaped."""
    assert can_hide(value) == (len(value) >= 6)


@given(st.binary(min_size=16, max_size=64))
def test_random_bytes_are_a_token(secret):
    """Whoever draws 128 bits and more is believed, unless it drew the same byte over and over."""
    written = b64encode(secret).decode().strip("=")
    assert is_like_a_token(written) or bits(written) < 40 or is_address(written)


def test_an_address_is_told_in_no_time():
    """No value keeps the expression busy."""
    began = time.process_time()
    for value in ("/" + "a" * 5000 + "!", "/" + "a/" * 5000 + "!", "/" + "1" * 5000, "/" + "a1" * 5000 + "!"):
        assert not is_address(value)
    assert time.process_time() - began < 1


def test_bits_are_those_of_the_characters():
    """Four different characters tell two bits each; one that comes again and again tells nothing."""
    assert bits("abcd") == 8
    assert bits("aaaa") == 0
    assert bits(string.hexdigits[:16]) == 64
