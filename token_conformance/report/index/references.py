"""Leads from a check to the exchanges that it has read."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from token_conformance.judging.requirement import Requirement, catalogue
from token_conformance.report.index.view import Reference, Row
from token_conformance.report.spans import spans
from token_conformance.results.results import CheckResult

MOST = 6
"""References of a row, the last of them; the page says how many more there are."""


def reference(id_: str, shown: Collection[str]) -> Reference:
    """A reference to one exchange."""
    return Reference(id_, id_ if id_ in shown else None)


def references(ids: Iterable[str], shown: Collection[str]) -> tuple[Reference, ...]:
    """References to exchanges, those that follow one another as one."""
    return tuple(Reference(str(span), span.id if span.id in shown else None) for span in spans(ids))


def row(check: CheckResult, shown: Collection[str]) -> Row:
    """The row of a check."""
    read = references(check.exchanges, shown)
    return Row(check, read[-MOST:], max(len(read) - MOST, 0))


def stated(ids: Iterable[str]) -> list[Requirement]:
    """The requirements of the catalogue with these ids; a suite of one's own may name others."""
    return [catalogue()[id_] for id_ in ids if id_ in catalogue()]
