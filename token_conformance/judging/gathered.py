"""What the transcripts of several scenarios hold of one kind, where a check judges it wherever it came up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from token_conformance.verdict import Inconclusive, NotApplicable, NotJudged


def gathered(outcomes: Mapping[str, Any], scenarios: Iterable[str], attribute: str) -> list[Any]:
    """The parts by that name of the transcripts of some scenarios; what was not performed has none.

    Raises:
        NotApplicable: there is none, and none of the scenarios could have any.
        Inconclusive: there is none, and a scenario could not be performed.

    """
    named = [outcomes[name] for name in scenarios if name in outcomes]
    each = [part for outcome in named for part in (outcome if isinstance(outcome, tuple) else (outcome,))]
    found = [held for part in each for held in getattr(part, attribute, ())]
    lack = next((outcome for outcome in named if isinstance(outcome, Inconclusive)), None)
    if not found and lack is not None:
        raise Inconclusive(str(lack))
    if not found:
        raise NotApplicable(next((str(one) for one in named if isinstance(one, NotJudged)), "no scenario concerns it"))
    return found
