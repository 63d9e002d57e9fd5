"""Sessions, and places to store them in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from token_conformance.sessions import FileVault, SessionStore, StoredSession


@pytest.fixture(autouse=True)
def data_home(tmp_path, monkeypatch):
    """The platform's data folder, empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def profile(make_profile):
    return make_profile()


@pytest.fixture
def make_session(profile):
    """A session of the profile that was stored just now."""

    def make(**changes):
        now = datetime.now(UTC)
        usual = {
            "profile": "example",
            "provider": profile.server.address,
            "client_id": "app",
            "logged_in": now,
            "refresh_token": "refresh-token-0001",
            "access_token": "access-token-0001",
            "access_token_expires": now + timedelta(minutes=10),
        }
        return StoredSession.model_validate(usual | changes)

    return make


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sessions" / "example.json"


@pytest.fixture
def store(profile, path):
    return SessionStore("example", profile, FileVault(path))
