"""What is done with the tokens of a session, by name, as far as a server may be careless about it later."""

from __future__ import annotations

from collections.abc import Iterator

from token_conformance.reference.answer import Answer
from token_conformance.reference.client_authentication import presented
from token_conformance.reference.installation import Installation
from token_conformance.reference.memory import AccessToken, Family, RefreshToken
from token_conformance.reference.reading import Incoming, Parameters
from token_conformance.reference.resource import borne_token

REFUSED = {
    "reused_refresh_token": "reuse",
    "foreign_refresh_token": "foreign refresh",
    "used_code": "replay",
    "foreign_code": "foreign exchange",
    "foreign_token": "foreign revocation",
    "invalid_scope": "excess",
}
"""What a refusal shows that something was tried, by its reason."""

LATE = 3600.0
"""Seconds after which a refresh is late."""


def concerned(installation: Installation, answer: Answer, incoming: Incoming) -> Family | None:
    """The session that a request is about; None where it is about none."""
    memory, form = installation.memory, answer.form
    code = memory.codes.get(form.get("code", ""))
    if code is not None:
        return code.family
    token = _token(installation, answer, incoming)
    return token.family if token is not None else None


def _token(installation: Installation, answer: Answer, incoming: Incoming) -> AccessToken | RefreshToken | None:
    memory, form = installation.memory, answer.form
    if answer.endpoint in {"resource", "userinfo"}:
        return memory.access_tokens.get(borne_token(installation, incoming) or "")
    value = form.get("refresh_token") or form.get("token") or answer.members.get("refresh_token") or ""
    return memory.refresh_tokens.get(value) or memory.access_tokens.get(value)


def deeds(installation: Installation, answer: Answer, incoming: Incoming) -> Iterator[str]:
    """What was done, by all of its names."""
    if answer.reason in REFUSED:
        yield REFUSED[answer.reason]
    elif answer.status == 200:
        match answer.endpoint:
            case "token" if answer.refreshed:
                yield from _refreshed(installation, answer)
            case "token":
                yield "login"
            case "introspection" | "revocation":
                yield _of_a_token(installation, answer, incoming)
            case "userinfo" | "resource":
                yield {"userinfo": "userinfo", "resource": "use"}[answer.endpoint]


def _refreshed(installation: Installation, answer: Answer) -> Iterator[str]:
    token = installation.memory.refresh_tokens.get(answer.form.get("refresh_token", ""))
    asked = set(answer.form.get("scope", "").split())
    narrowed = token is not None and asked and asked < set(token.scope.split())
    yield "narrowed refresh" if narrowed else "refresh"
    if token is not None and installation.now - token.issued > LATE:
        yield "late refresh"


def _of_a_token(installation: Installation, answer: Answer, incoming: Incoming) -> str:
    token = _token(installation, answer, incoming)
    asker = presented(Parameters(incoming, dict(answer.form)), installation.behaviour.client).client_id
    if token is not None and asker != token.client_id:
        return f"foreign {answer.endpoint}"
    return f"{answer.endpoint} of an access token" if isinstance(token, AccessToken) else str(answer.endpoint)
