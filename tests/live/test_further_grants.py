"""The device grant and resource indicators against a certified provider, whose own pages let the device in."""

from __future__ import annotations

import pytest

from tests.live.running import findings, red, run, verdicts

pytestmark = pytest.mark.node

DOCUMENTED = """
[grants.device_code]
scope = "openid offline_access"
lifetime = 30

[tokens]
resource_indicators = ["https://api.example/things", "https://api.example/people"]
"""

NOT_CONCERNED = {
    "five_seconds_more_are_enough": "hasty polling was answered by 400 authorization_pending",
    "device_codes_are_for_somebody": "the profile's client is confidential, and authenticates",
    "polling_says_who_polls": "the profile's client is confidential, and authenticates",
}
"""What there is nothing to judge of: it slows nobody down (RFC 8628 §3.5 leaves it open), and its client has a secret."""


@pytest.mark.nightly
def test_device_grant_and_resource_indicators_are_judged(start, tmp_path):
    """There is nothing to blame: approval, denial, expiry, and both resources; all is judged that concerns such a server."""
    profile = start(ttl={"DeviceCode": 30}).profile(tmp_path, max_wait=60)
    profile.write_text(profile.read_text() + DOCUMENTED)
    results = run(profile, tmp_path, "-k", "test_device or test_resource_indicators")
    assert red(results) == {}
    left = findings(results, "not_applicable", "inconclusive")
    assert left.keys() == NOT_CONCERNED.keys(), left
    assert all(message.startswith(NOT_CONCERNED[name]) for name, message in left.items()), left


@pytest.mark.nightly
def test_a_public_device_says_who_it_is(start, tmp_path):
    """A device without a secret gets no code, and learns nothing of one, without its client_id."""
    profile = start(ttl={"DeviceCode": 20}).profile(tmp_path, client_id="public", max_wait=15)
    profile.write_text(profile.read_text() + DOCUMENTED)
    results = run(profile, tmp_path, "-k", "codes_are_for_somebody or polling_says_who_polls")
    assert set(verdicts(results).values()) == {"pass"}, results["checks"]
