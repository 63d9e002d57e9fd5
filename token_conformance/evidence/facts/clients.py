"""How clients are known, how many sessions a user may have at one, and what answers look like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from token_conformance.evidence.clock_skew import clock_skew as skew_of
from token_conformance.evidence.facts.measured import Measured, commonest, measured
from token_conformance.evidence.facts.observed import Attempt, Family, Observed


def authentication_methods(observed: Observed) -> Measured | None:
    """The ways in which clients authenticated and were served."""
    first: dict[str, Attempt] = {}
    for attempt in observed.accepted:
        if not attempt.by_several_methods and "authorization" not in attempt.exchange.undocumented:
            first.setdefault(attempt.method, attempt)
    if not first:
        return None
    names = sorted(first)
    return measured(", ".join(names), " ".join(names), [first[name].exchange for name in names])


def sessions(observed: Observed) -> Measured | None:
    """Whether a user may have several living sessions at one client.

    One that could be renewed after a later login shows that there may be several. That there may be one alone is said
    only where nothing else explains that an unused refresh token of an earlier login was refused.
    """
    renewals = [
        renewal
        for earlier in observed.families
        for later in observed.families
        if _followed(earlier, later, observed) and (renewal := _renewal(earlier, later)) is not None
    ]
    lived = [each for each in renewals if each.response.accepted]
    if lived:
        return measured("several at a time", "several", [lived[0].exchange])
    ended = {each.exchange.id: each.exchange for each in renewals if each.response.error == "invalid_grant"}
    if len(ended) < (ENOUGH if observed.one_server else 1):
        return None
    return measured("one alone: a new login ends the one before", "one", ended.values())


ENOUGH = 2
"""Times that an end without another reason has to be seen where scenarios may end each other's sessions."""


def _followed(earlier: Family, later: Family, observed: Observed) -> bool:
    """Whether one login of a client came after another one, by the same clock."""
    comparable = observed.one_server or earlier.login.exchange.scenario == later.login.exchange.scenario
    return comparable and earlier.login.client_id == later.login.client_id and earlier.login.at < later.login.at


def _renewal(earlier: Family, later: Family) -> Attempt | None:
    """The first use of the earlier session after the later login, where nothing had gone wrong before."""
    if not all(each.response.accepted for each in earlier.attempts if each.at < later.login.at):
        return None
    used = {each.presented for each in earlier.attempts if each.at < later.login.at}
    after = next((each for each in earlier.attempts if each.at > later.login.exchange.answered), None)
    return after if after is not None and after.presented not in used and _as_usual(after, earlier.login) else None


def _as_usual(attempt: Attempt, login: Attempt) -> bool:
    """Whether a refresh was asked for as the client asked for its first tokens, and for all of its scope."""
    return (attempt.client_id, attempt.method, attempt.secret) == (login.client_id, login.method, login.secret) and (
        attempt.parameter("scope") is None
    )


def clock_skew(observed: Observed) -> Measured | None:
    """By how many seconds the server's clock is ahead of ours."""
    skew = skew_of(observed.exchanges)
    if skew is None:
        return None
    told = [each for each in observed.exchanges if each.stated_date is not None]
    return measured(f"{skew:+.1f} s", "told", told[:1])


def members(observed: Observed) -> Measured | None:
    """The members of the answers to logins."""
    found = [tuple(sorted(each.response.members)) for each in observed.logins]
    if not found:
        return None
    always = sorted(set(found[0]).intersection(*found))
    seen = [each.exchange for each in observed.logins]
    return measured(", ".join(always), "told", seen, always)


def token_type(observed: Observed) -> Measured | None:
    """How token_type is spelt."""
    return _each(observed, lambda attempt: attempt.response.token_type)


def expires_in(observed: Observed) -> Measured | None:
    """Whether expires_in is a number, a string, or absent."""
    return _each(observed, lambda attempt: _kind(attempt.response.members.get("expires_in")))


def _kind(value: object) -> str:
    if value is None:
        return "absent"
    return "string" if isinstance(value, str) else "number"


def scope_delimiter(observed: Observed) -> Measured | None:
    """What stands between scope values, where an answer tells several."""
    return _each(observed, lambda attempt: _delimiter(attempt.response.members.get("scope")))


def _delimiter(scope: object) -> str | None:
    return next((each for each in (" ", ",", ";") if each in scope), None) if isinstance(scope, str) else None


def cache_control(observed: Observed) -> Measured | None:
    """What answers with tokens say to caches."""
    found = [each for each in observed.accepted if "headers" not in each.exchange.undocumented]
    told = commonest(each.exchange.header("cache-control") or "absent" for each in found)
    if told is None:
        return None
    value, unanimous = told
    kept = value if unanimous and value != "absent" else None
    return measured(value if unanimous else f"mostly {value}", "told", [each.exchange for each in found], kept)


def _each(observed: Observed, read: Callable[[Attempt], Any]) -> Measured | None:
    found = [(value, each) for each in observed.logins if (value := read(each)) is not None]
    told = commonest(value for value, _ in found)
    if told is None:
        return None
    value, unanimous = told
    shown = repr(value) if not value.strip() else value
    seen = [each.exchange for _, each in found]
    return measured(shown if unanimous else f"mostly {shown}", "told", seen, value if unanimous else None)
