"""What all grants share: the installation, the client, and the response of RFC 6749 §5.1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from token_conformance.reference.answer import NO_STORE
from token_conformance.reference.client_authentication import RegisteredClient
from token_conformance.reference.grants.resources import granted_resources
from token_conformance.reference.installation import Installation
from token_conformance.reference.issuing import Issuer
from token_conformance.reference.memory import AccessToken, Family, RefreshToken
from token_conformance.reference.reading import Parameters
from token_conformance.reference.refusal import Refusal, unauthorized_client
from token_conformance.reference.unsigned import Occasion

TokenMembers = dict[str, Any]
TokenAnswer = tuple[int, TokenMembers, tuple[tuple[str, str], ...]]


class Foundation:
    """Mixed into Authlib's grants, which set `request` and `server`."""

    GRANT_TYPE: str
    request: Parameters
    server: Any

    @property
    def installation(self) -> Installation:
        """The server's configuration and memory."""
        installation: Installation = self.server.installation
        return installation

    @property
    def issuer(self) -> Issuer:
        """What makes tokens, bound to the certificate of the connection where the profile says so (RFC 8705 §3)."""
        issuer: Issuer = self.server.issuer
        policy, certificate = self.installation.behaviour.mutual_tls, self.request.incoming.thumbprint
        spared = {"none": True, "all but refreshes": self.GRANT_TYPE == "refresh_token"}.get(policy.binds_in, False)
        return replace(issuer, certificate=certificate) if policy.binds and not spared else issuer

    def authenticated_client(self, *, required: bool = True) -> RegisteredClient:
        """The client of the request, which may use this grant.

        Raises:
            Refusal: it does not authenticate, or may not.

        """
        if self.installation.behaviour.client.inferred_from_grant:
            self._infer_client()
        client = self.installation.authenticator.authenticate(self.request, required=required)
        if not client.check_grant_type(self.GRANT_TYPE):
            raise unauthorized_client()
        self.request.client = client
        return client

    def restrict(self, family: Family | None = None) -> None:
        """Settle the resources of the access token: those asked for, or all of the grant (RFC 8707 §2.2).

        Raises:
            Refusal: a resource is unknown, malformed, or was not granted.

        """
        granted = family.resources if family is not None else ()
        asked = self.request.payload.data.get("resource")
        self.request.resources = granted_resources(self.installation, asked, granted)

    def tokens_of(self, family: Family, scope: str, occasion: Occasion) -> TokenAnswer:
        """The answer to a user's first request: RFC 6749 §5.1 with the ID token of OIDC Core §3.1.3.3."""
        family.resources = family.resources or self.request.resources
        access_token = self.issuer.access_token(
            family.client_id,
            scope,
            occasion,
            family,
            self.request.resources,
            thumbprint=self.access_token_thumbprint,
        )
        family.thumbprint = self._refresh_token_thumbprint()
        self._bind(family)
        refresh_token = self.issuer.refresh_token(family, scope) if family.refreshable else None
        members = self.members(access_token, refresh_token, asked=family.asked)
        if "openid" in scope.split():
            members["id_token"] = self.issuer.id_token(family, occasion, access_token=access_token.value)
        return 200, members, NO_STORE

    def members(
        self, access_token: AccessToken, refresh_token: RefreshToken | None, *, asked: str | None
    ) -> TokenMembers:
        """The members of RFC 6749 §5.1; `scope` may be left out where it is what the client asked for."""
        members: TokenMembers = {
            "access_token": access_token.value,
            "token_type": "Bearer" if access_token.thumbprint is None else "DPoP",
            "expires_in": access_token.expires - int(self.installation.now),
            "scope": access_token.scope,
        }
        if (
            self.installation.behaviour.scope.echo == "when_different"
            and asked is not None
            and _same(asked, access_token.scope)
        ) or not access_token.scope:
            del members["scope"]
        return members if refresh_token is None else {**members, **self._renewable(refresh_token)}

    def _renewable(self, refresh_token: RefreshToken) -> TokenMembers:
        """The refresh token, and how long it and the user's authorization live, where the server tells."""
        policy, now = self.installation.behaviour.refresh, int(self.installation.now)
        members: TokenMembers = {"refresh_token": refresh_token.value}
        if policy.expiration_told:
            members["refresh_token_timeout"] = refresh_token.expires - now
            members["authorization_expires_in"] = refresh_token.family.auth_time + policy.authorization_lifetime - now
        return members

    def _bind(self, family: Family) -> None:
        """Bind the refresh tokens of a public client to its certificate (RFC 8705 §4)."""
        policy, client = self.installation.behaviour.mutual_tls, self.installation.client(family.client_id)
        if policy.binds and policy.binds_refresh_tokens and client is not None and client.client.public:
            family.certificate = self.request.incoming.thumbprint

    @property
    def access_token_thumbprint(self) -> str | None:
        """The key to which an access token is bound: that of the request's proof (RFC 9449 §5)."""
        return self.request.thumbprint if self.installation.behaviour.dpop.binds_access_tokens else None

    def _refresh_token_thumbprint(self) -> str | None:
        """The key to which refresh tokens are bound: those of public clients alone (RFC 9449 §5)."""
        policy = self.installation.behaviour.dpop.binds_refresh_tokens
        bound = policy == "always" or (policy == "public" and self.request.client.client.public)
        return self.request.thumbprint if bound else None

    def check_binding(self, thumbprint: str | None) -> None:
        """Refuse a code or refresh token that is bound to another key than that of the request's proof.

        Raises:
            Refusal: the keys differ, or there is no proof.

        """
        if thumbprint not in {None, self.request.thumbprint}:
            error = self.installation.behaviour.dpop.binding_error
            raise Refusal(error, "other_dpop_key", "The grant is bound to another key.")

    def refreshable(self, client: RegisteredClient, scope: str) -> bool:
        """Whether the client gets a refresh token with that scope (OIDC Core §11)."""
        if not client.check_grant_type("refresh_token"):
            return False
        needless = not self.installation.documented.offline_access_matters
        return (
            needless
            or "offline_access" in scope.split()
            or self.installation.behaviour.scope.refresh_token_without_offline_access
        )

    def _infer_client(self) -> None:
        """Take the client from the code or the refresh token, as a careless server does."""
        data, memory = self.request.payload.data, self.installation.memory
        code, token = memory.codes.get(data.get("code", "")), memory.refresh_tokens.get(data.get("refresh_token", ""))
        family = code.family if code is not None else token.family if token is not None else None
        if family is not None and "authorization" not in self.request.headers:
            data.setdefault("client_id", family.client_id)


def _same(asked: str, granted: str) -> bool:
    return set(asked.split()) == set(granted.split())
