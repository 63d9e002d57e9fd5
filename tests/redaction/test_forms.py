"""Secrets of plain characters are written in few ways, and in all that others are."""

import string
from base64 import b64encode, urlsafe_b64encode

from hypothesis import given
from hypothesis import strategies as st

from token_conformance.redaction import forms as module
from token_conformance.redaction.forms import forms

PLAIN = string.ascii_letters + string.digits + "._~-"


@given(st.text(PLAIN, max_size=40))
def test_plain_secrets_are_written_as_any_others(value):
    """Nothing that escapes finds anything to escape in them."""
    assert forms(value) == module._escaped(value, value.encode()) | set(module._segments(value))


@given(st.binary(max_size=5), st.text(min_size=8, max_size=20), st.binary(max_size=5))
def test_base64_of_a_longer_text_holds_a_form(before, secret, behind):
    """Wherever the secret begins in it, in both alphabets."""
    text = before + secret.encode("utf-8", "surrogatepass") + behind
    for encoded in (b64encode(text).decode(), urlsafe_b64encode(text).decode()):
        assert any(form in encoded for form in forms(secret))
