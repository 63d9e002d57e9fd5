"""Faults and variations are a table of single differences."""

import tomllib

import pytest

from token_conformance.layout import SUITES
from token_conformance.profile.fact import Fact
from token_conformance.reference import ReferenceServer
from token_conformance.reference.faults import FAULTS, TOPICS
from token_conformance.reference.variations import ALL, VARIATIONS

REQUIREMENTS = {
    entry["id"] for entry in tomllib.loads((SUITES / "requirements.toml").read_text("utf-8"))["requirement"]
}


def test_names_are_unique():
    """No fault and no variation hides another."""
    assert len(FAULTS) == sum(len(topic) for topic in TOPICS)
    assert len(VARIATIONS) == len(ALL)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_changes_the_server_and_says_what_it_violates(make_reference_profile, name):
    """Every fault constructs, differs from the conformant server, and names requirements that exist."""
    graced = make_reference_profile()
    token = graced.grants.refresh_token.model_copy(
        update={"reuse_grace": Fact[int](value=10), "lifetime_from": Fact[str](value="login")}
    )
    graced = graced.model_copy(update={"grants": graced.grants.model_copy(update={"refresh_token": token})})
    strict = make_reference_profile(profile={"name": "FAPI 2.0", "claims": ["fapi2"]})
    assert any(
        ReferenceServer(profile, faults=[name]).behaviour != ReferenceServer(profile).behaviour
        for profile in (graced, strict)
    )
    assert FAULTS[name].violates
    assert set(FAULTS[name].violates) <= REQUIREMENTS


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_faulty_server_answers_all_the_same(visit, name):
    """No fault breaks the server itself: whatever is asked gets an answer."""
    visitor = visit(faults=[name])
    login = visitor.authorize()
    assert login.status_code < 400
    tokens = visitor.password()
    assert visitor.refresh("unknown").status_code < 600
    assert visitor.refresh(_refresh_token(tokens) or "none").status_code < 600
    assert visitor.send("GET", "/id/.well-known/openid-configuration").status_code < 600


@pytest.mark.parametrize("name", sorted(VARIATIONS))
def test_a_variation_goes_through_a_login_and_a_refresh(visit, name):
    """Every variation constructs and hands over tokens."""
    visitor = visit(variations=[name])
    tokens = visitor.password().json()
    assert visitor.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("kind", ["faults", "variations"])
def test_an_unknown_name_is_answered_with_the_near_ones(make_reference_profile, kind):
    """A slip of the pen is easily mended."""
    with pytest.raises(ValueError, match="refresh-grace|refresh-reuse-accepted"):
        ReferenceServer(
            make_reference_profile(), **{kind: ["refresh-reuse-acepted" if kind == "faults" else "refresh-grce"]}
        )


def _refresh_token(answer):
    try:
        members = answer.json()
    except ValueError:
        return None
    token = members.get("refresh_token") if isinstance(members, dict) else None
    return token if isinstance(token, str) else None
