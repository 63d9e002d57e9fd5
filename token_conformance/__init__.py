"""Conformance tests for OAuth 2.0 and OpenID Connect token endpoints.

What a suite needs is here: `scenario` and `requirement` to declare it, `refusal` to judge an answer beside its
control, `Inconclusive` and `NotApplicable` to say why something was not judged. Each is imported when it is asked for,
so that a command which runs nothing starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from token_conformance.judging.refusal import refusal
    from token_conformance.judging.requirement import requirement
    from token_conformance.running.scenario import scenario
    from token_conformance.verdict import Inconclusive, NotApplicable

__all__ = ["Inconclusive", "NotApplicable", "__version__", "refusal", "requirement", "scenario"]
__version__ = "0.1.0"

_ROOMS = {
    "Inconclusive": "verdict",
    "NotApplicable": "verdict",
    "refusal": "judging.refusal",
    "requirement": "judging.requirement",
    "scenario": "running.scenario",
}


if not TYPE_CHECKING:  # type checkers see the names above, and no others

    def __getattr__(name: str) -> Any:
        """A name of `__all__`, from the room where it lives (PEP 562)."""
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
