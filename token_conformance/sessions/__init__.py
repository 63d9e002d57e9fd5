"""Users' sessions that outlive a run: stored, renewed, locked, and told honestly when they are over.

`running/` keeps one true during a run (`keeper`), the commands `login` and `logout` make and end one. May import
`provider/` and what lies below.
"""

from token_conformance.sessions.problems import (
    DamagedSessionError,
    ExpiredSessionError,
    LostSessionError,
    NoSessionError,
    SessionBusyError,
    SessionError,
    StorageError,
)
from token_conformance.sessions.session import StoredSession
from token_conformance.sessions.store import SessionStore, store_for
from token_conformance.sessions.vaults import FileVault, KeyringVault, Vault, data_folder, vault

__all__ = [
    "DamagedSessionError",
    "ExpiredSessionError",
    "FileVault",
    "KeyringVault",
    "LostSessionError",
    "NoSessionError",
    "SessionBusyError",
    "SessionError",
    "SessionStore",
    "StorageError",
    "StoredSession",
    "Vault",
    "data_folder",
    "store_for",
    "vault",
]
