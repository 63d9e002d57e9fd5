"""Histories written by hand: what happened between clients and a provider, event by event, at seconds of one's choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from token_conformance.oracle.events import (
    Answered,
    Asked,
    Asker,
    Authorization,
    CodeGiven,
    Event,
    Granted,
    Introspection,
    NoDecision,
    Proof,
    Refused,
    Revocation,
    Served,
    TokenRequest,
    Told,
    Use,
)
from token_conformance.oracle.judgements import Judgement, Ruling
from token_conformance.oracle.oracle import Watched, watch
from token_conformance.profile.models import Profile

ME, OTHER = Asker("app", Proof.RIGHT), Asker("second", Proof.RIGHT)
SCOPE = frozenset({"openid", "profile", "offline_access"})
CALLBACK = "https://app.example/callback"
RESOURCE = "https://op.example/resource"
INVALID_GRANT = Refused("invalid_grant", 400)


def profile(**refresh_token: Any) -> Profile:
    """A provider that claims RFC 9700, rotates refresh tokens, and documents what is given of them beside."""
    return Profile.model_validate(
        {
            "profile": {"name": "Histories", "claims": ["oidc", "bcp"]},
            "server": {"issuer": "https://op.example", "resource": RESOURCE},
            "clients": [
                {"name": "app", "client_id": "app", "client_secret": "s3cret", "redirect_uri": CALLBACK},
                {"name": "second", "client_id": "second", "client_secret": "an0ther"},
            ],
            "grants": {
                "authorization_code": {"scope": " ".join(sorted(SCOPE))},
                "refresh_token": {"rotation": "always", "reuse_grace": 0, **refresh_token},
            },
            "login": {"strategy": "form", "username": "alice", "password": "correct horse battery"},
        }
    )


@dataclass
class History:
    """Events as they are told: each begins half a second after the one before, and takes a tenth."""

    profile: Profile = field(default_factory=profile)
    events: list[Event] = field(default_factory=list)
    now: float = 1_000_000.0
    closed: bool = True
    whole: bool = True

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def note(self, asked: Asked, answered: Answered, *, lasts: float = 0.1) -> Event:
        """Anything that happened."""
        event = Event(f"story/{len(self.events) + 1}", self.now, self.now + lasts, asked, answered)
        self.events.append(event)
        self.now += 0.5
        return event

    def authorize(self, name: str, client: Asker = ME) -> str:
        """The user authorizes a client; gives the code."""
        self.note(
            Authorization(client.client_id, f"state of {name}", CALLBACK, SCOPE),
            CodeGiven(f"code of {name}", f"state of {name}"),
        )
        return f"code of {name}"

    def exchange(self, code: str, answered: Answered, **changes: Any) -> Event:
        """A code is exchanged as it should be, but for what is given."""
        asked = {"asker": ME, "redirect_uri": CALLBACK, **changes}
        return self.note(TokenRequest("authorization_code", credential=code, **asked), answered)

    def login(self, name: str, client: Asker = ME) -> str:
        """The user logs in; gives the refresh token."""
        self.exchange(self.authorize(name, client), tokens(name, 0), asker=client)
        return f"refresh {name} 0"

    def refresh(self, token: str, answered: Answered, **changes: Any) -> Event:
        """A refresh token is presented as it should be, but for what is given."""
        lasts = changes.pop("lasts", 0.1)
        return self.note(
            TokenRequest("refresh_token", **{"asker": ME, "credential": token, **changes}), answered, lasts=lasts
        )

    def revoke(
        self, token: str, answered: Answered | None = None, *, client: Asker = ME, hint: str | None = None
    ) -> Event:
        """A token is revoked."""
        return self.note(Revocation(client, token, hint), answered or Served())

    def introspect(self, token: str, *, active: bool, client: Asker = ME, **members: Any) -> Event:
        """A token is introspected."""
        return self.note(Introspection(client, token), Told(active, {"active": active, **members}))

    def use(self, token: str | None, status: int) -> Event:
        """An access token is used at the resource."""
        return self.note(Use(RESOURCE, token, "bearer"), Served() if status == 200 else Refused(None, status))

    @property
    def watched(self) -> Watched:
        """What the oracle says of it."""
        return watch(
            sorted(self.events, key=lambda event: event.begin), self.profile, closed=self.closed, whole=self.whole
        )

    @property
    def forbidden(self) -> list[tuple[str, str]]:
        """The requirements that answers violate, each with the event."""
        return [(str(each.requirement), each.event.id) for each in self.watched.forbidden]

    @property
    def last(self) -> Judgement:
        """The judgement on the last event."""
        return next(each for each in reversed(self.watched.judgements) if each.event is self.events[-1])

    @property
    def ruling(self) -> Ruling:
        """The ruling on the last event."""
        return self.last.ruling

    @property
    def violated(self) -> str | None:
        """What the last event violates."""
        return self.last.requirement


def tokens(name: str, number: int, **changes: Any) -> Granted:
    """The tokens of a session, by its name and their number."""
    usual = {
        "access_token": f"access {name} {number}",
        "refresh_token": f"refresh {name} {number}",
        "token_type": "bearer",
        "scope": SCOPE,
        "expires_in": 3600.0,
    }
    return Granted(**{**usual, **changes})


def no_answer() -> NoDecision:
    """Nothing came."""
    return NoDecision("no answer came")
