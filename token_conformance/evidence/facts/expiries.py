"""What expires, when, and how a provider says so: a row for each kind of token and code, whatever was seen of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.challenge import challenges_of
from token_conformance.evidence.facts.observed import Attempt, Observed
from token_conformance.evidence.facts.refresh_token_life import uses_of
from token_conformance.evidence.facts.tokens import code_ages
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.fact import Fact
from token_conformance.profile.models import Profile
from token_conformance.wire.exchange import Exchange

Kind = Literal["access token", "refresh token (idle)", "refresh token (absolute)", "code", "device code"]

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"

NOT_OF_AGE = frozenset({"authorization_pending", "slow_down", "access_denied"})
"""What polling is answered by for other reasons than the age of the code (RFC 8628 §3.5)."""

OLD = 5
"""Seconds from which on a refusal may come of age."""


@dataclass(frozen=True)
class Presented:
    """A token or code that was presented at an age in seconds: what came of it, and by which code it was refused."""

    age: float
    accepted: bool
    exchange: Exchange
    code: str | None = None


@dataclass(frozen=True)
class Expiry:
    """A row: the documented seconds, the greatest age that was accepted, the least greater one that was refused, and how."""

    kind: Kind
    documented: int | None
    accepted_at: float | None = None
    refused_at: float | None = None
    status: int | None = None
    code: str | None = None
    exchange: str | None = None


def expiries(profile: Profile, exchanges: Iterable[Exchange]) -> tuple[Expiry, ...]:
    """The rows of all kinds, in one order; of what was not seen to expire the measured members are None."""
    observed, grants = Observed(tuple(each for each in exchanges if each.is_readable)), profile.grants
    refresh = grants.refresh_token
    lifetime = _documented(refresh.lifetime) if refresh is not None else None
    from_login = refresh is not None and refresh.lifetime_from.documented == "login"
    alike = _in_the_same_way(observed)
    uses = [(use, _of(use.attempt)) for use in uses_of(observed) if use.attempt in alike]
    idle = _row(
        "refresh token (idle)", None if from_login else lifetime, [Presented(use.age, *told) for use, told in uses]
    )
    absolute = _row(
        "refresh token (absolute)",
        lifetime if from_login else None,
        [Presented(use.session, *told) for use, told in uses],
    )
    by_login = from_login or idle.refused_at is None
    code, device = grants.authorization_code, grants.device_code
    return (
        _row("access token", _documented(profile.tokens.access_token_lifetime), list(_access_tokens(observed))),
        _alive(idle) if by_login else idle,
        absolute if by_login else _alive(absolute),
        _row("code", _documented(code.lifetime) if code else None, list(_codes(observed))),
        _row("device code", _documented(device.lifetime) if device else None, list(_device_codes(observed))),
    )


def _row(kind: Kind, documented: int | None, presented: Sequence[Presented]) -> Expiry:
    """What separates accepted from refused ages: what was refused at a lesser age than another was accepted had other faults."""
    oldest = max((each.age for each in presented if each.accepted), default=None)
    refused = [each for each in presented if not each.accepted and each.age > max(OLD, oldest or 0)]
    youngest = min(refused, key=lambda each: each.age, default=None)
    accepted_at = round(oldest, 1) if oldest is not None else None
    if youngest is None:
        return Expiry(kind, documented, accepted_at)
    answer = youngest.exchange.answer
    return Expiry(
        kind,
        documented,
        accepted_at,
        round(youngest.age, 1),
        answer.status if answer is not None else None,
        youngest.code,
        youngest.exchange.id,
    )


def _in_the_same_way(observed: Observed) -> Collection[Attempt]:
    """The uses of refresh tokens by their own client, as it usually sends them: any other may be refused for that."""
    return {attempt for family in observed.families for attempt in family.proper}


def _alive(row: Expiry) -> Expiry:
    """A row without the refusal, which the other way of counting explains."""
    return Expiry(row.kind, row.documented, row.accepted_at)


def _documented(fact: Fact[int]) -> int | None:
    return fact.documented


def _of(attempt: Attempt) -> tuple[bool, Exchange, str | None]:
    return attempt.response.accepted, attempt.exchange, attempt.response.error


def _codes(observed: Observed) -> Iterator[Presented]:
    for age, attempt in code_ages(observed):
        if attempt.response.accepted or attempt.response.error == "invalid_grant":
            yield Presented(age, *_of(attempt))


def _device_codes(observed: Observed) -> Iterator[Presented]:
    """The polls for each device code; one that is told to go on polling has not expired."""
    births: dict[Any, Exchange] = {}
    for exchange in observed.exchanges:
        code = exchange.members.get("device_code") if exchange.answer is not None else None
        if isinstance(code, str):
            births.setdefault(code, exchange)
    for attempt in observed.attempts:
        born = births.get(attempt.parameter("device_code"))
        if attempt.grant_type == DEVICE_CODE and born is not None:
            waits = attempt.response.error in NOT_OF_AGE
            age = (attempt.at - born.answered).total_seconds()
            yield Presented(age, attempt.response.accepted or waits, attempt.exchange, attempt.response.error)


def _access_tokens(observed: Observed) -> Iterator[Presented]:
    """The uses of access tokens at resources: refused ones only of those whose time is over, by expires_in or exp.

    A younger one that is refused was revoked, or is for another resource.
    """
    births = {each.response.access_token: each.response for each in reversed(observed.accepted)}
    for token, exchange in observed.at_resources:
        born = births.get(token)
        if born is None or exchange.answer is None:
            continue
        age, accepted = (exchange.started - born.answered).total_seconds(), exchange.answer.status // 100 == 2
        lifetime = _told(born)
        if accepted or (exchange.answer.status == 401 and lifetime is not None and age >= lifetime):
            yield Presented(age, accepted, exchange, None if accepted else _challenged(exchange))


def _told(response: TokenResponse) -> float | None:
    if response.expires_in is not None:
        return response.expires_in
    token = jwt_of(response.access_token)
    expiry = token.time("exp") if token is not None else None
    return (expiry - response.answered).total_seconds() if expiry is not None else None


def _challenged(exchange: Exchange) -> str | None:
    """The error code of a challenge (RFC 6750 §3.1)."""
    return next((error for each in challenges_of(exchange) if (error := each.value("error")) is not None), None)
