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
    pytest.mark.nightly,
]

KNOWN = {
    "bad_grant_is_invalid_grant",
    "basic_is_known_in_any_case",
    "confidential_client_may_change_its_key",
    "contradicting_client_id_is_refused",
    "error_code_is_registered",
    "failed_authentication_is_invalid_client",
    "failed_basic_is_challenged_to_basic",
    "foreign_attempt_leaves_the_token_alone",
    "foreign_origins_get_no_credentials",
    "good_assertion_is_accepted",
    "hint_saves_no_refresh_token[unknown]",
    "hint_saves_no_refresh_token[wrong]",
    "issuer_of_answers_is_advertised",
    "late_replay_revokes_the_newest_refresh_token",
    "malformed_request_is_invalid_request",
    "media_type_is_read_in_any_case",
    "metadata_has_no_empty_list",
    "narrower_scope_is_granted",
    "other_clients_cannot_revoke",
    "other_clients_cannot_revoke_access_tokens",
    "parts_of_the_address_are_ignored[htu-with-fragment]",
    "parts_of_the_address_are_ignored[htu-with-query]",
    "proof_by_another_key_opens_no_resource",
    "refusal_is_400_or_401",
    "refusal_is_a_json_object_with_error",
    "repeated_client_id_is_refused",
    "repeated_parameter_yields_no_code",
    "repeated_parameter_yields_no_device_code",
    "resource_ignores_parts_of_its_address[htu-with-fragment]",
    "resource_ignores_parts_of_its_address[htu-with-query]",
    "resource_refuses_with_a_challenge",
    "resource_says_what_is_wrong",
    "revocation_of_nothing_is_invalid_request",
    "scheme_is_compared_without_case",
    "scripts_cannot_read_the_authorization_endpoint",
    "two_methods_at_once_are_refused",
    "unauthenticated_attempt_leaves_the_token_alone",
    "userinfo_refuses_with_a_challenge",
    "working_refresh_is_advertised",
    "wrong_hint_does_not_make_a_token_inactive",
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
    "host_of_a_request_does_not_name_the_server",
    "issuer_is_accepted_as_audience",
    "letters_of_the_audience_matter",
    "letters_of_the_issuer_matter",
    "no_client_can_be_imitated",
    "other_assertion_type_is_refused",
    "signature_is_verified[a stranger's key]",
    "signature_is_verified[an HMAC by the public key]",
    "signature_is_verified[no signature]",
    "two_assertions_are_none",
}
"""What is held against a good assertion beside a code, which it refuses; a run by client_credentials judges it."""


WORDLESS = {
    "bad_access_token_is_invalid_token",
    "error_is_json_for_browsers_too",
    "refused_scope_is_invalid_scope",
    "spoilt_jwt_access_token_is_called_invalid",
    "unknown_grant_is_unsupported_grant_type",
}
"""What a refusal is called, where it is a status and nothing else; the checks of its form say so."""


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
    """What is not judged takes a longer wait, a good assertion beside a code, a code of error, or a session that outlives strangers."""
    reasons = {
        name for name, message in findings(results, "inconclusive").items() if not message.startswith("it takes a wait")
    }
    assert reasons - RACY - DRAWN == ASSERTED | WORDLESS | {
        "nobody_revokes_without_authentication",
        "other_client_is_refused_again",
        "second_foreign_attempt_leaves_the_token_alone",
    }


def test_proofs_are_judged(results):
    """Tokens are bound to keys, and nearly all wrong proofs are refused."""
    seen = verdicts(results)
    proofs = {name: verdict for name, verdict in seen.items() if name.startswith("test_wrong_proof_gets_no_tokens")}
    assert len(proofs) > 10
    assert set(proofs.values()) == {"pass"}


def test_a_client_that_signs(said, tmp_path):
    """A service that authenticates by private_key_jwt is judged too; nbf is not looked at (RFC 7523 §3), nor client_id."""
    profile = tmp_path / "signing.toml"
    text = PROFILE.read_text("utf-8").replace(
        "[grants.client_credentials]", '[grants.client_credentials]\nclient = "signing"'
    )
    profile.write_text(text.replace('dpop = "supported"\n', ""), "utf-8")
    results = run(profile, tmp_path, "-k", "client_assertion", said=said)
    assert verdicts(results)["test_good_assertion_is_accepted"] == "pass"
    assert findings(results, "inconclusive") == {}
    assert set(red(results)) == {
        "assertion_of_tomorrow_is_refused",
        "client_id_beside_an_assertion_is_compared",
        "issuer_is_accepted_as_audience",
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
