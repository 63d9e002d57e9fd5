"""The form of successful answers that a profile documents: the server takes it on."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.profile.models import SuccessfulResponse
from token_conformance.reference.answer import Answer, AnswerChange

OWN = frozenset({"access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"})
"""Members that the server has anyway, or leaves out for a reason."""


@dataclass(frozen=True)
class AsDocumented:
    """Changes answers with tokens to what is documented of them; two of one documentation are the same change."""

    further: tuple[str, ...] = ()
    token_type: str | None = None
    scope_delimiter: str | None = None
    cache_control: str | None = None

    def __call__(self, answer: Answer) -> Answer:
        """The answer as it is documented."""
        if not answer.tokens:
            return answer
        made_up = {name: f"a made-up {name}" for name in self.further if name not in answer.members}
        return self._cached(answer.saying(**made_up, **self._spelt(answer)))

    def _spelt(self, answer: Answer) -> dict[str, str]:
        """The documented spelling of bearer tokens, which tokens that are bound to a key are not, and of scope."""
        spelt, told, scope = {}, answer.members.get("token_type"), answer.members.get("scope")
        if self.token_type is not None and isinstance(told, str) and told.lower() == self.token_type.lower():
            spelt["token_type"] = self.token_type
        if self.scope_delimiter is not None and isinstance(scope, str):
            spelt["scope"] = self.scope_delimiter.join(scope.split())
        return spelt

    def _cached(self, answer: Answer) -> Answer:
        return answer if self.cache_control is None else answer.headed("Cache-Control", self.cache_control)


def documented_answers(response: SuccessfulResponse) -> tuple[AnswerChange, ...]:
    """What the documentation changes of every answer with tokens; nothing where it does not tell."""
    change = AsDocumented(
        further=tuple(name for name in response.members.likely or () if name not in OWN),
        token_type=response.token_type.likely,
        scope_delimiter=response.scope_delimiter.likely,
        cache_control=response.cache_control.likely,
    )
    return (change,) if change != AsDocumented() else ()
