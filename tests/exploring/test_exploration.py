"""Exploring finds faults of state that no scenario is made for, and nothing at a server that is sound."""

from __future__ import annotations

import json

import pytest

from tests.exploring.explored import explore

FAULTS = {
    "refresh-grandparent-accepted": "rfc9700-4.14.2-grandparent-refused",
    "refresh-second-foreign-use-revokes": "rfc6749-6-foreign-use-harmless",
    "refresh-late-auth-time-new": "oidc-12.2-auth-time",
    "refresh-scope-refused-once": "rfc6749-6-scope-not-exceeded",
    "access-token-of-another-session": "token-unique",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_state_are_found(fault):
    """In 200 requests by a fixed seed, and the story repeats on a fresh login."""
    record, explored = explore([fault])
    found = {each.requirement: each for each in explored.found}
    assert FAULTS[fault] in found
    assert found[FAULTS[fault]].repeats
    assert len(record.exchanges) >= explored.requests
    assert explored.requests <= 200


@pytest.mark.parametrize(
    "variations",
    [(), ("code-burnt-by-failure", "one-session-per-user-and-client"), ("revocation-ends-all-of-user-and-client",)],
)
def test_a_sound_server_is_quiet(variations):
    _, explored = explore(variations=variations, requests=120)
    assert explored.found == ()
    assert explored.cut_short is None
    assert explored.requests > 100


def test_the_same_seed_finds_the_same_stories():
    stories = [[each.story for each in explore(["refresh-third-token-dead"], requests=120)[1].found] for _ in range(2)]
    assert stories[0]
    assert stories[0] == stories[1]


def test_another_seed_goes_another_way():
    first, second = (explore(requests=60, seed=seed)[0].exchanges for seed in (1, 2))
    assert [each.request.url for each in first] != [each.request.url for each in second]


def test_what_was_found_is_tried_first_next_time(tmp_path):
    fault = "refresh-late-reuse-accepted"
    _, first = explore([fault], folder=tmp_path)
    assert first.found
    longest = max(len(each.story) for each in first.found)
    _, second = explore([fault], folder=tmp_path, requests=longest + 30, seed=99)
    assert {each.requirement for each in second.found} & {each.requirement for each in first.found}


def test_what_is_kept_holds_numbers_alone(tmp_path):
    """No code, token, name of a client or scope: only which act was done to what."""
    explore(["refresh-reuse-accepted"], folder=tmp_path)
    (file,) = tmp_path.iterdir()
    kept = json.loads(file.read_text("utf-8"))
    assert set(kept) == {"stories"}
    numbers = [number for story in kept["stories"] for step in story for number in step]
    assert numbers
    assert all(isinstance(number, int) and number < 1000 for number in numbers)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    place = tmp_path / "file"
    place.write_text("no folder", "utf-8")
    _, explored = explore(["refresh-reuse-accepted"], folder=place, requests=120)
    assert "cannot be kept" in explored.told


def test_a_provider_without_refresh_tokens_is_not_explored():
    _, explored = explore(profile="hybrid", requests=30)
    assert explored.requests <= 30
