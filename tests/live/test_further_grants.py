"""The device grant and resource indicators against a certified provider, whose own pages let the device in."""

from __future__ import annotations

import pytest

from tests.live.test_oidc_provider import red, run, verdicts

pytestmark = pytest.mark.node

DOCUMENTED = """
[grants.device_code]
scope = "openid offline_access"
lifetime = 20

[tokens]
resource_indicators = ["https://api.example/things", "https://api.example/people"]
"""


def test_device_grant_and_resource_indicators_are_judged(start, tmp_path):
    """There is nothing to blame: approval, denial, expiry, and both resources; nothing is left inconclusive."""
    profile = start(ttl={"DeviceCode": 20}).profile(tmp_path, max_wait=45)
    profile.write_text(profile.read_text() + DOCUMENTED)
    results = run(profile, tmp_path, "-k", "test_device or test_resource_indicators")
    assert red(results) == {}
    assert set(verdicts(results).values()) <= {"pass", "not_applicable"}, verdicts(results)
