"""Exchanges are named in few words, and none is lost."""

from hypothesis import given
from hypothesis import strategies as st

from token_conformance.report.spans import spans


def test_neighbours_are_one_span():
    """What follows one another in a scenario, and in the evidence, is told by its ends."""
    told = spans(["reuse/4", "reuse/5", "reuse/6", "race/7", "reuse/8", "reuse/7", "reuse/10"])
    assert [str(span) for span in told] == ["reuse/4–6", "race/7", "reuse/8", "reuse/7", "reuse/10"]
    assert [span.id for span in told] == ["reuse/4", "race/7", "reuse/8", "reuse/7", "reuse/10"]


@given(st.lists(st.tuples(st.sampled_from(["reuse", "a/b"]), st.integers(1, 9))))
def test_spans_hold_every_exchange_in_its_order(read):
    """Spelled out again, they are what they were made of: the decisive exchange is the last one."""
    told = spans(f"{scenario}/{number}" for scenario, number in read)
    assert [(span.scenario, number) for span in told for number in range(span.first, span.last + 1)] == read
