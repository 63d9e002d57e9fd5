"""The exit statuses of a session, pytest's own among them, and which of several counts."""

from __future__ import annotations

from collections.abc import Iterable

CONFORMS = 0
"""Nothing is violated that must hold, or with `--baseline` nothing but what is known (pytest's own: all tests passed)."""

DOES_NOT_CONFORM = 1
"""A requirement of level MUST is violated, or a check met a defect of the suite (pytest's own: tests failed)."""

INTERRUPTED = 2
"""The run did not come to its end (pytest's own as well)."""

NO_SESSION = 3
"""There is no stored session to start from, or it cannot be used."""

INTERNAL_ERROR = 3
"""A defect of ours that leaves nothing to tell (pytest's own as well)."""

USAGE_ERROR = 4
"""The command line, the profile, or the provider that it names, cannot be used: also where a login is refused."""

NOTHING_JUDGED = 5
"""Nothing of the token endpoint was judged (pytest's own: nothing ran)."""

BASELINE_STALE = 6
"""With `--baseline`, an entry of it was judged a pass, or has expired, and nothing is new."""

INCOMPLETE = 7
"""With `--complete`, a MUST of the claims could not be judged."""

CUT_SHORT = 8
"""The provider allowed too few requests: nothing failed of what was judged, and `--resume` goes on with the rest."""

UNKNOWN_SIGNER = 9
"""Of `verify`: what was verified is intact, and nobody has said whose signature is trusted."""

UNCONFIRMED = 10
"""Of `verify`: what was verified is intact, and the suite that is installed judges otherwise than the one that made it."""

WORST_FIRST = (
    INTERRUPTED,
    NO_SESSION,
    DOES_NOT_CONFORM,
    USAGE_ERROR,
    CUT_SHORT,
    BASELINE_STALE,
    INCOMPLETE,
    NOTHING_JUDGED,
    CONFORMS,
)


def worst(statuses: Iterable[int]) -> int:
    """The status of a session whose parts have these, at least one; one that somebody else asked for goes before ours."""
    return min(statuses, key=lambda status: WORST_FIRST.index(status) if status in WORST_FIRST else -1)
