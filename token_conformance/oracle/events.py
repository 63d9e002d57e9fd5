"""What happens between clients, users and a provider, in the words of RFC 6749: requests, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

BY_A_BROWSER = "it comes from a browser"
"""What is peculiar about a request that a page has made: a server may refuse it for that, and what it does it does."""


class Proof(StrEnum):
    """How a client proves who it is (RFC 6749 §2.3)."""

    RIGHT = "right"
    WRONG = "wrong"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Asker:
    """The client that a request names, and what it has to show; nobody knows the keys of clients of no profile.

    It is `hidden` where the recording has left out what it authenticated with, and perhaps named itself by.
    """

    client_id: str | None = None
    proof: Proof = Proof.UNKNOWN
    public: bool = False
    hidden: bool = False

    def may_be(self, client_id: str | None) -> bool:
        """Whether it is that client, as far as anybody knows."""
        return self.client_id == client_id or (self.hidden and self.client_id is None)

    @property
    def proved(self) -> bool:
        """Whether it is certain who asks."""
        return self.proof is Proof.RIGHT

    @property
    def failed(self) -> bool:
        """Whether a client that can keep a secret comes without it, or with a wrong one."""
        return self.proof in {Proof.WRONG, Proof.ABSENT}


@dataclass(frozen=True)
class Authorization:
    """An authorization request (RFC 6749 §4.1.1)."""

    client_id: str | None
    state: str | None
    redirect_uri: str | None = None
    scope: frozenset[str] | None = None
    challenge: str | None = None
    method: str | None = None
    nonce: str | None = None
    resources: frozenset[str] = frozenset()
    key: str | None = None


@dataclass(frozen=True)
class Binding:
    """What a request shows of keys: a DPoP proof by the key of that thumbprint, and a certificate."""

    proof: bool = False
    key: str | None = None
    certificate: str | None = None


@dataclass(frozen=True)
class TokenRequest:
    """A token request (RFC 6749 §4 to §6); `peculiar` says what is out of the ordinary about its form.

    An empty scope counts as none (§3.2), and `scope_empty` says that the word was there.
    """

    grant: str
    asker: Asker
    credential: str | None = None
    redirect_uri: str | None = None
    verifier: str | None = None
    scope: frozenset[str] | None = None
    resources: frozenset[str] = frozenset()
    binding: Binding = Binding()
    peculiar: str = ""
    scope_empty: bool = False

    @property
    def spoilt(self) -> bool:
        """Whether it may do nothing for its form."""
        return self.peculiar not in {"", BY_A_BROWSER}


@dataclass(frozen=True)
class DeviceAuthorization:
    """A device authorization request (RFC 8628 §3.1)."""

    asker: Asker
    scope: frozenset[str] | None = None


@dataclass(frozen=True)
class Revocation:
    """A revocation request (RFC 7009 §2.1)."""

    asker: Asker
    token: str | None
    hint: str | None = None
    peculiar: str = ""

    @property
    def spoilt(self) -> bool:
        """Whether it may do nothing for its form."""
        return self.peculiar not in {"", BY_A_BROWSER}


@dataclass(frozen=True)
class Introspection:
    """An introspection request (RFC 7662 §2.1)."""

    asker: Asker
    token: str | None
    hint: str | None = None
    peculiar: str = ""


@dataclass(frozen=True)
class Use:
    """A request to a protected resource, or to userinfo, with a token or without one (RFC 6750 §2)."""

    address: str
    token: str | None
    scheme: str = ""
    binding: Binding = Binding()
    userinfo: bool = False
    peculiar: str = ""


@dataclass(frozen=True)
class Logout:
    """A visit to the address at which users log out."""


Asked = Authorization | TokenRequest | DeviceAuthorization | Revocation | Introspection | Use | Logout | None
"""What a request was; None where the answer alone matters."""


@dataclass(frozen=True)
class CodeGiven:
    """The answer of the authorization endpoint, as it reaches the client (RFC 6749 §4.1.2)."""

    code: str
    state: str | None


@dataclass(frozen=True)
class Granted:
    """A successful token response (RFC 6749 §5.1); times in seconds."""

    access_token: str | None = None
    refresh_token: str | None = None
    id_token: str | None = None
    token_type: str = ""
    scope: frozenset[str] | None = None
    expires_in: float | None = None
    refresh_expires_in: float | None = None


@dataclass(frozen=True)
class DeviceCodes:
    """A device authorization response (RFC 8628 §3.2)."""

    device_code: str
    expires_in: float | None


@dataclass(frozen=True)
class Told:
    """What introspection says of a token (RFC 7662 §2.2)."""

    active: bool
    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Served:
    """A resource, or another endpoint, did what it was asked for; `members` is what userinfo told."""

    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """The server said no because of the request."""

    error: str | None
    status: int

    def __str__(self) -> str:
        return f"{self.status} {self.error}" if self.error else str(self.status)


@dataclass(frozen=True)
class NoDecision:
    """The server decided nothing, or nobody knows what: another time may bring another answer.

    `pending` tells that it took what was presented for good, and waits for the user (RFC 8628 §3.5).
    """

    why: str
    pending: bool = False


Answered = CodeGiven | Granted | DeviceCodes | Told | Served | Refused | NoDecision


@dataclass(frozen=True, eq=False, repr=False)
class Event:
    """One exchange: what was asked, what was answered, and when (seconds since 1970, by the client's clock).

    `ahead` are the seconds by which the server's clock is ahead of the client's, as far as the answer tells, and `user` is
    who logs in by it.
    """

    id: str
    begin: float
    end: float
    asked: Asked
    answered: Answered
    ahead: float = 0.0
    user: str | None = None

    @property
    def scenario(self) -> str:
        """What it was done in, one thing after another: in one browser, unless somebody else logs in."""
        return self.id.rpartition("/")[0]

    def __repr__(self) -> str:
        """Its name alone: it holds secrets."""
        return f"event {self.id}"

    @property
    def granted(self) -> Granted | None:
        """The tokens that were handed over."""
        return self.answered if isinstance(self.answered, Granted) else None

    @property
    def refused(self) -> Refused | None:
        """The refusal."""
        return self.answered if isinstance(self.answered, Refused) else None

    @property
    def looked_at(self) -> bool:
        """Whether what a token request presents was looked at: a page's may have been refused for where it came from."""
        asked = self.asked
        if not isinstance(asked, TokenRequest) or asked.spoilt:
            return False
        return not asked.peculiar or (self.refused is not None and self.refused.error == "invalid_grant")

    @property
    def credential(self) -> str | None:
        """The code or token that it presents."""
        match self.asked:
            case TokenRequest():
                return self.asked.credential
            case Revocation() | Introspection() | Use():
                return self.asked.token
            case _:
                return None
