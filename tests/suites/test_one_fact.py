"""A server that refuses everything it has to, and says so badly, is told how it speaks, and nothing of what it guards."""

import pytest

from tests.suites.test_faults import alarms

PROFILES = ["everything", "hybrid", "public", "dpop", "mutual_tls", "signing"]

FORMS = {
    "client_authentication::test_failed_basic_is_challenged_to_basic",
    "errors::test_401_names_a_challenge",
    "errors::test_refusal_is_a_json_object_with_error",
}
"""The form of a refusal: its JSON, and the challenge of a 401, by HTTP and by RFC 6749 §5.2."""

CONDITIONS = {
    "client_authentication::test_failed_basic_is_challenged_to_basic": "401 for HTTP Basic",
    "device_grant::test_polling_before_the_decision_is_pending": "authorization_pending",
    "error_codes::test_bad_grant_is_invalid_grant": "invalid_grant",
    "error_codes::test_failed_authentication_is_invalid_client": "invalid_client",
    "error_codes::test_refused_scope_is_invalid_scope": "invalid_scope",
    "error_codes::test_unknown_grant_is_unsupported_grant_type": "unsupported_grant_type",
    "error_codes::test_unknown_target_is_invalid_target": "invalid_target",
    "error_codes::test_unregistered_grant_is_unauthorized_client": "unauthorized_client",
    "error_codes::test_wrong_proof_is_invalid_dpop_proof": "invalid_dpop_proof",
}
"""What refusals say, each in one check."""


@pytest.mark.parametrize("profile", PROFILES)
def test_a_plain_401_is_told_as_its_form(judge_whole, profile):
    """401 text/plain for all refusals turns three checks red at most: those of the form."""
    found = alarms(judge_whole(profile, faults=["error-plain-unauthorized"]))
    assert found.keys() <= FORMS, found
    assert "errors::test_refusal_is_a_json_object_with_error" in found


@pytest.mark.parametrize("profile", PROFILES)
def test_one_code_for_everything_is_told_once_for_each_condition(judge_whole, profile):
    """invalid_request for all refusals turns one check red for each other condition: what each should be called."""
    found = alarms(judge_whole(profile, faults=["error-always-invalid-request"]))
    assert found.keys() <= CONDITIONS.keys(), found
    assert {"error_codes::test_bad_grant_is_invalid_grant"} <= found.keys()


@pytest.mark.parametrize("profile", ["everything", "mutual_tls"])
def test_a_failure_in_place_of_a_refusal_is_told_as_such(judge_whole, profile):
    """500 with the right code, for all refusals, is a wrong status: nothing that is guarded turns red."""
    found = alarms(judge_whole(profile, faults=["error-status-500"]))
    unlike = [name for name in found if not any(word in name for word in ("fail", "400", "strange"))]
    assert unlike == [], found
