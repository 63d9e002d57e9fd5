"""What is known of a provider's ways: what its profile documents, and what the history itself shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from token_conformance.evidence.rotation import (
    USUAL_GRACE,
    demanded_by,
    grace_of,
    held_to,
    sender_constrained,
)
from token_conformance.oracle.events import Event
from token_conformance.profile.models import Profile

LEAST_LIFE = 60.0
"""Seconds for which a refresh token lives for certain where nobody says how long: none that is known lives shorter."""

CODE_LIFE = 600.0
"""Seconds after which a code has to be dead (RFC 6749 §4.1.2)."""

LEAST_CODE_LIFE = 20.0
"""Seconds in which a code works for certain where nobody says how long."""

OLD, GRANDPARENT = "rfc9700-4.14.2-old-token-refused", "rfc9700-4.14.2-grandparent-refused"


@dataclass(frozen=True)
class Reuse:
    """A used refresh token that was refused: so many seconds after its use, and after how many uses that were accepted.

    `confirmed` tells that what replaced it had been used by then.
    """

    event: Event
    seconds: float
    uses: int
    confirmed: bool

    def outdone_by(self, other: Reuse) -> bool:
        """Whether another token should have been refused all the more."""
        later = other.seconds > self.seconds + 1 and other.uses >= self.uses
        return later and (other.confirmed or not self.confirmed)

    def tells_no_less_than(self, other: Reuse) -> bool:
        """Whether all that outdoes another one outdoes this one as well."""
        sooner = self.seconds <= other.seconds and self.uses <= other.uses
        return sooner and (other.confirmed or not self.confirmed)


@dataclass
class Learned:
    """What the history shows of the provider's ways: it narrows down what else would be possible.

    `graced` says whether a used refresh token was accepted again although nobody has documented that, or refused at once;
    None where it was never tried. `outlived` counts by client, and by what a login came to, how many other sessions were
    ahead of one that has survived it, in which order and where; `spared` are the clients and the deeds that a session of
    the same user has survived; `ages` how old a refresh token was that
    worked; `told_of` are the askers and the kinds of tokens of which introspection says that they are active, `open` and
    `guarded` the resources that take requests without a good token, and those that refuse them; `takes` the clients whose
    tokens a resource took. `reuses` are by
    client the used refresh tokens that were refused for that alone. Of right revocations there were so many that were done, and so many at which the server failed.
    `gap` is an event that took what is handed over nowhere in the history, and `verifies` tells that some code_verifier
    is the one behind its challenge.
    """

    graced: bool | None = None
    outlived: dict[tuple[str | None, str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    spared: set[tuple[str | None, str]] = field(default_factory=set)
    ages: dict[str | None, float] = field(default_factory=lambda: defaultdict(float))
    told_of: set[tuple[str | None, str]] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    guarded: set[str] = field(default_factory=set)
    takes: set[tuple[str, str | None]] = field(default_factory=set)
    reuses: dict[str | None, list[Reuse]] = field(default_factory=lambda: defaultdict(list))
    revocations: int = 0
    failed_revocations: int = 0
    gap: Event | None = None
    verifies: bool = False

    def note_reuse(self, client_id: str | None, reuse: Reuse) -> None:
        """Remember a used refresh token that was refused, unless one that is known tells as much."""
        known = self.reuses[client_id]
        if not any(each.tells_no_less_than(reuse) for each in known):
            known.append(reuse)

    @property
    def revocations_fail(self) -> bool:
        """Whether the server fails at each revocation."""
        return self.failed_revocations > 1 and not self.revocations

    @property
    def telling(self) -> Hashable:
        """All that judgements can depend on."""
        reuses = {client: tuple(known) for client, known in self.reuses.items() if known}
        outlived = {key: number for key, number in self.outlived.items() if number}
        counted = (*outlived.items(), *self.ages.items(), *reuses.items())
        seen = (frozenset(each) for each in (self.told_of, self.open, self.guarded, self.takes, self.spared))
        alone = (self.graced, self.revocations_fail, self.gap, self.verifies)
        return (*alone, frozenset(counted), *seen)

    def copy(self) -> Learned:
        """The same, which what is seen later does not change."""
        return replace(
            self,
            outlived=self.outlived.copy(),
            ages=self.ages.copy(),
            spared=set(self.spared),
            told_of=set(self.told_of),
            open=set(self.open),
            guarded=set(self.guarded),
            takes=set(self.takes),
            reuses=defaultdict(list, {client: list(known) for client, known in self.reuses.items()}),
        )


@dataclass(frozen=True)
class Policy:
    """The ways of a provider, documented or demanded; times in seconds. What is not known is None."""

    profile: Profile
    learned: Learned = field(default_factory=Learned)
    closed: bool = True
    whole: bool = True

    @property
    def kills_used(self) -> bool:
        """Whether a refresh token that was replaced has to die: not where the profile documents that it does not."""
        departs = any(each.requirement == OLD for each in self.profile.deviations)
        return demanded_by(self.profile) is not None and not departs

    @property
    def grace(self) -> float:
        """The seconds after its use from which a refresh token that was replaced is dead for certain."""
        told = grace_of(self.profile)
        if not told.known or told.until_used:
            return USUAL_GRACE - 1.0
        return told.seconds + 0.5 if told.seconds else 0.0

    @property
    def tells_grace(self) -> bool:
        """Whether it is documented how long a used refresh token works."""
        return grace_of(self.profile).known

    @property
    def documents_grace(self) -> bool:
        """Whether a used refresh token has to work for a while."""
        return bool(grace_of(self.profile))

    @property
    def until_used(self) -> bool:
        """Whether a used refresh token is documented to die when what replaced it is used."""
        return grace_of(self.profile).until_used

    def reuse_requirement(self, generations: int) -> str:
        """What a server violates that takes a refresh token of so many generations ago."""
        return self.reuse_requirement_of(GRANDPARENT if generations > 1 else OLD)

    def reuse_requirement_of(self, requirement: str) -> str:
        """What a used refresh token that works violates: that requirement, or the documentation where nothing is claimed."""
        return held_to(self.profile, requirement)

    @property
    def reuse_ends_family(self) -> bool:
        """Whether the newest refresh token has to die of the reuse of an older one."""
        grant = self.profile.grants.refresh_token
        return self.kills_used or (grant is not None and grant.reuse_revokes_family.documented is True)

    @property
    def rotation(self) -> str | None:
        """Whether refresh tokens are documented to rotate."""
        grant = self.profile.grants.refresh_token
        return grant.rotation.documented if grant is not None else None

    @property
    def public_must_rotate(self) -> bool:
        """Whether the refresh tokens of the public client have to rotate (RFC 9700 §2.2.2)."""
        claimed = bool(self.profile.claims & {"bcp", "oauth2.1"})
        return claimed and self.profile.user_client.public and not sender_constrained(self.profile)

    @property
    def refresh_life(self) -> float | None:
        """How long a refresh token lives, as documented."""
        grant = self.profile.grants.refresh_token
        return float(grant.lifetime.documented) if grant is not None and grant.lifetime.documented else None

    @property
    def life_from(self) -> str | None:
        """Whether that counts from the login or from each rotation."""
        grant = self.profile.grants.refresh_token
        return grant.lifetime_from.documented if grant is not None else None

    @property
    def slack(self) -> float:
        """By how much a refresh token may live longer."""
        grant = self.profile.grants.refresh_token
        return float(grant.lifetime_slack) if grant is not None else 0.0

    @property
    def minimum_age(self) -> float:
        """How old a refresh token has to be."""
        grant = self.profile.grants.refresh_token
        return float(grant.minimum_age) if grant is not None else 0.0

    @property
    def binds_to_certificates(self) -> bool:
        """Whether access tokens are documented to be bound to the certificates of their clients (RFC 8705 §3)."""
        return self.profile.tokens.tls_client_certificate_bound_access_tokens.documented is True

    @property
    def code_life(self) -> float | None:
        """How long a code lives, as documented."""
        grant = self.profile.grants.authorization_code
        return float(grant.lifetime.documented) if grant is not None and grant.lifetime.documented else None

    @property
    def access_token_life(self) -> float | None:
        """How long an access token lives, as documented."""
        told = self.profile.tokens.access_token_lifetime.documented
        return float(told) if told else None

    @property
    def access_token_after_refresh(self) -> str | None:
        """Whether a refresh ends the access token before, as documented."""
        return self.profile.tokens.access_token_after_refresh.documented

    @property
    def refreshed_id_token(self) -> str | None:
        """Whether refreshes yield ID tokens, as documented."""
        grant = self.profile.grants.refresh_token
        return grant.id_token.documented if grant is not None else None
