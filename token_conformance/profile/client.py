"""`[[clients]]` of the profile: our registrations at the provider."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from token_conformance.profile.client_certificate import pair_problem
from token_conformance.profile.fields import ExistingFile, RedirectURI, SigningKey, WebOrigin
from token_conformance.profile.hosts import LOOPBACK
from token_conformance.profile.signing_key import SigningAlgorithm
from token_conformance.profile.table import Table

Authentication = Literal[
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "client_secret_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
]


class Client(Table):
    """`[[clients]]`: one registration of ours; the first is the main one."""

    name: str = "main"
    client_id: str = Field(min_length=1)
    client_secret: str | None = None
    authentication: Authentication = "client_secret_basic"
    redirect_uri: RedirectURI | None = None
    further_redirect_uris: tuple[RedirectURI, ...] = ()
    grant_types: list[str] | None = None
    signing_key: SigningKey | None = None
    signing_algorithm: SigningAlgorithm | None = None
    assertion_audience: Literal["token_endpoint", "issuer"] = "token_endpoint"
    certificate: ExistingFile | None = None
    private_key: ExistingFile | None = None
    origin: WebOrigin | None = None

    @model_validator(mode="after")
    def _presentable(self) -> Client:
        if (self.certificate is None) != (self.private_key is None):
            raise ValueError("expected certificate and private_key together; add the other one, a PEM file each")
        if self.authenticates_by_certificate and self.certificate is None:
            raise ValueError(
                f'expected certificate and private_key, which authentication = "{self.authentication}" needs; add them'
            )
        problem = pair_problem(self.certificate, self.private_key) if self.certificate and self.private_key else None
        if problem is not None:
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _secret(self) -> Client:
        if self.authentication.startswith("client_secret_") and not self.client_secret:
            raise ValueError(f'expected client_secret, which authentication = "{self.authentication}" needs; add it')
        if self.authentication == "none" and self.client_secret:
            raise ValueError('expected no client_secret beside authentication = "none"; remove one of them')
        if self.origin is not None and not self.public:
            raise ValueError('expected authentication = "none" beside origin: a page in a browser keeps no secret')
        if self.authentication == "private_key_jwt" and not self.signing_key:
            raise ValueError('expected signing_key, which authentication = "private_key_jwt" needs; add it')
        return self

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """All addresses that are registered for it."""
        return (*filter(None, (self.redirect_uri,)), *self.further_redirect_uris)

    @property
    def public(self) -> bool:
        """Whether the client cannot keep a secret (RFC 6749 §2.1)."""
        return self.authentication == "none"

    @property
    def native(self) -> bool:
        """Whether it is an app on a device, by where its answers go: the loopback interface, or a private-use scheme."""
        parts = urlsplit(self.redirect_uri or "https:")
        return self.public and (parts.scheme not in {"http", "https"} or parts.hostname in LOOPBACK)

    @property
    def asserts(self) -> bool:
        """Whether it proves who it is by a signed assertion (RFC 7523 §2.2)."""
        return self.authentication in {"private_key_jwt", "client_secret_jwt"}

    @property
    def sends_secret(self) -> bool:
        """Whether it proves who it is by sending its secret (RFC 6749 §2.3.1)."""
        return self.authentication in {"client_secret_basic", "client_secret_post"}

    @property
    def can_be_imitated(self) -> bool:
        """Whether a request can hold a proof of the same form that is wrong: another secret, or another key's signature."""
        return self.sends_secret or self.asserts

    @property
    def authenticates_by_certificate(self) -> bool:
        """Whether its certificate proves who it is (RFC 8705 §2)."""
        return self.authentication in {"tls_client_auth", "self_signed_tls_client_auth"}
