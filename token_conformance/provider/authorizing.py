"""The user's way through the authorization endpoint (RFC 6749 §4.1.1): what is asked for, and what comes back."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Literal

from token_conformance.evidence.login import Authorization, AuthorizationRequest
from token_conformance.profile.client import Client
from token_conformance.profile.grants import AuthorizationCode
from token_conformance.provider.addresses import with_query
from token_conformance.provider.login.browsing import AuthorizationAnswer, Walk, follow_to_redirect
from token_conformance.provider.requesting import Requesting
from token_conformance.verdict import NotApplicable

PUSHED_ALONE = (
    "the provider takes pushed authorization requests alone (require_pushed_authorization_requests of its metadata, "
    "RFC 9126 §5), which this suite does not send; what needs no login is judged all the same"
)
"""Why nobody logs in where the authorization endpoint is closed to our requests."""


class Authorizing(Requesting):
    """Sends users to the authorization endpoint, and reads what comes to the redirect_uri; judges nothing."""

    async def authorize(
        self,
        *,
        client: Client | None = None,
        scope: str | None = None,
        redirect_uri: str | None = None,
        pkce: bool = True,
        refreshable: bool = True,
        parameters: Mapping[str, str | tuple[str, ...]] | None = None,
    ) -> Authorization:
        """Send the user to the authorization endpoint, log in and consent there, and give the answer (RFC 6749 §4.1.1).

        Args:
            client: the client that asks; the profile's without it.
            scope: the scope asked for; the profile's without it.
            redirect_uri: where to answer; the client's without it.
            pkce: whether to send the code_challenge that the profile asks for.
            refreshable: whether to ask for a refresh token by the profile's `prompt` and offline_access, which go
                together (OIDC Core §11); without both a user who is logged in is asked nothing.
            parameters: further parameters; an empty value removes one, and several values repeat one.

        Raises:
            Inconclusive: no answer reached the redirect_uri, or the client is known not to be let in.
            NotApplicable: the profile has no authorization code grant.

        """
        grant = self._authorization_code_grant()
        await self.ways.way(client or self.profile.user_client)  # no login for a client that gets no further
        # Some providers keep one grant for each user and client: what happens to this one happens to the session.
        self.lineage.doubt()
        request = await self.authorization_request(
            client=client,
            scope=scope,
            redirect_uri=redirect_uri,
            code_challenge_method=grant.code_challenge_method if pkce else None,
            refreshable=refreshable,
            parameters=parameters,
        )
        plain = parameters is None and pkce and request.redirect_uri == request.client.redirect_uri
        answer = await self._followed(request.url, request.redirect_uri, plain=plain, known=not grant.asks_again)
        return request.answered(answer.parameters, answer.mode, answer.exchange)

    async def authorization_request(
        self,
        *,
        client: Client | None = None,
        scope: str | None = None,
        redirect_uri: str | None = None,
        code_challenge_method: Literal["S256", "plain"] | None = None,
        refreshable: bool = True,
        parameters: Mapping[str, str | tuple[str, ...]] | None = None,
    ) -> AuthorizationRequest:
        """Write the address that the user's browser is sent to (RFC 6749 §4.1.1); see `authorize`.

        Raises:
            Inconclusive: nobody knows the authorization endpoint, or requests to it have to be pushed (RFC 9126).
            NotApplicable: the profile has no authorization code grant, or the provider no authorization endpoint.

        """
        grant = self._authorization_code_grant()
        endpoint = await self.endpoint("authorization_endpoint")
        if self.discovery.metadata.get("require_pushed_authorization_requests") is True:
            raise self.logins.deny(PUSHED_ALONE, self.user)
        client = client or self.profile.user_client
        asked, prompt = _asked(grant, scope, refreshable=refreshable)
        redirect_uri = redirect_uri or client.redirect_uri or self.profile.user_client.redirect_uri or ""
        state = self.draw("state")
        nonce = self.draw("nonce") if "openid" in (asked or "").split() else None
        verifier = self.draw("code_verifier") if code_challenge_method else None
        query: dict[str, str | tuple[str, ...] | None] = {
            "response_type": grant.response_type,
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "scope": asked,
            "state": state,
            "nonce": nonce,
            "response_mode": grant.response_mode,
            "prompt": prompt,
            **grant.parameters,
        }
        if verifier is not None and code_challenge_method is not None:
            query["code_challenge"] = code_challenge(verifier, code_challenge_method)
            query["code_challenge_method"] = code_challenge_method
        query.update(parameters or {})
        url = with_query(endpoint, query)
        return AuthorizationRequest(
            url, client, grant.response_type, asked, redirect_uri, state, nonce, code_verifier=verifier
        )

    async def _followed(self, url: str, redirect_uri: str, *, plain: bool, known: bool) -> AuthorizationAnswer:
        """What comes to the redirect_uri, by the browser of the strategy `browser` where there is one."""
        walk, window = Walk.of(self.profile, redirect_uri), self.lineage.window
        async with self.logins.attempt(self.user, plain=plain):
            with self.logins.spent_by(self.wire.scenario, walk, known=known and plain and self.lineage.known):
                if window is not None:
                    answer = await window.follow_to_redirect(self.wire, url, walk)
                else:
                    answer = await follow_to_redirect(self.wire, url, walk)
            if "code" in answer.parameters:
                self.logins.succeed(self.user)
        self.lineage.known = self.lineage.known or walk.logged_in
        return answer

    def _authorization_code_grant(self) -> AuthorizationCode:
        grant = self.profile.grants.authorization_code
        if grant is None:
            raise NotApplicable("the profile has no [grants.authorization_code]")
        return grant


def code_challenge(verifier: str, method: str) -> str:
    """The challenge to a verifier (RFC 7636 §4.2)."""
    if method == "plain":
        return verifier
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _asked(grant: AuthorizationCode, scope: str | None, *, refreshable: bool) -> tuple[str | None, str | None]:
    """The scope and the prompt of a request; where no refresh token is needed, offline_access and prompt go together."""
    asked = scope if scope is not None else grant.scope
    values = (asked or "").split()
    if refreshable or grant.prompt is None or "offline_access" not in values:
        return asked, grant.prompt if refreshable else None
    others = [value for value in values if value != "offline_access"]
    return (" ".join(others), None) if scope is None and others else (asked, grant.prompt)
