"""What a provider does with refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from token_conformance.evidence.facts.measured import Measured, as_seconds, commonest, measured
from token_conformance.evidence.facts.observed import Attempt, Family, Observed
from token_conformance.evidence.jwt_reading import read
from token_conformance.wire.exchange import Exchange

AT_ONCE = 2
"""Seconds within which a used token is presented at once."""

SOON = 10
"""Seconds after a refresh in which nothing but the refresh has ended the access token before."""


@dataclass(frozen=True)
class Reuse:
    """A used refresh token presented again, as it was before: when after its use, and whether its successor was used."""

    family: Family
    attempt: Attempt
    seconds: float
    successor_used: bool

    @property
    def accepted(self) -> bool:
        """Whether it worked."""
        return self.attempt.response.accepted


def rotation(observed: Observed) -> Measured | None:
    """Whether refreshes hand over another refresh token."""
    rotated = [each for each in observed.refreshes if each.response.refresh_token not in {None, each.presented}]
    kept = [each for each in observed.refreshes if each not in rotated]
    if not rotated and not kept:
        return None
    seen = [each.exchange for each in (*rotated, *kept)]
    if rotated and kept:
        return measured(f"{len(rotated)} of {len(rotated) + len(kept)} refreshes rotate", "sometimes", seen)
    value = "always" if rotated else "never"
    return measured("every refresh rotates" if rotated else "no refresh rotates", value, seen, value)


def reuse_grace(observed: Observed) -> Measured | None:
    """How long a used refresh token goes on working."""
    tries = [each for family in observed.families for each in reuses(family, observed)]
    if not tries:
        return None
    worked, refused = [each for each in tries if each.accepted], [each for each in tries if not each.accepted]
    seen = [each.attempt.exchange for each in (*worked, *refused)]
    if not worked:
        soonest = min(each.seconds for each in refused)
        words = f"none: refused {as_seconds(soonest)} after its use"
        return measured(words, "rotates-old-dies", seen, 0 if soonest <= AT_ONCE else None)
    longest = max(each.seconds for each in worked)
    if not refused:
        return measured(f"it works {as_seconds(longest)} after its use", "rotates-old-lives", seen)
    if all(each.successor_used for each in refused) and not any(each.successor_used for each in worked):
        words = f"until what replaced it is used: it works {as_seconds(longest)} after its use, and not after that"
        return measured(words, "rotates-old-lives-until-used", seen, "until-used")
    soonest = min(each.seconds for each in refused)
    words = f"it works {as_seconds(longest)} after its use, and is refused after {as_seconds(soonest)}"
    return measured(words, "rotates-old-dies-after-grace", seen, max(int(soonest) - 1, 0))


def reuses(family: Family, observed: Observed) -> Iterator[Reuse]:
    """The repetitions of accepted refreshes, up to the first that was refused: after it the family may be dead."""
    used: dict[str, Attempt] = {}
    for attempt in family.proper:
        token = attempt.presented or ""
        first = used.get(token)
        if first is None:
            if attempt.response.accepted and attempt.response.refresh_token not in {None, token}:
                used[token] = attempt
            continue
        seconds = (attempt.at - first.exchange.answered).total_seconds()
        if seconds < 0:
            continue
        yield Reuse(family, attempt, seconds, _successor_used(first, attempt.at, family, observed))
        if not attempt.response.accepted:
            return


def _successor_used(first: Attempt, until: datetime, family: Family, observed: Observed) -> bool:
    """Whether tokens that were handed over since a refresh were used before a moment."""
    since = [each for each in family.attempts if first.at <= each.at < until and each.response.accepted]
    refresh_tokens = {each.response.refresh_token for each in since}
    access_tokens = {each.response.access_token for each in since}
    refreshed = any(each.presented in refresh_tokens and each.at < until for each in since)
    return refreshed or any(
        token in access_tokens and exchange.started < until for token, exchange in observed.at_resources
    )


def reuse_revokes(observed: Observed) -> Measured | None:
    """Whether the newest refresh token of a family dies when a used one comes again."""
    found = [pair for family in observed.families if (pair := _after_refused_reuse(family, observed)) is not None]
    told = commonest(not later.response.accepted for _, later in found)
    if told is None:
        return None
    revoked, unanimous = told
    words = "the newest refresh token is revoked" if revoked else "the newest refresh token lives on"
    kind = ("revokes-family" if revoked else "revokes-nothing") if unanimous else "sometimes"
    seen = [each.exchange for pair in found for each in pair]
    return measured(words if unanimous else f"mostly {words}", kind, seen, revoked if unanimous else None)


def _after_refused_reuse(family: Family, observed: Observed) -> tuple[Attempt, Attempt] | None:
    """A refused reuse, and the next attempt of the family with a token that nobody had used."""
    refused = next((each.attempt for each in reuses(family, observed) if not each.accepted), None)
    if refused is None:
        return None
    before = {each.presented for each in family.attempts if each.at < refused.at}
    later = (each for each in family.proper if each.at > refused.at and each.presented not in before)
    fresh = next(later, None)
    return (refused, fresh) if fresh is not None else None


def access_token_after_refresh(observed: Observed) -> Measured | None:
    """Whether the access token before lives on after a refresh, as a resource tells that takes the new one."""
    found = [
        (old.response.status // 100 == 2, old, new)
        for family in observed.families
        for old, new in _old_and_new(family, observed)
        if new.response.status // 100 == 2 and old.response.status in {200, 204, 400, 401, 403}
    ]
    told = commonest(lives for lives, _, _ in found)
    if told is None:
        return None
    lives, unanimous = told
    seen = [exchange for _, old, new in found for exchange in (old, new)]
    words = "the old access token lives on" if lives else "the old access token is revoked"
    kind = ("lives" if lives else "revoked") if unanimous else "sometimes"
    return measured(words if unanimous else f"mostly {words}", kind, seen, kind if unanimous else None)


def _old_and_new(family: Family, observed: Observed) -> Iterator[tuple[Exchange, Exchange]]:
    """The resource's answers to an access token and its successor, right after the refresh that brought the latter."""
    held = family.login.response.access_token
    for attempt in family.attempts:
        if not attempt.response.accepted:
            return
        successor = attempt.response.access_token
        if held != successor:
            old, new = (_next_use(token, attempt, observed) for token in (held, successor))
            if old is not None and new is not None and old.request.url == new.request.url:
                yield old, new
        held = successor


def _next_use(access_token: str | None, after: Attempt, observed: Observed) -> Exchange | None:
    """The next use of an access token at a resource, where it comes soon."""
    uses = (each for token, each in observed.at_resources if token == access_token and each.started >= after.at)
    use = next(uses, None)
    return use if use is not None and (use.started - after.at).total_seconds() <= SOON else None


def id_token_after_refresh(observed: Observed) -> Measured | None:
    """Whether refreshes bring ID tokens, where the login did, and no less scope was asked for."""
    found = [
        each
        for family in observed.families
        if family.login.response.id_token is not None
        for each in family.attempts
        if each.response.accepted and each.parameter("scope") is None
    ]
    brought = [each for each in found if each.response.id_token is not None]
    if not found:
        return None
    seen = [each.exchange for each in found]
    if brought and len(brought) < len(found):
        return measured(f"{len(brought)} of {len(found)} refreshes bring one", "sometimes", seen)
    value = "always" if brought else "never"
    return measured("each refresh brings one" if brought else "no refresh brings one", value, seen, value)


def refresh_token_format(observed: Observed) -> Measured | None:
    """Whether refresh tokens are JWTs, which clients must not look into."""
    found = [each for each in observed.accepted if each.response.refresh_token is not None]
    told = commonest("jwt" if read(each.response.refresh_token or "") is not None else "opaque" for each in found)
    if told is None:
        return None
    kind, unanimous = told
    words = {"jwt": "JWTs", "opaque": "opaque"}[kind]
    return measured(words if unanimous else f"mostly {words}", kind if unanimous else "mixed", _exchanges(found))


def scope_narrowing(observed: Observed) -> Measured | None:
    """What a refresh does that asks for less scope than was granted."""
    found = [
        (kind, attempt)
        for family in observed.families
        for attempt in family.attempts
        if (kind := _narrowing(family.login, attempt)) is not None
    ]
    told = commonest(kind for kind, _ in found)
    if told is None:
        return None
    words = {"honoured": "less scope is granted", "ignored": "all scope is granted again", "refused": "it is refused"}
    kind = told[0] if told[1] else "sometimes"
    return measured(words.get(kind, "not always the same"), kind, [each.exchange for _, each in found])


def _narrowing(login: Attempt, attempt: Attempt) -> str | None:
    granted, asked = login.response.scope, attempt.parameter("scope")
    narrower = frozenset((asked or "").split())
    if granted is None or not narrower or not narrower < granted:
        return None
    if not attempt.response.accepted:
        return "refused" if attempt.response.error == "invalid_scope" else None
    told = attempt.response.scope
    return None if told is None else "honoured" if told == narrower else "ignored"


def _exchanges(attempts: Iterable[Attempt]) -> list[Exchange]:
    return [each.exchange for each in attempts]
