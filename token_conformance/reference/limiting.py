"""A limit of token requests, with the headers of draft-ietf-httpapi-ratelimit-headers (RFC 6585 §4)."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.reference.answer import Answer
from token_conformance.reference.policies import RequestPolicy


@dataclass
class Limiter:
    """Counts token requests from the first on, for so many seconds; then it begins anew."""

    began: float = 0.0
    taken: int = 0

    def refusal(self, policy: RequestPolicy, now: float) -> Answer | None:
        """The answer to one more request, where it is one too many."""
        if policy.allowed is None:
            return None
        if now >= self.began + policy.allowed_in:
            self.began, self.taken = now, 0
        self.taken += 1
        if self.taken <= policy.allowed:
            return None
        answer = Answer("token", 429, {"error": "too_many_requests"}, reason="limit")
        return self.headed(answer, policy, now).headed("Retry-After", str(self._rest(policy, now)))

    def headed(self, answer: Answer, policy: RequestPolicy, now: float) -> Answer:
        """An answer that tells of the limit, where there is one."""
        if policy.allowed is None:
            return answer
        left, rest = max(0, policy.allowed - self.taken), self._rest(policy, now)
        told = answer.headed("RateLimit-Policy", f'"token";q={policy.allowed};w={policy.allowed_in}')
        return told.headed("RateLimit", f'"token";r={left};t={rest}')

    def _rest(self, policy: RequestPolicy, now: float) -> int:
        return int(self.began + policy.allowed_in - now)
