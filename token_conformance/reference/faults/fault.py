"""What a fault is, and where it takes hold."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.reference.answer import Answer, AnswerChange, Endpoint
from token_conformance.reference.behaviour import Change, answers, id_tokens
from token_conformance.reference.unsigned import JWTChange, Unsigned


@dataclass(frozen=True)
class Fault:
    """A named way to misbehave, and the requirements that it violates."""

    name: str
    summary: str
    violates: tuple[str, ...]
    change: Change


def tokens(change: AnswerChange) -> Change:
    """A change of every answer with tokens."""
    return answers(lambda answer: change(answer) if answer.tokens else answer)


def refreshed_tokens(change: AnswerChange) -> Change:
    """A change of the answers to refreshes."""
    return answers(lambda answer: change(answer) if answer.refreshed else answer)


def first_tokens(change: AnswerChange) -> Change:
    """A change of the answers with tokens that are not refreshed."""
    return answers(lambda answer: change(answer) if answer.tokens and not answer.refreshed else answer)


def refusals(change: AnswerChange, *reasons: str) -> Change:
    """A change of the refusals of the token endpoint: of all, or for some reasons."""

    def changed(answer: Answer) -> Answer:
        return change(answer) if answer.refusal and (not reasons or answer.reason in reasons) else answer

    return answers(changed)


def at(endpoint: Endpoint, change: AnswerChange) -> Change:
    """A change of the answers of one endpoint."""
    return answers(lambda answer: change(answer) if answer.endpoint == endpoint else answer)


def refreshed_id_tokens(change: JWTChange) -> Change:
    """A change of the ID tokens that refreshes yield."""

    def changed(token: Unsigned) -> Unsigned:
        return change(token) if token.refreshed else token

    return id_tokens(changed)


def crash(answer: Answer) -> Answer:
    """The answer of a server that has met what it did not expect."""
    page = "<html><body><h1>500 Internal Server Error</h1></body></html>"
    return answer.with_status(500).with_body(page, "text/html").silent_about("error")


def without_challenge(answer: Answer) -> Answer:
    """The refusal of a DPoP proof by a resource, without a challenge."""
    refused = answer.endpoint in {"resource", "userinfo"} and (answer.reason or "").startswith("dpop_")
    return answer.bare_of("WWW-Authenticate") if refused else answer
