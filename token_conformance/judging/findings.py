"""Several violations that one check finds: each is held against its own requirement and the profile's deviations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class Finding:
    """One violation: what came, in which exchange, and the requirement that it violates.

    `also` is another requirement whose documented deviations explain it.
    """

    message: str
    exchange: Exchange
    requirement: str
    also: str = ""


class Findings(AssertionError):  # noqa: N818 - what a check found is no error of ours
    """What a check found that looked at many answers at once; it is raised as a failed assertion is."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = tuple(findings)
