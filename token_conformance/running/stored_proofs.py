"""Whose keys the proofs of possession in stored evidence are by (RFC 9449): public halves, which sign nothing any more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from token_conformance.profile.signing_key import SigningAlgorithm
from token_conformance.provider import Provider
from token_conformance.provider.dpop import Key, Prover
from token_conformance.redaction.jwt_text import decoded
from token_conformance.wire.exchange import Exchange, Request, header

IN_ITS_PLACE = ("DPoP", "the proof in the evidence stands in its place")


@dataclass(frozen=True)
class StoredProver(Prover):
    """Has the key of a run's proofs, and leaves the proofs to its evidence; `others` are keys of further provers."""

    others: tuple[Key, ...] = ()

    def proven(self, request: Request, now: float) -> Request:  # noqa: ARG002 - nothing is signed
        """The request as one that has a proof."""
        if self.change is None or header(request.headers, "dpop") is not None:
            return request
        return replace(request, headers=(*request.headers, IN_ITS_PLACE))

    def with_key(self, key: Key) -> StoredProver:
        """The same with another key: the one that the run had made."""
        return replace(self, key=self.others[0] if self.others else key)

    def among(self, exchanges: Iterable[Exchange]) -> StoredProver:
        """The same among the proofs of a scenario, where others may have keys of their own."""
        others = {key.thumbprint(): key for key in _keys(exchanges)}
        others.pop(self.thumbprint, None)
        return replace(self, others=tuple(others.values()))


class StoredProvider(Provider):
    """The provider of a scenario that is performed from its evidence, in which the keys of its proofs are."""

    stored: StoredProver | None = None

    def new_prover(self, algorithm: SigningAlgorithm) -> Prover:
        """The prover whose key the scenario had made."""
        return self.stored or super().new_prover(algorithm)


def among(exchanges: Iterable[Exchange]) -> StoredProver | None:
    """The prover by whose key most proofs in some exchanges are, among the others; None where there are none."""
    kept = list(exchanges)
    found = [(key.thumbprint(), key) for key in _keys(kept)]
    usual = Counter(thumbprint for thumbprint, _ in found).most_common(1)
    return StoredProver(dict(found)[usual[0][0]]).among(kept) if usual else None


def _keys(exchanges: Iterable[Exchange]) -> Iterator[Key]:
    """The public keys of proofs, as often as they stand there."""
    for exchange in exchanges:
        stated = _stated(header(exchange.request.headers, "dpop") or "")
        try:
            key = JWKRegistry.import_key({**stated["jwk"], "alg": stated["alg"]})
        except (JoseError, KeyError, TypeError, ValueError):
            continue
        if isinstance(key, Key) and not key.is_private:
            yield key


def _stated(proof: str) -> Mapping[str, Any]:
    stated: Mapping[str, Any] = json.loads(decoded(proof.split(".")[0]) or "{}") if proof.count(".") == 2 else {}
    return stated
