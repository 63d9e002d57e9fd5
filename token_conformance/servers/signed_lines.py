"""The lines of stored evidence, with JWTs and key sets by which signatures can be judged."""

from __future__ import annotations

from typing import Any

from token_conformance.servers.evidence_lines import AnyLine, Begin, Came, Exchanged, Signed
from token_conformance.servers.resigning import Resigning


def signed_anew(lines: tuple[AnyLine, ...]) -> tuple[AnyLine, ...]:
    """The lines, whose JWTs are signed by throw-away keys, which stand in the key sets; what was broken stays broken."""
    begin = lines[0] if lines else None
    clients: list[dict[str, Any]] = begin.described.get("clients", []) if isinstance(begin, Begin) else []
    secrets = {each.get("name", "main"): each["client_secret"] for each in clients if each.get("client_secret")}
    anew = Resigning({line.token: line.by for line in lines if isinstance(line, Signed)}, secrets)
    anew.learn(line.answer.body for line in lines if isinstance(line, Exchanged) and line.answer is not None)
    return tuple(_with(anew, line) for line in lines)


def _with(anew: Resigning, line: AnyLine) -> AnyLine:
    match line:
        case Exchanged():
            return _exchanged(anew, line)
        case Signed():
            return line.model_copy(update={"token": anew.text(line.token), "by": anew.signer(line.by)})
        case _:
            return line


def _exchanged(anew: Resigning, line: Exchanged) -> Exchanged:
    sent, came = line.request, line.answer
    headers = [(name, anew.text(value)) for name, value in sent.headers]
    request = sent.model_copy(update={"url": anew.text(sent.url), "body": anew.text(sent.body), "headers": headers})
    return line.model_copy(update={"request": request, "answer": _answer(anew, came) if came is not None else None})


def _answer(anew: Resigning, came: Came) -> Came:
    headers = [(name, anew.text(value)) for name, value in came.headers]
    return came.model_copy(update={"body": anew.body(came.body), "headers": headers})
