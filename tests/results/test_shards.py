"""Shards: which profiles each tests, and what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.results.shards import Manifest, Shard, missing

NAMES = st.lists(st.text("abc/", min_size=1, max_size=4), max_size=20, unique=True)


@given(NAMES, st.integers(1, 9), st.randoms())
def test_each_profile_belongs_to_one_shard(names, of, random):
    """Whatever order the jobs list them in; and no shard has more than one more than another."""
    shuffled = random.sample(names, len(names))
    portions = [Shard(number, of).portion(shuffled if number % 2 else names) for number in range(1, of + 1)]
    assert sorted(name for portion in portions for name in portion) == sorted(names)
    assert max(map(len, portions)) - min(map(len, portions)) <= 1


def test_a_shard_is_written_as_people_count():
    """From one to how many there are."""
    assert (Shard.read("3/8"), str(Shard.read("3/8")), Shard.read("1/1").of) == (Shard(3, 8), "3/8", 1)
    assert Shard(3, 8).file == "shard-3-of-8.json"


@pytest.mark.parametrize("text", ["0/8", "9/8", "3", "3/", "3/0", "a/b", "-1/8", " 1/8", "1/8\n", "9999999/9999999"])
def test_what_is_no_shard_is_told(text):
    """With what is expected."""
    with pytest.raises(ValueError, match="--shard: expected the number of a shard and of how many, such as 3/8, not "):
        Shard.read(text)


def test_what_is_missing_is_told():
    """A shard that left nothing, and a profile of one that is there; without shards nothing is known to be missing."""
    there = [Manifest(shard=1, of=3, profiles=("a", "b")), Manifest(shard=3, of=3, profiles=())]
    assert [*missing(there, {"a"})] == ["shard 2/3 has left nothing", "b of shard 1/3 has left no results"]
    assert [*missing([], set())] == []
