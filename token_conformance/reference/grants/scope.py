"""Which scope is granted (RFC 6749 §3.3)."""

from __future__ import annotations

from token_conformance.reference.installation import Installation
from token_conformance.reference.refusal import invalid_scope, missing


def granted_scope(installation: Installation, asked: str | None, *, service: bool = False) -> str:
    """The scope that is granted for what is asked, or by default.

    Raises:
        Refusal: a value of it is unknown.

    """
    documented = installation.documented
    policy = installation.behaviour.scope
    if not asked:
        return _unnamed(installation, service=service)
    if policy.case_ignored:
        asked = _respelled(asked, documented.service_scope if service else documented.user_scope)
    if policy.order_matters and service and _reordered(asked, documented.service_scope):
        raise invalid_scope()
    unknown = policy.unknown if service else policy.unknown_of_users or policy.unknown
    if documented.knows_scope(asked, service=service) or unknown == "granted":
        return " ".join(dict.fromkeys(asked.split()))
    known = [value for value in asked.split() if documented.knows_scope(value, service=service)]
    if unknown == "dropped" and known:
        return " ".join(known)
    if not known and policy.unknown_alone == "default":
        return _unnamed(installation, service=service)
    raise invalid_scope()


def _unnamed(installation: Installation, *, service: bool) -> str:
    match installation.behaviour.scope.unnamed:
        case "invalid_scope" if service:
            raise invalid_scope()
        case "invalid_request":
            raise missing("scope")
        case "nothing" if service:
            return ""
        case _:
            return installation.documented.service_scope if service else installation.documented.user_scope


def _respelled(asked: str, known: str) -> str:
    """The scope in the letters in which it is known."""
    spelled = {value.lower(): value for value in known.split()}
    return " ".join(spelled.get(value.lower(), value) for value in asked.split())


def _reordered(asked: str, usual: str) -> bool:
    return set(asked.split()) == set(usual.split()) and asked.split() != usual.split()
