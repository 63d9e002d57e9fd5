"""The protected resource and the userinfo endpoint: what access tokens are good for (RFC 6750, OIDC Core §5.3)."""

from __future__ import annotations

from urllib.parse import parse_qs

from token_conformance.reference.answer import NO_STORE, Answer, Endpoint
from token_conformance.reference.installation import Installation
from token_conformance.reference.memory import AccessToken
from token_conformance.reference.reading import Incoming

REALM = 'Bearer realm="resource"'


def resource_answer(installation: Installation, incoming: Incoming) -> Answer:
    """The protected resource of the profile."""
    token = accepted_token(installation, incoming)
    if token is None:
        return challenge(installation, incoming, "resource")
    return Answer(
        "resource",
        members={"resource": "protected", "scope": token.scope, "client_id": token.client_id},
        headers=NO_STORE,
    )


def userinfo_answer(installation: Installation, incoming: Incoming) -> Answer:
    """The claims of the user who granted the token."""
    token = accepted_token(installation, incoming)
    if token is None:
        return challenge(installation, incoming, "userinfo")
    if token.family is None or "openid" not in token.scope.split():
        return _refused("userinfo", 403, "insufficient_scope", 'scope="openid"')
    return Answer("userinfo", members=token.family.user.claims(token.scope), headers=NO_STORE)


def accepted_token(installation: Installation, incoming: Incoming) -> AccessToken | None:
    """The live access token that a request bears, None where it bears none."""
    policy, value = installation.behaviour.resource, borne_token(installation, incoming)
    token = installation.memory.access_tokens.get(value or "") or _mistaken(installation, value)
    if token is None:
        known = next(reversed(installation.memory.access_tokens.values()), None)
        return known if value is not None and not policy.token_checked else None
    if policy.revocation_checked and token.dead:
        return None
    if policy.expiry_checked and installation.now >= token.expires:
        return None
    return token if _comes_with_its_certificate(installation, incoming, token) else None


def _comes_with_its_certificate(installation: Installation, incoming: Incoming, token: AccessToken) -> bool:
    """Whether the connection presents the certificate that a token is bound to (RFC 8705 §3)."""
    policy = installation.behaviour.mutual_tls
    if token.certificate is None:
        return True
    if incoming.thumbprint is None:
        return not policy.resource_demands
    return incoming.thumbprint == token.certificate or not policy.resource_compares


def _mistaken(installation: Installation, value: str | None) -> AccessToken | None:
    """The access token that a careless resource takes another value for."""
    policy, known = installation.behaviour.resource, installation.memory.access_tokens.values()
    if value is None:
        return None
    for token in known:
        same_beginning = len(value) == len(token.value) and value[: len(value) // 2] == token.value[: len(value) // 2]
        if same_beginning and not policy.whole_token_compared:
            return token
        if policy.id_token_accepted and token.family is not None and token.family.last_id_token == value:
            return token
    return None


def borne_token(installation: Installation, incoming: Incoming) -> str | None:
    """The access token in the header (RFC 6750 §2.1); never that of the query (RFC 9700 §4.3.2)."""
    policy = installation.behaviour.resource
    scheme, _, value = incoming.headers.get("authorization", "").partition(" ")
    if scheme.lower() in policy.schemes or scheme in policy.schemes:
        return value.strip() or None
    queried = parse_qs(incoming.query).get("access_token")
    return queried[0] if queried and policy.query_accepted else None


def challenge(installation: Installation, incoming: Incoming, endpoint: Endpoint) -> Answer:
    """401, with an error code only where there was a token (RFC 6750 §3.1)."""
    if borne_token(installation, incoming) is None:
        return Answer(endpoint, 401, headers=(*NO_STORE, ("WWW-Authenticate", REALM)), reason="no_token")
    return _refused(
        endpoint, 401, "invalid_token", 'error_description="The access token is expired, revoked or unknown."'
    )


def _refused(endpoint: Endpoint, status: int, error: str, detail: str) -> Answer:
    headers = (*NO_STORE, ("WWW-Authenticate", f'{REALM}, error="{error}", {detail}'))
    return Answer(endpoint, status, {"error": error}, headers, reason=error)
