"""A run against a mock that tests of applications use: its login asks for no password, and a stranger finds its gaps."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.live.running import findings, red, run, serving, verdicts

HERE = Path(__file__).parent
PROFILE = HERE / "oidc-provider-mock.toml"

KNOWN = {
    "challenge_to_basic_names_a_realm",
    "late_replay_revokes_all_access_tokens",
    "late_replay_revokes_the_newest_refresh_token",
    "multipart_body_yields_no_token",
    "challenge_names_no_error_without_a_token",
    "contradicting_client_id_is_refused",
    "missing_response_type_comes_back_as_an_error",
    "repeated_client_id_is_refused",
    "repeated_code_is_refused",
    "repeated_parameter_is_refused",
    "repeated_refresh_token_is_refused",
    "replay_revokes_the_access_token",
    "replay_revokes_the_refresh_token",
    "malformed_request_is_invalid_request",
    "resource_refuses_with_a_challenge",
    "two_methods_at_once_are_refused",
    "unknown_client_and_wrong_secret_look_alike",
    "userinfo_refuses_with_a_challenge",
}
"""What it departs from in every run."""

RACY = {"parallel_exchanges_have_one_winner"}
"""What it departs from where the requests of a race come close enough."""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A run against its settings, with clients that are registered."""
    with serving([sys.executable, "server.py"], HERE) as said:
        return run(PROFILE, tmp_path_factory.mktemp("oidc-provider-mock"), said=said)


def test_nothing_is_red(results):
    """No finding is left that the profile does not explain."""
    assert red(results) == {}


def test_deviations_are_the_known_ones(results):
    """Every documented deviation is seen, those of races apart."""
    assert set(findings(results, "deviation")) - RACY == KNOWN


def test_a_login_without_password_is_a_login(results):
    """The form strategy gives its user name to a page that asks for nothing else."""
    assert verdicts(results)["test_code_yields_an_access_token"] == "pass"
