"""The draft of a profile: what metadata say, and a variable of the environment for whatever they do not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from token_conformance.profile_writing.metadata import Metadata, UnusableProviderError

TESTED_GRANTS = ("authorization_code", "refresh_token", "client_credentials", "password")
"""The grants that a profile can describe, in the order of its tables."""

METHODS = ("client_secret_basic", "client_secret_post", "none")
"""The ways of authenticating that a draft can complete, in the order of preference."""

ASKED_ENDPOINTS = (
    "authorization_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "jwks_uri",
)
"""What is asked for beside the token endpoint where there are no metadata, by the names of RFC 8414 §2."""

SCOPE = ("openid", "profile", "offline_access")
"""What is asked for where the provider lists it."""


@dataclass(frozen=True)
class Draft:
    """What the template fills in: `offered` are the provider's grants, `grants` those of the user's client, and `prefix`
    begins the names of variables. Without an issuer the `endpoints` are known by name.
    """

    name: str
    issuer: str | None
    prefix: str
    openid: bool
    offered: tuple[str, ...]
    grants: tuple[str, ...]
    authentication: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scope: str
    pkce: Literal["S256", "plain", False]
    prompt: str | None
    username: str
    password: str
    methods: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    ca_bundle: str | None = None
    proxy: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """What the provider is known by: its issuer, or else its token endpoint."""
        return self.issuer or self.endpoints["token_endpoint"]

    @property
    def holds_secret(self) -> bool:
        """Whether a secret stands in it as it is, and not as a variable."""
        written = [
            self.client_secret if self.authentication != "none" else "",
            self.password if self.interactive else "",
        ]
        return any(secret and "${" not in secret for secret in written)

    @property
    def interactive(self) -> bool:
        """Whether a user logs in."""
        return bool({"authorization_code", "password", "refresh_token"} & set(self.grants))


def drafted(metadata: Metadata, ca_bundle: str | None = None, proxy: str | None = None) -> Draft:
    """Draft a profile from metadata alone.

    Raises:
        UnusableProviderError: the provider lists no grant that a profile can describe.

    """
    offered = tuple(grant for grant in TESTED_GRANTS if grant in metadata.grants)
    if not set(offered) - {"refresh_token"}:
        raise UnusableProviderError(
            f"the metadata of {metadata.issuer} list none of the grants {', '.join(TESTED_GRANTS)}: there is nothing to test"
        )
    prefix = _prefix(metadata.host)
    methods = metadata.listed("token_endpoint_auth_methods_supported", ("client_secret_basic",))
    scope = tuple(value for value in SCOPE if value in metadata.scopes or (value == "openid" and metadata.openid))
    return Draft(
        name=metadata.host,
        issuer=metadata.issuer,
        prefix=prefix,
        openid=metadata.openid,
        offered=offered,
        grants=_usual(offered),
        authentication=next((method for method in METHODS if method in methods), METHODS[0]),
        client_id=f"${{{prefix}_CLIENT_ID}}",
        client_secret=f"${{{prefix}_CLIENT_SECRET}}",
        redirect_uri=f"${{{prefix}_REDIRECT_URI}}",
        scope=" ".join(scope),
        pkce=_pkce(metadata),
        prompt="consent" if metadata.openid and "offline_access" in scope else None,
        username=f"${{{prefix}_USERNAME}}",
        password=f"${{{prefix}_PASSWORD}}",
        methods=tuple(method for method in METHODS if method in methods),
        scopes=metadata.scopes[:20],
        ca_bundle=ca_bundle,
        proxy=proxy,
    )


def undiscovered(token_endpoint: str, ca_bundle: str | None = None, proxy: str | None = None) -> Draft:
    """Draft a profile of a provider that publishes no metadata: plain OAuth 2.0, with variables for what nobody tells."""
    host = urlsplit(token_endpoint).hostname or ""
    prefix = _prefix(host)
    return Draft(
        name=host,
        issuer=None,
        prefix=prefix,
        openid=False,
        offered=TESTED_GRANTS,
        grants=_usual(TESTED_GRANTS),
        authentication=METHODS[0],
        client_id=f"${{{prefix}_CLIENT_ID}}",
        client_secret=f"${{{prefix}_CLIENT_SECRET}}",
        redirect_uri=f"${{{prefix}_REDIRECT_URI}}",
        scope="",
        pkce=False,
        prompt=None,
        username=f"${{{prefix}_USERNAME}}",
        password=f"${{{prefix}_PASSWORD}}",
        methods=METHODS,
        ca_bundle=ca_bundle,
        proxy=proxy,
        endpoints={
            "token_endpoint": token_endpoint,
            "authorization_endpoint": f"${{{prefix}_AUTHORIZATION_ENDPOINT}}",
        },
    )


def _usual(offered: tuple[str, ...]) -> tuple[str, ...]:
    """What a client may use in all likelihood: its own name or a password hardly ever, where a user can log in by a code.

    That a provider lists a grant says nothing of this client.
    """
    for rare in ({"password", "client_credentials"}, {"password"}):
        others = tuple(grant for grant in offered if grant not in rare)
        if set(others) - {"refresh_token"}:
            return others
    return offered


def _prefix(host: str) -> str:
    """The host in capitals, as variables are named: `LOGIN_EXAMPLE_COM`."""
    name = re.sub(r"[^A-Z0-9]+", "_", host.upper()).strip("_")
    return name if name[:1].isalpha() else f"OP_{name}"


def _pkce(metadata: Metadata) -> Literal["S256", "plain", False]:
    methods = metadata.listed("code_challenge_methods_supported")
    if "S256" in methods:
        return "S256"
    return "plain" if "plain" in methods else False
