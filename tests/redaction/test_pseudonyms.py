"""A pseudonym has the type of its value, stands for nothing else, and leaves what is weak weak."""

from __future__ import annotations

import secrets

import pytest

from token_conformance.evidence.jwt_reading import half_hash
from token_conformance.evidence.unguessable import varying_bits
from token_conformance.redaction.json_text import with_values
from token_conformance.redaction.pseudonyms import Pseudonyms, hashes
from token_conformance.redaction.strength import bits


def shape(text):
    """The alphabet of each character."""
    return [(character.isdigit(), character.islower(), character.isupper()) for character in text]


@pytest.mark.parametrize("value", ["aX3-_z0Qw9" * 4, "1234567", "ab", "7", "user@op.example", "0f3a" * 8])
def test_it_has_the_characters_of_its_value(value):
    told = Pseudonyms().of("access_token", value)
    assert shape(told) == shape(value)
    assert told != value


def test_it_stays_hexadecimal():
    assert set(Pseudonyms().of("code", secrets.token_hex(32))) <= set("0123456789abcdef")


def test_equal_values_have_one_and_others_have_others():
    pseudonyms = Pseudonyms()
    values = [str(number) for number in range(10)] + [secrets.token_urlsafe(8) for _ in range(200)]
    told = [pseudonyms.of("code", value) for value in values]
    assert [pseudonyms.of("token", value) for value in values] == told
    assert len(set(told)) == len(values)


def test_a_counter_stays_one():
    """What tokens have in common they go on having, and what differs is no more than it was."""
    values = [f"Zk3TqWc8vLmP-{number:04d}-Hx9Rd2" for number in range(1200, 1230)]
    pseudonyms = Pseudonyms()
    told = [pseudonyms.of("access_token", value) for value in values]
    assert varying_bits(told) <= varying_bits(values) + 7  # the tens may become hundreds
    assert varying_bits(told) < 20


def test_many_numbers_of_a_counter_are_others():
    """More than fit into the digits that change."""
    pseudonyms = Pseudonyms()
    told = [pseudonyms.of("access_token", f"access-token-number-{number:08d}") for number in range(300)]
    assert len(set(told)) == len(told)


def test_a_value_in_another_case_stays_that():
    """Who compares without regard to case is seen to, and so is who does not."""
    pseudonyms = Pseudonyms()
    told = pseudonyms.of("code", "Zq8vN2mX4kLp7Rt1Yw5Bc9")
    assert pseudonyms.of("code", "zQ8Vn2Mx4KlP7rT1yW5bC9") == told.swapcase()
    assert pseudonyms.of("code", "zq8vn2mx4klp7rt1yw5bc9") == told.lower()


def test_the_challenge_of_a_verifier_is_that_of_its_pseudonym():
    """Where it is right (RFC 7636 §4.2), whoever speaks of it, and by whatever name."""
    pseudonyms = Pseudonyms()
    verifier = "a-code-verifier-of-at-least-43-characters-0123456789"
    told = pseudonyms.of("code_verifier", verifier)
    assert hashes(verifier)[-1] in pseudonyms
    assert pseudonyms.of("code_challenge", hashes(verifier)[-1]) == hashes(told)[-1]


def test_a_plus_that_has_to_be_escaped_stays_one():
    """Credentials that are not escaped mean another secret then (RFC 6749 §2.3.1)."""
    pseudonyms = Pseudonyms()
    assert pseudonyms.of("client_secret", "a+secret+of+the+app").endswith("+")
    assert pseudonyms.of("client_secret", "another/secret").endswith("/")


def test_random_tokens_stay_random():
    pseudonyms = Pseudonyms()
    told = [pseudonyms.of("access_token", secrets.token_urlsafe(32)) for _ in range(40)]
    assert varying_bits(told) > 200


def test_what_is_weak_by_itself_stays_weak():
    assert bits(Pseudonyms().of("access_token", "aaaaaaaaaaaaaaaaaaaa")) == 0


def test_nothing_is_told_of_the_form_of_a_password():
    """Neither its length, nor where its digits are; but whether a form has to escape it."""
    pseudonyms = Pseudonyms()
    assert len(pseudonyms.of("password", "hunter2")) == 8
    assert len(pseudonyms.of("password", "Summer2024x")) == 16
    assert pseudonyms.of("client_secret", "plain-secret").isalnum()
    assert not pseudonyms.of("client_secret", "with space & sign").isalnum()


def test_public_values_stand_for_themselves():
    assert Pseudonyms(["app"]).of("claim sub", "app") == "app"


def test_a_hash_stands_for_that_of_the_pseudonym_where_it_is_right():
    pseudonyms, token = Pseudonyms(), secrets.token_urlsafe(32)
    told = pseudonyms.of("access_token", token)
    assert pseudonyms.of_hash(half_hash(token, "RS256")) == half_hash(told, "RS256")
    assert pseudonyms.of_hash(half_hash("another", "RS256")) != half_hash("another", "RS256")


def test_a_number_stays_one():
    told = Pseudonyms().of_number("1048576")
    assert str(int(told)) == told
    assert len(told) == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": "x",\n "b" : [ "x", {"a":"y"} ]}', '{"a": "A",\n "b" : [ "B", {"a":"A"} ]}'),
        ('{"a": "x", "a": "x"}', '{"a": "A", "a": "A"}'),
        ('{"a": "x", NaN, }', '{"a": "A", NaN, }'),
        ('{"a": "\\u0078", "n": 7.50, "t": true}', '{"a": "A", "n": 0, "t": true}'),
        ("no JSON at all: 7", "no JSON at all: 0"),
    ],
)
def test_all_but_the_values_stays_as_it_is_written(text, expected):
    """Blanks, members that stand twice, and mistakes."""
    assert with_values(text, lambda name, _: name.upper(), lambda name, digits: "0") == expected
