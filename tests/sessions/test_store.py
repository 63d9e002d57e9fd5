"""A session is stored as a whole, for its owner alone; what cannot be used is told in a sentence without tokens."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest

from token_conformance.sessions import (
    DamagedSessionError,
    ExpiredSessionError,
    FileVault,
    NoSessionError,
    SessionBusyError,
    SessionStore,
    StorageError,
    vault,
    vaults,
)

TOKENS = ("refresh-token-0001", "access-token-0001")


def test_what_was_written_is_read(store, make_session):
    """The whole session comes back."""
    session = make_session(scope="openid", dpop_key={"kty": "EC"}, in_flight=datetime.now(UTC), ended_by="reuse")
    store.write(session)
    assert store.usable() == session


def test_a_session_is_its_owners_alone(store, path, make_session):
    """The file has the mode 0600, in a folder of the mode 0700; nothing else is left there."""
    store.write(make_session())
    store.write(make_session(refresh_token="refresh-token-0002"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["example.json"]


def test_what_a_killed_process_left_is_replaced(store, path, make_session):
    """A half-written file beside the session neither counts nor keeps its mode."""
    store.write(make_session())
    beside = path.with_name("example.json.new")
    beside.write_text('{"version"')
    assert store.usable().refresh_token == "refresh-token-0001"
    store.write(make_session(refresh_token="refresh-token-0002"))
    assert not beside.exists()
    assert store.usable().refresh_token == "refresh-token-0002"


def test_a_write_is_durable_before_it_counts(store, path, make_session, monkeypatch):
    """The file is on disk before it takes the old one's place, and the folder afterwards."""
    order = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda opened: order.append("sync") or sync(opened))
    monkeypatch.setattr(os, "replace", lambda old, new: order.append("replace") or replace(old, new))
    store.write(make_session())
    assert order in (["sync", "replace", "sync"], ["sync", "sync"])  # a Path may have a replace of its own


@pytest.mark.parametrize("refusals", [2, 6])
def test_windows_is_asked_again_to_replace_a_file(store, path, make_session, monkeypatch, refusals):
    """Somebody may be looking into it for a moment; after two seconds it is an error, and the old session stays."""
    older, newer = make_session(), make_session(refresh_token="refresh-token-0002")
    store.write(older)
    left, replaced = [refusals], Path.replace

    def replace(new, target):
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(13, "Access is denied")
        return replaced(new, target)

    monkeypatch.setattr(vaults, "WINDOWS", True)
    monkeypatch.setattr(vaults, "PAUSES", (0, 0, 0, 0, 0))
    monkeypatch.setattr(Path, "replace", replace)
    if refusals == 2:
        store.write(newer)
        assert store.read() == newer
    else:
        with pytest.raises(StorageError, match="Access is denied"):
            store.write(newer)
        assert store.read() == older


def test_sessions_lie_in_the_data_folder(profile, make_session, data_home):
    """Without a file of the user's, the platform's folder is taken."""
    SessionStore("example", profile, vault("example")).write(make_session())
    assert (data_home / "token-conformance" / "sessions" / "example.json").is_file()


def test_nothing_stored(store, path):
    """The sentence names the command that logs in."""
    with pytest.raises(NoSessionError) as caught:
        store.usable()
    assert str(caught.value) == (
        f"there is no stored session of example in {path}: log in with `token-conformance login example`"
    )


def test_an_expired_session(store, make_session):
    """The provider told when the refresh token dies."""
    store.write(make_session(refresh_token_expires=datetime(2026, 1, 1, 12, tzinfo=UTC)))
    with pytest.raises(ExpiredSessionError) as caught:
        store.usable()
    assert str(caught.value) == (
        "the stored session of example expired at 2026-01-01 12:00:00 UTC: "
        "log in anew with `token-conformance login example`"
    )


def changed(text, **changes):
    return json.dumps({**json.loads(text), **changes})


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: "", "is damaged: it is no JSON"),
        (lambda text: text[: len(text) // 2], "is damaged: it is no JSON"),
        (lambda text: "[" * 100_000, "is damaged: it is no JSON"),
        (lambda text: f"[{text}]", "is damaged: it is no JSON object"),
        (lambda text: changed(text, version=2), "was written by a newer version of token-conformance (format 2)"),
        (lambda text: changed(text, version="x"), "is damaged (version)"),
        (lambda text: changed(text, refresh_token=""), "is damaged (refresh_token)"),
        (lambda text: changed(text, logged_in="refresh-token-0001"), "is damaged (logged_in)"),
        (lambda text: changed(text, **{"refresh-token-0001": 1}), "is damaged (an unknown member)"),
    ],
    ids=["empty", "half", "deep", "list", "newer", "version", "no_token", "no_time", "unknown"],
)
def test_a_damaged_session(store, path, make_session, damage, words):
    """The sentence says what is wrong, and gives no token away."""
    store.write(make_session())
    path.write_text(damage(path.read_text()))
    with pytest.raises(DamagedSessionError) as caught:
        store.usable()
    assert f" {words}: log in anew with `token-conformance login example`" in str(caught.value)
    assert not any(token in str(caught.value) for token in TOKENS)


def test_bytes_that_are_no_text(store, path, make_session):
    """A file of anything is told like any other damage."""
    store.write(make_session())
    path.write_bytes(b"\xff\x00" * 100)
    with pytest.raises(DamagedSessionError):
        store.usable()


@pytest.mark.parametrize("changes", [{"client_id": "another"}, {"provider": "https://other.example"}])
def test_a_session_of_another_registration(store, make_session, changes):
    """A profile that was changed, or another of the same name, does not get it."""
    store.write(make_session(**changes))
    with pytest.raises(DamagedSessionError, match="and not to that of the profile: log in with"):
        store.usable()


def test_a_folder_that_cannot_be_used(profile, tmp_path, make_session):
    """A file in the place of the folder, and a folder in the place of the file, are told."""
    (tmp_path / "file").write_text("")
    store = SessionStore("example", profile, FileVault(tmp_path / "file" / "session.json"))
    for attempt in (store.read, store.remove, lambda: store.write(make_session()), lambda: store.locked().__enter__()):
        with pytest.raises(StorageError):
            attempt()
    with pytest.raises(StorageError, match="cannot be read"):
        SessionStore("example", profile, FileVault(tmp_path)).read()


def test_a_token_that_is_no_text(store, make_session):
    """A provider's lone surrogate cannot be written down, and breaks nothing."""
    with pytest.raises(StorageError, match="what is no character"):
        store.write(make_session().model_copy(update={"refresh_token": "\ud800"}))


HOLDER = """
import sys
from pathlib import Path
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_kept_out(store, path, make_session):
    """While another process uses the session nobody else does; when that is killed, the session is free."""
    store.write(make_session())
    command = [sys.executable, "-c", HOLDER, f"{path}.lock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(SessionBusyError, match="in use by another process"), store.locked():
            pass
        holder.kill()
        holder.wait()
        with store.locked():
            assert store.usable()


def test_a_representation_holds_no_token(make_session):
    """Neither a debugger's line nor a traceback gives tokens away."""
    assert not any(token in repr(make_session(dpop_key={"d": "access-token-0001"})) for token in TOKENS)


def test_when_a_session_is_due(make_session):
    """It is renewed one minute before its access token expires."""
    now = datetime.now(UTC)
    assert make_session(access_token_expires=now + timedelta(seconds=59)).due(now)
    assert not make_session(access_token_expires=now + timedelta(seconds=61)).due(now)
    assert make_session(access_token_expires=None).due(now)


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory, which may be locked."""

    priority = 1
    shut = False

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._open()
        del self.kept[service, username]

    def _open(self):
        if self.shut:
            raise keyring.errors.KeyringLocked("the user did not unlock it")


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    ring = Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_the_keyring(ring, profile, make_session):
    """A session can lie in the keyring, and there is a lock for it too."""
    store = SessionStore("example", profile, vault("example", keyring=True))
    assert store.read() is None
    session = make_session()
    with store.locked():
        store.write(session)
        assert store.usable() == session
        store.remove()
        store.remove()
    assert ring.kept == {}


def test_a_locked_keyring(ring, profile, make_session):
    """What the keyring says is repeated in a sentence."""
    store = SessionStore("example", profile, vault("example", keyring=True))
    ring.shut = True
    for attempt in (store.read, store.remove, lambda: store.write(make_session())):
        with pytest.raises(StorageError, match="the keyring cannot be (read|written): the user did not unlock it"):
            attempt()


def test_no_keyring(monkeypatch):
    """Without the library the sentence says how it is installed."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(StorageError, match=r"pip install 'token-conformance\[keyring\]'"):
        vault("example", keyring=True)


def test_no_keyring_backend(profile):
    """A machine without any keyring is told like one that is locked."""
    import keyring.backends.fail

    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    try:
        with pytest.raises(StorageError, match="the keyring cannot be read"):
            SessionStore("example", profile, vault("example", keyring=True)).read()
    finally:
        keyring.set_keyring(before)
