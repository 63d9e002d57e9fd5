"""What is said of a provider, or of a run, that leaves most without an answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from token_conformance.running.trouble import crowded_out, unanswered
from token_conformance.wire.exchange import Exchange, Request, Response


def exchanges(answered, left):
    """So many with an answer, and so many without."""
    request, began = Request("GET", "https://op.example/token"), datetime.now(UTC)
    some = [Exchange("example", n, request, Response(200), began) for n in range(answered)]
    return [*some, *(Exchange("example", n, request, None, began, failure="silence") for n in range(left))]


@pytest.mark.parametrize(
    ("answered", "left", "kind", "said"),
    [
        (0, 0, "live", None),
        (3, 3, "live", None),
        (0, 2, "live", "the provider does not answer: silence"),
        (0, 2, "recorded", "the provider does not answer: silence"),
        (3, 4, "live", "the provider left 4 of 7 requests without an answer, the first with: silence"),
        (3, 4, "emulated", "the provider left 4 of 7 requests without an answer, the first with: silence"),
        (3, 4, "recorded", None),
    ],
)
def test_silence_is_trouble_where_it_is_more_than_every_other_answer(answered, left, kind, said):
    """What a recording lacks is no silence of the provider's."""
    assert unanswered(exchanges(answered, left), kind) == said


def test_a_run_without_room_says_so():
    """And one with room says nothing."""
    assert crowded_out(0) is None
    assert crowded_out(7) == "7 requests and answers found no room, as those of the run take up more than 20 MB"
