"""The profiles that come along load without an environment, and fit the JSON Schema that comes along."""

import json
import tomllib
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from token_conformance import profile as package
from token_conformance.judging.requirement import catalogue
from token_conformance.layout import PROFILES
from token_conformance.profile.files import examples, find, names
from token_conformance.profile.loading import check_requirements, load
from token_conformance.profile.schema import json_schema

SCHEMA = Path(package.__file__).with_name("profile.schema.json")


def loaded(name):
    path = find(name)
    return load(path, examples(path))


def as_json(value):
    """Write dates as JSON has them: as text."""
    match value:
        case dict():
            return {key: as_json(inner) for key, inner in value.items()}
        case list():
            return [as_json(inner) for inner in value]
        case date():
            return value.isoformat()
    return value


def test_the_three_profiles_are_there():
    """The names are those of the README."""
    assert {"2ba", "erpnet", "generic-oidc"} <= set(names())


@pytest.mark.parametrize("name", names())
def test_a_profile_loads_without_an_environment(name):
    """The emulated server needs no settings."""
    assert loaded(name).profile.name


@pytest.mark.parametrize("name", names())
def test_every_statement_has_a_source(name):
    """A statement that nobody can look up is no fact."""
    profile = loaded(name)
    assert profile.facts
    assert all(fact.statement and fact.source for fact in profile.facts)
    assert all(deviation.source for deviation in profile.deviations)
    assert all(error.source for error in profile.errors.values())


@pytest.mark.skipif(not catalogue(), reason="the catalogue of requirements is empty")
@pytest.mark.parametrize("name", names())
def test_a_profile_names_requirements_that_exist(name):
    """Deviations and facts point into the catalogue."""
    assert check_requirements(loaded(name), catalogue()) == []


@pytest.mark.parametrize("name", names())
def test_a_profile_fits_the_schema(name):
    """An editor that knows the schema has nothing to complain of."""
    written = tomllib.loads((PROFILES / f"{name}.toml").read_text("utf-8"))
    jsonschema.validate(as_json(written), json_schema(), cls=jsonschema.Draft202012Validator)


def test_the_schema_that_comes_along_is_current():
    """`token-conformance schema > token_conformance/profile/profile.schema.json` brings it up to date."""
    assert json.loads(SCHEMA.read_text("utf-8")) == json_schema()


@pytest.mark.parametrize("rotation", ["always", "unknown", "undocumented", {"value": "never", "source": "page 3"}])
def test_the_schema_knows_each_way_of_writing_a_fact(rotation):
    """A fact is a bare value, the word unknown, or a table with its source."""
    schema = json_schema()
    fact = {"$defs": schema["$defs"], **schema["$defs"]["RefreshToken"]["properties"]["rotation"]}
    jsonschema.validate(rotation, fact)


def test_the_schema_refuses_what_does_not_load():
    """An unknown key is an error in the editor too."""
    with pytest.raises(jsonschema.ValidationError, match="lifetme"):
        jsonschema.validate({"grants": {"refresh_token": {"lifetme": 3}}}, json_schema())


def test_2ba_is_described_as_documented():
    """The current endpoint, its older name, the password grant and 400 for an expired refresh token."""
    profile = loaded("2ba")
    assert profile.server.token_endpoint == "https://authorize.2ba.nl/connect/token"
    assert profile.server.token_endpoint_aliases == ["https://authorize.2ba.nl/OAuth/Token"]
    assert profile.login.strategy == "password"
    assert profile.errors["expired_refresh_token"].status == 400
    assert profile.grants.refresh_token.lifetime.likely is None


def test_erpnet_is_described_as_documented():
    """Rotation without grace, the lifetimes, and the hybrid flow by form post."""
    profile = loaded("erpnet")
    refresh, tokens = profile.grants.refresh_token, profile.tokens
    facts = (refresh.rotation, refresh.reuse_grace, refresh.lifetime)
    assert [fact.documented for fact in facts] == ["always", 0, 2592000]
    assert (tokens.access_token_lifetime.documented, tokens.id_token_lifetime.documented) == (3600, 300)
    assert profile.grants.authorization_code.response_mode == "form_post"
    assert refresh.reuse_revokes_family.likely is None
