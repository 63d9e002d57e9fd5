"""A run against LemonLDAP::NG, written in Perl: every finding is one that its profile documents."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.live.running import findings, red, run, serving, verdicts

HERE = Path(__file__).parent
PROFILE = HERE / "lemonldap-ng.toml"

pytestmark = [
    pytest.mark.lemonldap,
    pytest.mark.skipif(
        shutil.which("starman") is None or not Path("/usr/share/lemonldap-ng/portal").is_dir(),
        reason="LemonLDAP::NG is not installed: the portal and starman are packages of Debian",
    ),
    pytest.mark.nightly,
]

PKCE = {
    "case_of_a_challenge_matters",
    "challenge_is_no_verifier",
    "malformed_verifier_is_refused",
    "missing_verifier_is_refused",
    "other_verifier_is_refused",
}
FOREIGN_SCOPE = {"foreign_scope_is_not_granted", "user_grants_no_foreign_scope"}
KNOWN = (
    PKCE
    | FOREIGN_SCOPE
    | {
        "access_token_in_the_query_is_refused",
        "advertised_grants_are_known",
        "bad_access_token_is_invalid_token",
        "bad_grant_is_invalid_grant",
        "challenge_names_no_error_without_a_token",
        "challenge_to_basic_names_a_realm",
        "challenges_can_be_read",
        "contradicting_client_id_is_refused",
        "credentials_in_the_query_are_not_read",
        "foreign_origins_get_no_credentials",
        "get_yields_no_token",
        "late_replay_revokes_all_access_tokens",
        "late_replay_revokes_the_newest_refresh_token",
        "malformed_request_is_invalid_request",
        "media_type_is_read_in_any_case",
        "multipart_body_yields_no_token",
        "parameters_in_the_query_are_not_read",
        "plain_is_not_advertised",
        "refused_widening_is_told",
        "repeated_client_id_is_refused",
        "repeated_code_is_refused",
        "repeated_parameter_is_refused",
        "repeated_parameter_yields_no_code",
        "repeated_refresh_token_is_refused",
        "replay_revokes_the_access_token",
        "replay_revokes_the_refresh_token",
        "resource_refuses_with_a_challenge",
        "scripts_cannot_read_the_authorization_endpoint",
        "token_in_two_places_is_invalid_request",
        "unknown_method_yields_no_code",
        "userinfo_refuses_with_a_challenge",
    }
)
"""What it departs from with the settings that are shipped."""
RACY = {"parallel_exchanges_have_one_winner"}
"""What it departs from where the requests of a race come close enough."""


def judged(folder, **settings):
    """The results of a live run against a new server with those settings."""
    with serving([sys.executable, "server.py", json.dumps(settings)], HERE) as said:
        return run(PROFILE, folder, said=said)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A run against the settings that are shipped."""
    return judged(tmp_path_factory.mktemp("lemonldap-ng"))


def test_nothing_is_red(results):
    """No finding is left that the profile does not explain."""
    assert red(results) == {}


def test_deviations_are_the_known_ones(results):
    """Every documented deviation is seen, and there is no other."""
    assert set(findings(results, "deviation")) - RACY == KNOWN


def test_what_is_inconclusive_is_so_for_a_reason(results):
    """What is not judged takes a longer wait, a browser for a page made by scripts, or a scope that is never told."""
    reasons = {
        name for name, message in findings(results, "inconclusive").items() if not message.startswith("it takes a wait")
    }
    assert reasons == {
        "late_renewals_keep_the_scope",
        "missing_response_type_comes_back_as_an_error",
        "mistake_in_an_authorization_is_called_so",
        "narrowing_does_not_shrink_the_grant",
        "refresh_adds_no_scope_of_the_client",
        "refresh_without_scope_means_the_granted_scope",
        "unknown_method_is_called_invalid_request",
        "unknown_response_type_is_called_so",
    }


def test_a_browser_s_session_is_no_business_of_the_client(results):
    """The token endpoint refuses whoever is logged in: tokens come, since the client sends no cookie of the browser."""
    assert verdicts(results)["test_code_yields_an_access_token"] == "pass"


def test_kept_refresh_tokens_are_not_blamed(results):
    """A provider that documents that it does not rotate is measured, and not blamed for it."""
    seen = verdicts(results)
    assert seen["test_rotation_is_as_documented"] == "pass"
    assert seen["test_used_refresh_token_is_refused"] == "not_applicable"


def test_strict_settings_mend_what_they_say(tmp_path):
    """Where PKCE is required and scopes are declared, verifiers are compared, and foreign scope is dropped."""
    results = judged(tmp_path, oidcRPMetaDataOptionsRequirePKCE=1, oidcServiceAllowOnlyDeclaredScopes=1)
    assert red(results) == {}
    assert set(findings(results, "deviation")) - RACY == KNOWN - PKCE - FOREIGN_SCOPE
    assert verdicts(results)["test_narrower_scope_than_asked_is_told"] == "pass"
