"""A run against django-oauth-toolkit, which stands on oauthlib: every finding is one that its profile documents."""

from __future__ import annotations

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.live.running import findings, red, run, serving, verdicts

HERE = Path(__file__).parent
PROFILE = HERE / "django-oauth-toolkit.toml"

KNOWN = {
    "access_token_in_the_query_is_refused",
    "answer_to_a_token_in_the_query_is_private",
    "basic_is_known_in_any_case",
    "challenge_names_no_error_without_a_token",
    "failed_basic_is_challenged_to_basic",
    "introspection_is_not_stored",
    "late_replay_revokes_all_access_tokens",
    "late_replay_revokes_the_newest_refresh_token",
    "malformed_request_is_invalid_request",
    "metadata_stands_before_the_path_of_the_issuer",
    "multipart_body_yields_no_token",
    "narrowing_does_not_shrink_the_grant",
    "plain_is_not_advertised",
    "repeated_client_id_is_refused",
    "repeated_code_is_refused",
    "repeated_parameter_is_refused",
    "repeated_refresh_token_is_refused",
    "replay_revokes_the_access_token",
    "replay_revokes_the_refresh_token",
    "token_in_two_places_is_invalid_request",
    "two_methods_at_once_are_refused",
    "wrong_credentials_are_refused_with_401",
}
"""What it departs from in every run."""

RACY = {
    "late_id_token_keeps_auth_time",
    "login_that_is_too_old_is_repeated",
    "no_request_makes_the_server_fail",
    "parallel_refreshes_have_one_winner",
    "refreshed_auth_time_is_not_of_the_newest_login",
    "refreshed_id_token_keeps_auth_time",
    "refusal_is_not_stored",
    "refusal_says_that_it_is_json",
}
"""What it departs from where requests of other scenarios, or of the same race, come in between."""


def judged(folder, *arguments, profile=PROFILE, **settings):
    """The results of a live run against a new server with those settings of `OAUTH2_PROVIDER`."""
    with serving([sys.executable, "server.py", json.dumps(settings)], HERE) as said:
        return run(profile, folder, *arguments, said=said)


@pytest.fixture(scope="module", autouse=True)
def patient(topics, tmp_path_factory):
    """A run that waits for tokens to expire, beside those that do not."""
    folder = tmp_path_factory.mktemp("patient")
    profile = Path(shutil.copy(PROFILE, folder))
    text = profile.read_text().replace("lifetime = 60", "lifetime = 5").replace("lifetime = 3600", "lifetime = 5")
    profile.write_text(text.replace("max_wait = 5", "max_wait = 30"))
    lifetimes = {"AUTHORIZATION_CODE_EXPIRE_SECONDS": 5, "ACCESS_TOKEN_EXPIRE_SECONDS": 5}
    with ThreadPoolExecutor() as pool:
        concerned = topics("authorization_code", "expiry", "introspection", "session")
        yield pool.submit(judged, folder, *concerned, profile=profile, **lifetimes)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A run against the settings that its documentation proposes."""
    return judged(tmp_path_factory.mktemp("django-oauth-toolkit"))


def test_nothing_is_red(results):
    """No finding is left that the profile does not explain."""
    assert red(results) == {}


def test_deviations_are_the_known_ones(results):
    """Every documented deviation is seen, those of races apart."""
    assert set(findings(results, "deviation")) - RACY == KNOWN


def test_what_is_inconclusive_is_so_for_a_reason(results):
    """What is not judged takes a longer wait, or was answered by an error of the server: two clients in one request are."""
    reasons = {
        name: message
        for name, message in findings(results, "inconclusive").items()
        if not message.startswith("it takes a wait")
    }
    assert set(reasons) == {"contradicting_client_id_is_refused"}, reasons
    assert "neither accepted nor refused: 400 server_error" in reasons["contradicting_client_id_is_refused"]


def test_rotation_is_seen(results):
    """The provider rotates, refuses the used token, and revokes the family."""
    seen = verdicts(results)
    assert seen["test_rotation_is_as_documented"] == "pass"
    assert seen["test_reuse_revokes_the_newest_token"] == "pass"


def test_without_reuse_protection_the_family_lives(topics, tmp_path):
    """The default setting, which forgets the family, is found where the profile promises that reuse revokes it."""
    found = red(judged(tmp_path, *topics("rotation"), REFRESH_TOKEN_REUSE_PROTECTION=False))
    assert set(found) == {"reuse_revokes_the_newest_token"}, found


def test_short_lifetimes_are_waited_for(patient):
    """Codes and access tokens are seen to expire, all waits at once."""
    results = patient.result()
    assert set(red(results)) == {"client_can_renew_a_minute_early"}, red(results)
    seen = verdicts(results)
    for check in (
        "test_code_expires",
        "test_expired_access_token_is_refused",
        "test_expired_access_token_is_inactive",
        "test_refresh_token_outlives_the_access_token",
    ):
        assert seen[check] == "pass", check
