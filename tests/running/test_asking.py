"""What is asked for by options answers, or is refused in a sentence."""

from pathlib import Path

import pytest

from token_conformance.running.asking import choice_of, contradictions

NOTHING = {
    "live": False,
    "emulated": False,
    "recorded": [],
    "fault": (),
    "variation": [],
    "proxy": None,
    "due": False,
    "park": False,
    "resume": None,
    "write_facts": None,
    "keyring": False,
    "session_file": None,
    "evidence": False,
    "no_evidence": False,
    "plan": False,
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (None, (), (), None)),
        ({"live": True, "proxy": "env"}, ("live", (), (), "env")),
        ({"recorded": [""]}, ("recorded", (), (), None)),
        ({"recorded": ["a.har", "b"]}, ("recorded", (Path("a.har"), Path("b")), (), None)),
        ({"fault": ["no-nonce"]}, ("emulated", (), ("no-nonce",), None)),
        ({"emulated": True}, ("emulated", (), (), None)),
    ],
)
def test_what_answers(given, expected):
    """A fault needs a server that can have it; without a word the environment decides."""
    choice = choice_of(NOTHING | given)
    assert (choice.kind, choice.recordings, choice.faults, choice.proxy) == expected
    assert [*contradictions(NOTHING | given)] == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"live": True, "recorded": [""]}, "--live and --recorded exclude each other"),
        ({"live": True, "variation": ["slow"]}, "--fault and --variation belong to --emulated"),
        ({"due": True, "park": True}, "--due goes on with what is parked alone"),
        ({"due": True, "resume": "results.json"}, "--due goes on with what is parked alone"),
        ({"due": True, "write_facts": "facts.toml"}, "--write-facts writes lives as they were measured on time"),
        ({"keyring": True, "session_file": "session.json"}, "--keyring and --session-file exclude each other"),
        ({"evidence": True, "due": True}, "--due goes on with answers of another day, of which no evidence is written"),
        ({"evidence": True, "plan": True}, "--evidence and --plan exclude each other"),
        ({"evidence": True, "no_evidence": True}, "--evidence and --no-evidence exclude each other"),
    ],
)
def test_what_does_not_go_together_is_refused(given, sentence):
    """One sentence, and nothing is silently left undone; each option by itself is fine."""
    (told,) = contradictions(NOTHING | given)
    assert told.startswith(sentence)
    for name, value in given.items():
        assert [*contradictions(NOTHING | {name: value})] == [], name


def test_evidence_goes_with_whatever_answers_now():
    """Of a live run it is the rule."""
    for kind in ("live", "emulated"):
        assert [*contradictions(NOTHING | {"evidence": True, kind: True})] == []


def test_a_probe_is_for_a_plan():
    """It asks what a plan has to know, and a run finds out by itself."""
    (told,) = contradictions(NOTHING | {"probe": True})
    assert "give --plan too" in told
    assert [*contradictions(NOTHING | {"probe": True, "plan": True})] == []
