"""An answer of the token endpoint, read as RFC 6749 §5 writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from token_conformance.evidence.error_codes import DECISIONS, NO_DECISIONS, POLLING_GRANTS, WAITING
from token_conformance.redaction.visible import visible
from token_conformance.wire.exchange import Exchange, header
from token_conformance.wire.retry_after import retry_after

SAID = 200
"""Characters of a server's own words that a message repeats."""

COUNTABLE = 10**14
"""Seconds, or milliseconds, that a clock can count."""


@dataclass(frozen=True)
class TokenResponse:
    """A successful response (RFC 6749 §5.1) or an error response (§5.2), or something that is neither."""

    exchange: Exchange

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.exchange.status

    @property
    def members(self) -> dict[str, Any]:
        """The members of the JSON object, as they came."""
        return self.exchange.members

    @property
    def access_token(self) -> str | None:
        """The access token, where it is a non-empty string."""
        return self._string("access_token")

    @property
    def refresh_token(self) -> str | None:
        """The refresh token, where it is a non-empty string."""
        return self._string("refresh_token")

    @property
    def id_token(self) -> str | None:
        """The ID token, where it is a non-empty string."""
        return self._string("id_token")

    @property
    def token_type(self) -> str | None:
        """The token type, where it is a non-empty string."""
        return self._string("token_type")

    @property
    def scope(self) -> frozenset[str] | None:
        """The scope values, or None where the answer does not tell (RFC 6749 §3.3)."""
        scope = self._string("scope")
        return frozenset(scope.split(" ")) if scope is not None else None

    @property
    def expires_in(self) -> int | None:
        """Seconds until the access token expires, where the member is a JSON number without fraction that fits a clock."""
        value = self.members.get("expires_in")
        return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < COUNTABLE else None

    @property
    def error(self) -> str | None:
        """The error code (RFC 6749 §5.2), where it is a string."""
        return self._string("error")

    @property
    def error_description(self) -> str | None:
        """The error description, where it is a string."""
        return self._string("error_description")

    @property
    def accepted(self) -> bool:
        """Whether an access token was handed over."""
        return self._may_hand_over and self.access_token is not None

    @property
    def handed_over(self) -> bool:
        """Whether a token came, of whatever kind: that alone is what a refusal must not do."""
        tokens = (self.access_token, self.refresh_token, self.id_token)
        return self._may_hand_over and any(token is not None for token in tokens)

    @property
    def waits(self) -> bool:
        """Whether a polling client is told to come again: what it presents is good, and the user has not decided."""
        asked = dict(self.exchange.request.form).get("grant_type")
        return self.error in WAITING and asked in POLLING_GRANTS

    @property
    def refused(self) -> bool:
        """Whether the token endpoint itself said no, in whatever form.

        400 and 401 are its own statuses, and so is any with an error code. A 403 is, unless a page comes with it, which
        may be a firewall's. A 5xx is no decision, unless it names one, or comes again for the same request. What asks to
        come later, and codes which say that no decision was made, are none.
        """
        if self.handed_over or self.waits or self._status == 429 or self.error in NO_DECISIONS:
            return False
        if self._status >= 500:
            return self.error in DECISIONS or self.exchange.repeated
        return self._status in {400, 401} or self.error is not None or (self._status == 403 and not self._is_page)

    @property
    def decided(self) -> bool:
        """Whether the token endpoint said no because of the request: a server that fails each time may do so at all of them."""
        return self.refused and (self._status < 500 or self.error in DECISIONS)

    @property
    def failed(self) -> bool:
        """Whether the server came to grief over the request: 5xx but for 503, which is load, and for a decision's code.

        Who says invalid_request with a 500 has decided, in the wrong form. An answer to HEAD has no place for a code.
        """
        told = self.error in DECISIONS | WAITING or self.exchange.request.method == "HEAD"
        return self._status >= 500 and self._status != 503 and not told

    @property
    def answered(self) -> datetime:
        """When the answer came (UTC)."""
        return self.exchange.answered

    @property
    def _status(self) -> int:
        return self.exchange.response.status

    @property
    def _may_hand_over(self) -> bool:
        """Whether tokens in the answer count: not beside an error status, but where a recorder has lost the status."""
        return self._status in range(200, 300) or (self._status == 0 and "status" in self.exchange.undocumented)

    @property
    def _is_page(self) -> bool:
        answer = self.exchange.response
        html = "html" in (header(answer.headers, "content-type") or "").lower()
        return html or answer.body.lstrip()[:1] == b"<"

    def _string(self, name: str) -> str | None:
        value = self.members.get(name)
        return value if isinstance(value, str) and value else None

    def __str__(self) -> str:
        answer = self.exchange.answer
        if answer is None:
            return f"no answer ({self.exchange.failure})"
        if self.accepted:
            return f"{answer.status} with an access token"
        if (seconds := retry_after(answer, self.exchange.answered)) is not None:
            return f"{answer.status}, to come again after {seconds:.0f} s"
        return f"{answer.status} {self.error}{self._words}" if self.error else f"{answer.status} without an error code"

    @property
    def _words(self) -> str:
        """The server's own words for people, on one line and not at length; whoever prints them redacts them.

        They are cut between words: half a secret would be known to nobody's redaction.
        """
        words = " ".join(visible(self.error_description or "").split())
        told = words if len(words) <= SAID else f"{words[:SAID].rpartition(' ')[0]}…"
        return f' "{told}"' if words else ""
