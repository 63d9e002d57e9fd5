"""`[server]` of the profile: where the provider is."""

from __future__ import annotations

from pydantic import model_validator

from token_conformance.profile.fields import EndpointURL, ExistingFile, ProxyURL
from token_conformance.profile.hosts import is_plain
from token_conformance.profile.table import Table

ADDRESSES = frozenset(
    {
        "issuer",
        "token_endpoint",
        "authorization_endpoint",
        "userinfo_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "device_authorization_endpoint",
        "jwks_uri",
        "resource",
    }
)
"""The keys of `[server]` that say where something is asked for."""


class Endpoints(Table):
    """`[server]`: where the provider is. Without an endpoint's name, discovery at the issuer tells it."""

    issuer: EndpointURL | None = None
    metadata_issuer: EndpointURL | None = None
    token_endpoint: EndpointURL | None = None
    token_endpoint_aliases: list[EndpointURL] = []
    authorization_endpoint: EndpointURL | None = None
    userinfo_endpoint: EndpointURL | None = None
    revocation_endpoint: EndpointURL | None = None
    introspection_endpoint: EndpointURL | None = None
    device_authorization_endpoint: EndpointURL | None = None
    jwks_uri: EndpointURL | None = None
    resource: EndpointURL | None = None
    ca_bundle: ExistingFile | None = None
    proxy: ProxyURL | None = None
    foreign_host: bool = False
    allow_http: bool = False

    @model_validator(mode="after")
    def _reachable(self) -> Endpoints:
        if self.issuer is None and self.token_endpoint is None:
            raise ValueError("expected issuer (for discovery) or token_endpoint; add one of them")
        if self.issuer is None and self.metadata_issuer is not None:
            raise ValueError("expected issuer beside metadata_issuer: it is where the metadata are asked for; add it")
        return self

    @model_validator(mode="after")
    def _encrypted(self) -> Endpoints:
        plain = [name for name, address in self.addresses if is_plain(address)]
        if plain and not self.allow_http:
            raise ValueError(
                f"expected https for {', '.join(plain)}: by plain http everybody on the way reads secrets; "
                "set server.allow_http = true where that is meant"
            )
        return self

    @property
    def addresses(self) -> tuple[tuple[str, str], ...]:
        """The issuer, the endpoints and the resource, as far as they are given, by their keys."""
        named = ((name, getattr(self, name)) for name in type(self).model_fields if name in ADDRESSES)
        aliases = (("token_endpoint_aliases", alias) for alias in self.token_endpoint_aliases)
        return (*((name, address) for name, address in named if address is not None), *aliases)

    @property
    def address(self) -> str:
        """What the provider is known by: its issuer, or else its token endpoint."""
        return self.issuer or self.token_endpoint or ""

    @property
    def named_issuer(self) -> str | None:
        """The issuer that the metadata have to name (RFC 8414 §3.3): the one asked, or another one that is documented."""
        return self.metadata_issuer or self.issuer

    @property
    def identifier(self) -> str | None:
        """The issuer that tokens and answers have to name: that of the metadata, unless this is a template (`{tenantid}`)."""
        return self.issuer if "{" in (self.metadata_issuer or "") else self.named_issuer
