"""The end of a stored session: revoked at the provider as far as possible, and forgotten here in any case."""

from __future__ import annotations

from token_conformance.sessions.live import live_provider
from token_conformance.sessions.problems import SessionError
from token_conformance.sessions.session import StoredSession
from token_conformance.sessions.store import SessionStore
from token_conformance.verdict import NotJudged


async def log_out(store: SessionStore) -> list[str]:
    """Revoke the tokens of the stored session (RFC 7009 §2.1), remove it, and say what became of it.

    Raises:
        DamagedSessionError: what is stored is no session, and perhaps somebody else's file: it stays.
        StorageError: it cannot be read or removed.

    """
    if store.read() is None:
        return [f"There is no stored session of {store.name} in {store.place}."]
    try:
        outcome = await _revoked(store, store.usable())
    except SessionError:
        outcome = "The session could not be used any more, so that nothing is revoked."
    store.remove()
    return [outcome, f"The session is removed from {store.place}."]


async def _revoked(store: SessionStore, session: StoredSession) -> str:
    """What the provider did; the access token goes first, while the refresh token is still good for trying again."""
    async with live_provider(store.profile, "logout") as provider:
        try:
            for token, hint in ((session.access_token, "access_token"), (session.refresh_token, "refresh_token")):
                status = (await provider.revoke(token, hint=hint)).status
        except NotJudged as problem:
            return f"The tokens are not revoked: {problem}."
    if status != 200:
        return f"The tokens are not revoked: the revocation endpoint answered with {status}."
    return "The tokens are revoked at the provider."
