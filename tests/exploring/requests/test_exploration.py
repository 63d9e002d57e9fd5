"""Exploring requests finds what servers take that they should not, and nothing at one that is sound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exploring.requests.explored import explore_requests
from tests.exploring.requests.faults import OURS
from tests.suites.test_faults import FITTING
from token_conformance.exploring.requests.found import ExploredRequests, Kind
from token_conformance.reference.faults import FAULTS
from token_conformance.reference.variations import VARIATIONS

SHOWN = {
    "repetition-last-wins": ("rfc6749-3.2-duplicate", Kind.SERVED),
    "get-accepted": ("rfc6749-3.2-post-only", Kind.SERVED),
    "json-accepted": ("rfc6749-3.2-form", Kind.SERVED),
    "grant-type-guessed": ("rfc6749-5.2-missing-grant-type", Kind.SERVED),
    "empty-scope-refused": ("rfc6749-3.2-empty-omitted", Kind.REFUSED),
    "strange-bytes-crash": ("endpoint-oversized", Kind.FAILED),
    "unknown-parameter-refused": ("rfc6749-3.2-unknown-ignored", Kind.REFUSED),
    "grant-type-folded": ("rfc6749-1.9-case-sensitive", Kind.SERVED),
    "media-type-case-sensitive": ("rfc9110-8.3.1-media-type-case", Kind.REFUSED),
    "order-matters": ("rfc6749-3.2-order-free", Kind.REFUSED),
    "credentials-in-query-accepted": ("rfc6749-2.3.1-credentials-in-body", Kind.SERVED),
    "refusal-is-page-with-markup": ("endpoint-no-reflected-markup", Kind.REFLECTED),
    "name-of-language-crashes": ("endpoint-no-server-error", Kind.FAILED),
}
"""What 100 requests by a fixed seed show of a fault."""

COMPANIES = [[*SHOWN][:6], [*SHOWN][6:10], [*SHOWN][10:12], [*SHOWN][12:]]
"""Faults that do not stand in each other's way."""

SPELLING_AND_FORM = [
    ("json-indented", "json-charset", "error-without-description", "get-not-found", "refresh-token-kept", "cookies"),
    ("other-media-type-415", "error-with-uri", "get-bad-request", "refresh-revokes-access-token"),
    ("too-large-413", "error-further-members", "registered-method-alone", "invalid-client-401", "further-headers"),
    ("scope-unknown-dropped", "error-description-empty", "service-names-its-scope", "refresh-token-kept-in-silence"),
]


@pytest.fixture(autouse=True)
def ours(monkeypatch):
    """The faults of this folder, beside those of the reference server."""
    for name, fault in OURS.items():
        monkeypatch.setitem(FAULTS, name, fault)


def shown(explored: ExploredRequests) -> set[tuple[str, Kind]]:
    return {(each.disagreement.requirement, each.disagreement.kind) for each in explored.found}


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company[0])
def test_faults_of_reading_are_found(company):
    """In 100 requests by a fixed seed; what is found is so again by itself, and takes one change."""
    record, explored = explore_requests(company)
    assert {SHOWN[fault] for fault in company} <= shown(explored)
    assert all(each.repeats for each in explored.found)
    assert all(len(each.changes) == 1 for each in explored.found)
    assert len(record.exchanges) >= explored.requests
    assert explored.requests <= 100


@pytest.mark.nightly
@pytest.mark.parametrize("fault", SHOWN)
def test_a_fault_alone_is_found(fault):
    assert SHOWN[fault] in shown(explore_requests([fault])[1])


@pytest.mark.nightly
def test_what_takes_two_changes_is_made_as_small_as_that():
    """Several changes are drawn at once, and those that make no difference are left out."""
    _, explored = explore_requests(["two-changes-crash"], requests=900)
    (found,) = explored.found
    assert found.disagreement.kind is Kind.FAILED
    assert len(found.changes) == 2, found.changes


@pytest.mark.parametrize("variations", [(), *SPELLING_AND_FORM], ids=lambda names: " ".join(names) or "none")
def test_a_sound_server_is_quiet(variations):
    _, explored = explore_requests(variations=variations)
    assert explored.found == (), explored.found[0].disagreement
    assert explored.cut_short is None
    assert explored.tried > 60


@pytest.mark.nightly
@pytest.mark.parametrize("variation", sorted(VARIATIONS))
def test_no_variation_alarms(variation):
    """What the specifications allow is no finding."""
    _, explored = explore_requests(variations=[variation], profile=FITTING.get(variation, "everything"), requests=300)
    assert [each.disagreement for each in explored.found] == []


@pytest.mark.parametrize("profile", ["public", "signing", "mutual_tls", "dpop", "hybrid", "by-device"])
def test_clients_of_all_kinds_are_quiet(profile):
    """Whatever a client proves itself by, its good requests are accepted beside the changed ones."""
    _, explored = explore_requests(profile=profile, requests=60)
    assert [each.disagreement for each in explored.found] == []
    assert explored.tried > 20 or explored.cut_short


def test_the_same_seed_goes_the_same_way():
    first, second = (explore_requests(["get-accepted"], requests=50)[1] for _ in range(2))
    assert [each.changes for each in first.found] == [each.changes for each in second.found]
    assert first.tried == second.tried


def test_another_seed_goes_another_way():
    first, second = (explore_requests(requests=40, seed=seed)[0].exchanges for seed in (1, 2))
    assert [each.request.method for each in first] != [each.request.method for each in second]


def test_what_was_found_is_tried_first_next_time(tmp_path):
    _, first = explore_requests(["put-accepted"], requests=200, folder=tmp_path)
    assert ("rfc6749-3.2-post-only", Kind.SERVED) in shown(first)
    _, second = explore_requests(["put-accepted"], requests=10, seed=99, folder=tmp_path)
    assert ("rfc6749-3.2-post-only", Kind.SERVED) in shown(second)


def test_what_is_kept_holds_numbers_alone(tmp_path):
    """No token, client or scope: which row of the table changed which request, and how."""
    explore_requests(["get-accepted"], requests=60, folder=tmp_path)
    (file,) = tmp_path.iterdir()
    kept = json.loads(file.read_text("utf-8"))["requests"]
    numbers = [number for grant, ones in kept for number in (grant, *(each for one in ones for each in one))]
    assert numbers
    assert all(isinstance(number, int) and number < 1000 for number in numbers)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    place = tmp_path / "file"
    place.write_text("no folder", "utf-8")
    _, explored = explore_requests(["get-accepted"], folder=place, requests=60)
    assert "cannot be kept" in explored.told


def test_hypothesis_leaves_nothing_behind(tmp_path, monkeypatch):
    """Neither a database nor anything else, wherever a run is."""
    monkeypatch.chdir(tmp_path)
    explore_requests(requests=20)
    assert [*Path(tmp_path).iterdir()] == []


def test_a_provider_without_a_grant_that_repeats_is_not_explored():
    _, explored = explore_requests(profile="hybrid", requests=30)
    assert explored.requests <= 30
