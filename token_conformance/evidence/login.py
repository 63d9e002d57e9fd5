"""A user's login: the authorization that it began with, and the first tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.wire.exchange import Exchange

LONGEST_DESCRIPTION = 200
"""Characters of an error_description that a message repeats."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """An authorization request (RFC 6749 §4.1.1), and what its answer and its code are held against."""

    url: str
    client: Client
    response_type: str
    scope: str | None
    redirect_uri: str
    state: str
    nonce: str | None
    code_verifier: str | None

    def answered(self, answer: Mapping[str, str], mode: str, exchange: Exchange) -> Authorization:
        """The request with the answer to it, which came in that exchange."""
        return Authorization(
            client=self.client,
            response_type=self.response_type,
            scope=self.scope,
            redirect_uri=self.redirect_uri,
            state=self.state,
            nonce=self.nonce,
            code_verifier=self.code_verifier,
            answer=answer,
            mode=mode,
            exchange=exchange,
        )


@dataclass(frozen=True)
class Authorization:
    """An authorization request and the answer to it (RFC 6749 §4.1.1 and §4.1.2)."""

    client: Client
    response_type: str
    scope: str | None
    redirect_uri: str
    state: str
    nonce: str | None
    code_verifier: str | None
    answer: Mapping[str, str]
    mode: str
    exchange: Exchange

    @property
    def code(self) -> str | None:
        """The authorization code, None where the answer is an error."""
        return self.answer.get("code")

    @property
    def error(self) -> str | None:
        """The error code of the answer (RFC 6749 §4.1.2.1)."""
        return self.answer.get("error")

    @property
    def refusal(self) -> str:
        """Why there is no code, in a sentence."""
        if self.error is None:
            return "the authorization endpoint gave no code: the answer has neither code nor error"
        said = ": ".join(filter(None, (self.error, self.answer.get("error_description", "")[:LONGEST_DESCRIPTION])))
        meant = ". Consent was denied, or the user may not use this client" if self.error == "access_denied" else ""
        return f"the authorization endpoint gave no code: {said}{meant}"


@dataclass(frozen=True)
class Login:
    """A user's newest tokens, the authorization that they come from, and the refreshes since then.

    `response` is the answer that holds the newest tokens: the first one, or that of the last refresh.
    """

    response: TokenResponse
    client: Client
    authorization: Authorization | None = None
    scope: str | None = None
    earlier: tuple[TokenResponse, ...] = ()

    @property
    def access_token(self) -> str | None:
        """The newest access token."""
        return self.response.access_token

    @property
    def refresh_token(self) -> str | None:
        """The refresh token to use next; a refresh that hands none over leaves the one before (RFC 6749 §6)."""
        return next((each.refresh_token for each in self._newest_first if each.refresh_token), None)

    @property
    def id_token(self) -> str | None:
        """The newest ID token; a refresh need not bring one (OIDC Core §12.2)."""
        return next((each.id_token for each in self._newest_first if each.id_token), None)

    @property
    def tokens(self) -> frozenset[str]:
        """All access and refresh tokens so far."""
        answers = self._newest_first
        return frozenset(token for each in answers for token in (each.access_token, each.refresh_token) if token)

    def renewed(self, response: TokenResponse) -> Login:
        """The same login after a refresh."""
        return replace(self, response=response, earlier=(*self.earlier, self.response))

    @property
    def _newest_first(self) -> tuple[TokenResponse, ...]:
        return (self.response, *reversed(self.earlier))
