"""Ten thousand hostile answers through the whole command, or a share of them: what is wrong, how long, how large.

    python -m benchmarks.hostile_answers FOLDER [--answers 10000] [--shard 1/4]

CI deals 500 of them in `tests/test_hostile_command.py`; runs of the same numbers deal the same answers here.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.hostile.command import MOST_ANSWERS, Ran, prepare, ran
from tests.hostile.examining import problems


def dealt_in(folder: Path, answers: int, number: int, shards: int) -> Iterator[Ran]:
    """Runs of a shard, until it has dealt its share of the answers."""
    left = answers // shards
    for seed in count(number - 1, shards):
        if left <= 0:
            return
        one = ran(seed, MOST_ANSWERS, folder / str(seed))
        left -= sum(one.dealt.values())
        yield one


def main() -> None:
    """Deal the answers, and say of each run what is wrong, and of all of them the most that they took."""
    parser = ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--shard", default="1/1", help="which share of how many")
    given = parser.parse_args()
    number, shards = map(int, given.shard.split("/"))
    prepare()
    dealt: Counter[str] = Counter()
    runs = cpu = memory = wrong = 0.0
    largest: Counter[str] = Counter()
    for one in dealt_in(given.folder, given.answers, number, shards):
        dealt.update(one.dealt)
        runs, cpu = runs + 1, cpu + one.cpu
        memory, largest = max(memory, one.memory), largest | Counter(one.sizes)
        for problem in problems(one):
            wrong += 1
            print(f"run {one.seed} ({one.about}): {problem}", flush=True)
    print(f"{dealt.total()} answers of {len(dealt)} classes in {runs:.0f} runs, {wrong:.0f} problems")
    print(f"{cpu:.0f} s of CPU, {memory / 1e6:.0f} MB of memory at most")
    print("largest files in MB:", ", ".join(f"{name} {size / 1e6:.2f}" for name, size in largest.most_common()))


if __name__ == "__main__":
    main()
