"""Why a stored session cannot be used; each message is a sentence, and holds no token."""

from __future__ import annotations


class SessionError(Exception):
    """A stored session that cannot be used, or a login that failed."""


class NoSessionError(SessionError):
    """Nothing is stored for the profile."""


class DamagedSessionError(SessionError):
    """What is stored is no session."""


class ExpiredSessionError(SessionError):
    """The provider said how long the refresh token lives, and that time is over."""


class LostSessionError(SessionError):
    """The provider no longer accepts the refresh token; the message says why, where that is known."""


class SessionBusyError(SessionError):
    """Another process uses the session."""


class StorageError(SessionError):
    """The session cannot be read or written."""


class LoginError(SessionError):
    """A login at the provider did not give a session."""
