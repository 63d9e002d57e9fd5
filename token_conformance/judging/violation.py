"""Which requirement a failed check violates, where it is tied to several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from token_conformance.judging.requirement import Requirement
from token_conformance.profile.models import Profile


class Violation(AssertionError):  # noqa: N818 - it is what a server did, no error of ours
    """A failed assertion that tells which requirement it is about."""

    def __init__(self, requirement: str, message: str) -> None:
        super().__init__(message)
        self.requirement = requirement


@contextmanager
def violating(requirement: str) -> Iterator[None]:
    """Say of the assertions inside that they are about one requirement of those to which the check is tied."""
    try:
        yield
    except AssertionError as failed:
        raise Violation(requirement, str(failed)) from failed


def at_stake(problem: BaseException, judged: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """The requirements that a failed assertion is about: the one that it tells, or all to which the check is tied."""
    told = problem.requirement if isinstance(problem, Violation) else None
    return tuple(stated for stated in judged if told in {None, stated.id})


def counts(stated: Requirement, profile: Profile) -> bool:
    """Whether a violation is a failure: the requirement is mandatory, and the provider is held to it."""
    return stated.mandatory and profile.counts(stated.claims)


def violated(judged: Sequence[Requirement], profile: Profile) -> str | None:
    """The requirement that a failed check violates: the first that decides its level, since that is what it is red for."""
    decisive = next((stated for stated in judged if counts(stated, profile)), judged[0] if judged else None)
    return decisive.id if decisive is not None else None
