"""Ties a check to the normative statements that it judges, and reads the catalogue of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import tomli

from token_conformance.layout import SUITES

Check = TypeVar("Check", bound=Callable[..., Any])


@dataclass(frozen=True)
class Requirement:
    """One normative statement of a specification, in our words."""

    id: str
    source: str
    section: str
    level: str
    title: str
    protects: str
    mend: str
    note: str = ""
    untested: str = ""
    also: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()

    @property
    def clause(self) -> str:
        """Where it stands, as reports cite it: `RFC 6749 §5.2`; `also` has other clauses that demand the same."""
        return f"{self.source} §{self.section}" if self.section else self.source

    @property
    def page(self) -> str:
        """Where the documentation, built as a site, tells of it: a path within the site, with an anchor."""
        return f"requirements/{self.source.lower().replace(' ', '-')}.html#{self.id}"

    @property
    def mandatory(self) -> bool:
        """Whether a violation is a failure rather than a warning (RFC 2119)."""
        return self.level in {"MUST", "MUST NOT", "REQUIRED", "SHALL", "SHALL NOT"}

    @property
    def claims(self) -> frozenset[str]:
        """The claims of a profile that it belongs to, as `--require` names them; what is ours belongs to all."""
        if self.source == OURS:
            return frozenset({"oauth2"})
        return frozenset(_claim_of(clause) for clause in (self.source, *self.also))


OURS = "token-conformance"
"""The source of what no specification says, and clients need."""

CLAIMS = {
    "OIDC": "oidc",
    "RFC 9700": "bcp",
    "OAuth 2.1": "oauth2.1",
    "FAPI 2.0": "fapi2",
    "FAPI 1.0": "fapi1",
    "Refresh Token Expiration": "refresh-token-expiration",
}
"""The claims by the beginnings of the sources' names; other RFCs are OAuth 2.0's, which every provider claims.

No profile claims FAPI 1.0 or the draft on refresh tokens' lives, so that what they alone demand is a warning.
"""


def _claim_of(clause: str) -> str:
    return next((claim for name, claim in CLAIMS.items() if clause.startswith(name)), "oauth2")


def requirement(*ids: str, formerly: tuple[str, ...] = ()) -> Callable[[Check], Check]:
    """Say which requirements of `suites/requirements.toml` a check judges; the first one gives its level and clause.

    `formerly` are earlier ids of the check, such as `suites/test_refresh.py::test_old_name`.
    """
    import pytest  # a command that lists requirements needs none of it

    mark = pytest.mark.requirement.with_args(*ids, **({"formerly": formerly} if formerly else {}))

    def tie(check: Check) -> Check:
        return mark(check)  # type: ignore[no-any-return]  # a mark gives back what it marks

    return tie


CATALOGUE = SUITES / "requirements.toml"
"""The catalogue that comes along."""


@cache
def catalogue(path: Path = CATALOGUE) -> Mapping[str, Requirement]:
    """All requirements by their id.

    Raises:
        ValueError: an id stands twice, or an entry lacks a field.

    """
    entries = tomli.loads(path.read_text("utf-8")).get("requirement", [])
    found: dict[str, Requirement] = {}
    for entry in entries:
        stated = _stated(entry, path)
        if stated.id in found:
            raise ValueError(f"{path}: {stated.id} stands twice")
        found[stated.id] = stated
    return found


def _stated(entry: dict[str, Any], path: Path) -> Requirement:
    lists = {name: tuple(entry.get(name, ())) for name in ("also", "formerly")}
    try:
        return Requirement(**{**entry, **lists})
    except TypeError as error:
        raise ValueError(f"{path}: {entry.get('id', 'an entry without id')}: {error}") from None


def renamed(known: Mapping[str, Requirement]) -> Mapping[str, str]:
    """The present ids of a catalogue by those that requirements once had: profiles and suites may use both.

    Raises:
        ValueError: what one requirement was called once is the id of another.

    """
    found: dict[str, str] = {}
    for stated in known.values():
        for former in stated.formerly:
            if former in known or former in found:
                raise ValueError(f"{former}, as {stated.id} was called, is another requirement")
            found[former] = stated.id
    return found
