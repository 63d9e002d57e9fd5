"""Documented departures from the specifications: the server takes those on that are plain faults."""

from __future__ import annotations

from collections.abc import Mapping

from token_conformance.profile.models import Deviation, Profile
from token_conformance.reference.behaviour import Change

DEVIATIONS: Mapping[tuple[str, str], str] = {
    ("rfc6749-5.1-pragma", ""): "success-without-pragma",
    ("rfc6749-5.1-cache-control", ""): "success-cacheable",
    ("rfc6749-5.1-token-type", ""): "token-type-absent",
    ("rfc6749-5.1-expires-in", ""): "expires-in-absent",
    ("rfc6749-a.14-expires-in-number", ""): "expires-in-string",
    ("rfc6749-4.4.3-no-refresh-token", ""): "service-refresh-token",
    ("rfc6749-4.1.2-replay-revokes", ""): "code-replay-revokes-nothing",
    ("rfc9700-4.14.2-reuse-revokes-family", ""): "refresh-reuse-revokes-nothing",
    ("rfc9700-4.14.2-old-token-refused", ""): "refresh-reuse-accepted",
    ("rfc9700-4.14.2-grandparent-refused", ""): "refresh-reuse-accepted",
    ("rfc6749-5.2-status-400", "came with status 200"): "error-status-200",
    ("rfc6749-5.2-basic-401", "WWW-Authenticate absent"): "basic-failure-without-challenge",
    ("rfc9110-401-challenge", "401 without WWW-Authenticate"): "body-failure-without-challenge",
    ("rfc6749-6-scope-narrowing-honoured", ""): "refresh-narrowing-refused",
    ("rfc6749-5.2-description-charset", "error_description is"): "error-description-newline",
    ("rfc6750-2.3-query", ""): "resource-query-accepted",
    ("rfc7009-2.1-client-authentication", "after a revocation without credentials"): "revocation-unauthenticated",
    ("rfc7009-2.2-unknown-token-200", ""): "revocation-unknown-refused",
    ("rfc9068-2.2.3-scope", "scope"): "access-token-scope-array",
}
"""Faults by the requirement from which a provider departs, and by what the message of the departure says."""


def documented_deviations(profile: Profile) -> list[Change]:
    """What the deviations of a profile do to the server; those of `[errors]` and of its facts are taken on anyway."""
    names = [name for deviation in profile.deviations if (name := _fault_of(deviation)) is not None]
    if not names:
        return []
    from token_conformance.reference.faults import FAULTS  # few servers want any of them

    return [FAULTS[name].change for name in names]


def _fault_of(deviation: Deviation) -> str | None:
    return DEVIATIONS.get((deviation.requirement, deviation.expect.message or ""))
