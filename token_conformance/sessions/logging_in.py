"""What logins by hand have in common, however the user is let in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from pydantic import ValidationError

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.models import Profile
from token_conformance.provider import Provider
from token_conformance.redaction import Redactor
from token_conformance.redaction.visible import on_one_line
from token_conformance.sessions.live import live_provider
from token_conformance.sessions.problems import LoginError
from token_conformance.sessions.session import StoredSession, access_token_end, refresh_token_end
from token_conformance.sessions.store import SessionStore
from token_conformance.verdict import NotJudged

Say = Callable[[str], None]
"""Prints a line for the user."""


@asynccontextmanager
async def logging_in(profile: Profile, redactor: Redactor) -> AsyncIterator[Provider]:
    """The provider, to log in at within the block.

    Raises:
        LoginError: there is no session; the message says why, without any secret.

    """
    redactor.learn_profile(profile)
    async with live_provider(profile, "login") as provider:
        try:
            yield provider
        except (LoginError, NotJudged) as problem:
            for exchange in provider.wire.exchanges:
                redactor.learn_exchange(exchange)
            raise LoginError(on_one_line(redactor.text(str(problem)))) from None


def session_of(
    store: SessionStore, provider: Provider, client: Client, scope: str | None, response: TokenResponse
) -> StoredSession:
    """The session that begins with an answer of the token endpoint.

    Raises:
        LoginError: the answer holds nothing that could be kept.

    """
    if response.refresh_token is None:
        table = "device_code" if store.profile.login.strategy == "device" else "authorization_code"
        raise LoginError(
            "the provider gave no refresh token, without which no session can be kept: ask for one in "
            f"[grants.{table}], as a rule by offline_access in scope"
            + (' and prompt = "consent"' if table == "authorization_code" else "")
        )
    try:
        return StoredSession(
            profile=store.name,
            provider=store.provider,
            client_id=client.client_id,
            scope=" ".join(sorted(response.scope)) if response.scope else scope,
            logged_in=response.answered,
            refresh_token=response.refresh_token,
            refresh_token_expires=refresh_token_end(response),
            access_token=response.access_token or "",
            access_token_expires=access_token_end(response),
            dpop_key=provider.prover.exported() if provider.prover is not None else None,
        )
    except ValidationError:
        raise LoginError("the provider's tokens cannot be stored: one holds what is no character") from None


def words_of(response: TokenResponse) -> str:
    """What the provider says about a refusal, in brackets."""
    return f" ({response.error_description})" if response.error_description else ""
