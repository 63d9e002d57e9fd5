"""A run against a certified provider: every verdict is true, and what it departs from is known to be so."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.live.running import among, command_line, red, run, verdicts
from token_conformance.layout import ROOT

pytestmark = pytest.mark.node


KNOWN = {
    "401_names_a_challenge": "oidc-provider challenges only after an Authorization header (RFC 9110 §15.5.2)",
    "success_carries_pragma": "oidc-provider sends no Pragma, as OAuth 2.1 has it (RFC 6749 §5.1)",
    "narrower_scope_than_asked_is_told": "oidc-provider drops an unknown scope and sends no scope (RFC 6749 §3.3)",
    "refreshed_id_token_has_no_nonce": "it repeats the nonce of the login (OIDC Core §12.2: should not have one; grants/refresh_token.js)",
}
"""What oidc-provider 9 departs from, read by hand in its answers; a whole run is pinned beside its set-ups."""


def test_nothing_the_profile_holds_is_shown(start, tmp_path):
    """No file and no line of a live run shows a secret of the profile."""
    profile = start(rotate=True).profile(tmp_path)
    command = command_line(profile, "-v", "-k", "login or secret")
    ended = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    written = "".join(path.read_text() for path in (tmp_path / "reports").rglob("*.*") if path.is_file())
    for secret in ("the-secret-of-the-app-0001", "the-secret-of-the-second-0002", "a-password-of-alice-0003"):
        assert secret not in written + ended.stdout + ended.stderr


def test_without_rotation_nothing_is_demanded(start, topics, tmp_path):
    """A provider that documents that it does not rotate is not blamed for it."""
    profile = start(rotate=False).profile(tmp_path, rotation="never")
    results = run(profile, tmp_path, *topics("rotation", "refresh", "long_session"))
    assert set(red(results)) == among(results, KNOWN), red(results)
    assert verdicts(results)["test_used_refresh_token_is_refused"] == "not_applicable"


def test_a_public_client_is_judged(start, topics, tmp_path):
    """A public client logs in with PKCE, and its refresh tokens rotate."""
    profile = start(rotate=True).profile(tmp_path, client_id="public")
    results = run(profile, tmp_path, *topics("rotation", "refresh", "pkce", "code_exchange", "revocation"))
    assert set(red(results)) == among(results, KNOWN), red(results)
    assert verdicts(results)["test_public_client_gets_new_refresh_tokens"] == "pass"


@pytest.mark.parametrize("client_id", ["app", "public"])
def test_tokens_are_bound_to_a_key(start, topics, tmp_path, client_id):
    """Proofs, nonces and bound tokens are understood alike; nothing else suffers from them."""
    profile = start(rotate=True, nonce=True).profile(tmp_path, client_id=client_id)
    profile.write_text(profile.read_text() + '\n[tokens]\ndpop = "supported"\n')
    results = run(profile, tmp_path, *topics("dpop"))
    assert set(red(results)) == among(results, KNOWN), red(results)
    seen = verdicts(results)
    assert seen["test_bound_token_is_called_dpop"] == "pass"
    assert seen["test_nonce_that_was_given_out_opens_the_resource"] == "pass"
    public = client_id == "public"
    assert seen["test_refresh_of_a_public_client_needs_its_key"] == ("pass" if public else "not_applicable")


def test_short_lifetimes_are_waited_for(start, tmp_path):
    """Codes, access tokens and refresh tokens are seen to expire, all waits at once."""
    provider = start(rotate=True, ttl={"AccessToken": 5, "AuthorizationCode": 5, "RefreshToken": 8})
    profile = provider.profile(tmp_path, code_lifetime="lifetime = 5", refresh="lifetime = 8", max_wait=40)
    results = run(profile, tmp_path, "-k", "expir or outlives or bad_grant")
    seen = verdicts(results)
    for check in (
        "test_code_expires",
        "test_expired_refresh_token_is_refused",
        "test_bad_grant_is_invalid_grant",
        "test_expiry_is_final",
        "test_expired_access_token_is_refused",
    ):
        assert seen[check] == "pass", check
    assert results["seconds"] < 45


def test_a_wrong_field_is_one_sentence(start, tmp_path):
    """A login page without the profile's field says what to check; what needs no login is judged all the same."""
    profile = start(rotate=True).profile(tmp_path)
    profile.write_text(
        profile.read_text().replace('username = "alice"', 'username = "alice"\nusername_field = "nobody"')
    )
    results = run(profile, tmp_path, "-k", "code_yields or service_gets", status={4})
    assert verdicts(results)["test_service_gets_a_token"] == "pass"
