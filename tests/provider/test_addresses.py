"""Addresses and forms are written as their readers expect, whatever stands in a token."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from token_conformance.provider.addresses import form_encoded, with_query


@pytest.mark.parametrize("value", ["plain", "a b&c=d", "ü✓", "half \ud800 of a character"])
def test_a_form_holds_what_a_server_has_put_into_a_token(value):
    """Half a character, which JSON can hold and UTF-8 cannot, is sent as what it is."""
    written = form_encoded([("token", value), ("hint", "")])
    assert written.isascii()
    assert parse_qsl(written, keep_blank_values=True, errors="surrogatepass") == [("token", value), ("hint", "")]


def test_several_values_repeat_a_parameter():
    """Empty ones are left out; what an address has already stays in it."""
    address = with_query("https://op.example/a?b=1", {"c": ("2", "3"), "d": None, "e": "", "f": "4"})
    assert urlsplit(address).query == "b=1&c=2&c=3&f=4"
