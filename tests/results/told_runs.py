"""Results as another run has told them, of which a test says what matters to it."""

from token_conformance.results.told import ToldRun


def told(checks=(), **more):
    """A run with checks by name and verdict, or with all of their members."""
    listed = [each if isinstance(each, dict) else dict(zip(("id", "verdict"), each, strict=True)) for each in checks]
    usual = {"schema": 1, "suite_version": "0.1.0", "profile": "example", "server": "live", "outcome": "conforms"}
    return ToldRun.model_validate({**usual, "checks": listed, **more})


def fact(id_, measured="unknown", kind="x", value=None):
    """A fact that was measured, or was not."""
    return {"id": id_, "group": "answers", "name": id_, "measured": measured, "class": kind, "value": value}


def seen(requirement, verdict="fail"):
    """What was seen on the way."""
    return {
        "requirement": requirement,
        "verdict": verdict,
        "message": "it was taken twice",
        "clause": "RFC 6749 §4.1.2",
    }
