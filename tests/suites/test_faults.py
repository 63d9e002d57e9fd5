"""Every fault of the reference server turns the right checks red, every check can turn red, and no variation alarms.

`expected.toml` pins it: a row for each fault, or combination of faults and variations, with the profile it is judged
by and the checks that are red then, and no others. Where `together`, what the scenarios of a row do to one another
counts, so that all that are reached are performed. `through` names scenarios in which checks of a whole run find
what they are red for, so that not all need to be performed (`python -m tests.suites.through` looks for them anew).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MOST_USED
from tests.exploring.conjunctions import STORIES
from tests.oracle.life_cycle import FAULTS_OF_LIFE_CYCLE, UNSEEN
from tests.suites.matrix import Matrix, alarms
from token_conformance.judging.requirement import catalogue
from token_conformance.plugin.selection import requirement_ids
from token_conformance.reference.faults import FAULTS
from token_conformance.reference.variations import VARIATIONS

EXPECTED: dict[str, Any] = tomllib.loads((Path(__file__).parent / "expected.toml").read_text("utf-8"))
ROWS: list[dict[str, Any]] = EXPECTED["rows"]
FITTING: dict[str, str] = EXPECTED["fitting"]
COMPANIES: list[dict[str, Any]] = EXPECTED["companies"]
DPOP = ["dpop", "dpop-supported", "dpop-public", "dpop-fapi2"]

OVER_A_NETWORK = {
    "transport::test_certificate_is_that_of_the_host",
    "transport::test_token_endpoint_does_not_answer_by_http",
    "transport::test_old_versions_are_not_spoken",
}
"""Checks that nothing in this process can fail; tests/wire/test_tls.py and tests/live see them fail."""


MOST_UNDECIDABLE = 0.2
"""The share of answers of which the oracle may say that nobody can tell, in a whole run."""


def forbidden(matrix: Matrix) -> list[str]:
    """What the oracle, without any check, forbids in the exchanges of the last run."""
    return sorted({f"{each.requirement}: {each.told}" for told in matrix.watched() for each in told.forbidden})


def of_life_cycle(row: dict[str, Any]) -> bool:
    """Whether a row is about a fault of life cycle."""
    return bool(row.get("faults")) and set(row["faults"]) <= set(FAULTS_OF_LIFE_CYCLE)


def title(row: dict[str, Any]) -> str:
    """What a row is about."""
    return " ".join([row["profile"], *row.get("faults", ()), *row.get("variations", ())])


@pytest.mark.parametrize(
    "profile",
    [
        "everything",
        "hybrid",
        "public",
        "kept",
        "grace",
        "grace-unsaid",
        "until-used",
        "absolute",
        "sliding",
        "id-token-unsaid",
        "described",
        "another-issuer",
        "issuer-template",
        "revoking",
        "opaque",
        "signing",
        "signing-by-secret",
        "signing-fapi2",
        "mutual_tls",
        "mutual_tls_public",
        "mutual-tls-opaque",
        "many-clients",
        "by-device",
        "with-path",
        "native",
        "public-device",
        "further-addresses",
        "two-users",
        "any-host",
        "services",
        *DPOP,
    ],
)
def test_the_faultless_server_alarms_nobody(matrix, profile, record_property):
    """The reference server keeps every requirement that it is judged by, in runs as they are elsewhere, and the oracle
    can tell of most answers that they are as they should be.
    """
    assert alarms(matrix.whole(profile)) == {}
    assert forbidden(matrix) == []
    told = matrix.watched()
    share = sum(len(each.undecidable) for each in told) / sum(len(each.judgements) for each in told)
    record_property("undecidable", f"{share:.1%}")
    print(f"{profile}: of {share:.1%} of the answers the oracle cannot tell")
    assert share <= MOST_UNDECIDABLE


@pytest.mark.parametrize("row", ROWS, ids=title)
def test_a_fault_turns_just_its_checks_red(matrix, judge_all, row):
    """A fault is found by the checks that it concerns, and by no other; one of life cycle by the oracle alone as well."""
    assert row["red"], "a fault that no check finds"
    peculiarities = {"faults": row.get("faults", ()), "variations": row.get("variations", ())}
    red = None if row.get("together") else row["red"]
    found = alarms(judge_all(row["profile"], **peculiarities, red=red, through=row.get("through", ())))
    assert sorted(found) == sorted(row["red"]), found
    if of_life_cycle(row) and title(row) not in UNSEEN:
        assert forbidden(matrix), "the oracle sees nothing of it"


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: f"{company['profile']} {company['name']}")
def test_variations_in_company_alarm_nobody(matrix, company):
    """What the specifications allow is no finding; each of a company is seen in its run, and by night tried alone."""
    profile, variations = company["profile"], company["variations"]
    verdicts, lacks = matrix.in_company(profile, variations)
    assert lacks == [], "tried in another company, or in none, it would be seen"
    assert forbidden(matrix) == [], "the oracle alarms"
    assert alarms(verdicts) == {}, {each: alarms(matrix.whole(profile, variations=[each])) for each in variations}


def alone():
    """All variations, those that are tried in company marked for the night."""
    in_company = {(company["profile"], name) for company in COMPANIES for name in company["variations"]}
    for name in sorted(VARIATIONS):
        profile = FITTING.get(name, MOST_USED)
        marks = [pytest.mark.nightly] if (profile, name) in in_company else []
        yield pytest.param(profile, name, id=f"{profile} {name}", marks=marks)


@pytest.mark.parametrize(("profile", "variation"), [*alone()])
def test_an_allowed_variation_alarms_nobody(matrix, judge_whole, profile, variation):
    """What the specifications allow is no finding, of no check and not of the oracle."""
    assert alarms(judge_whole(profile, variations=[variation])) == {}
    assert forbidden(matrix) == []


def test_a_grace_that_nobody_documented_alarms_nobody(matrix, judge_whole):
    """It counts in seconds, as another one until the new token is used: the used token is dead in the end."""
    assert alarms(judge_whole("grace-unsaid", variations=["refresh-grace"])) == {}
    assert forbidden(matrix) == []


def test_the_oracle_sees_the_faults_of_life_cycle():
    """Nineteen of twenty at least: each row that is not listed holds it to that."""
    rows = {title(row) for row in ROWS if of_life_cycle(row)}
    assert rows >= UNSEEN
    assert len(UNSEEN) <= len(rows) / 20


def test_every_fault_is_judged():
    """No fault is left out of the table; what no check looks for, exploring finds."""
    judged = {fault for row in ROWS for fault in row.get("faults", ())}
    assert set(FAULTS) - judged == set(EXPECTED["explored"])
    assert set(EXPECTED["explored"]) <= set(STORIES)


def test_every_check_has_been_seen_to_fail(checks, check_names):
    """For each check there is a row in which it is red."""
    assert set(check_names) - OVER_A_NETWORK - {name for row in ROWS for name in row["red"]} == set()


def test_every_requirement_has_a_check_or_a_reason(checks):
    """What no check judges says why it cannot be judged from outside, and what is judged gives no such reason."""
    judged = {id_ for check in checks for id_ in requirement_ids(check)}
    assert {id_ for id_, stated in catalogue().items() if id_ not in judged and not stated.untested} == set()
    assert {id_ for id_, stated in catalogue().items() if id_ in judged and stated.untested} == set()


@pytest.mark.parametrize("row", [row for row in ROWS if len(row.get("faults", ())) == 1], ids=title)
def test_a_fault_is_found_by_what_it_violates(checks, check_names, row):
    """Among the checks that a fault turns red is one of a requirement that the fault is said to violate."""
    (fault,) = row["faults"]
    named = zip(check_names, checks, strict=True)
    judged = {id_ for name, check in named if name in row["red"] for id_ in requirement_ids(check)}
    assert judged & set(FAULTS[fault].violates), f"{fault} is said to violate {FAULTS[fault].violates}"


@pytest.mark.parametrize("pair", EXPECTED["pairs"], ids=lambda pair: f"{MOST_USED} {' and '.join(pair)}")
def test_one_fault_does_not_hide_another(matrix, pair):
    """Two faults at once are both found."""
    rows = [row for row in ROWS if row["profile"] == MOST_USED and row.get("faults") in [[fault] for fault in pair]]
    red = {name for row in rows for name in row["red"]}
    through = {name for row in rows for name in row.get("through", ())}
    found = alarms(matrix.reached(MOST_USED, pair, red=red, through=through))
    assert len(rows) == len(pair)
    assert all(found.keys() & row["red"] for row in rows), f"found is {sorted(found)}"
