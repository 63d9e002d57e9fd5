"""Runs against glewlwyd, written in C: every finding is one that its profile documents."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.live.running import findings, red, run, serving, verdicts

HERE = Path(__file__).parent
PROFILE = HERE / "glewlwyd.toml"
SCHEMA = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")

pytestmark = [
    pytest.mark.glewlwyd,
    pytest.mark.skipif(
        shutil.which("glewlwyd") is None or not SCHEMA.is_file(),
        reason="glewlwyd is not installed: it is a package of Debian",
    ),
]

KNOWN = {
    "altered_code_is_invalid_grant",
    "basic_is_known_in_any_case",
    "case_of_a_challenge_matters",
    "challenge_is_no_verifier",
    "code_is_bound_to_its_client",
    "code_needs_the_client_s_credentials",
    "code_of_the_second_client_is_bound_to_it",
    "code_works_once",
    "confidential_client_may_change_its_key",
    "confidential_client_must_authenticate",
    "contradicting_client_id_is_refused",
    "device_code_works_once",
    "empty_refresh_token_counts_as_missing",
    "error_code_is_registered",
    "failed_basic_is_challenged_to_basic",
    "foreign_attempt_leaves_the_token_alone",
    "foreign_origins_get_no_credentials",
    "good_assertion_is_accepted",
    "grant_type_is_compared_exactly",
    "issuer_of_answers_is_advertised",
    "made_up_refresh_token_is_refused",
    "made_up_token_is_called_invalid",
    "malformed_verifier_is_refused",
    "media_type_is_read_in_any_case",
    "metadata_has_no_empty_list",
    "missing_code_is_invalid_request",
    "missing_password_is_invalid_request",
    "missing_refresh_token_is_invalid_request",
    "missing_username_is_invalid_request",
    "missing_verifier_is_refused",
    "narrower_scope_is_granted",
    "other_clients_cannot_revoke",
    "other_clients_get_no_tokens",
    "other_redirect_uri_is_refused",
    "other_verifier_is_invalid_grant",
    "parts_of_the_address_are_ignored[htu-with-fragment]",
    "parts_of_the_address_are_ignored[htu-with-query]",
    "proof_by_another_key_opens_no_resource",
    "refresh_token_of_two_generations_ago_is_refused",
    "refusal_is_400_or_401",
    "refusal_is_a_json_object_with_error",
    "repeated_client_id_is_refused",
    "repeated_code_is_invalid_request",
    "repeated_parameter_is_invalid_request",
    "repeated_parameter_yields_no_code",
    "repeated_parameter_yields_no_device_code",
    "repeated_refresh_token_is_invalid_request",
    "request_without_grant_type_is_invalid_request",
    "request_without_scope_is_answered_clearly",
    "resource_ignores_parts_of_its_address[htu-with-fragment]",
    "resource_ignores_parts_of_its_address[htu-with-query]",
    "resource_refuses_with_a_challenge",
    "resource_says_what_is_wrong",
    "revocation_of_nothing_is_invalid_request",
    "revoked_refresh_token_is_refused",
    "scheme_is_compared_without_case",
    "scripts_cannot_read_the_authorization_endpoint",
    "second_client_must_authenticate",
    "service_must_authenticate",
    "two_methods_at_once_are_refused",
    "unauthenticated_attempt_leaves_the_token_alone",
    "unknown_client_is_invalid_client",
    "unknown_code_is_invalid_grant",
    "unknown_grant_is_unsupported",
    "unknown_refresh_token_is_invalid_grant",
    "unknown_user_is_invalid_grant",
    "used_proof_does_not_blame_the_client",
    "used_refresh_token_is_refused",
    "userinfo_refuses_with_a_challenge",
    "working_refresh_is_advertised",
    "wrong_password_is_invalid_grant",
    "wrong_hint_does_not_make_a_token_inactive",
    "wrong_proof_is_called_so",
    "wrong_secret_is_invalid_client",
}
"""What it departs from in every run."""

RACY = {"no_request_makes_the_server_fail", "parallel_exchanges_have_one_winner", "parallel_refreshes_have_one_winner"}
"""What it departs from where the requests of a race come close enough; its database fails for some of them."""

DRAWN = {"user_codes_are_easy_to_read"}
"""What it departs from where its user codes happen to show it."""

ASSERTED = {
    "assertion_about_another_client_is_refused",
    "assertion_for_another_server_is_refused",
    "assertion_of_tomorrow_is_refused",
    "assertion_without_issuer_is_refused",
    "assertion_without_jti_is_refused",
    "assertion_works_once",
    "client_id_beside_an_assertion_is_compared",
    "expired_assertion_is_refused",
    "issuer_is_accepted_as_audience",
    "letters_of_the_audience_matter",
    "letters_of_the_issuer_matter",
    "no_client_can_be_imitated",
    "other_assertion_type_is_refused",
    "refused_assertion_is_invalid_client",
    "signature_is_verified[a stranger's key]",
    "signature_is_verified[an HMAC by the public key]",
    "signature_is_verified[no signature]",
    "two_assertions_are_none",
}
"""What is held against a good assertion beside a code, which it refuses; a run by client_credentials judges it."""


@pytest.fixture(scope="module")
def said():
    """A running server: its issuer, and the key of the client that signs."""
    with serving([sys.executable, "server.py"], HERE) as said:
        yield said


@pytest.fixture(scope="module")
def results(said, tmp_path_factory):
    """A run with DPoP."""
    return run(PROFILE, tmp_path_factory.mktemp("glewlwyd"), said=said)


def test_nothing_is_red(results):
    """No finding is left that the profile does not explain."""
    assert red(results) == {}


def test_deviations_are_the_known_ones(results):
    """Every documented deviation is seen, those of races and draws apart, and there is no other."""
    assert set(findings(results, "deviation")) - RACY - DRAWN == KNOWN


def test_what_is_inconclusive_is_so_for_a_reason(results):
    """What is not judged takes a longer wait, a good assertion beside a code, or a refresh token that nobody else has tried."""
    reasons = {
        name for name, message in findings(results, "inconclusive").items() if not message.startswith("it takes a wait")
    }
    assert reasons - RACY - DRAWN == ASSERTED | {
        "nobody_revokes_without_authentication",
        "refresh_token_is_bound_to_its_client",
        "spoilt_jwt_access_token_is_called_invalid",
        "wrong_secret_does_not_refresh",
    }


def test_proofs_are_judged(results):
    """Tokens are bound to keys, and nearly all wrong proofs are refused."""
    seen = verdicts(results)
    proofs = {name: verdict for name, verdict in seen.items() if name.startswith("test_wrong_proof_gets_no_tokens")}
    assert len(proofs) > 10
    assert set(proofs.values()) == {"pass"}


def test_a_client_that_signs(said, tmp_path):
    """A service that authenticates by private_key_jwt is judged too; its wrong assertions are refused without a word."""
    profile = tmp_path / "signing.toml"
    text = PROFILE.read_text("utf-8").replace(
        "[grants.client_credentials]", '[grants.client_credentials]\nclient = "signing"'
    )
    profile.write_text(text.replace('dpop = "supported"\n', ""), "utf-8")
    results = run(profile, tmp_path, "-k", "client_assertion", said=said)
    assert verdicts(results)["test_good_assertion_is_accepted"] == "pass"
    assert findings(results, "inconclusive") == {}
    assert set(red(results)) == {
        "client_id_beside_an_assertion_is_compared",
        "issuer_is_accepted_as_audience",
        "refused_assertion_is_invalid_client",
    }


def test_a_login_by_password(said, tmp_path):
    """The strategy `password` logs in at the token endpoint alone; what follows is judged as after any login."""
    profile = tmp_path / "password.toml"
    profile.write_text(PROFILE.read_text("utf-8").replace('strategy = "form"', 'strategy = "password"'), "utf-8")
    results = run(profile, tmp_path, "-k", "test_refresh or test_password", said=said)
    assert red(results) == {}
    seen = verdicts(results)
    assert seen["test_right_password_yields_tokens"] == "pass"
    assert seen["test_refresh_yields_an_access_token"] == "pass"
