"""The fact sheet of a provider: what was measured, beside what its profile documents; nothing of it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from token_conformance.evidence.facts import clients, refresh_token_life, refresh_tokens, tokens
from token_conformance.evidence.facts.measured import Measured
from token_conformance.evidence.facts.observed import Observed
from token_conformance.profile.fact import Fact
from token_conformance.profile.models import Profile
from token_conformance.wire.exchange import Exchange

Measure = Callable[[Observed], Measured | None]


@dataclass(frozen=True)
class Line:
    """One fact of the sheet: its id, how people call it, where a profile has it (empty where it does not), its measure."""

    id: str
    group: str
    name: str
    place: str
    measure: Measure


REFRESH, TOKENS, RESPONSE = "grants.refresh_token", "tokens", "response"

LINES = (
    Line("rotation", "refresh tokens", "rotation", f"{REFRESH}.rotation", refresh_tokens.rotation),
    Line(
        "reuse-grace",
        "refresh tokens",
        "how long a used one works",
        f"{REFRESH}.reuse_grace",
        refresh_tokens.reuse_grace,
    ),
    Line(
        "reuse-revokes-family",
        "refresh tokens",
        "what reuse ends",
        f"{REFRESH}.reuse_revokes_family",
        refresh_tokens.reuse_revokes,
    ),
    Line(
        "refresh-token-lifetime",
        "refresh tokens",
        "lifetime",
        f"{REFRESH}.lifetime",
        refresh_token_life.refresh_token_lifetime,
    ),
    Line(
        "refresh-token-lifetime-from",
        "refresh tokens",
        "from when the lifetime counts",
        f"{REFRESH}.lifetime_from",
        refresh_token_life.lifetime_from,
    ),
    Line("refresh-token-format", "refresh tokens", "format", "", refresh_tokens.refresh_token_format),
    Line(
        "id-token-after-refresh",
        "refresh tokens",
        "ID token after a refresh",
        f"{REFRESH}.id_token",
        refresh_tokens.id_token_after_refresh,
    ),
    Line("scope-narrowing", "refresh tokens", "a refresh for less scope", "", refresh_tokens.scope_narrowing),
    Line(
        "access-token-after-refresh",
        "access tokens",
        "after a refresh",
        f"{TOKENS}.access_token_after_refresh",
        refresh_tokens.access_token_after_refresh,
    ),
    Line(
        "access-token-lifetime",
        "access tokens",
        "lifetime",
        f"{TOKENS}.access_token_lifetime",
        tokens.access_token_lifetime,
    ),
    Line("access-token-format", "access tokens", "format", f"{TOKENS}.access_token_format", tokens.access_token_format),
    Line(
        "access-token-algorithm",
        "access tokens",
        "algorithm",
        f"{TOKENS}.access_token_algorithm",
        tokens.access_token_algorithm,
    ),
    Line("id-token-lifetime", "ID tokens", "lifetime", f"{TOKENS}.id_token_lifetime", tokens.id_token_lifetime),
    Line("id-token-algorithm", "ID tokens", "algorithm", f"{TOKENS}.id_token_algorithm", tokens.id_token_algorithm),
    Line("code-lifetime", "codes", "lifetime", "grants.authorization_code.lifetime", tokens.code_lifetime),
    Line("authentication-methods", "clients", "authentication that works", "", clients.authentication_methods),
    Line("sessions", "sessions", "of one user at one client", "", clients.sessions),
    Line("clock-skew", "server", "its clock against ours", "", clients.clock_skew),
    Line("members", "answers", "members of a login's answer", f"{RESPONSE}.members", clients.members),
    Line("token-type", "answers", "token_type", f"{RESPONSE}.token_type", clients.token_type),
    Line("expires-in", "answers", "expires_in", f"{RESPONSE}.expires_in", clients.expires_in),
    Line("scope-delimiter", "answers", "delimiter of scope", f"{RESPONSE}.scope_delimiter", clients.scope_delimiter),
    Line("cache-control", "answers", "Cache-Control", f"{RESPONSE}.cache_control", clients.cache_control),
)
"""The facts that can be measured, in the order of the sheet."""


@dataclass(frozen=True)
class SheetFact:
    """A line of the sheet, filled in: what is expected and by which source, and what was measured, if anything."""

    line: Line
    expected: Any
    expected_by: str | None
    measured: Measured | None

    @property
    def as_expected(self) -> bool | None:
        """Whether the measured value is the documented one; None where one of them is not known."""
        if self.expected is None or self.measured is None or self.measured.value is None:
            return None
        if self.measured.between is not None:
            least, most = self.measured.between
            return bool(least <= self.expected <= most)
        expected, seen = _comparable(self.expected), _comparable(self.measured.value)
        return bool(expected == seen) or (expected, seen) == ("jwt", "at+jwt")


def fact_sheet(profile: Profile, exchanges: Iterable[Exchange], *, live: bool) -> tuple[SheetFact, ...]:
    """All facts of the sheet, those that were not measured too: unknown is a word, and never a blank."""
    observed = Observed(tuple(each for each in exchanges if each.is_readable), one_server=live)
    return tuple(_filled(line, profile, observed, live=live) for line in LINES)


def _filled(line: Line, profile: Profile, observed: Observed, *, live: bool) -> SheetFact:
    documented = _fact_at(profile, line.place)
    value = documented.documented if documented is not None else None
    source = (documented.source or "the profile") if documented is not None and value is not None else None
    measurable = live or line.id != "clock-skew"
    return SheetFact(line, value, source, line.measure(observed) if measurable else None)


def _fact_at(profile: Profile, place: str) -> Fact[Any] | None:
    """The fact of a profile at a place such as `grants.refresh_token.rotation`; None where its table is missing."""
    found: Any = profile
    for name in filter(None, place.split(".")):
        found = getattr(found, name, None)
    return found if isinstance(found, Fact) else None


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(value)
    return value.lower() if isinstance(value, str) else value
