"""Sessions that end though the client did all as it should: nobody has given the server a reason, and no life is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl

from token_conformance.evidence.facts.observed import Attempt, Family, Observed
from token_conformance.wire.exchange import Exchange

YOUNG = timedelta(seconds=60)
"""How old a refresh token may be, and the session half as old again, for its life not to be over."""


@dataclass(frozen=True)
class UnaskedEnd:
    """A login, the answers with which its session went on, and the refusal that ended it."""

    login: Attempt
    renewals: tuple[Attempt, ...]
    refusal: Attempt

    @property
    def age(self) -> float:
        """The seconds for which the refused token had been handed out."""
        handed_over = (self.renewals or (self.login,))[-1]
        return (self.refusal.at - handed_over.exchange.answered).total_seconds()


def unasked_ends(observed: Observed) -> Iterator[UnaskedEnd]:
    """The sessions that ended unasked, by the order of their logins.

    What may end a session in another one's stead is counted as a reason too, in the same scenario, and in all where
    one server answers them: a login of the same client, or a refusal.
    """
    for family in observed.families:
        end = _end_of(family)
        if end is not None and not _has_a_reason(end, family, observed):
            yield end


def _end_of(family: Family) -> UnaskedEnd | None:
    """The first refusal of a family, where all attempts before it were right ones and were accepted."""
    newest = family.tokens[0]
    renewals: list[Attempt] = []
    for attempt in family.attempts:
        usual = renewals[0].shape if renewals else attempt.shape
        if attempt.presented != newest or attempt.shape != usual or not _is_plain(attempt, family):
            return None
        if not attempt.response.accepted:
            over = attempt.response.decided and not _goes_on(family, attempt)
            return UnaskedEnd(family.login, tuple(renewals), attempt) if over else None
        renewals.append(attempt)
        newest = attempt.response.refresh_token or newest
    return None


def _goes_on(family: Family, refused: Attempt) -> bool:
    """Whether a refresh token that was refused works later."""
    later = (each for each in family.attempts if each.at > refused.at and each.presented == refused.presented)
    return any(each.response.accepted for each in later)


def _is_plain(attempt: Attempt, family: Family) -> bool:
    """Whether it asks for nothing in particular, as the client that logged the user in does."""
    parameters = {
        "grant_type",
        "refresh_token",
        "client_id",
        "client_secret",
        "client_assertion_type",
        "client_assertion",
    }
    login = family.login
    same = (attempt.client_id, attempt.method, attempt.secret, attempt.key) == (
        login.client_id,
        login.method,
        login.secret,
        login.key,
    )
    return same and {name for name, _ in attempt.form} <= parameters


def _has_a_reason(end: UnaskedEnd, family: Family, observed: Observed) -> bool:
    """Whether something else may have ended a session: its age, a revocation, the replay of its code, or a neighbour."""
    refused, code = end.refusal, family.login.parameter("code")
    if timedelta(seconds=end.age) > YOUNG or refused.at - family.login.at > YOUNG * 1.5:
        return True
    if refused.response.error not in {None, "invalid_grant"}:
        return True
    tokens = _tokens_of(end)
    for exchange in observed.exchanges:
        if _may_have_renewed(exchange, refused):
            return True
        if exchange.started > refused.exchange.started or exchange is refused.exchange:
            continue
        if not tokens.isdisjoint(_named_as_token(exchange)):
            return True
        if code is not None and exchange is not family.login.exchange and ("code", code) in exchange.request.form:
            return True
    beside = [each for each in observed.attempts if observed.one_server or _same_scenario(each, refused)]
    return any(_reaches(other, end, family) for other in beside)


def _may_have_renewed(exchange: Exchange, refused: Attempt) -> bool:
    """Whether a request with the same token got no answer that can be read, so that the session may go on by another one."""
    lost = exchange.answer is None and exchange.started <= refused.exchange.answered
    return lost and ("refresh_token", refused.presented) in exchange.request.form


def _same_scenario(one: Attempt, other: Attempt) -> bool:
    return one.exchange.scenario == other.exchange.scenario


def _named_as_token(exchange: Exchange) -> Iterator[str]:
    """What a request presents to be revoked or introspected, in its body or its address."""
    query = exchange.request.url.partition("?")[2]
    parameters = (*exchange.request.form, *(parse_qsl(query) if query else ()))
    return (value for name, value in parameters if name == "token")


def _tokens_of(end: UnaskedEnd) -> set[str | None]:
    answers = [end.login.response, *(renewal.response for renewal in end.renewals)]
    return {token for answer in answers for token in (answer.access_token, answer.refresh_token)} - {None}


def _reaches(other: Attempt, end: UnaskedEnd, family: Family) -> bool:
    """Whether an attempt elsewhere, while the session lived, may have ended it by right."""
    if not end.login.at < other.at < end.refusal.at or other in family.attempts:
        return False
    if other.presented is None:
        return other.client_id == end.login.client_id and other.grant_type != "client_credentials"
    return not other.response.accepted
