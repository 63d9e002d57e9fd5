"""The hybrid flow with `response_type=code id_token` (OIDC Core §3.3)."""

from __future__ import annotations

from authlib.oidc.core import OpenIDHybridGrant  # type: ignore[import-untyped]

from token_conformance.reference.grants.authorization import AuthorizationEndpoint
from token_conformance.reference.memory import Code, Family


class HybridGrant(AuthorizationEndpoint, OpenIDHybridGrant):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's grant with ID tokens by the server's own clock and keys."""

    RESPONSE_TYPES = frozenset({"code id_token"})
    GRANT_TYPE = "authorization_code"
    DEFAULT_RESPONSE_MODE = "fragment"

    def exists_nonce(self, nonce: str, request: object) -> bool:  # noqa: ARG002 - Authlib's signature
        """Nonces are the client's affair: a server need not remember them."""
        return False

    def front_channel(self, family: Family, code: Code) -> dict[str, str]:
        """The ID token with the hash of the code (OIDC Core §3.3.2.11)."""
        return {"id_token": self.issuer.id_token(family, "authorization", code=code.value)}
