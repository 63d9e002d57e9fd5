"""Sessions that end unasked, wherever that happens in a run."""

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement
from token_conformance.evidence.facts.observed import Observed
from token_conformance.evidence.facts.unasked import unasked_ends
from token_conformance.profile.features import require
from token_conformance.running.record import Record
from token_conformance.running.side_by_side import ONE_SESSION


@pytest.mark.evidence_of("refreshed")
@requirement("session-chain")
def test_no_session_ends_unasked(conformance_run: Record) -> None:
    """No session ends within a minute in which the client did nothing but renew it rightly."""
    if conformance_run.kind == "recorded":
        raise NotApplicable("the times of a recording's sessions are not those of a run")
    if ONE_SESSION in conformance_run.noticed:
        raise NotApplicable(f"sessions of this provider end for reasons of its own: {ONE_SESSION}")
    observed = Observed(conformance_run.exchanges, one_server=conformance_run.kind == "live")
    if not observed.families:
        require(conformance_run.profile, ("login", "refresh"))
        raise Inconclusive("no login of this run yields a refresh token")
    for end in unasked_ends(observed):
        end.refusal.exchange.response  # noqa: B018 - the answer is this check's evidence
        raise AssertionError(
            f"a session ended unasked: after {len(end.renewals)} renewals its newest refresh token, "
            f"{end.age:.0f} s old, was answered by {end.refusal.response}, {end.refusal.exchange}"
        )
