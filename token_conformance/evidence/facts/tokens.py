"""What codes, access tokens and ID tokens are like, and how long they live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, quote_plus

from token_conformance.evidence.facts.measured import (
    LATENESS,
    Measured,
    as_seconds,
    commonest,
    commonest_seconds,
    measured,
)
from token_conformance.evidence.facts.observed import Attempt, Observed
from token_conformance.evidence.jwt_reading import Token, read
from token_conformance.wire.exchange import Exchange


def access_token_lifetime(observed: Observed) -> Measured | None:
    """The seconds that an access token lives by expires_in, or by exp of a JWT."""
    told = [(seconds, each.exchange) for each in observed.logins if (seconds := _life(each)) is not None]
    return commonest_seconds(told)


def _life(attempt: Attempt) -> int | None:
    if attempt.response.expires_in is not None:
        return attempt.response.expires_in if attempt.response.expires_in > 0 else None
    token = _jwt(attempt.response.access_token)
    expiry, issued = (token.time("exp"), token.time("iat")) if token is not None else (None, None)
    return round((expiry - issued).total_seconds()) if expiry is not None and issued is not None else None


def access_token_format(observed: Observed) -> Measured | None:
    """Whether access tokens are opaque, JWTs, or JWTs that say so in typ (RFC 9068 §2.1)."""
    found = [each for each in observed.logins if each.response.access_token is not None]
    told = commonest(_format(each.response.access_token) for each in found)
    if told is None:
        return None
    kind, unanimous = told
    words = {"opaque": "opaque", "jwt": "JWTs", "at+jwt": "JWTs of RFC 9068"}[kind]
    seen = [each.exchange for each in found]
    return measured(words if unanimous else f"mostly {words}", kind, seen, kind if unanimous else None)


def _format(access_token: str | None) -> str:
    token = _jwt(access_token)
    if token is None:
        return "opaque"
    return "at+jwt" if str(token.header.get("typ")).lower() in {"at+jwt", "application/at+jwt"} else "jwt"


def access_token_algorithm(observed: Observed) -> Measured | None:
    """What access tokens that are JWTs are signed by."""
    return _algorithm([(each, _jwt(each.response.access_token)) for each in observed.logins])


def id_token_algorithm(observed: Observed) -> Measured | None:
    """What ID tokens are signed by."""
    return _algorithm([(each, _jwt(each.response.id_token)) for each in observed.logins])


def _algorithm(found: Sequence[tuple[Attempt, Token | None]]) -> Measured | None:
    signed = [(each, token.algorithm) for each, token in found if token is not None and token.algorithm is not None]
    told = commonest(algorithm for _, algorithm in signed)
    if told is None:
        return None
    algorithm, unanimous = told
    seen, known = [each.exchange for each, _ in signed], algorithm in WRITABLE
    words = algorithm if unanimous else f"mostly {algorithm}"
    return measured(words, algorithm if known else "other", seen, algorithm if unanimous and known else None)


WRITABLE = frozenset({"RS256", "PS256", "ES256", "ES384", "EdDSA"})
"""The algorithms that a profile can name."""


def id_token_lifetime(observed: Observed) -> Measured | None:
    """The seconds from iat to exp of ID tokens."""
    tokens = [(each, _jwt(each.response.id_token)) for each in observed.logins]
    lives = [
        (round((expiry - issued).total_seconds()), each.exchange)
        for each, token in tokens
        if token is not None and (expiry := token.time("exp")) and (issued := token.time("iat")) and expiry > issued
    ]
    return commonest_seconds(lives)


def code_lifetime(observed: Observed) -> Measured | None:
    """How old a code may be when it is exchanged: between the oldest that was accepted and the youngest that was not."""
    ages = list(code_ages(observed))
    worked = [(age, each) for age, each in ages if each.response.accepted]
    shapes = {each.method for _, each in worked}
    refused = [(age, each) for age, each in ages if age > OLD and _too_old(each) and each.method in shapes]
    if not worked:
        return None
    oldest = max(age for age, _ in worked)
    seen = [each.exchange for _, each in sorted((*refused, *worked), key=lambda pair: -pair[0])]
    if not refused:
        return measured(f"accepted at the age of {as_seconds(oldest)}; no older one was tried", "not-seen", seen)
    youngest = min(age for age, _ in refused)
    words = f"accepted at the age of {as_seconds(oldest)}, refused at {as_seconds(youngest)}"
    if youngest <= oldest:
        return measured(words, "expires", seen)
    return replace(measured(words, "expires", seen, max(int(youngest) - LATENESS, 1)), between=(oldest, youngest))


def code_ages(observed: Observed) -> Iterator[tuple[float, Attempt]]:
    """The first exchanges of codes, with the seconds that each code was old."""
    return ((age, each) for each in observed.attempts if (age := _age_of_code(each, observed)) is not None)


OLD = 5
"""Seconds from which on a refused code may have been too old."""


def _too_old(attempt: Attempt) -> bool:
    return attempt.response.error == "invalid_grant"


def _age_of_code(attempt: Attempt, observed: Observed) -> float | None:
    """The seconds from the answer that held a code to its first exchange."""
    code = attempt.parameter("code") if attempt.grant_type == "authorization_code" else None
    if not code:
        return None
    born = _birth(code, attempt, observed) if attempt.at <= observed.codes[code] else None
    return (attempt.at - born).total_seconds() if born is not None else None


def _birth(code: str, attempt: Attempt, observed: Observed) -> datetime | None:
    spellings = {code, quote(code, safe="", errors="surrogatepass"), quote_plus(code, errors="surrogatepass")}
    answers = _answers_of(attempt.exchange.scenario, observed.exchanges)
    return next((each.answered for each in answers if any(text in _told(each) for text in spellings)), None)


def _answers_of(scenario: str, exchanges: Sequence[Exchange]) -> Iterator[Exchange]:
    return (each for each in exchanges if each.scenario == scenario and each.answer is not None)


def _told(exchange: Exchange) -> str:
    """Where an authorization response tells a code: the address of a redirect, or a page that posts it."""
    answer = exchange.answer
    if answer is None:
        return ""
    locations = " ".join(value for name, value in answer.headers if name.lower() == "location")
    return f"{locations} {answer.body.decode('utf-8', 'replace')}"


def _jwt(text: str | None) -> Token | None:
    return read(text) if text is not None else None
