"""The steps of a scenario, as a sequence diagram shows them: what was asked and what came, each in a few words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from token_conformance.redaction import RedactedExchange

LABEL = re.compile(r"<([a-z_]+) (\d+)>")

TOLD = {"access_token", "refresh_token", "id_token", "code", "device_code", "token", "request_uri"}
"""Kinds of values that a story of tokens is about."""

PRESENTED = ("code", "refresh_token", "token", "device_code", "subject_token", "password", "assertion", "request_uri")
"""Parameters that hold what a request presents."""

_ERROR = re.compile(r'^\s*"error": "([^"]{1,60})"', re.MULTILINE)
_IN_ADDRESS = re.compile(r"[?&#](error)=([^&\s]{1,60})")
_ACTIVE = re.compile(r'^\s*"active": (true|false)', re.MULTILINE)

MOST_TOLD = 6
"""Values of an answer that a step names."""


@dataclass(frozen=True)
class Step:
    """An exchange of a scenario, so many seconds after its first one; `role` is its place in a finding."""

    id: str
    number: str
    after: float
    asked: str
    answered: str
    role: Literal["", "control", "offence"]
    read: bool


def steps(
    evidence: Mapping[str, RedactedExchange], offence: str, control: str | None, read: Collection[str]
) -> tuple[Step, ...]:
    """The steps of the scenario of an offence, whether a check read them or not, in the order of time."""
    scenario = offence.rpartition("/")[0]
    of_it = [each for id_, each in evidence.items() if id_.rpartition("/")[0] == scenario]
    began = next((each.started for each in of_it if each.started is not None), None)
    found = []
    for each in of_it:
        role: Literal["", "control", "offence"] = (
            "offence" if each.id == offence else "control" if each.id == control else ""
        )
        after = (each.started - began).total_seconds() if each.started is not None and began is not None else 0.0
        number = each.id.rpartition("/")[2]
        found.append(Step(each.id, number, after, asked(each), answered(each), role, each.id in read))
    return tuple(found)


def asked(exchange: RedactedExchange) -> str:
    """What a request asks for: method and path, the grant, and what it presents."""
    method, _, rest = exchange.request_line.partition(" ")
    path = re.split(r"[?\s]", rest, maxsplit=1)[0]
    parameters = dict(pair.partition("=")[::2] for pair in exchange.request_body.split("\n&") if pair)
    grant = parameters.get("grant_type", "").rpartition(":")[2]
    presented = [parameters[name] for name in PRESENTED if name in parameters]
    bearer = [
        label[0] for name, value in exchange.request_headers if name.lower() == "authorization" for label in _of(value)
    ]
    return " ".join([method, path, *([grant] if grant else []), *presented, *bearer])


def _of(value: str) -> Iterator[re.Match[str]]:
    return (label for label in LABEL.finditer(value) if label[1] in TOLD)


def answered(exchange: RedactedExchange) -> str:
    """What came: the status, the error, or the values that were handed over."""
    location = next((value for name, value in exchange.response_headers if name.lower() == "location"), "")
    error = _ERROR.search(exchange.response_body) or _IN_ADDRESS.search(location)
    active = _ACTIVE.search(exchange.response_body)
    told = [error[error.re.groups]] if error else [f"active: {active[1]}"] if active else []
    labels = dict.fromkeys(label[0] for label in _of(f"{location} {exchange.response_body}"))
    values = [*labels][:MOST_TOLD]
    more = [f"and {len(labels) - MOST_TOLD} more"] if len(labels) > MOST_TOLD else []
    return " ".join([exchange.status_line, *told, *values, *more])
