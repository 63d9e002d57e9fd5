"""Faults that only changed requests show: no scenario sends what they need."""

from __future__ import annotations

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import answers
from token_conformance.reference.faults.fault import Fault, crash, refusals


def _page(answer: Answer) -> Answer:
    written = " ".join(answer.form.values())
    return answer.with_body(f"<html><body><p>Cannot serve {written}</p></body></html>", "text/html")


def _crash_at_names_of_languages(answer: Answer) -> Answer:
    return crash(answer) if "__proto__" in answer.form else answer


def _crash_at_letters_in_a_changed_order(answer: Answer) -> Answer:
    """It takes two changes: an unknown parameter with a value beyond ASCII, and the client's id in the form."""
    strange = any(not value.isascii() for value in answer.form.values())
    return crash(answer) if strange and "client_id" in answer.form else answer


OURS = {
    each.name: each
    for each in (
        Fault(
            "refusal-is-page-with-markup",
            "refusals are pages that repeat what was sent",
            ("endpoint-no-reflected-markup",),
            refusals(_page),
        ),
        Fault(
            "name-of-language-crashes",
            "a parameter named __proto__ leads to 500",
            ("endpoint-no-server-error",),
            answers(lambda answer: _crash_at_names_of_languages(answer) if answer.endpoint == "token" else answer),
        ),
        Fault(
            "two-changes-crash",
            "letters beyond ASCII beside client_id lead to 500",
            ("endpoint-no-server-error",),
            answers(
                lambda answer: _crash_at_letters_in_a_changed_order(answer) if answer.endpoint == "token" else answer
            ),
        ),
    )
}
