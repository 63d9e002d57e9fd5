"""A search says what it came to."""

from __future__ import annotations

import pytest

from token_conformance.exploring.requests.found import Disagreement, ExploredRequests, FoundRequest, Kind


def explored(make_exchange, findings):
    """A search with so many findings."""
    wrong = Disagreement(Kind.SERVED, "rfc6749-3.2-duplicate", "a token came")
    found = FoundRequest(wrong, "a refresh", ("scope twice",), make_exchange(), None, repeats=True)
    return ExploredRequests((found,) * findings, tried=20, requests=25, logins=1, seed=7)


@pytest.mark.parametrize(
    ("findings", "shown", "ending"),
    [
        (0, 0, "0 findings"),
        (1, 1, "1 finding"),
        (5, 5, "5 findings"),
        (5, 0, "5 findings; 5 of them told by checks or the profile, or beyond its claims"),
    ],
)
def test_findings_that_a_report_does_not_show_are_accounted_for(make_exchange, findings, shown, ending):
    """Or people would look for them."""
    assert explored(make_exchange, findings).told_beside(shown).endswith(f"(--explore-seed 7): {ending}")
