"""Runs against glewlwyd, written in C, of clients and logins of other kinds; its whole run is pinned beside its set-up."""

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


@pytest.fixture(scope="module")
def said():
    """A running server: its issuer, and the key of the client that signs."""
    with serving([sys.executable, "server.py"], HERE) as said:
        yield said


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
