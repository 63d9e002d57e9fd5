"""A user's session as it is stored between runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from token_conformance.evidence.token_response import TokenResponse

FORMAT: Literal[1] = 1
"""The version of the format."""

RENEWAL = timedelta(minutes=1)
"""How long before its access token expires a session is renewed."""

LIFETIMES_OF_REFRESH_TOKENS = ("refresh_token_expires_in", "refresh_expires_in")
"""Members, not of RFC 6749, in which providers tell the lifetime of the refresh token; 0 means that there is no end."""


class StoredSession(BaseModel):
    """The newest tokens of a login, whose they are, and what was under way when they were stored.

    `in_flight` is the time at which a request with a refresh token of the session left whose answer has not been
    stored: whether the provider has replaced the token is not known. `ended_by` is the scenario that set out to end
    the session. `dpop_key` is the private key that its tokens are bound to, as JWK (RFC 9449 §5).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    version: Literal[1] = FORMAT
    profile: str
    provider: str
    client_id: str
    scope: str | None = None
    logged_in: AwareDatetime
    refresh_token: str = Field(min_length=1, repr=False)
    refresh_token_expires: AwareDatetime | None = None
    access_token: str = Field(min_length=1, repr=False)
    access_token_expires: AwareDatetime | None = None
    dpop_key: dict[str, Any] | None = Field(default=None, repr=False)
    in_flight: AwareDatetime | None = None
    ended_by: str | None = None

    def renewed(self, response: TokenResponse) -> StoredSession:
        """The session after an answer with new tokens; one without a refresh token leaves that before (RFC 6749 §6)."""
        changes: dict[str, Any] = {
            "access_token": response.access_token,
            "access_token_expires": access_token_end(response),
            "ended_by": None,
        }
        if response.refresh_token is not None:
            changes |= {"refresh_token": response.refresh_token, "refresh_token_expires": refresh_token_end(response)}
        return self.model_copy(update=changes)

    def sending(self, now: datetime) -> StoredSession:
        """The session while a request with one of its refresh tokens is under way."""
        return self.model_copy(update={"in_flight": now})

    def settled(self) -> StoredSession:
        """The session when nothing is under way any more."""
        return self.model_copy(update={"in_flight": None})

    def ending(self, scenario: str | None) -> StoredSession:
        """The session when a scenario sets out to end it; None where it did not come to that."""
        return self.model_copy(update={"ended_by": scenario})

    def expired(self, now: datetime) -> bool:
        """Whether the refresh token's time is over, as far as the provider told it."""
        return self.refresh_token_expires is not None and self.refresh_token_expires <= now

    def due(self, now: datetime) -> bool:
        """Whether to renew the session: less than a minute of its access token is left, or nobody knows how much."""
        return self.access_token_expires is None or self.access_token_expires - now < RENEWAL


def access_token_end(response: TokenResponse) -> datetime | None:
    """When the access token of an answer expires; None where it does not tell."""
    return _end(response, response.expires_in)


def refresh_token_end(response: TokenResponse) -> datetime | None:
    """When the refresh token of an answer expires; None where it does not tell, or never does."""
    told = (response.members.get(name) for name in LIFETIMES_OF_REFRESH_TOKENS)
    return _end(response, next((value for value in told if type(value) is int and value > 0), None))


def _end(response: TokenResponse, seconds: int | None) -> datetime | None:
    try:
        return (response.answered + timedelta(seconds=seconds)).astimezone(UTC) if seconds is not None else None
    except OverflowError:
        return None
