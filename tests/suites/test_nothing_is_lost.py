"""What is peculiar about a server costs no verdict but those on the peculiarity: everything else is judged as ever."""

from __future__ import annotations

from functools import cache

import pytest

ACCEPTED = "client_authentication::test_basic_is_accepted"
DECODED = "client_authentication::test_basic_is_form_decoded"
STRAYS = "response_fields::test_no_refresh_hands_out_what_another_session_has"

PECULIARITIES = [
    ("everything", {"variations": ["offline-access-demands-consent"]}, {}),
    ("signing", {"variations": ["assertion-for-the-endpoint-asked"]}, {}),
    ("signing", {"variations": ["assertion-for-the-issuer-elsewhere"]}, {}),
    ("signing", {"variations": ["assertion-for-the-token-endpoint-elsewhere"]}, {}),
    (
        "signing",
        {"variations": ["assertion-for-the-issuer"]},
        {"client_assertion::test_issuer_is_accepted_as_audience": "not_applicable"},
    ),
    (
        "kept",
        {"variations": ["refresh-token-kept-in-silence"]},
        {STRAYS + "[refresh_token]": "not_applicable"},
    ),
    ("everything", {"faults": ["basic-raw"]}, {DECODED: "fail"}),
    ("everything", {"faults": ["basic-plus-kept"]}, {DECODED: "fail"}),
    ("everything", {"faults": ["basic-needs-client-id"]}, {ACCEPTED: "fail"}),
    (
        "everything",
        {"faults": ["basic-unsupported"]},
        {
            ACCEPTED: "fail",
            DECODED: "inconclusive",
            "client_authentication::test_basic_is_known_in_any_case": "inconclusive",
            "client_authentication::test_contradicting_client_id_is_refused": "inconclusive",
            "client_authentication::test_failed_basic_is_challenged_to_basic": "inconclusive",
            "metadata::test_advertised_method_works": "not_applicable",
        },
    ),
]
"""A profile, what is peculiar about its server, and the verdicts that change by it."""


def title(row):
    """What a row is about."""
    profile, peculiarity, _ = row
    return " ".join([profile, *peculiarity.get("faults", ()), *peculiarity.get("variations", ())])


@pytest.fixture(scope="module")
def usual(judge_all):
    """The verdicts on the faultless server, by profile."""
    return cache(lambda profile: verdicts(judge_all(profile)))


def verdicts(judged):
    """The verdicts by the checks' names."""
    return {name: each.verdict.value for name, each in judged.items()}


@pytest.mark.parametrize(("profile", "peculiarity", "changed"), PECULIARITIES, ids=map(title, PECULIARITIES))
def test_a_peculiarity_costs_no_other_verdict(judge_all, usual, profile, peculiarity, changed):
    """Each check has the verdict that it has at the faultless server, but for those that judge the peculiarity."""
    found = verdicts(judge_all(profile, **peculiarity))
    assert {name: verdict for name, verdict in found.items() if verdict != usual(profile)[name]} == changed
