"""Whether what was seen is what the profile documents as a deviation."""

from __future__ import annotations

from collections.abc import Iterable

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.models import Deviation, Expectation
from token_conformance.wire.exchange import Exchange


def documented(
    deviations: Iterable[Deviation], requirements: Iterable[str], seen: Exchange | None, message: str
) -> Deviation | None:
    """The deviation of these requirements that describes the exchange and the message of a failed check, if there is one."""
    ids = set(requirements)
    return next(
        (
            deviation
            for deviation in deviations
            if deviation.requirement in ids and matches(deviation.expect, seen, message)
        ),
        None,
    )


def matches(expect: Expectation, seen: Exchange | None, message: str) -> bool:
    """Whether everything that the expectation names was seen."""
    if expect.message is not None and expect.message not in message:
        return False
    return _answer_matches(expect, seen) if seen is not None and seen.answer is not None else _names_no_answer(expect)


def _answer_matches(expect: Expectation, seen: Exchange) -> bool:
    response = TokenResponse(seen)
    return all(
        (
            expect.status is None or response.exchange.response.status == expect.status,
            expect.error is None or response.error == expect.error,
            expect.accepted == response.accepted or _is_silent_about_acceptance(expect),
            all(name not in response.members for name in expect.absent),
            all(response.members.get(name) == value for name, value in expect.members.items()),
        )
    )


def _is_silent_about_acceptance(expect: Expectation) -> bool:
    """A deviation in the shape of an answer says nothing of whether it is a refusal."""
    return not expect.accepted and expect.status is None and expect.error is None


def _names_no_answer(expect: Expectation) -> bool:
    return expect.message is not None and (expect.status, expect.error, expect.accepted) == (None, None, False)
