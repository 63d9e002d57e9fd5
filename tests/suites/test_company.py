"""What variations that are tried in one run keep from each other's view is told, so that none counts as tried unseen."""

from __future__ import annotations

import pytest

from tests.suites.company import in_company
from tests.suites.test_faults import COMPANIES
from token_conformance.reference.variations import VARIATIONS


@pytest.fixture(scope="module")
def lacks(matrix):
    """Why a login at a server of several variations shows too little of some."""
    login = [scenario for scenario in matrix.scenarios if scenario.name == "login"]
    return lambda *variations: in_company("everything", variations, login)[1]


def test_variations_that_are_all_seen_may_go_together(lacks):
    """A field that is read, ID tokens and access tokens and answers that become other ones."""
    assert lacks("tokens-prefixed", "audience-array", "access-token-audience-array", "json-indented") == []


@pytest.mark.parametrize(
    ("variations", "lack"),
    [
        (("es256", "es384"), "es256 changes what another one changes: [('token', 'id_token_algorithm')]"),
        (("device-user-code-digits",), "device-user-code-digits was never asked for: [('device', 'user_code')]"),
        (("introspection-minimal",), "introspection-minimal made no difference to any of the answer_changes"),
        (
            ("token-type-lower-case", "token-type-upper-case"),
            "token-type-lower-case made no difference to any of the answer_changes",
        ),
        (
            ("opaque-access-tokens", "access-token-audience-array"),
            "access-token-audience-array made no difference to any of the access_token_changes",
        ),
        (("jwt-access-tokens",), "jwt-access-tokens is what the profile documents"),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_a_variation_that_is_not_seen_is_told(lacks, variations, lack):
    """Of two that change the same, of what nobody asked for, of what another one undoes or leaves no room for."""
    assert lack in lacks(*variations)


def test_a_run_that_does_not_begin_shows_nothing(matrix, monkeypatch):
    """Its trouble is what it lacks, whatever was asked before."""
    monkeypatch.setattr("tests.suites.company.recorded", lambda *_: Troubled())
    assert in_company("everything", ["json-indented"], [])[1] == ["nobody answers"]


class Troubled:
    """The record of such a run."""

    trouble = "nobody answers"


def test_companies_are_of_variations_that_there_are():
    """Each goes with one company at most at a profile."""
    listed = [(company["profile"], name) for company in COMPANIES for name in company["variations"]]
    assert len(listed) == len(set(listed))
    assert {name for _, name in listed} <= VARIATIONS.keys()
