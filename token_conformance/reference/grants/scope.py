"""Which scope is granted (RFC 6749 §3.3)."""

from __future__ import annotations

from token_conformance.reference.installation import Installation
from token_conformance.reference.refusal import invalid_scope


def granted_scope(installation: Installation, asked: str | None, *, service: bool = False) -> str:
    """The scope that is granted for what is asked, or by default.

    Raises:
        Refusal: a value of it is unknown.

    """
    documented = installation.documented
    if not asked:
        return documented.service_scope if service else documented.user_scope
    if documented.knows_scope(asked, service=service) or installation.behaviour.scope.unknown == "granted":
        return " ".join(dict.fromkeys(asked.split()))
    known = [value for value in asked.split() if documented.knows_scope(value, service=service)]
    if installation.behaviour.scope.unknown == "dropped" and known:
        return " ".join(known)
    raise invalid_scope()
