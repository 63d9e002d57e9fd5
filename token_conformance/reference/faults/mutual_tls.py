"""Faults of clients' certificates, and of the tokens that are bound to them (RFC 8705)."""

from collections.abc import Callable
from typing import Any

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import access_tokens, policy, together
from token_conformance.reference.faults.fault import Fault, at
from token_conformance.reference.unsigned import Unsigned

AUTHENTICATED = ("rfc8705-2-tls-client-auth",)
BOUND = ("rfc8705-cnf",)
NAMED = ("rfc8705-3.1-cnf-x5t",)
REFRESHES = ("rfc8705-4-refresh-token-bound",)


def _changed(change: Callable[[str], str]) -> Callable[[Unsigned], Unsigned]:
    def changed(token: Unsigned) -> Unsigned:
        confirmed: dict[str, Any] = token.claims.get("cnf", {})
        return token.claiming(cnf={name: change(value) for name, value in confirmed.items()}) if confirmed else token

    return changed


def _under_another_name(token: Unsigned) -> Unsigned:
    return token.claiming(cnf={"x5t": token.claims["cnf"]["x5t#S256"]}) if "cnf" in token.claims else token


def _without_confirmation(answer: Answer) -> Answer:
    return answer.silent_about("cnf")


def _forbidden(answer: Answer) -> Answer:
    return answer.with_status(403) if answer.status == 401 and answer.reason == "invalid_token" else answer


def _plain_aliases(answer: Answer) -> Answer:
    aliases: dict[str, str] = answer.members.get("mtls_endpoint_aliases", {})
    plain = {name: address.replace("https:", "http:", 1) for name, address in aliases.items()}
    return answer.saying(mtls_endpoint_aliases=plain)


MUTUAL_TLS = (
    Fault(
        "certificate-not-demanded",
        "the client_id alone lets a client in that has a certificate",
        AUTHENTICATED,
        policy("mutual_tls", authenticates=False),
    ),
    Fault(
        "any-certificate-accepted",
        "any certificate lets a client in",
        (*AUTHENTICATED, "rfc8705-2-imitation"),
        policy("mutual_tls", compares="nothing"),
    ),
    Fault(
        "certificate-subject-only",
        "the subject of a certificate is compared, and nobody asks who has signed it",
        ("rfc8705-2-imitation",),
        policy("mutual_tls", compares="subject"),
    ),
    Fault(
        "certificate-invalid-grant",
        "another certificate is answered by invalid_grant",
        ("rfc8705-2-invalid-client",),
        policy("mutual_tls", failure="invalid_grant"),
    ),
    Fault(
        "certificate-tokens-unbound",
        "access tokens are not bound to certificates, though it is documented",
        (*NAMED, "rfc8705-3.2-introspection", *BOUND),
        policy("mutual_tls", binds_in="none"),
    ),
    Fault(
        "certificate-refreshed-token-unbound",
        "an access token that comes of a refresh is not bound",
        (*NAMED, "rfc8705-3.2-introspection", *BOUND),
        policy("mutual_tls", binds_in="all but refreshes"),
    ),
    Fault(
        "certificate-not-in-token",
        "JWT access tokens do not name the certificate",
        NAMED,
        policy("mutual_tls", confirmed_in_token=False),
    ),
    Fault(
        "certificate-thumbprint-padded",
        "the thumbprint in JWT access tokens is padded",
        NAMED,
        access_tokens(_changed(lambda value: f"{value}=")),
    ),
    Fault(
        "certificate-thumbprint-under-x5t",
        "the thumbprint in JWT access tokens stands under x5t",
        NAMED,
        access_tokens(_under_another_name),
    ),
    Fault(
        "certificate-not-introspected",
        "introspection does not name the certificate",
        ("rfc8705-3.2-introspection",),
        at("introspection", _without_confirmation),
    ),
    Fault(
        "certificate-not-demanded-by-resource",
        "the resource takes bound tokens without a certificate",
        BOUND,
        policy("mutual_tls", resource_demands=False),
    ),
    Fault(
        "certificate-not-compared-by-resource",
        "the resource takes bound tokens with any certificate",
        BOUND,
        policy("mutual_tls", resource_compares=False),
    ),
    Fault(
        "certificate-mismatch-forbidden",
        "the resource answers tokens that it refuses by 403",
        ("rfc8705-3-invalid-token",),
        at("resource", _forbidden),
    ),
    Fault(
        "certificate-binding-not-advertised",
        "the metadata does not say that tokens are bound",
        ("rfc8705-3.3-advertised",),
        policy("mutual_tls", confirmed_in_metadata=False),
    ),
    Fault(
        "certificate-aliases-plain",
        "the aliases for clients with certificates are http addresses",
        ("rfc8705-5-aliases",),
        together(policy("mutual_tls", alias_host="mtls.op.example"), at("metadata", _plain_aliases)),
    ),
    Fault(
        "certificate-refresh-unbound",
        "refresh tokens of public clients are not bound to certificates",
        REFRESHES,
        policy("mutual_tls", binds_refresh_tokens=False),
    ),
    Fault(
        "certificate-refresh-not-compared",
        "refresh tokens of public clients work with any certificate",
        REFRESHES,
        policy("mutual_tls", refresh_compares=False),
    ),
    Fault(
        "certificate-names-the-client",
        "a client need not send client_id beside its certificate",
        ("rfc8705-2-client-id",),
        policy("mutual_tls", identifies=True),
    ),
)
