"""What was observed in one run hides nothing in the next: a fault is found again beside the facts that it led to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from tests.suites.judging import PROFILES, judged, merged, name_of, profile_named, recorded
from token_conformance.evidence.facts.sheet import LINES, fact_sheet
from token_conformance.plugin.selection import scenarios_of
from token_conformance.profile.models import Profile
from token_conformance.reference.faults import FAULTS, TOPICS
from token_conformance.results.facts import observed_lines
from token_conformance.servers.emulated import EmulatedServer
from token_conformance.verdict import Verdict

RED = {Verdict.FAIL, Verdict.WARNING, Verdict.ERROR}

TELLING = (
    "refresh-never-rotated",
    "refresh-reuse-accepted",
    "refresh-reuse-grace-undocumented",
    "refresh-reuse-revokes-nothing",
    "refresh-dies-with-access-token",
    "refresh-id-token-at-first",
    "code-never-expires",
    "expires-in-absent",
    "access-tokens-live-a-day",
    "token-type-absent",
    "success-cacheable",
)
"""Faults that change what is measured."""

FACTS_ARE_READ_BY = {"authorization_code", "expiry", "response_fields", "rotation", "session", "access_token"}
"""The topics whose checks or waits depend on facts: in the fast mode these are judged."""

FAST = sorted({*TELLING, *(topic[0].name for topic in TOPICS[:4])} & set(FAULTS))


def undocumented(extra: dict[str, Any]) -> Profile:
    """The profile everything without any of its facts, and with what is added to it."""
    written = tomllib.loads((PROFILES / "everything.toml").read_text("utf-8"))
    for place in (line.place for line in LINES if line.place):
        table: Any = written
        *path, name = place.split(".")
        for part in path:
            table = table.get(part, {})
        table.pop(name, None)
    return Profile.model_validate(merged(written, extra))


def observed(profile: Profile, exchanges: Iterable[Any]) -> dict[str, Any]:
    """The facts of a run as a profile holds them, by way of the lines that `--write-facts` writes."""
    return tomllib.loads(observed_lines(fact_sheet(profile, exchanges, live=False), "everything", date(2026, 1, 31)))


@pytest.fixture(scope="session")
def reds(checks, pytestconfig):
    """Judges a profile with a fault; gives the red checks and the facts that were measured."""
    whole = pytestconfig.getoption("nightly")
    judging = [check for check in checks if whole or name_of(check).split("::")[0] in FACTS_ARE_READ_BY]
    scenarios = scenarios_of(judging)

    def reds(profile: Profile, fault: str) -> tuple[dict[str, Verdict], dict[str, Any]]:
        record = recorded(profile, EmulatedServer(profile, faults=[fault]), scenarios)
        verdicts = {name_of(check): judged(check, record).verdict for check in judging}
        found = {name: verdict for name, verdict in verdicts.items() if verdict in RED}
        return found, observed(profile, record.exchanges)

    return reds


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A sample in the fast mode, every fault in the full matrix."""
    if "fault" in metafunc.fixturenames:
        metafunc.parametrize("fault", sorted(FAULTS) if metafunc.config.getoption("nightly") else FAST)


def test_a_fault_is_found_beside_the_facts_that_it_led_to(reds, fault):
    """The same checks are red, with the same verdicts, whether facts are unknown or were observed of the faulty server."""
    first, facts = reds(undocumented({}), fault)
    again, _ = reds(undocumented(facts), fault)
    assert facts
    assert again == first


def test_the_sample_is_of_faults_that_there_are():
    """Names change."""
    assert set(TELLING) <= set(FAULTS)


def test_what_is_documented_is_not_written_over(reds):
    """Of a profile that documents nearly everything, the lines leave alone what it tells, though the server differs."""
    documented = profile_named("everything")
    _, facts = reds(documented, "refresh-never-rotated")
    assert facts["grants"]["refresh_token"] == {}
    assert facts["tokens"]["access_token_after_refresh"]["value"] == "lives"
    assert "access_token_format" not in facts["tokens"]
