"""A profile is judged as it is written today, with what a recording says in the place of variables and secrets."""

from __future__ import annotations

import pytest

from token_conformance.profile.loading import load
from token_conformance.profile.recorded import with_recorded

WRITTEN = """
[profile]
name = "Example"
[server]
token_endpoint = "https://${EXAMPLE_HOST}/token"
[[clients]]
client_id = "${EXAMPLE_ID}"
client_secret = "a-secret-of-today"
[[clients]]
name = "spare"
client_id = "${EXAMPLE_SPARE_ID}"
client_secret = "${EXAMPLE_SPARE_SECRET}"
[grants.refresh_token]
rotation = "always"
[grants.password]
client = "main"
[grants.client_credentials]
client = "main"
[login]
strategy = "password"
username = "alice"
password = "${EXAMPLE_PASSWORD}"
[limits]
max_wait = 5
"""

RECORDED = {
    "profile": {"name": "Example"},
    "server": {"token_endpoint": "https://op.example/token"},
    "clients": [{"client_id": "app", "client_secret": "what-stands-for-it"}],
    "grants": {"refresh_token": {"rotation": "never"}, "password": {}, "client_credentials": {}},
    "login": {"strategy": "password", "username": "bdfhj", "password": "another"},
    "limits": {"max_wait": 900},
}


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "example.toml"
    path.write_text(WRITTEN, "utf-8")
    return load(path, {}, recorded=RECORDED)


def test_variables_and_secrets_are_those_of_the_recording(profile):
    """No environment is asked; a client that was spare, and is not in the recording, is left out as then."""
    assert profile.server.token_endpoint == "https://op.example/token"
    assert [(each.client_id, each.client_secret) for each in profile.clients] == [("app", "what-stands-for-it")]
    assert (profile.login.username, profile.login.password) == ("bdfhj", "another")


def test_all_else_is_that_of_today(profile):
    """What was documented since counts."""
    assert profile.grants.refresh_token.rotation.value == "always"
    assert profile.limits.max_wait == 5


@pytest.mark.parametrize(
    "recorded", [{}, {"clients": "none"}, {"login": [1]}, {"server": {"token_endpoint": {"a": 1}}}]
)
def test_what_a_recording_does_not_say_stays_as_it_is_written(recorded):
    """Whatever stands in it."""
    written = {"clients": [{"client_id": "${A}"}], "login": {"username": "alice"}, "server": {"token_endpoint": "${B}"}}
    assert with_recorded(written, recorded) == written
