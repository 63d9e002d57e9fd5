"""The draft of a profile: what metadata say, and a variable of the environment for whatever they do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from token_conformance.profile_writing.metadata import Metadata, UnusableProviderError

TESTED_GRANTS = ("authorization_code", "refresh_token", "client_credentials", "password")
"""The grants that a profile can describe, in the order of its tables."""

METHODS = ("client_secret_basic", "client_secret_post", "none")
"""The ways of authenticating that a draft can complete, in the order of preference."""

SCOPE = ("openid", "profile", "offline_access")
"""What is asked for where the provider lists it."""


@dataclass(frozen=True)
class Draft:
    """What the template fills in: `offered` are the provider's grants, `grants` those of the user's client, and `prefix`
    begins the names of variables.
    """

    name: str
    issuer: str
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

    @property
    def interactive(self) -> bool:
        """Whether a user logs in."""
        return bool({"authorization_code", "password", "refresh_token"} & set(self.grants))


def drafted(metadata: Metadata, ca_bundle: str | None = None) -> Draft:
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
    )


def _usual(offered: tuple[str, ...]) -> tuple[str, ...]:
    """What a client may use in all likelihood: hardly anybody the password grant, where there is another one."""
    others = tuple(grant for grant in offered if grant != "password")
    return others if set(others) - {"refresh_token"} else offered


def _prefix(host: str) -> str:
    """The host in capitals, as variables are named: `LOGIN_EXAMPLE_COM`."""
    name = re.sub(r"[^A-Z0-9]+", "_", host.upper()).strip("_")
    return name if name[:1].isalpha() else f"OP_{name}"


def _pkce(metadata: Metadata) -> Literal["S256", "plain", False]:
    methods = metadata.listed("code_challenge_methods_supported")
    if "S256" in methods:
        return "S256"
    return "plain" if "plain" in methods else False
