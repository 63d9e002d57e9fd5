"""The file of `--baseline`: what is known of providers, as TOML that people write in, and that is written anew in order.

```toml
schema = 1

[profiles.keycloak]
suite = "5a0c11d2"

[[profiles.keycloak.known]]
check = "suites/test_rotation.py::test_reuse_ends_the_family"
reason = "Keycloak 26 keeps the family, see ticket 7"
owner = "ada"
expires = 2027-01-31
```

What stands under `suites` tells which checks and requirements there were when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

import tomli
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from token_conformance.archive.known_suite import KnownSuite
from token_conformance.profile.files import did_you_mean
from token_conformance.profile.mistakes import sentences
from token_conformance.results.baseline import Baseline, Entry
from token_conformance.results.findings import Kind

KINDS: tuple[Kind, ...] = ("cause", "check", "seen_on_the_way")


class BaselineError(ValueError):
    """A baseline that cannot be read or written; each problem is a sentence that names the file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Listed(_Table):
    """An entry as it is written: of check, cause and seen_on_the_way one is there."""

    check: str | None = None
    cause: str | None = None
    seen_on_the_way: str | None = None
    verdict: Literal["fail", "warning"] = "fail"
    reason: str = ""
    owner: str = ""
    expires: date | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError("expected one of check, cause and seen_on_the_way, with the id of what is known")
        return self

    @property
    def entry(self) -> Entry:
        """The entry that is meant."""
        kind = next(kind for kind in KINDS if getattr(self, kind) is not None)
        return Entry(kind, getattr(self, kind), self.verdict, self.reason, self.owner, self.expires)


class OfProfile(_Table):
    """What is known of one profile, by which suite."""

    suite: str | None = None
    known: tuple[Listed, ...] = ()


class Contents(_Table):
    """All that stands in the file."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    profiles: dict[str, OfProfile] = {}
    suites: dict[str, KnownSuite] = {}

    def suite_of(self, profile: str) -> KnownSuite | None:
        """The suite by which a profile was judged when its entries were written; None where nobody knows."""
        told = self.profiles.get(profile, OfProfile()).suite
        return self.suites[told] if told is not None else None


def read_baseline(path: Path) -> Contents:
    """What stands in a file; one that is empty knows nothing.

    Raises:
        BaselineError: the file cannot be read, is no TOML, or no baseline.

    """
    try:
        written = tomli.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise BaselineError([f"{path}: no such file; with --update-baseline a run writes it"]) from None
    except OSError as error:
        raise BaselineError([f"{path}: cannot be read: {error.strerror}"]) from None
    except (ValueError, RecursionError) as error:
        raise BaselineError([f"{path}: expected a baseline in TOML: {error}"]) from None
    return _validated(path, written)


def _validated(path: Path, written: Mapping[str, Any]) -> Contents:
    try:
        contents = Contents.model_validate(written)
    except ValidationError as error:
        raise BaselineError([f"{path}: {each}" for each in sentences(error, written, of=Contents)]) from None
    if problems := [*_twice(contents), *_without_suite(contents)]:
        raise BaselineError([f"{path}: {each}" for each in problems])
    return contents


def _twice(contents: Contents) -> Iterator[str]:
    for name, profile in contents.profiles.items():
        names = [listed.entry.name for listed in profile.known]
        for kind, id_ in dict.fromkeys(each for each in names if names.count(each) > 1):
            yield f'profiles.{name}.known: {kind} "{id_}" is listed twice: keep one of them'


def _without_suite(contents: Contents) -> Iterator[str]:
    for name, profile in contents.profiles.items():
        if profile.suite is not None and profile.suite not in contents.suites:
            hint = did_you_mean(profile.suite, contents.suites) or "; leave it out, and no check is newer"
            yield f'profiles.{name}.suite: expected one of [suites], not "{profile.suite}"{hint}'


def baseline_of(contents: Contents, file: Path, profile: str) -> Baseline:
    """What a file knows of one profile."""
    suite = contents.suite_of(profile)
    entries = tuple(listed.entry for listed in contents.profiles.get(profile, OfProfile()).known)
    if suite is None:
        return Baseline(str(file), entries)
    return Baseline(str(file), entries, is_newer=suite.lacks, knew=suite.has)


def write_baseline(path: Path, profile: str, entries: Iterable[Entry], suite: KnownSuite) -> Contents:
    """Put the entries of a profile in the place of those that the file has, and leave those of others as they are.

    Raises:
        BaselineError: the file cannot be read or written.

    """
    try:
        before = read_baseline(path) if path.exists() else Contents()
        contents = _with(before, profile, entries, suite)
        _replace(path, text_of(contents))
    except OSError as error:
        raise BaselineError([f"{path}: cannot be written: {error.strerror}"]) from None
    return contents


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _with(before: Contents, profile: str, entries: Iterable[Entry], suite: KnownSuite) -> Contents:
    listed = tuple(
        Listed.model_validate({each.kind: each.id, **_said_of(each)})
        for each in sorted(entries, key=lambda entry: entry.name)
    )
    profiles = {**before.profiles, profile: OfProfile(suite=suite.name, known=listed)}
    suites = {**before.suites, suite.name: suite}
    used = {each.suite for each in profiles.values()}
    return Contents(profiles=profiles, suites={name: each for name, each in suites.items() if name in used})


def _said_of(entry: Entry) -> dict[str, object]:
    """What stands under the name of an entry: reason and owner always, since people are to give them."""
    told: dict[str, object] = {"verdict": entry.verdict} if entry.verdict != "fail" else {}
    told |= {"reason": entry.reason, "owner": entry.owner}
    return told | ({"expires": entry.expires} if entry.expires is not None else {})


HEADING = """\
What is known of providers, for `token-conformance run --baseline`: each finding with its reason, its owner,
and if wanted its last day (expires = 2027-01-31).
`--update-baseline` writes this file anew, in order; it keeps what is said of findings, and no comments."""


def text_of(contents: Contents) -> str:
    """A file with these contents, in order."""
    import tomlkit  # who reads a baseline needs nothing to write it

    document = tomlkit.document()
    for line in HEADING.splitlines():
        document.add(tomlkit.comment(line))
    document.add("schema", tomlkit.item(1))
    profiles = tomlkit.table(is_super_table=True)
    for name, profile in sorted(contents.profiles.items()):
        table, known = tomlkit.table(), tomlkit.aot()
        if profile.suite is not None:
            table.add("suite", profile.suite)
        for listed in profile.known:
            known.append(tomlkit.item({listed.entry.kind: listed.entry.id, **_said_of(listed.entry)}))
        if profile.known:
            table.add("known", known)
        profiles.add(name, table)
    document.add("profiles", profiles)
    document.add("suites", _suites(contents.suites))
    return document.as_string()


def _suites(suites: Mapping[str, KnownSuite]) -> Any:
    import tomlkit

    tables = tomlkit.table(is_super_table=True)
    for name, suite in sorted(suites.items()):
        table = tomlkit.table()
        table.add("version", suite.version)
        table.add("ids", tomlkit.item(list(suite.ids)).multiline(True))  # noqa: FBT003 - tomlkit's signature
        tables.add(name, table)
    return tables
