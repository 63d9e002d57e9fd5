"""Which of a run's JWTs are signed by a published key, or by a client's secret: found out as soon as both are known."""

from __future__ import annotations

import warnings
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import JWKRegistry, OctKey
from joserfc.jws import JWSRegistry

from token_conformance.evidence.jwt_reading import SIGNATURES, Token, read, signing_keys
from token_conformance.profile.models import Profile
from token_conformance.redaction.jwt_text import JwtText
from token_conformance.wire.exchange import Exchange, parse_json

SIGNED_BY_SECRETS = ("HS256", "HS384", "HS512")


class Signatures:
    """Holds the JWTs of a run against the keys of its provider, each once."""

    def __init__(self, profile: Profile) -> None:
        self._secrets = {client.name: client.client_secret for client in profile.clients if client.client_secret}
        self._keys: dict[tuple[str, str | None], Any] = {}
        self._unproven: dict[str, Token] = {}
        self._met: set[str] = set()

    def learn(self, exchange: Exchange, tokens: Iterable[JwtText]) -> Iterator[tuple[str, str]]:
        """What an exchange adds: JWTs, as they are told, and whose key signed them."""
        added = self._learn_keys(exchange)
        new = {token.told: found for token in tokens if (found := self._new(token)) is not None}
        tried = {**self._unproven, **new} if added else new
        for told, token in tried.items():
            if (by := self._signer(token)) is not None:
                self._unproven.pop(told, None)
                yield told, by
            else:
                self._unproven[told] = token

    def _new(self, token: JwtText) -> Token | None:
        if token.told in self._met:
            return None
        self._met.add(token.told)
        return read(token.came)

    def _learn_keys(self, exchange: Exchange) -> bool:
        """Learn the keys of a JWK Set (RFC 7517 §5); whether any is new."""
        body = exchange.answer.body if exchange.answer is not None else b""
        published = parse_json(body) if b'"keys"' in body else None
        before = len(self._keys)
        for key in signing_keys(published):
            self._learn_key(key)
        return len(self._keys) > before

    def _learn_key(self, key: Mapping[str, Any]) -> None:
        try:
            imported = JWKRegistry.import_key(
                {name: value for name, value in key.items() if name not in {"d", "p", "q", "dp", "dq", "qi", "alg"}}
            )
            thumbprint = imported.thumbprint()
        except (JoseError, ValueError, TypeError, KeyError):
            return
        self._keys[thumbprint, key.get("kid")] = imported

    def _signer(self, token: Token) -> str | None:
        if token.algorithm in SIGNED_BY_SECRETS:
            names = (f"client:{name}" for name, secret in self._secrets.items() if by_secret(token, secret))
            return next(names, None)
        fitting = (
            thumbprint
            for (thumbprint, kid), key in self._keys.items()
            if token.algorithm in SIGNATURES and token.header.get("kid") in {None, kid} and verifies(token, key)
        )
        return next(fitting, None)


def by_secret(token: Token, secret: str) -> bool:
    """Whether a secret makes the MAC of a JWT."""
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        return verifies(token, OctKey.import_key(secret))


def verifies(token: Token, key: Any) -> bool:
    """Whether a key made the signature of a JWT."""
    signed, _, signature = token.text.rpartition(".")
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            return bool(JWSRegistry.algorithms[token.algorithm or ""].verify(signed.encode(), _bytes(signature), key))
    except Exception:  # whatever a server's key or signature makes a library raise, it is not verified
        return False


def _bytes(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
