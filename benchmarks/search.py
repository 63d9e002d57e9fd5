"""Says in how many requests exploring finds faults of state, beside a driver that draws any act and any token at random.

    python benchmarks/search.py [--seeds 20] [--requests 1000] [--faults NAME …]

The faults are those of the reference server whose shortest story takes several steps of one session, or of two. Each is
explored with each seed until the oracle forbids the first answer; logins count. Then the sound server, and legal
oddities, which are to be quiet to the end.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path
from random import Random
from statistics import median

from token_conformance.exploring.acts import BEGINNINGS, WAITS, Act, Relation, Step
from token_conformance.exploring.choosing import Chooser
from token_conformance.exploring.exploration import Exploration
from token_conformance.exploring.performing import Stage
from token_conformance.profile.loading import load
from token_conformance.profile.models import Profile
from token_conformance.provider import Provider
from token_conformance.redaction import Redactor
from token_conformance.reference.faults.conjunctions import CONJUNCTIONS
from token_conformance.running.gathering import Gathering
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.servers.emulated import EmulatedServer

PROFILE = Path(__file__).parent.parent / "tests" / "suites" / "everything.toml"

OPAQUE = frozenset({"revocation-spares-older-access-tokens", "code-replay-spares-older-access-tokens"})
"""Faults that show where access tokens are looked up alone."""

OF_TWO_USERS = frozenset({"another-user-mixed-up-after-refresh"})
"""Faults that show where two users can log in."""

FAULTS = (
    "refresh-grandparent-accepted",
    "refresh-use-forgotten",
    "refresh-dies-with-access-token",
    "refresh-other-client-refused-once",
    "refresh-second-foreign-use-revokes",
    "refresh-seventh-token-dead",
    "refresh-late-reuse-accepted",
    "refresh-late-race",
    "refresh-late-claims-lost",
    "refresh-scope-refused-once",
    "revocation-spares-older-access-tokens",
    "revocation-ends-all-of-a-user",
    "login-revives-grants",
    "code-replay-refused-once",
    "code-replay-spares-older-access-tokens",
    "introspection-by-another-ends-session",
    *(
        each.name
        for each in CONJUNCTIONS
        if each.name not in {"second-excess-strands-client", "excess-after-narrowing-strands-client"}
    ),
)

ODDITIES = (
    "one-session-per-user-and-client",
    "login-not-remembered",
    "revocation-ends-all-of-user-and-client",
    "revoking-access-token-ends-grant",
    "introspection-tells-its-client-alone",
    "introspection-of-access-tokens-alone",
    "code-burnt-by-failure",
    "code-clock-leeway",
    "resource-clock-leeway",
    "access-token-lifetime-varies",
    "jwt-access-tokens-without-jti",
    "refresh-tokens-are-jwts",
    "refresh-expiration-told",
    "tokens-prefixed",
    "refreshed-id-token-lives-longer",
)


class Drawing(Chooser):
    """Draws any act on any token that was ever seen."""

    def choose(self, stage: Stage) -> Step | None:
        """Any step that can be done."""
        acts = [Step(act, len(stage.sessions)) for act in sorted(BEGINNINGS)] + [Step(act) for act in sorted(WAITS)]
        others = [act for act in Act if act not in BEGINNINGS | WAITS]
        acts += [Step(act, number, each) for number in stage.sessions for act in others for each in Relation]
        possible = [step for step in acts if stage.is_possible(step)]
        return self.chance.choice(possible) if possible else None


class Counting(Exploration):
    """Stops at the first answer that is forbidden, and says which request that was."""

    @property
    def first(self) -> int | None:
        """The number of the first request whose answer is forbidden."""
        numbers = [int(each.judgement.event.id.rpartition("/")[2]) for each in self.found.values()]
        return min(numbers, default=None)


def profile_for(fault: str) -> Profile:
    """The profile at which a fault shows."""
    profile = load(PROFILE, {})
    if fault in OF_TWO_USERS:
        bob = {"username": "bob.example", "password": "a horse of another colour"}
        login = type(profile.login).model_validate({**profile.login.model_dump(), "users": [bob]})
        return profile.model_copy(update={"login": login})
    if fault not in OPAQUE:
        return profile
    tokens = profile.tokens.model_copy(update={"access_token_format": type(profile.tokens)().access_token_format})
    return profile.model_copy(update={"tokens": tokens})


def explored(
    profile: Profile,
    requests: int,
    seed: int,
    *,
    faults: Collection[str] = (),
    variations: Collection[str] = (),
    drawn: bool,
) -> int | None:
    """The request that showed a fault first; None where none did."""
    begun: list[Counting] = []

    async def perform(provider: Provider) -> None:
        exploration = Counting(provider, requests, seed, until_found=True)
        if drawn:
            exploration.chooser = Drawing(Random(seed))  # noqa: S311 - nothing secret is drawn
        begun.append(exploration)
        await exploration.run()

    async def gathered() -> None:
        run = Run("search", profile, EmulatedServer(profile, faults, variations), Redactor())
        gathering = Gathering(run, lambda *_: None)
        await gathering.discover()
        await gathering.repeat([Scenario("search", perform, ("login", "refresh"))])

    asyncio.run(gathered())
    return begun[0].first


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--drawn-seeds", type=int, default=5)
    parser.add_argument("--drawn-requests", type=int, default=200)
    parser.add_argument("--faults", nargs="*", default=FAULTS)
    given = parser.parse_args(arguments)
    print(
        "| fault | request that showed it, median | in 200 | in all | drawn at random, in its requests |\n|---|---|---|---|---|"
    )
    rows = [row(fault, given) for fault in given.faults]
    for told, place in (("200", 0), (str(given.requests), 1)):
        counts = [
            sum(each[0][seed] is not None and (place or each[0][seed] <= 200) for each in rows)
            for seed in range(given.seeds)
        ]
        print(f"in {told} requests: {median(counts):g} of {len(rows)} (by seed {min(counts)} to {max(counts)})")
    drawn = [sum(each[1][seed] is not None for each in rows) for seed in range(given.drawn_seeds)]
    print(f"drawn at random, in {given.drawn_requests}: {median(drawn):g} (by seed {min(drawn)} to {max(drawn)})")
    for oddity in ODDITIES:
        loud = [explored(profile_for(""), 200, seed, variations=[oddity], drawn=False) for seed in range(3)]
        print(f"{oddity}: {'quiet' if loud == [None] * 3 else f'alarms at {loud}'}", flush=True)


def row(fault: str, given: argparse.Namespace) -> tuple[list[int | None], list[int | None]]:
    """One row of the table, by seeds: explored, and drawn."""
    profile = profile_for(fault)
    found = [explored(profile, given.requests, seed, faults=[fault], drawn=False) for seed in range(given.seeds)]
    drawn = [
        explored(profile, given.drawn_requests, seed, faults=[fault], drawn=True) for seed in range(given.drawn_seeds)
    ]
    known = [each for each in found if each is not None]
    early, by_chance = sum(each <= 200 for each in known), sum(each is not None for each in drawn)
    middle = f"{median(known):g}" if known else "–"
    print(
        f"| {fault} | {middle} | {early}/{given.seeds} | {len(known)}/{given.seeds} | {by_chance}/{given.drawn_seeds} |",
        flush=True,
    )
    return found, drawn


if __name__ == "__main__":
    main()
