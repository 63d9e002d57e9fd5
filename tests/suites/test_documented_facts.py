"""What a profile documents is read by something: a fact that nobody reads promises a check that there is not."""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tests.suites.judging import judged, profile_named
from token_conformance.layout import ROOT
from token_conformance.plugin.selection import scenarios_of
from token_conformance.profile.fact import Fact
from token_conformance.profile.models import Profile
from token_conformance.redaction import Redactor
from token_conformance.running.gathering import gather
from token_conformance.running.run import Run
from token_conformance.servers.emulated import EmulatedServer

PROSE = {"documentation", "as_of", "notes", "facts", "examples", "statement", "seen_in", "basis"}
"""Keys for people, who read them in the file."""

WITH_OTHERS = {"hosts"}
"""Keys that the profile gives together with others: `Profile.login_hosts`."""

TOLD_BY_TOKENS = {
    "tokens.access_token_algorithm",
    "tokens.id_token_algorithm",
    "tokens.id_token_lifetime",
}
"""Facts that the reference server takes on, and that checks read from the tokens themselves or need where nothing tells."""


def tables(annotation: Any, found: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """The models behind an annotation, and those within them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in found:
            found.add(annotation)
            for field in annotation.model_fields.values():
                tables(field.annotation, found)
    else:
        for part in get_args(annotation):
            tables(part, found)
    return found


def facts_of(table: BaseModel, place: str = "") -> Iterator[tuple[str, Fact[Any]]]:
    """Each fact of a profile behind its place, as `grants.refresh_token.rotation`."""
    for name in type(table).model_fields:
        value = getattr(table, name)
        where = f"{place}.{name}" if place else name
        if isinstance(value, Fact):
            yield where, value
        elif isinstance(value, BaseModel):
            yield from facts_of(value, where)


def test_every_key_is_read_outside_of_the_profile():
    """By its name, somewhere in the machinery or in a suite."""
    modules = [path for wing in ("token_conformance", "suites") for path in (ROOT / wing).rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in modules if path.parent.name != "profile"]
    read = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    keys = {name for table in tables(Profile, set()) for name in table.model_fields}
    assert keys - read - PROSE - WITH_OTHERS == set()


@pytest.fixture(scope="module")
def readers(checks: list[pytest.Function]) -> dict[str, set[str]]:
    """The folders whose code reads each fact, in a run of all suites."""
    profile = profile_named("everything")
    places = {id(fact): place for place, fact in facts_of(profile)}
    seen: dict[str, set[str]] = {place: set() for place in places.values()}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("documented", "likely"):
            patch.setattr(Fact, name, watched(getattr(Fact, name), places, seen))
        run = Run("everything", profile, EmulatedServer(profile), Redactor())
        record = asyncio.run(gather(run, scenarios_of(checks), lambda *progress: None))
        for check in checks:
            judged(check, record)
    return seen


def watched(read: property, places: dict[int, str], seen: dict[str, set[str]]) -> property:
    """The property, which notes who reads it."""

    def watching(fact: Fact[Any]) -> Any:
        if id(fact) in places:
            seen[places[id(fact)]].add(reader(sys._getframe(1)))
        return read.fget(fact)

    return property(watching)


def reader(frame: Any) -> str:
    """The folder of the code that asks, past the rooms of the profile itself."""
    while Path(frame.f_code.co_filename).parent.name == "profile":
        frame = frame.f_back
    return Path(frame.f_code.co_filename).parent.name


def test_every_fact_has_a_reader(readers):
    """A check, what plans the waits, or the server that takes the provider's place."""
    assert {place for place, by in readers.items() if not by} == set()


def test_every_fact_is_held_against_the_provider(readers):
    """By a suite, or by the evidence that suites judge."""
    unheld = {place for place, by in readers.items() if not by & {"suites", "evidence", "judging", "provider"}}
    assert unheld == TOLD_BY_TOKENS
