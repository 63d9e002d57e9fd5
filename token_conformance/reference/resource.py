"""The protected resource and the userinfo endpoint: what access tokens are good for (RFC 6750, OIDC Core §5.3)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

from token_conformance.reference.answer import NO_STORE, Answer, Endpoint
from token_conformance.reference.dpop import ALGORITHMS, missing_proof, new_nonce, proven_key
from token_conformance.reference.installation import Installation
from token_conformance.reference.memory import AccessToken
from token_conformance.reference.reading import Incoming
from token_conformance.reference.refusal import Refusal

REALM = 'Bearer realm="resource"'
PROOF_CHALLENGE = f'DPoP algs="{" ".join(ALGORITHMS)}"'


def resource_answer(installation: Installation, incoming: Incoming) -> Answer:
    """The protected resource of the profile."""
    try:
        token = accepted_token(installation, incoming)
    except Refusal as refusal:
        return _unproven("resource", refusal)
    if token is None:
        return challenge(installation, incoming, "resource")
    if installation.behaviour.resource.two_methods_refused and _comes_twice(installation, incoming):
        return _refused("resource", 400, "invalid_request", 'error_description="The token comes in two ways."')
    public = _queried(installation, incoming) is not None and not installation.behaviour.resource.queried_is_private
    return Answer(
        "resource",
        members={"resource": "protected", "scope": token.scope, "client_id": token.client_id},
        headers=(*(() if public else NO_STORE), *_next_nonce(installation)),
    )


def userinfo_answer(installation: Installation, incoming: Incoming) -> Answer:
    """The claims of the user who granted the token."""
    try:
        token = accepted_token(installation, incoming)
        if token is None and not installation.behaviour.resource.userinfo_checks:
            token = installation.memory.newest_of_a_user()
    except Refusal as refusal:
        return _unproven("userinfo", refusal)
    if token is None:
        return challenge(installation, incoming, "userinfo")
    if token.family is None or "openid" not in token.scope.split():
        return _refused("userinfo", 403, "insufficient_scope", 'scope="openid"')
    token.family.revoked = token.family.revoked or installation.behaviour.resource.userinfo_ends_session
    return Answer(
        "userinfo",
        members=token.family.user.claims("" if token.claimless else token.scope),
        headers=(*NO_STORE, *_next_nonce(installation)),
    )


def accepted_token(installation: Installation, incoming: Incoming) -> AccessToken | None:
    """The live access token that a request bears, None where it bears none.

    Raises:
        Refusal: the token is bound to a key whose possession the request does not prove.

    """
    token = _living_token(installation, incoming)
    if token is None or not _proven(installation, incoming, token):
        return None
    token.confirm()
    return token


def _proven(installation: Installation, incoming: Incoming, token: AccessToken) -> bool:
    """Whether a token comes by its own scheme, with a proof where it is bound to a key (RFC 9449 §7)."""
    policy, by_dpop = installation.behaviour.dpop, _scheme(incoming) == "dpop"
    if token.thumbprint is None or not by_dpop:
        return policy.bearer_accepted or (token.thumbprint is None) != by_dpop
    proven = proven_key(installation, incoming, "resource", borne_token(installation, incoming))
    if "dpop" not in incoming.headers and policy.proof_demanded:
        raise missing_proof()
    return proven == token.thumbprint or not policy.key_compared or "dpop" not in incoming.headers


def _living_token(installation: Installation, incoming: Incoming) -> AccessToken | None:
    policy, value = installation.behaviour.resource, borne_token(installation, incoming)
    token = installation.memory.access_tokens.get(value or "") or _mistaken(installation, value)
    if token is None:
        known = next(reversed(installation.memory.access_tokens.values()), None)
        return known if value is not None and not policy.token_checked else None
    if policy.revocation_checked and token.dead:
        return None
    at_userinfo = incoming.url.partition("?")[0] == installation.addresses.userinfo_endpoint
    checked = policy.expiry_checked and (policy.userinfo_checks_expiry or not at_userinfo)
    if checked and installation.now >= token.expires + policy.leeway:
        return None
    if policy.audience_checked and not at_userinfo and not _meant(installation, token):
        return None
    return token if _comes_with_its_certificate(installation, incoming, token) else None


def _meant(installation: Installation, token: AccessToken) -> bool:
    """Whether a token is for this resource (RFC 9068 §4): one that was asked for no resource is."""
    return not token.audience or installation.addresses.resource.partition("?")[0] in token.audience


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
    refresh_token = installation.memory.refresh_tokens.get(value)
    if refresh_token is not None and policy.refresh_token_accepted:
        return refresh_token.family.last_access_token
    for token in known:
        if policy.unsigned_token_accepted and _unsigned_copy(value, token.value):
            return token
        same_beginning = len(value) == len(token.value) and value[: len(value) // 2] == token.value[: len(value) // 2]
        if same_beginning and not policy.whole_token_compared:
            return token
        if policy.id_token_accepted and token.family is not None and token.family.last_id_token == value:
            return token
    return None


def _unsigned_copy(value: str, token: str) -> bool:
    """Whether a value is a JWT without signature that says what an access token says."""
    return value.endswith(".") and token.count(".") == 2 and value.split(".")[1] == token.split(".")[1]


def borne_token(installation: Installation, incoming: Incoming) -> str | None:
    """The access token in the header (RFC 6750 §2.1); never that of the query (RFC 9700 §4.3.2)."""
    policy = installation.behaviour.resource
    scheme, _, value = incoming.headers.get("authorization", "").partition(" ")
    if scheme.lower() in policy.schemes or scheme in policy.schemes or _by_dpop(installation, incoming):
        return value.strip() or None
    return _queried(installation, incoming)


def _queried(installation: Installation, incoming: Incoming) -> str | None:
    """The access token in the query (RFC 6750 §2.3), where the resource reads it."""
    queried = parse_qs(incoming.query).get("access_token")
    return queried[0] if queried and installation.behaviour.resource.query_accepted else None


def _comes_twice(installation: Installation, incoming: Incoming) -> bool:
    return "authorization" in incoming.headers and _queried(installation, incoming) is not None


def challenge(installation: Installation, incoming: Incoming, endpoint: Endpoint) -> Answer:
    """401, with an error code only where there was a token (RFC 6750 §3.1)."""
    schemes = f"{REALM}, {PROOF_CHALLENGE}" if installation.behaviour.dpop.offered else REALM
    if borne_token(installation, incoming) is None:
        return Answer(endpoint, 401, headers=(*NO_STORE, ("WWW-Authenticate", schemes)), reason="no_token")
    detail = 'error_description="The access token is expired, revoked or unknown."'
    scheme = PROOF_CHALLENGE if _by_dpop(installation, incoming) else REALM
    return _refused(endpoint, 401, "invalid_token", detail, scheme)


def _refused(endpoint: Endpoint, status: int, error: str, detail: str, scheme: str = REALM) -> Answer:
    headers = (*NO_STORE, ("WWW-Authenticate", f'{scheme}, error="{error}", {detail}'))
    return Answer(endpoint, status, {"error": error}, headers, reason=error)


def _unproven(endpoint: Endpoint, refusal: Refusal) -> Answer:
    """The refusal of a proof (RFC 9449 §7.1 and §9)."""
    detail = f'error_description="{refusal.description}"'
    answer = _refused(endpoint, 401, str(refusal.error), detail, PROOF_CHALLENGE)
    return replace(answer, headers=(*answer.headers, *refusal.headers), reason=refusal.reason)


def _scheme(incoming: Incoming) -> str:
    return incoming.headers.get("authorization", "").partition(" ")[0].lower()


def _by_dpop(installation: Installation, incoming: Incoming) -> bool:
    policy = installation.behaviour.dpop
    return policy.offered and policy.scheme_known and _scheme(incoming) == "dpop"


def _next_nonce(installation: Installation) -> tuple[tuple[str, str], ...]:
    """A nonce for the next request, where the server gives them out unasked (RFC 9449 §8.2)."""
    renewed = installation.behaviour.dpop.nonce_renewed
    return (("DPoP-Nonce", new_nonce(installation, "resource")),) if renewed else ()
