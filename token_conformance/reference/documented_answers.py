"""The form of successful answers that a profile documents: the server takes it on."""

from __future__ import annotations

from collections.abc import Iterator

from token_conformance.profile.models import SuccessfulResponse
from token_conformance.reference.answer import Answer, AnswerChange

OWN = frozenset({"access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"})
"""Members that the server has anyway, or leaves out for a reason."""


def documented_answers(response: SuccessfulResponse) -> tuple[AnswerChange, ...]:
    """What the documentation changes of every answer with tokens."""
    return tuple(_with_tokens(change) for change in _changes(response))


def _with_tokens(change: AnswerChange) -> AnswerChange:
    return lambda answer: change(answer) if answer.tokens else answer


def _changes(response: SuccessfulResponse) -> Iterator[AnswerChange]:
    further = {name: f"a made-up {name}" for name in response.members.likely or () if name not in OWN}
    if further:
        yield lambda answer: answer.saying(**{**further, **answer.members})
    kind, delimiter, caching = (
        fact.likely for fact in (response.token_type, response.scope_delimiter, response.cache_control)
    )
    if kind is not None:
        yield lambda answer: _typed(answer, kind)
    if delimiter is not None:
        yield lambda answer: _delimited(answer, delimiter)
    if caching is not None:
        yield lambda answer: answer.headed("Cache-Control", caching)


def _typed(answer: Answer, kind: str) -> Answer:
    """The documented spelling of bearer tokens; tokens that are bound to a key have a type of their own."""
    told = answer.members.get("token_type")
    return answer.saying(token_type=kind) if isinstance(told, str) and told.lower() == kind.lower() else answer


def _delimited(answer: Answer, delimiter: str) -> Answer:
    scope = answer.members.get("scope")
    return answer.saying(scope=delimiter.join(scope.split())) if isinstance(scope, str) else answer
