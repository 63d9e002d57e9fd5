"""What was seen of a set-up the last time that somebody read it, as a file of JSON, and what is seen now beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tests.live.running import RED, Results
from tests.live.setups import SetUp

JUDGED_OTHERWISE = (*RED, "deviation", "inconclusive")
"""The verdicts whose checks are pinned by their names; of the others there are numbers."""

A_WAIT = "it takes a wait"
"""How the message of a check begins that is left for `--resume`."""

PART = 0.25
"""By which part more or fewer requests are no difference: races and repetitions move them."""


class Pins(BaseModel):
    """The verdicts of a set-up, and what the run cost; `day` and `seconds` are held against nothing.

    `on_the_way` are the requirements that the oracle saw violated, and no check.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: str
    suite: str
    day: str
    requests: int
    logins: int
    seconds: int
    verdicts: dict[str, list[str]]
    numbers: dict[str, dict[str, int]]
    on_the_way: list[str] = []

    def of(self, *kinds: str) -> set[str]:
        """The names of the checks with those verdicts."""
        return {_name(each) for kind in kinds for each in self.verdicts.get(kind, ())}

    def write(self, path: Path) -> None:
        """Write the file, so that a change of one verdict is a change of one line."""
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(self.model_dump(), indent=1, ensure_ascii=False) + "\n", "utf-8")


def read(path: Path) -> Pins | None:
    """The pins of a file; None where there is none yet."""
    return Pins.model_validate_json(path.read_text("utf-8")) if path.is_file() else None


def seen(results: Results, version: str) -> Pins:
    """The pins that the results of a run would make."""
    checks = [(_short(check["id"]), check["verdict"], check["message"]) for check in results["checks"]]
    verdicts = {
        kind: sorted(name for name, verdict, message in checks if verdict == kind and not message.startswith(A_WAIT))
        for kind in JUDGED_OTHERWISE
    }
    return Pins(
        server=version,
        suite=results["suite_version"],
        day=results["started"][:10],
        requests=results["requests"],
        logins=results["logins"],
        seconds=round(results["seconds"]),
        verdicts={kind: names for kind, names in verdicts.items() if names},
        numbers={kind: _by_topic(name for name, verdict, _ in checks if verdict == kind) for kind in COUNTED},
        on_the_way=sorted(found["requirement"] for found in results["seen_on_the_way"]),
    )


COUNTED = ("pass", "not_applicable")


def _by_topic(names: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(name.partition("::")[0] for name in names).items()))


def _short(id_: str) -> str:
    """`rotation::reuse_is_refused` of `suites/test_rotation.py::test_reuse_is_refused`."""
    module, _, name = id_.partition("::test_")
    return f"{Path(module).stem.removeprefix('test_')}::{name}"


def _name(short: str) -> str:
    return short.partition("::")[2]


def differences(set_up: SetUp, pinned: Pins | None, now: Pins, results: Results) -> list[str]:
    """A sentence for each difference that matters; checks that are one thing one day and another the next are none."""
    if pinned is None:
        return [f"{set_up.id} has no pins: python -m tests.live.sweep {set_up.id} --write makes them"]
    on_the_way = _of_the_way(set_up, pinned, now, results)
    return [
        *_of_verdicts(set_up, pinned, now, results),
        *on_the_way,
        *_of_costs(pinned, now),
        *not_proved(set_up, results),
    ]


def _of_verdicts(set_up: SetUp, pinned: Pins, now: Pins, results: Results) -> Iterator[str]:
    messages = {_name(_short(check["id"])): check["message"] for check in results["checks"]}
    for kind in JUDGED_OTHERWISE:
        before, after = pinned.of(kind) - set_up.sometimes.keys(), now.of(kind) - set_up.sometimes.keys()
        yield from (f"+ {kind}: {name}: {messages[name]}" for name in sorted(after - before))
        yield from (f"- {kind}: {name}" for name in sorted(before - after))


def _of_the_way(set_up: SetUp, pinned: Pins, now: Pins, results: Results) -> Iterator[str]:
    told = {found["requirement"]: found["message"] for found in results["seen_on_the_way"]}
    before, after = ({*each.on_the_way} - set_up.sometimes.keys() for each in (pinned, now))
    yield from (f"+ on the way: {name}: {told[name]}" for name in sorted(after - before))
    yield from (f"- on the way: {name}" for name in sorted(before - after))


def _of_costs(pinned: Pins, now: Pins) -> Iterator[str]:
    if abs(now.requests - pinned.requests) > PART * pinned.requests:
        yield f"requests: {now.requests} instead of {pinned.requests}"
    if now.logins > (1 + PART) * pinned.logins + 1:
        yield f"logins: {now.logins} instead of {pinned.logins}"


def not_proved(set_up: SetUp, results: Results) -> Iterator[str]:
    """What the set-up is there to show, and was not seen."""
    verdicts = {_name(_short(check["id"])): check["verdict"] for check in results["checks"]}
    for name, wanted in set_up.proves.items():
        if verdicts.get(name) != wanted:
            yield f"{name} is {verdicts.get(name, 'not judged')}, and should be {wanted}"


def unread(set_up: SetUp, pinned: Pins) -> set[str]:
    """The red checks, and the requirements that the oracle saw violated, whose reason nobody has written down."""
    return (pinned.of(*RED) | {*pinned.on_the_way}) - set_up.known.keys() - set_up.sometimes.keys()
