"""The world as far as a history tells of it: all codes, tokens and families, and what befell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from token_conformance.evidence.jwt_reading import read
from token_conformance.oracle.events import (
    Authorization,
    CodeGiven,
    DeviceAuthorization,
    DeviceCodes,
    Event,
    Granted,
    TokenRequest,
)
from token_conformance.oracle.policy import Policy
from token_conformance.oracle.tokens import LOGIN, Credential, Family, Incident, Teller, letters

LIKE = 0.9
"""The part of a token from its beginning in which one that nobody has handed over resembles one that somebody has."""


@dataclass
class World:
    """What is known at a point of the history; it grows from event to event."""

    policy: Policy
    beside: Mapping[Event, tuple[Event, ...]] = field(default_factory=dict)
    known: dict[str, Credential] = field(default_factory=dict)
    id_tokens: dict[str, Family] = field(default_factory=dict)
    authorizations: dict[str, Authorization] = field(default_factory=dict)
    families: list[Family] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    logged_in: dict[str, str] = field(default_factory=dict)

    def same_user(self, one: Family, other: Family) -> bool | None:
        """Whether two sessions are of one user, as far as they are named by the same teller; None where nobody knows."""
        told = [(name, other.users[teller]) for teller, name in one.users.items() if teller in other.users]
        if one.client_id == other.client_id and one.user is not None and other.user is not None:
            told.append((one.user, other.user))  # of two clients each may know a user by another name
        if told:
            return all(name == same for name, same in told)
        return True if not self.policy.profile.login.users else None

    def is_another(self, family: Family, teller: Teller, user: str) -> bool:
        """Whether a teller names another user of a session than before, or the one of a session of somebody else."""
        if (before := family.users.get(teller)) is not None:
            return before != user
        others = (each for each in self.families if each.users.get(teller) == user)
        return any(self.same_user(family, each) is False for each in others)

    def find(self, value: str | None) -> Credential | None:
        """The code or token of that value, if it was handed over in this history."""
        return self.known.get(value) if value is not None else None

    def rivals(self, event: Event, token: Credential) -> tuple[Event, ...]:
        """The events that overlap one, and present something of the same family."""
        return tuple(other for other in self.beside.get(event, ()) if self._of(other) is token.family)

    def _of(self, event: Event) -> Family | None:
        token = self.find(event.credential)
        return token.family if token is not None else None

    def near(self, value: str) -> Credential | None:
        """The code or token that was handed over and that a value resembles which never was; None where there is none."""
        for known, token in self.known.items():
            most = int(LIKE * min(len(known), len(value)))
            alike = known[:most] == value[:most] and most > 0
            if known != value and (alike or known.casefold() == value.casefold()):
                return token
        return None

    def resembles(self, value: str) -> str | None:
        """How a value that was never handed over comes from one that was; None where it does not."""
        if value in self.id_tokens:
            return "an ID token"
        token = self.near(value)
        if token is None:
            return None
        return f"{token} in other letters" if token.value.casefold() == value.casefold() else f"{token}, changed"

    def begin_family(self, event: Event, grant: str, client_id: str | None) -> Family:
        """A family that begins with an event."""
        family = Family(letters(len(self.families)), event, grant, client_id)
        self.families.append(family)
        return family

    def add(self, token: Credential) -> Credential:
        """Remember a code or a token."""
        self.known[token.value] = token
        return token

    def give_code(self, event: Event, given: CodeGiven) -> None:
        """Remember a code, with the request that it answers (RFC 6749 §4.1.2)."""
        request = self.authorizations.get(given.state or "")
        if given.code in self.known:
            return
        family = self.begin_family(event, "authorization_code", request.client_id if request else None)
        code = Credential("code", given.code, f"code {family.letter}", event, family, family.client_id)
        code.request, code.key = request, request.key if request else None
        family.code = self.add(code)
        if event.scenario in self.logged_in:
            family.users[LOGIN] = self.logged_in[event.scenario]
        if request is not None:
            family.resources, family.nonce = request.resources, request.nonce
        self.incidents.append(Incident(event, family, None, "the user authorized again", is_login=True))

    def give_device_code(self, event: Event, asked: DeviceAuthorization, given: DeviceCodes) -> None:
        """Remember a device code (RFC 8628 §3.2)."""
        family = self.begin_family(event, "device_code", asked.asker.client_id)
        code = Credential(
            "device code", given.device_code, f"device code {family.letter}", event, family, family.client_id
        )
        code.scope = asked.scope
        code.ends = event.end + given.expires_in if given.expires_in else None
        family.code = self.add(code)

    def give_tokens(
        self, event: Event, asked: TokenRequest, given: Granted, family: Family, generation: int
    ) -> tuple[Credential | None, Credential | None]:
        """Remember the access and the refresh token of an answer; None for those that were known, or did not come."""
        access, refresh = self._new(given.access_token), self._new(given.refresh_token)
        bound = asked.binding.key if given.token_type == "dpop" else None  # noqa: S105 - a type
        found: list[Credential | None] = [None, None]
        if access is not None:
            name = f"access token {family.letter}{len(family.access_tokens) + 1}"
            token = Credential("access token", access, name, event, family, asked.asker.client_id, generation)
            token.scope = given.scope or asked.scope or family.scope
            token.key, token.certificate = bound, asked.binding.certificate
            token.readable = access.count(".") == 2
            token.life = given.expires_in or self.policy.access_token_life
            token.ends = event.end + token.life if token.life else None
            family.access_tokens.append(self.add(token))
            found[0] = token
        if refresh is not None:
            name = f"refresh token {family.letter}{len(family.refresh_tokens) + 1}"
            token = Credential("refresh token", refresh, name, event, family, family.client_id, generation)
            token.key = bound if asked.asker.public else None
            token.certificate = asked.binding.certificate if asked.asker.public else None
            self._date(token, given)
            family.refresh_tokens.append(self.add(token))
            found[1] = token
        return found[0], found[1]

    def forget_if_alike(self, access_token: str | None, family: Family) -> None:
        """Know no more of an access token that two sessions may rightly have: what befalls the one spares the other."""
        known = self.find(access_token) if may_be_alike(access_token) else None
        if known is not None and known.kind == "access token" and known.family is not family:
            del self.known[known.value]
            self.strangers.add(known.value)
            known.family.access_tokens.remove(known)

    def _new(self, value: str | None) -> str | None:
        return value if value is not None and value not in self.known and value not in self.strangers else None

    def _date(self, token: Credential, given: Granted) -> None:
        """Say how long a refresh token lives, and from when on it is dead, as far as that is documented or told."""
        policy, born = self.policy, token.given.end
        life = policy.refresh_life
        if given.refresh_expires_in is not None:
            token.ends, token.ends_by = born + given.refresh_expires_in, "rt-expiration-5-refused"
        elif life is not None:
            since = token.family.begun.end if policy.life_from == "login" else born
            token.ends, token.ends_by = since + life + policy.slack, "rfc6749-expiry-refresh-token"
        if life is not None:
            token.life = token.family.begun.end + life - born if policy.life_from != "rotation" else life


def may_be_alike(value: str | None) -> bool:
    """Whether two sessions may rightly have the same token: a JWT without jti, issued within a second."""
    token = read(value) if value is not None else None
    return token is not None and "jti" not in token.claims
