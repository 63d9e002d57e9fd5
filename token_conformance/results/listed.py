"""What a list of runs tells of each: what stands at the beginning of its results.json, of whatever version of the suite."""

from __future__ import annotations

from datetime import UTC

from pydantic import AwareDatetime, BaseModel

from token_conformance.results.side_by_side import told_in_words
from token_conformance.verdict import Verdict


class ListedVerdict(BaseModel):
    """The verdict in words, which older suites did not write."""

    headline: str
    conforms: bool | None = None


class ListedRun(BaseModel):
    """A run; what older suites did not write is empty."""

    profile: str
    provider: str = ""
    server: str = ""
    started: AwareDatetime
    suite_version: str = ""
    outcome: str = ""
    selection: str | None = None
    verdict: ListedVerdict | None = None
    summary: dict[str, int]

    @property
    def name(self) -> str:
        """The name of the provider, or else of its profile."""
        return self.provider or self.profile

    @property
    def tested(self) -> str:
        """When it began, in UTC."""
        return f"{self.started.astimezone(UTC):%Y-%m-%d %H:%M:%S}"

    @property
    def words(self) -> str:
        """The verdict in words."""
        if self.verdict is not None:
            return self.verdict.headline
        return told_in_words(self.server, self.outcome, self.selection, failed=self.count(Verdict.FAIL) > 0)

    @property
    def conforms(self) -> bool | None:
        """Whether it conforms; None where nobody can tell."""
        if self.verdict is not None:
            return self.verdict.conforms
        return False if self.count(Verdict.FAIL) else None

    def count(self, verdict: Verdict) -> int:
        """How often a verdict was given."""
        return self.summary.get(verdict.value, 0)
