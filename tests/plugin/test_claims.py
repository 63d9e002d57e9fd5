"""Which violations count: what the profile claims, or what `--require` asks for instead, decides."""

import pytest

from token_conformance.judging.judgement import verdict_of
from token_conformance.judging.requirement import Requirement


@pytest.fixture
def verdict_on(make_profile):
    """The verdict on a violated requirement of a source, for a provider that claims something, or is held to something."""

    def verdict_on(source, *, level="MUST", also=(), claims=(), required=()):
        profile = make_profile(profile={"name": "Example", "claims": list(claims)}).requiring(required)
        stated = Requirement("id", source, "1", level, "title", "protects", "mend", also=tuple(also))
        found, _ = verdict_of(AssertionError("it is not so"), (stated,), profile, [], fact="It is so.")
        return found.value

    return verdict_on


@pytest.mark.parametrize("source", ["RFC 6749", "RFC 9449", "token-conformance"])
@pytest.mark.parametrize("required", [(), ("bcp",), ("fapi2",)])
def test_oauth_itself_counts_always(verdict_on, source, required):
    """Every provider claims OAuth 2.0, and what is ours holds for all."""
    assert verdict_on(source, required=required) == "fail"


@pytest.mark.parametrize("source", ["FAPI 1.0 Advanced", "Refresh Token Expiration draft"])
@pytest.mark.parametrize("required", [(), ("oidc",), ("fapi2",)])
def test_what_no_profile_can_claim_is_a_warning(verdict_on, source, required):
    """FAPI 1.0 wants s_hash, and no provider is held to it; a draft of a working group holds nobody yet."""
    assert verdict_on(source, required=required) == "warning"


@pytest.mark.parametrize(
    ("source", "claim"),
    [("OIDC Core", "oidc"), ("RFC 9700", "bcp"), ("OAuth 2.1 draft", "oauth2.1"), ("FAPI 2.0", "fapi2")],
)
def test_a_profile_names_its_own_claims(verdict_on, source, claim):
    """What a provider does not claim to keep is a warning; `--require` replaces its claims."""
    assert verdict_on(source) == "warning"
    assert verdict_on(source, claims=[claim]) == "fail"
    assert verdict_on(source, required=[claim]) == "fail"
    assert verdict_on(source, claims=[claim], required=["oauth2"]) == "warning"


def test_each_clause_that_demands_the_same_counts(verdict_on):
    """A requirement of several specifications counts for the claims of all of them."""
    assert verdict_on("RFC 9700", also=["OAuth 2.1 draft §4.3.1"], required=["oauth2.1"]) == "fail"
    assert verdict_on("RFC 9700", also=["RFC 7636 §4.6"]) == "fail"
    assert verdict_on("RFC 9700", also=["OAuth 2.1 draft §4.3.1"], required=["fapi2"]) == "warning"


def test_a_recommendation_is_a_warning_under_its_claim_too(verdict_on):
    """The level is not made stricter by a claim."""
    assert verdict_on("RFC 9700", level="SHOULD", claims=["bcp"]) == "warning"
