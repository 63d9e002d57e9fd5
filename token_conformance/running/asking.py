"""What a run is asked for by the options of a command, or of pytest: what answers, and what does not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from token_conformance.servers.selection import Choice
from token_conformance.wire.connection import ServerKind

KINDS: tuple[ServerKind, ...] = ("live", "emulated", "recorded")
"""The options that say what answers."""


def choice_of(given: Mapping[str, Any]) -> Choice:
    """What answers by the options of a command, by their names, where these are no contradictions."""
    faults, variations = tuple(given["fault"]), tuple(given["variation"])
    usual: ServerKind | None = "emulated" if faults or variations else None
    recordings = tuple(Path(each) for each in given["recorded"] or () if each)
    return Choice(next(iter(_kinds(given)), usual), recordings, faults, variations, proxy=given["proxy"])


def contradictions(given: Mapping[str, Any]) -> Iterator[str]:
    """What in the options of a command, by their names, cannot be done together: a sentence each, with what to leave out."""
    asked = {name for name, value in given.items() if value}
    kinds = _kinds(given)
    if len(kinds) > 1:
        yield f"--{' and --'.join(kinds)} exclude each other: choose one"
    if not asked.isdisjoint({"fault", "variation"}) and not {*kinds} <= {"emulated"}:
        yield "--fault and --variation belong to --emulated"
    if "plan" not in asked:
        yield from _without_a_plan(asked)
    if "due" in asked and not asked.isdisjoint({"park", "resume"}):
        yield "--due goes on with what is parked alone: leave out --park and --resume"
    if {"write_facts", "due"} <= asked:
        yield "--write-facts writes lives as they were measured on time: leave out --due, which comes later"
    yield from _exploring(given, asked, kinds)
    yield from _without_baseline(asked)
    if {"keyring", "session_file"} <= asked:
        yield "--keyring and --session-file exclude each other: choose one"
    if "evidence" in asked:
        yield from _without_evidence(asked)


def _without_baseline(asked: set[str]) -> Iterator[str]:
    """What is asked of a baseline that is not there, or not known yet."""
    for option in ("update_baseline", "as_of"):
        if option in asked and "baseline" not in asked:
            yield f"--{option.replace('_', '-')} is about a baseline: give --baseline FILE too"
    if {"update_baseline", "as_of"} <= asked:
        yield "--update-baseline makes a baseline of today, and --as-of asks for one of another day: leave out one of them"


def _without_a_plan(asked: set[str]) -> Iterator[str]:
    """What belongs to a plan, and there is none."""
    if "probe" in asked:
        yield "--probe asks what a plan has to know: give --plan too"
    if "as_json" in asked:
        yield "--json prints a plan for programs: give --plan too; of a run, results.json is for them"


def _kinds(given: Mapping[str, Any]) -> list[ServerKind]:
    """What is to answer; of recordings, that of the profile itself is an empty word."""
    return [kind for kind in KINDS if given.get(kind)]


def _exploring(given: Mapping[str, Any], asked: set[str], kinds: list[ServerKind]) -> Iterator[str]:
    """What keeps from exploring, though it is asked for."""
    explorations = [option for option in ("explore", "explore_requests") if given.get(option) is not None]
    for option in explorations:
        yield from _unexplored(f"--{option.replace('_', '-')}", asked, kinds)
    if not explorations and "explore_seed" in asked:
        yield "--explore-seed says how to explore: give --explore or --explore-requests too"


def _unexplored(named: str, asked: set[str], kinds: list[ServerKind]) -> Iterator[str]:
    """What leaves nobody to explore."""
    if "recorded" in kinds:
        yield f"{named} asks for what nobody has asked for yet, and a recording holds answers alone: leave out one of them"
    for option in ("plan", "due"):
        if option in asked:
            yield f"{named} and --{option} exclude each other: choose one"


def _without_evidence(asked: set[str]) -> Iterator[str]:
    """What writes no evidence, though it is asked to."""
    if "due" in asked:
        yield "--due goes on with answers of another day, of which no evidence is written: leave out --evidence"
    for option in ("plan", "no_evidence"):
        if option in asked:
            yield f"--evidence and --{option.replace('_', '-')} exclude each other: choose one"
