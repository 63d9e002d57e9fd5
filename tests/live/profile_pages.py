"""Writes docs/profiles/NAME.md: what each profile that comes along says, what that rests on, and how it was last run.

    python -m tests.live.profile_pages

A test holds the pages to the profiles and to the pins; nothing is run for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tests.live.providers import RUNS, Tried, run, table, tried
from token_conformance.judging.requirement import Requirement, catalogue
from token_conformance.layout import ROOT
from token_conformance.profile import files
from token_conformance.profile.fact import Fact
from token_conformance.profile.loading import load
from token_conformance.profile.models import Deviation, Profile, Statement

PAGES = ROOT / "docs" / "profiles"

FOOT = (
    "\n*This page is written from the profile and the pins of `tests/live` by `python -m tests.live.profile_pages`.*\n"
)

NOT_RUN = """\
It has been run emulated alone: the reference server takes on what the profile says.
Nothing of it was held against a live server by these tests; each fact has the basis that its source gives it.
"""


def written() -> dict[str, str]:
    """All pages, by the names of their profiles."""
    runs = runs_by_profile()
    return {name: page(name, runs.get(name, [])) for name in files.names()}


def runs_by_profile() -> dict[str, list[Tried]]:
    """The set-ups that have pins, by the shipped profile that theirs extends."""
    found: dict[str, list[Tried]] = {}
    shipped = {files.find(name).resolve(): name for name in files.names()}
    for each in tried():
        for path in files.extended_by(each.set_up.folder / each.set_up.profile):
            if path.resolve() in shipped:
                found.setdefault(shipped[path.resolve()], []).append(each)
    return found


def page(name: str, runs: list[Tried]) -> str:
    """The page of a profile, as Markdown."""
    path = files.find(name)
    profile = load(path, files.examples(path))
    parts = [
        f"# {profile.profile.name}\n\n{_beginning(name, profile)}",
        f"## How it was last run\n\n{_runs(runs)}",
        f"## Facts\n\n{_facts(profile)}",
        _section("How it refuses", table(ERRORS, _errors(profile)) if profile.errors else ""),
        _section("What its documentation says", "".join(map(_statement, profile.facts))),
        _section("Where it departs", "".join(map(_deviation, profile.deviations))),
    ]
    return "\n".join(part for part in parts if part) + FOOT


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}" if text else ""


def _beginning(name: str, profile: Profile) -> str:
    claims = ", ".join(f"`{claim}`" for claim in sorted(profile.profile.claims))
    read = "".join(f"- {address}\n" for address in profile.profile.documentation)
    notes = "".join(f"- {note}\n" for note in profile.profile.notes)
    return (
        f"The profile `{name}`, which claims {claims or 'nothing beside OAuth 2.0'}.\n"
        f"`token-conformance run {name}` runs it, and `token-conformance profiles {name}` lists its variables.\n"
        f"\nIt was written from:\n\n{read}" + (f"\nWorth knowing:\n\n{notes}" if notes else "")
    )


def _runs(runs: list[Tried]) -> str:
    if not runs:
        return NOT_RUN
    return table(["day", "suite", *RUNS], ([each.pins.day, each.pins.suite, *run(each)] for each in runs))


FACTS = ["fact", "value", "basis", "source"]


def _facts(profile: Profile) -> str:
    tables = {"grants": profile.grants, "tokens": profile.tokens, "response": profile.response}
    found = list(facts_in("", tables))
    known = [_fact(where, fact) for where, fact in found if fact.basis != "unknown"]
    unknown = ", ".join(f"`{where}`" for where, fact in found if fact.basis == "unknown")
    return table(FACTS, known) + (f"\nNothing is known of {unknown}.\n" if unknown else "")


def _fact(where: str, fact: Fact[Any]) -> list[str]:
    return [f"`{where}`", _value(fact.value), fact.basis, _cell(fact.source or "")]


def facts_in(where: str, tables: Mapping[str, object]) -> Iterator[tuple[str, Fact[Any]]]:
    """The facts in tables of a profile, by their keys; tables that it has not got have none."""
    for name, value in tables.items():
        key = f"{where}.{name}" if where else name
        if isinstance(value, Fact):
            yield key, value
        elif isinstance(value, BaseModel):
            yield from facts_in(key, {field: getattr(value, field) for field in type(value).model_fields})


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(sorted(map(str, value)))
    return f"{value:,}" if isinstance(value, int) else f"`{value}`"


ERRORS = ["what is refused", "status", "error", "source"]


def _errors(profile: Profile) -> Iterator[list[str]]:
    for condition, error in profile.errors.items():
        yield [condition.replace("_", " "), str(error.status), f"`{error.error}`", _cell(error.source or "")]


def _statement(said: Statement) -> str:
    looked_at = ", ".join(f"`{each}`" for each in said.seen_in)
    by = f", looked at by {looked_at}" if looked_at else ""
    return f"- {said.statement} ({said.basis}: {said.source}{by})\n"


def _deviation(deviation: Deviation) -> str:
    clause = KNOWN[deviation.requirement].clause
    source = f": {deviation.source}" if deviation.source else ""
    return f"- `{deviation.requirement}` ({clause}): {deviation.because} ({deviation.kind}{source})\n"


KNOWN: Mapping[str, Requirement] = catalogue()


def _cell(text: str) -> str:
    """A text in a table of Markdown, which `|` would end."""
    return text.replace("|", "\\|")


def path_of(name: str) -> Path:
    """The file of a profile's page."""
    return PAGES / f"{name}.md"


def main() -> None:
    """Write all pages, and take away those of profiles that there are no longer."""
    PAGES.mkdir(exist_ok=True)
    pages = written()
    for left_over in set(PAGES.glob("*.md")) - {path_of(name) for name in pages}:
        left_over.unlink()
    for name, text in pages.items():
        path_of(name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
