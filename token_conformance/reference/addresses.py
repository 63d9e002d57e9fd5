"""Where the endpoints of a profile's server are."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from token_conformance.profile.models import Profile


@dataclass(frozen=True)
class Addresses:
    """The URLs of the endpoints, by their names in RFC 8414 §2.

    `base` is the issuer that the metadata are asked for, `issuer` the one that tokens name, and `named_issuer` that of the
    metadata: all the same, unless the profile documents otherwise.
    """

    base: str
    issuer: str
    named_issuer: str
    token_endpoint: str
    authorization_endpoint: str
    userinfo_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    device_authorization_endpoint: str
    jwks_uri: str
    resource: str
    token_endpoint_aliases: tuple[str, ...]

    @classmethod
    def of(cls, profile: Profile) -> Addresses:
        """Those that the profile names; the others lie below the issuer, or else at the token endpoint's host."""
        server = profile.server
        asked = server.issuer or _origin(server.token_endpoint or "")
        base = asked.rstrip("/")
        return cls(
            base=asked,
            issuer=server.identifier or asked,
            named_issuer=server.named_issuer or asked,
            token_endpoint=server.token_endpoint or f"{base}/token",
            authorization_endpoint=server.authorization_endpoint or f"{base}/authorize",
            userinfo_endpoint=server.userinfo_endpoint or f"{base}/userinfo",
            revocation_endpoint=server.revocation_endpoint or f"{base}/revoke",
            introspection_endpoint=server.introspection_endpoint or f"{base}/introspect",
            device_authorization_endpoint=server.device_authorization_endpoint or f"{base}/device_authorization",
            jwks_uri=server.jwks_uri or f"{base}/jwks",
            resource=server.resource or f"{base}/resource",
            token_endpoint_aliases=tuple(server.token_endpoint_aliases),
        )

    @property
    def login_page(self) -> str:
        """The form for user name and password."""
        return f"{self.base.rstrip('/')}/interaction/login"

    @property
    def consent_page(self) -> str:
        """The form that asks for the user's consent."""
        return f"{self.base.rstrip('/')}/interaction/consent"

    @property
    def verification_page(self) -> str:
        """Where the user of a device enters its code (RFC 8628 §3.3)."""
        return f"{self.base.rstrip('/')}/device"

    @property
    def discovery(self) -> str:
        """The path of the metadata of OIDC Discovery §4."""
        return f"{path_of(self.base).rstrip('/')}/.well-known/openid-configuration"

    @property
    def published(self) -> str:
        """The path of the metadata of RFC 8414 §3.1, which puts the issuer's path last."""
        return f"/.well-known/oauth-authorization-server{path_of(self.base).rstrip('/')}"

    @property
    def behind_path(self) -> str:
        """The path at which careless servers put the metadata of RFC 8414: behind that of the issuer."""
        return f"{path_of(self.base).rstrip('/')}/.well-known/oauth-authorization-server"

    @property
    def secure(self) -> bool:
        """Whether the browser comes over TLS, so that cookies can be restricted to it."""
        return self.base.startswith("https:")


def path_of(url: str) -> str:
    """The path of a URL, without its query."""
    return urlsplit(url).path or "/"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))
