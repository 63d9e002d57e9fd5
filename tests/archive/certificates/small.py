"""Evidence, results and a catalogue for small certificates, written by hand."""

from __future__ import annotations

import json
from dataclasses import replace

from token_conformance.judging.requirement import Requirement


def stated(id_, level="MUST", source="RFC 6749", **more):
    return Requirement(id_, source, "5", level, "It holds.", "clients", "mend it", **more)


CATALOGUE = {
    each.id: each
    for each in (
        stated("rfc6749-5-first"),
        stated("rfc6749-5-second", "SHOULD"),
        stated("rfc6749-5-unseen", untested="it cannot be seen"),
        stated("rfc9700-5-other", source="RFC 9700"),
    )
}


def check(id_, verdict="pass", **more):
    violated = id_ if verdict in {"fail", "warning", "deviation"} else None
    told = {"message": "" if verdict == "pass" else "it says why", "scenario": "login", "violated": violated}
    return {"id": f"suites/test_it.py::test_{id_}", "requirements": [id_], "verdict": verdict, **told, **more}


def results(*checks, **changes):
    told = {
        "suite_version": "0.1.0",
        "profile": "example",
        "provider": "Example",
        "address": "https://op.example",
        "server": "emulated",
        "started": "2026-01-31T12:00:00+00:00",
        "seconds": 1.5,
        "outcome": "conforms",
        "trouble": None,
        "selection": None,
        "claims": ["oauth2"],
        "checks": [*checks],
        "seen_on_the_way": [],
        "todo": [],
    }
    return json.dumps({**told, **changes}).encode()


PASSED = results(check("rfc6749-5-first"), check("rfc6749-5-second"))


def lines(*exchanges, **begin):
    first = {
        "type": "begin",
        "profile": "example",
        "described": {
            "server": {"issuer": "https://op.example"},
            "clients": [{"client_id": "a", "client_secret": "b"}],
        },
        "selection": {},
        "called": None,
        **begin,
    }
    told = [first, *({"type": "exchange", "scenario": "login", "number": number} for number in exchanges or (1, 2, 3))]
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in told)


def newer():
    """The catalogue, of which a requirement has another level, one is new, and one is called otherwise."""
    first, second = CATALOGUE["rfc6749-5-first"], CATALOGUE["rfc6749-5-second"]
    changed = replace(first, id="rfc6749-5-once", formerly=(first.id,)), replace(second, level="MUST")
    return {each.id: each for each in (*changed, stated("rfc6749-5-third"))}
