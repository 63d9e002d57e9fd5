"""What is known of a provider beforehand, and how the findings of a run are held against it: new, known, gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from token_conformance.judging.causes import Catalogue, causes
from token_conformance.judging.requirement import catalogue, renamed
from token_conformance.judging.tied import tied_checks
from token_conformance.results.findings import Finding, Kind, Name, findings_of, names_of, without_parameters
from token_conformance.verdict import Verdict

if TYPE_CHECKING:
    from token_conformance.results.results import CheckResult, RunResult

QUIET = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE})
"""The verdicts beside which a cause may be gone."""


Novelty = Literal["new", "known", "newer"]
"""How a finding stands: nobody knows it, somebody does, or nobody could."""


@dataclass(frozen=True)
class Entry:
    """A finding that somebody knows: a check that is red, a cause behind any number of them, or what is seen on the way.

    With the verdict *warning* it stands for no more than that: a failure is new all the same. It `expires` behind that day.
    """

    kind: Kind
    id: str
    verdict: Literal["fail", "warning"] = "fail"
    reason: str = ""
    owner: str = ""
    expires: date | None = None

    @property
    def name(self) -> Name:
        """What it is compared by."""
        return self.kind, self.id

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is what is known."""
        return self.name in finding.names and (self.verdict == "fail" or finding.verdict is Verdict.WARNING)

    def has_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and self.expires < today


@dataclass(frozen=True)
class Baseline:
    """The entries of one profile, with the name of their file.

    Of the id of a check, or of a requirement, `is_newer` tells whether it came later, and `knew` whether it was there then.
    """

    file: str
    entries: tuple[Entry, ...]
    is_newer: Callable[[str], bool] = lambda _: False
    knew: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True)
class Known:
    """A finding that is no surprise, and the entry that says so."""

    id: str
    entry: Entry

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        entry = self.entry
        expires = entry.expires.isoformat() if entry.expires is not None else None
        told = {"reason": entry.reason, "owner": entry.owner, "expires": expires}
        return {"id": self.id, "listed_as": {"kind": entry.kind, "id": entry.id}, **told}


@dataclass(frozen=True)
class Unknown:
    """An id of the file that names nothing, and the one that looks most like it."""

    id: str
    nearest: str | None

    def to_json(self) -> dict[str, Any]:
        """The entry of results.json."""
        return {"id": self.id, "nearest": self.nearest}


@dataclass(frozen=True)
class HeldAgainst:
    """A run beside its baseline.

    `new` and `newer` are ids of findings, those of `newer` of checks that the baseline could not know. `gone` and `unseen`
    are ids of entries: judged a pass by a whole run, and neither red nor a pass; `expired` are entries that are out of date.
    """

    file: str
    new: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()
    newer: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    expired: tuple[Entry, ...] = ()
    unseen: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @property
    def stale(self) -> bool:
        """Whether somebody has to look after the file."""
        return bool(self.gone or self.expired)

    def entry_of(self, finding: str) -> Entry | None:
        """The entry by which a finding is known; None where it is not."""
        return next((known.entry for known in self.known if known.id == finding), None)

    def novelty_of(self, finding: str) -> Novelty | None:
        """How a finding stands beside the baseline; None of what is none."""
        if self.entry_of(finding) is not None:
            return "known"
        return "new" if finding in self.new else "newer" if finding in self.newer else None

    def to_json(self) -> dict[str, Any]:
        """The object of results.json."""
        return {
            "file": self.file,
            "new": list(self.new),
            "known": [each.to_json() for each in self.known],
            "newer": list(self.newer),
            "gone": list(self.gone),
            "expired": [entry.id for entry in self.expired],
            "unseen": list(self.unseen),
            "unknown": [each.to_json() for each in self.unknown],
        }


def held_against(run: RunResult, baseline: Baseline, today: date) -> HeldAgainst:
    """What of a run is new, known, or gone, by the baseline of its profile, on a day."""
    found = findings_of(run)
    seen = {entry for entry in baseline.entries for finding in found if entry.covers(finding)}
    gone = {entry for entry in baseline.entries if entry not in seen and is_gone(entry, run)}
    left = [entry for entry in baseline.entries if entry not in seen | gone]
    unknown = tuple(_unknown([entry for entry in left if not baseline.knew(entry.id)], run))
    nameless = {each.id for each in unknown}
    stand = [(each.id, novelty(each, baseline)) for each in found]
    return HeldAgainst(
        file=baseline.file,
        new=tuple(id_ for id_, how in stand if how == "new"),
        known=tuple(Known(each.id, entries[0]) for each in found if (entries := _entries(each, baseline))),
        newer=tuple(id_ for id_, how in stand if how == "newer"),
        gone=tuple(entry.id for entry in baseline.entries if entry in gone),
        expired=tuple(entry for entry in baseline.entries if entry.has_expired(today)),
        unseen=tuple(entry.id for entry in left if entry.id not in nameless),
        unknown=unknown,
    )


def novelty(finding: Finding, baseline: Baseline) -> Novelty:
    """How a finding stands beside a baseline."""
    if _entries(finding, baseline):
        return "known"
    return "newer" if _came_later(finding, baseline) else "new"


def _entries(finding: Finding, baseline: Baseline) -> list[Entry]:
    return [entry for entry in baseline.entries if entry.covers(finding)]


def _came_later(finding: Finding, baseline: Baseline) -> bool:
    """Whether a finding is of a check that came later, by whatever name it was known."""
    own = {id_ for kind, id_ in finding.names if kind == finding.kind}
    return all(baseline.is_newer(id_) for id_ in own)


def renewed(baseline: Baseline, run: RunResult) -> tuple[Entry, ...]:
    """The entries that a run leaves: those that are not gone, as they are seen now, and one for each finding that is new."""
    found = findings_of(run)
    kept = [_as_seen(entry, found) for entry in baseline.entries if not is_gone(entry, run)]
    named = {entry.name for entry in kept}
    new = (Entry(each.kind, each.id, _verdict(each)) for each in found if not any(one.covers(each) for one in kept))
    return (*kept, *(entry for entry in new if entry.name not in named))


def _as_seen(entry: Entry, found: Iterable[Finding]) -> Entry:
    """The entry by the name and the verdict of today, with all that people have written."""
    seen = [each for each in found if each.kind == entry.kind and entry.name in each.names]
    if not seen:
        return entry
    ids = [each.id for each in seen]
    id_ = entry.id if entry.id in [*ids, *map(without_parameters, ids)] else ids[0]
    return replace(entry, id=id_, verdict=min(_verdict(each) for each in seen))  # a failure comes before a warning


def _verdict(finding: Finding) -> Literal["fail", "warning"]:
    return "warning" if finding.verdict is Verdict.WARNING else "fail"


def is_gone(entry: Entry, run: RunResult) -> bool:
    """Whether a whole run has judged a pass what an entry calls red.

    What is seen on the way is gone for nobody: that it was not met is no verdict.
    """
    if not run.whole or entry.kind == "seen_on_the_way":
        return False
    if entry.kind == "check":
        verdicts = {check.verdict for check in run.checks if entry.id in names_of(check)}
    else:
        verdicts = {check.verdict for check in _tied_to(entry.id, run.checks, causes())}
    return Verdict.PASS in verdicts and verdicts <= QUIET


def _tied_to(cause: str, checks: Iterable[CheckResult], known: Catalogue) -> Iterator[CheckResult]:
    """The checks that would be red for a cause."""
    stated = known.known(cause)
    present = renamed(catalogue())
    ids = {*stated.requirements, *stated.accepted} if stated is not None else {present.get(cause, cause)}
    return (check for check in checks if check.id in ids or not ids.isdisjoint(check.requirements))


def _unknown(entries: Sequence[Entry], run: RunResult) -> Iterator[Unknown]:
    """The entries whose ids name nothing; the suites are read only where the run itself does not know an id."""
    by_run = {id_ for check in run.checks for id_ in names_of(check)}
    doubtful = [entry for entry in entries if entry.kind != "check" or entry.id not in by_run]
    known = _known_ids(run) if doubtful else {}
    for entry in doubtful:
        ids = known[entry.kind]
        if without_parameters(entry.id) not in ids:
            yield Unknown(entry.id, next(iter(get_close_matches(entry.id, sorted(ids), n=1)), None))


def _known_ids(run: RunResult) -> dict[Kind, set[str]]:
    """All ids that an entry may have, by its kind; checks without parameters."""
    requirements = {*catalogue(), *renamed(catalogue())} | {id_ for check in run.checks for id_ in check.requirements}
    checks = {id_ for check in run.checks for id_ in names_of(check)}
    checks |= {without_parameters(id_) for tied in tied_checks() for id_ in (tied.id, *tied.formerly)}
    return {
        "check": checks,
        "cause": {*causes().ids, *requirements, *checks},
        "seen_on_the_way": requirements,
    }
