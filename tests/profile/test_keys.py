"""Every key of a profile says what it is for: in the schema, in the list of keys, and to who sets a variable."""

import json

import jsonschema
import pytest

from token_conformance.layout import ROOT
from token_conformance.profile.keys import meaning, sentences
from token_conformance.profile.keys_page import keys_page
from token_conformance.profile.schema import json_schema


def properties(schema):
    """All properties of a schema, with those of what it refers to and of the ways of writing a fact."""
    tables = [schema, *schema["$defs"].values()]
    tables += [way for table in tables for way in table.get("anyOf", ())]
    return [(key, value) for table in tables for key, value in table.get("properties", {}).items()]


def test_every_key_of_the_schema_is_described():
    """With a sentence that ends."""
    found = properties(json_schema())
    assert len(found) > 100
    assert [key for key, value in found if not value.get("description", "").endswith(".")] == []


def test_every_sentence_belongs_to_a_key():
    """One that is gone leaves none behind."""
    told = {value["description"].removesuffix(FACT) for _, value in properties(json_schema())}
    assert set(sentences().values()) <= told


FACT = ' A fact: the value, "unknown", or a table with its source.'


def test_every_key_is_in_the_documentation():
    """`token-conformance schema --page > docs/keys.md` brings the page up to date."""
    page = (ROOT / "docs" / "keys.md").read_text("utf-8")
    assert page == keys_page()
    missing = [place for place, sentence in sentences().items() if sentence.replace("|", "\\|") not in page]
    assert missing == []
    for key in ("revocation_endpoint", "introspection_endpoint", "device_authorization_endpoint", "jwks_uri"):
        assert f"`{key}`" in page


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("clients[1].client_secret", "The client's secret"),
        ("login.users[0].password", "The user's password"),
        ("errors.invalid_client.status", "The HTTP status of the refusal"),
        ("grants.authorization_code.parameters.resource", "Further parameters"),
        ("grants.refresh_token.lifetime.value", "Seconds for which a refresh token is good"),
        ("nowhere.at.all", ""),
    ],
)
def test_a_place_is_explained(place, words):
    """Whatever is above it, if it is a table of free keys."""
    assert meaning(place).startswith(words)
    assert bool(meaning(place)) == bool(words)


def test_a_profile_that_extends_another_need_not_be_whole():
    """An editor complains of neither; one that extends nothing has to be."""
    validator = jsonschema.Draft202012Validator(json_schema())
    part = {"extends": "erpnet", "clients": [{"name": "app", "client_secret": "x"}], "profile": {"as_of": "2026-01-31"}}
    assert validator.is_valid(part)
    assert not validator.is_valid({key: value for key, value in part.items() if key != "extends"})
    assert not validator.is_valid(
        json.loads('{"profile": {}, "server": {}, "grants": {}, "clients": [{"client_id": "a"}]}')
    )
