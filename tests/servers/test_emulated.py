"""The emulated server says what it is."""

from __future__ import annotations

from token_conformance.servers.emulated import EmulatedServer


def test_faults_that_are_switched_on_are_told(make_profile):
    """Whoever reads a report knows that the server errs on purpose, and in which ways; without any it says nothing of it."""
    erring = EmulatedServer(make_profile(), faults=("success-cacheable", "expires-in-string"))
    assert erring.description.endswith(", with faults switched on: success-cacheable, expires-in-string")
    assert "fault" not in EmulatedServer(make_profile()).description
