"""The server's clock, as its answers tell it."""

import pytest

from token_conformance.evidence.clock_skew import clock_skew, skew_sentence

AT_NOON = "Thu, 01 Jan 2026 12:00:00 GMT"


@pytest.fixture
def answered(make_exchange):
    """An answer that left us at noon."""
    return lambda date, *headers, seconds=1.0: make_exchange(headers=(("Date", date), *headers), seconds=seconds)


def test_an_answer_is_written_halfway(answered):
    """A Date of the second in which the answer was written is no skew."""
    assert clock_skew([answered(AT_NOON)]) == 0


@pytest.mark.parametrize(
    ("date", "skew"), [("Thu, 01 Jan 2026 12:02:00 GMT", 120), ("Thu, 01 Jan 2026 11:59:00 GMT", -60)]
)
def test_skew_is_positive_where_the_server_is_ahead(answered, date, skew):
    """It is what must be added to our time."""
    assert clock_skew([answered(date)]) == skew


def test_one_odd_answer_does_not_count(answered):
    """The median is that of the run."""
    assert clock_skew([answered(AT_NOON), answered("Thu, 01 Jan 2015 12:00:00 GMT"), answered(AT_NOON)]) == 0


def test_what_does_not_tell_is_left_out(answered, make_exchange):
    """No answer, no Date, none that can be read, and an answer from a cache."""
    silent = [make_exchange(), make_exchange(answer=None), answered("today"), answered(AT_NOON, ("Age", "600"))]
    assert clock_skew(silent) is None


@pytest.mark.parametrize(
    ("skew", "sentence"),
    [
        (None, ""),
        (5.0, ""),
        (-4.9, ""),
        (7.5, "the server's clock is 7.5 s ahead of ours"),
        (-120.0, "the server's clock is 120 s behind ours"),
    ],
)
def test_only_a_skew_that_matters_is_told(skew, sentence):
    """Up to five seconds nobody minds."""
    assert skew_sentence(skew) == sentence
