"""Signs the JWTs of stored evidence anew, by throw-away keys, and puts these into the key sets that it holds.

What a published key had signed is signed again by the key that stands for it; what no key had signed stays broken.
The keys live as long as the process: each reading has others.
"""

from __future__ import annotations

import json
import re
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, JWKRegistry, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from token_conformance.redaction.json_text import with_values
from token_conformance.redaction.jwt_text import decoded, encoded
from token_conformance.redaction.pseudonyms import hashes

JWT = re.compile(r"ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
MATERIAL = frozenset({"n", "e", "x", "y", "crv", "kty"})
"""What makes up a public key (RFC 7638 §3.2)."""


class Resigning:
    """What stands in the place of JWTs and public keys, for one reading of a file.

    Args:
        signers: whose key signed each JWT; see `Signed`.
        secrets: those of the clients, by their names.

    """

    def __init__(self, signers: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self._signers = signers
        self._secrets = secrets
        self._kinds: dict[str, Any] = {}
        self._signed: dict[str, str] = {}
        self._hashes: dict[str, str] = {}

    def learn(self, bodies: Iterable[str]) -> None:
        """Learn the published keys, and sign; hashes of JWTs in other JWTs are made last."""
        for body in bodies:
            for key in _keys_in(body):
                self._learn_key(key)
        for token in sorted(self._signers, key=_holds_hashes):
            self._sign(token)

    def text(self, text: str) -> str:
        """A text with the JWTs that are signed now."""
        return JWT.sub(lambda found: self._told(found[0]), text) if "ey" in text else text

    def signer(self, by: str) -> str:
        """Whose key signs now what a key had signed: the thumbprint of the one that stands for a published key."""
        return str(self._key(by).thumbprint()) if by in self._kinds else by

    def body(self, body: str) -> str:
        """A body with the keys and the JWTs of now."""
        keys = _keys_in(body)
        return self._key_set(body) if keys else self.text(body)

    def _learn_key(self, key: Mapping[str, Any]) -> None:
        try:
            public: Any = {name: value for name, value in key.items() if name in MATERIAL}
            imported = JWKRegistry.import_key(public)
            self._kinds[imported.thumbprint()] = imported
        except (JoseError, ValueError, TypeError, KeyError):
            return

    def _key_set(self, body: str) -> str:
        published = json.loads(body)
        for key in published["keys"]:
            thumbprint = _thumbprint(key)
            if thumbprint in self._kinds:
                made = _stand_in(thumbprint, _kind_of(self._kinds[thumbprint])).as_dict(private=False)
                key.update({name: value for name, value in made.items() if name in MATERIAL})
        return json.dumps(published)

    def _told(self, token: str) -> str:
        """A JWT as it is now; one that no known key had signed may hold hashes of others, and stays broken."""
        if token not in self._signed:
            broken = self._hashes and _holds_hashes(token)
            self._signed[token] = f"{self._message(token)}.{token.rpartition('.')[2]}" if broken else token
        return self._signed[token]

    def _message(self, token: str) -> str:
        """What is signed of a JWT: its hashes are those of the tokens of now."""
        head, payload, _ = token.split(".")
        claims = decoded(payload)
        if claims is None:
            return f"{head}.{payload}"
        return f"{head}.{encoded(with_values(claims, lambda _, value: self._hashes.get(value, value), lambda _, n: n))}"

    def _sign(self, token: str) -> None:
        head, message = token.split(".")[0], self._message(token)
        key = self._key(self._signers[token])
        algorithm = json.loads(decoded(head) or "{}").get("alg")
        if key is None or algorithm not in JWSRegistry.algorithms:
            return
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            signature = JWSRegistry.algorithms[algorithm].sign(message.encode(), key)
        self._signed[token] = f"{message}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"
        self._hashes.update(zip(hashes(token), hashes(self._signed[token]), strict=True))

    def _key(self, by: str) -> Any:
        kind, _, name = by.partition(":")
        if kind == "client" and name:
            return OctKey.import_key(self._secrets[name]) if name in self._secrets else None
        return _stand_in(by, _kind_of(self._kinds[by])) if by in self._kinds else None


def _keys_in(body: str) -> list[Mapping[str, Any]]:
    """The keys of a JWK Set; none where a body is no such."""
    try:
        published = json.loads(body) if '"keys"' in body else None
    except (ValueError, RecursionError):
        return []
    keys = published.get("keys") if isinstance(published, dict) else None
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


def _thumbprint(key: object) -> str:
    if not isinstance(key, dict):
        return ""
    try:
        public: Any = {name: value for name, value in key.items() if name in MATERIAL}
        return str(JWKRegistry.import_key(public).thumbprint())
    except (JoseError, ValueError, TypeError, KeyError):
        return ""


def _kind_of(key: Any) -> str:
    described = key.as_dict(private=False)
    return str(described.get("crv") or (key.public_key.key_size if isinstance(key, RSAKey) else ""))


@cache
def _stand_in(thumbprint: str, kind: str) -> Any:  # noqa: ARG001 - each key has a stand-in of its own
    """A private key of the same type and size."""
    if kind.isdigit():
        return RSAKey.generate_key(min(int(kind), 4096))
    return OKPKey.generate_key(kind) if kind.startswith(("Ed", "X")) else ECKey.generate_key(kind)  # type: ignore[arg-type]  # a curve of the key that it stands for


def _holds_hashes(token: str) -> bool:
    claims = decoded(token.split(".")[1]) or ""
    return any(f'"{name}"' in claims for name in ("at_hash", "c_hash", "s_hash", "ath"))
