"""The metadata of the server (OIDC Discovery §3, RFC 8414 §2)."""

from __future__ import annotations

from typing import Any

from token_conformance.reference.dpop import ALGORITHMS
from token_conformance.reference.installation import Installation
from token_conformance.reference.mutual_tls import ALIASED, aliases

CERTIFICATE_METHODS = frozenset({"tls_client_auth", "self_signed_tls_client_auth"})
"""RFC 8705 §2."""

SIGNATURES = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256"]

ASSERTED_AT = ("token", "revocation", "introspection")
"""The endpoints at which clients authenticate by assertions (RFC 8414 §2)."""


def metadata(installation: Installation) -> dict[str, Any]:
    """What the server says of itself; it is all true."""
    addresses, documented, behaviour = installation.addresses, installation.documented, installation.behaviour
    grant = installation.profile.grants.authorization_code
    asserted = sorted({client.authentication for client in installation.profile.clients if client.asserts})
    certified = sorted({client.authentication for client in installation.profile.clients} & CERTIFICATE_METHODS)
    methods = [*behaviour.client.methods, *asserted, *certified]
    device = {"device_authorization_endpoint": addresses.device_authorization_endpoint}
    public = ["none"] if any(client.public for client in installation.profile.clients) else []
    signed = {f"{endpoint}_endpoint_auth_signing_alg_values_supported": SIGNATURES for endpoint in ASSERTED_AT}
    endpoints = {name: str(getattr(addresses, name)) for name in ALIASED}
    bound = behaviour.mutual_tls.binds and behaviour.mutual_tls.confirmed_in_metadata
    certificates = {"tls_client_certificate_bound_access_tokens": True} if bound else {}
    proofs = {"dpop_signing_alg_values_supported": list(ALGORITHMS)} if behaviour.dpop.offered else {}
    contexts = {"acr_values_supported": list(behaviour.front_door.contexts)} if behaviour.front_door.contexts else {}
    lifetimes = {"refresh_token_expiration_types_supported": ["authorization", "credential"]}
    revocation = addresses.token_endpoint if behaviour.request.revokes_too else addresses.revocation_endpoint
    return {
        **proofs,
        **contexts,
        **(lifetimes if behaviour.refresh.expiration_told else {}),
        **(signed if asserted else {}),
        **certificates,
        **aliases(endpoints, behaviour.mutual_tls),
        "issuer": addresses.named_issuer,
        "authorization_endpoint": addresses.authorization_endpoint,
        "token_endpoint": addresses.token_endpoint,
        "userinfo_endpoint": addresses.userinfo_endpoint,
        "jwks_uri": addresses.jwks_uri,
        "revocation_endpoint": revocation,
        "introspection_endpoint": addresses.introspection_endpoint,
        **(device if installation.profile.grants.device_code is not None else {}),
        "scopes_supported": sorted({"openid", *documented.user_scope.split(), *documented.service_scope.split()}),
        "response_types_supported": ["code"]
        if grant is None or grant.response_type == "code"
        else ["code", "code id_token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": list(documented.grant_types),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(dict.fromkeys(("RS256", behaviour.token.id_token_algorithm))),
        "token_endpoint_auth_methods_supported": methods + public,
        "revocation_endpoint_auth_methods_supported": methods + public,
        "introspection_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256", "plain"]
        if grant is not None and grant.pkce == "plain"
        else ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "claims_supported": [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "nonce",
            "name",
            "preferred_username",
            "email",
        ],
    }
