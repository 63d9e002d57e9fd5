"""One exchange can be shown alone, and nothing of it can be changed."""

from __future__ import annotations

import json

import pytest

from token_conformance.archive.certificates import extract as extracts
from token_conformance.archive.certificates.bundle import opened_bundle
from token_conformance.archive.certificates.container import NotIntactError
from token_conformance.archive.certificates.extract import NoSuchExchangeError, extract, opened_extract


@pytest.fixture
def shown(small):
    return extract(opened_bundle(small), "login/2").written()


def test_each_exchange_can_be_shown(small):
    """With the statement that was signed over all of them, and nothing of the others."""
    bundle = opened_bundle(small)
    for number in (1, 2, 3):
        shown = extract(bundle, f"login/{number}").written()
        id_, signed = opened_extract(shown)
        assert id_ == f"login/{number}"
        assert signed == bundle.signed
        told = json.loads(shown)
        assert json.loads(told["exchange"])["number"] == number
        others = {name: salt for name, salt in json.loads(bundle.files["salts.json"]).items() if name != id_}
        assert not any(salt.encode() in shown for salt in others.values())


def test_each_changed_byte_is_found(shown):
    """In the exchange, its salt, its place, its way, or the statement."""
    for place in range(len(shown)):
        changed = bytearray(shown)
        changed[place] ^= 0x01
        with pytest.raises(NotIntactError):
            opened_extract(bytes(changed))


def test_an_exchange_that_was_made_up_is_found(small, shown):
    """Its hash leads to no root that was signed; nor does that of a true one from another place."""
    read = extracts.Extract.model_validate_json(shown)
    lies = (
        {"exchange": read.exchange.replace('"number":2', '"number":9')},
        {"salt": "0" * 64},
        {"index": 1 - read.index},
        {"path": read.path[:-1]},
        {"path": (*read.path, "0" * 64)},
    )
    for lie in lies:
        with pytest.raises(NotIntactError, match="none of those over which"):
            opened_extract(read.model_copy(update=lie).written())


def test_an_exchange_that_is_not_there_is_named(small):
    """With some that are."""
    with pytest.raises(NoSuchExchangeError, match="login/1, login/2"):
        extract(opened_bundle(small), "login/9")


@pytest.mark.parametrize("content", [b"{}", b"{", b"[]"])
def test_what_is_no_extract_is_refused(content):
    """In a sentence."""
    with pytest.raises(NotIntactError, match="no extract"):
        opened_extract(content)
