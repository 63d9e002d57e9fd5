"""A form is found wherever it stands, whatever stands beside it, and however many others are looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.redaction.seeking import FEW, LONG, SHORTEST, WrittenForms

FORMS = st.lists(st.text("ab\ud800é", min_size=SHORTEST, max_size=2 * LONG), min_size=1, max_size=5, unique=True)


def found_by_trying_all(forms, text):
    """What is found by looking at each place for each form, the longest first."""
    found, place = [], 0
    while place < len(text):
        form = next((form for form in sorted(forms, key=len, reverse=True) if text.startswith(form, place)), "")
        found += [(place, place + len(form), f"<{form}>")] if form else []
        place += len(form) or 1
    return found


def known(forms, others=()):
    """Forms to look for, each with a label of its own, beside others that are nowhere."""
    written = WrittenForms()
    for form in [*others, *forms]:
        written.add(form, f"<{form}>")
    return written


OTHERS = {
    "alone": (),
    "among many short ones": [f"{number:04d}-short" for number in range(2 * FEW)],
    "among many long ones": [f"{number:04d}-which-is-a-long-one" for number in range(2 * FEW)],
}


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
@given(data=st.data(), forms=FORMS)
def test_forms_are_found_as_by_trying_all(others, data, forms):
    """Forms that begin alike, hold one another, overlap or touch: leftmost first, and the longest of each place."""
    pieces = st.one_of(st.sampled_from(forms), st.text("ab\ud800é", max_size=9))
    text = "".join(data.draw(st.lists(pieces, max_size=8)))
    assert known(forms, others).found(text) == found_by_trying_all(forms, text)


@pytest.mark.parametrize("length", [SHORTEST, LONG - 1, LONG, 3 * LONG])
@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_a_form_is_found_at_every_place(others, length):
    """No place of a text is passed over, neither its beginning nor its end."""
    form = "canary" + "x" * (length - 6)
    written = known([form], others)
    for place in range(40):
        for behind in (0, 1, 5, 17):
            text = "." * place + form + "." * behind
            assert written.found(text) == [(place, place + length, f"<{form}>")]


def test_a_form_keeps_its_first_label():
    """That two secrets can be written alike does not make the second one the first."""
    written = WrittenForms()
    written.add("canary", "<code 1>")
    written.add("canary", "<code 2>")
    assert written.label_of("canary") == "<code 1>"
    assert written.found("a canary") == [(2, 8, "<code 1>")]


def test_what_is_too_short_is_not_looked_for():
    """Five characters stand in many a sentence."""
    assert known(["canar"]).found("a canary") == []


def test_a_form_that_is_added_later_is_found_later():
    """There is no last moment to learn a secret."""
    written = known(["first-canary"])
    assert len(written.found("first-canary second-canary")) == 1
    written.add("second-canary", "<code 2>")
    assert len(written.found("first-canary second-canary")) == 2
