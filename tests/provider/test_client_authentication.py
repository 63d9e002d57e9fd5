"""A client proves who it is as RFC 6749 §2.3 says."""

from base64 import b64decode
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.profile.client import Client
from token_conformance.provider.client_authentication import by, credentials, unauthenticated, with_secret
from token_conformance.verdict import Inconclusive

APP = Client(client_id="my.app/first", client_secret="s:e+c/r%t", authentication="client_secret_basic")


@given(st.text(min_size=1), st.text(min_size=1))
def test_basic_form_encodes_id_and_secret(client_id, client_secret):
    """Id and secret come out of HTTP Basic whole, whatever their characters (RFC 6749 §2.3.1)."""
    client = Client(client_id=client_id, client_secret=client_secret)
    ((name, value),) = credentials(client).headers
    pair = b64decode(value.removeprefix("Basic ")).decode("ascii").split(":")
    assert name == "Authorization"
    assert [unquote_plus(part) for part in pair] == [client_id, client_secret]


def test_post_puts_id_and_secret_into_the_form():
    """client_secret_post sends no header."""
    sent = credentials(by(APP, "client_secret_post"))
    assert sent.headers == ()
    assert sent.parameters == (("client_id", "my.app/first"), ("client_secret", "s:e+c/r%t"))


def test_a_client_without_authentication_sends_its_id_alone():
    """A public client names itself (RFC 6749 §3.2.1)."""
    assert credentials(unauthenticated(APP)).parameters == (("client_id", "my.app/first"),)


def test_another_secret_leaves_the_client_otherwise_alone():
    """A wrong secret is sent by the same method under the same id."""
    assert with_secret(APP, "other") == APP.model_copy(update={"client_secret": "other"})


def test_a_method_that_is_not_there_is_inconclusive():
    """A check that needs an unsupported method is not judged, and says why."""
    with pytest.raises(Inconclusive, match="client_secret_jwt"):
        credentials(by(APP, "client_secret_jwt"))
