"""Judging a run from its evidence gives the verdicts of the run, whatever the server does wrong."""

from __future__ import annotations

import pytest

from tests.suites.judging import judged, name_of, profile_named
from tests.suites.replaying import noted, replayed
from token_conformance.plugin.selection import scenarios_of
from token_conformance.servers.emulated import EmulatedServer
from token_conformance.servers.selection import Choice, select

FAULTS = {
    "everything": (
        (
            "id-token-signature-foreign",
            "access-token-signature-zeroed",
            "refresh-reuse-accepted",
            "wrong-secret-accepted",
            "scope-commas",
            "tokens-predictable",
            "code-replay-accepted",
            "expires-in-string",
            "error-cacheable",
            "introspection-open",
        ),
    ),
    "hybrid": (("id-token-c-hash-other", "hybrid-signature-zeroed"),),
    "dpop": ((),),
    "mutual_tls": ((),),
}

SHIPPED = ("2ba", "erpnet", "generic-oidc")


@pytest.mark.parametrize(
    ("profile", "faults"), [(profile, faults) for profile, each in FAULTS.items() for faults in each], ids=str
)
def test_faults_are_told_again(checks, profile, faults, tmp_path):
    """Broken signatures stay broken, wrong hashes wrong, counters guessable."""
    described = profile_named(profile)
    assert differing(checks, described, EmulatedServer(described, faults=faults), tmp_path) == {}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_profiles_are_told_again(checks, name, tmp_path):
    """Emulated as they document themselves."""
    _, profile, server = select(name, Choice("emulated"), {})
    assert differing(checks, profile, server, tmp_path) == {}


def differing(checks, profile, server, folder):
    """The checks that have another verdict when they are judged from the evidence of a run."""
    scenarios = scenarios_of(checks)
    record = noted(profile, server, scenarios, folder)
    again = replayed(folder, scenarios)
    return {
        name_of(check): f"{then.verdict}: {then.message} -> {now.verdict}: {now.message}"
        for check in checks
        if (then := judged(check, record)).verdict != (now := judged(check, again)).verdict
    }
