"""Authlib's authorization server, at work for an installation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749 import AuthorizationServer  # type: ignore[import-untyped]

from token_conformance.reference.answer import Answer, Endpoint
from token_conformance.reference.client_authentication import RegisteredClient
from token_conformance.reference.device_authorization import DeviceAuthorization
from token_conformance.reference.dpop import missing_proof, new_nonce, proven_key
from token_conformance.reference.grants import (
    CodeGrant,
    DeviceGrant,
    ExchangeGrant,
    PasswordGrant,
    ProofKey,
    RefreshGrant,
    ServiceGrant,
)
from token_conformance.reference.grants.scope import granted_scope
from token_conformance.reference.installation import Installation
from token_conformance.reference.introspection import Introspection
from token_conformance.reference.issuing import Issuer
from token_conformance.reference.reading import Parameters
from token_conformance.reference.refusal import invalid_request, missing, rendered, unsupported_grant_type
from token_conformance.reference.revocation import Revocation


class ReferenceAuthorizationServer(AuthorizationServer):  # type: ignore[misc]  # Authlib is not typed
    """Answers with values, which the application renders."""

    def __init__(self, installation: Installation) -> None:
        super().__init__()
        self.installation = installation
        self.issuer = Issuer(installation)
        self._mood = True
        for grant_type in installation.documented.grant_types:
            self._offer(grant_type)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)
        if installation.profile.grants.device_code is not None:
            self.register_endpoint(DeviceAuthorization)

    def query_client(self, client_id: str) -> RegisteredClient | None:
        """The client of that identifier."""
        return self.installation.client(client_id)

    def validate_requested_scope(self, scope: str | None) -> None:
        """Refuse the scope of an authorization request that cannot be granted."""
        granted_scope(self.installation, scope)

    def create_oauth2_request(self, request: Parameters) -> Parameters:
        """Requests come as Authlib wants them."""
        return request

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def get_token_grant(self, request: Parameters) -> Any:
        """The grant of a token request.

        Raises:
            Refusal: it names none, or one that is not offered.

        """
        grant_type = request.payload.data.get("grant_type")
        if grant_type is None:
            raise missing("grant_type")
        if self.installation.behaviour.request.grant_type_folded:
            grant_type = grant_type.strip().lower()
        for grant, extensions in self._token_grants:
            if grant_type == grant.GRANT_TYPE:
                return _extended(grant(request, self), extensions)
        self._mood = not self._mood
        if self.installation.behaviour.request.fickle and self._mood:
            raise invalid_request("Something is wrong.")
        raise unsupported_grant_type()

    def token_answer(self, request: Parameters) -> Answer:
        """The answer of the token endpoint."""
        try:
            request.thumbprint = self._proven_key(request)
            grant = self.get_token_grant(request)
            grant.validate_token_request()
            status, members, headers = grant.create_token_response()
        except OAuth2Error as error:
            return refusal_answer(self.installation, error, "token", request)
        return Answer("token", status, members, (*headers, *self._next_nonce()), form=request.form)

    def _proven_key(self, request: Parameters) -> str | None:
        """The thumbprint of the key that a token request proves (RFC 9449 §5)."""
        thumbprint, policy = proven_key(self.installation, request.incoming, "token"), self.installation.behaviour.dpop
        if policy.required and policy.missing_proof_refused and "dpop" not in request.incoming.headers:
            raise missing_proof()
        return thumbprint

    def _next_nonce(self) -> tuple[tuple[str, str], ...]:
        policy = self.installation.behaviour.dpop
        given = "forgotten-by-the-time-it-comes" if policy.nonce_of_success_forgotten else None
        return (("DPoP-Nonce", given or new_nonce(self.installation, "token")),) if policy.nonce_renewed else ()

    def answer_at(self, endpoint: Endpoint, request: Parameters) -> Answer:
        """The answer of an endpoint beside the token endpoint."""
        try:
            answer: Answer = self._endpoints[endpoint][0].create_endpoint_response(request)
        except OAuth2Error as error:
            return refusal_answer(self.installation, error, endpoint, request)
        return replace(answer, form=request.form)

    def _offer(self, grant_type: str) -> None:
        if grant_type != "authorization_code":
            self.register_grant(GRANTS[grant_type])
            return
        self.register_grant(CodeGrant, [ProofKey(required=False)])
        documented = self.installation.profile.grants.authorization_code
        if documented is not None and documented.response_type == "code id_token":
            from token_conformance.reference.grants.hybrid import HybridGrant  # few profiles need so much of Authlib

            self.register_grant(HybridGrant, [ProofKey(required=False)])


GRANTS: Mapping[str, type] = {
    "client_credentials": ServiceGrant,
    "password": PasswordGrant,
    "refresh_token": RefreshGrant,
    DeviceGrant.GRANT_TYPE: DeviceGrant,
    ExchangeGrant.GRANT_TYPE: ExchangeGrant,
}


def refusal_answer(
    installation: Installation, error: Any, endpoint: Endpoint, request: Parameters | None = None
) -> Answer:
    """A refusal, as the profile documents it for its condition."""
    status, members, headers = rendered(error, installation.profile.errors if endpoint == "token" else {})
    form = request.form if request is not None else {}
    return Answer(endpoint, status, members, headers, reason=getattr(error, "reason", None), form=form)


def _extended(grant: Any, extensions: Any) -> Any:
    for extension in extensions or ():
        extension(grant)
    return grant
