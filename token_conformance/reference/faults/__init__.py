"""The faults, one module a topic: servers with a single mistake each.

Most servers make none: what all faults are is imported when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from token_conformance.reference.faults.fault import Fault

if TYPE_CHECKING:
    from token_conformance.reference.faults.catalogue import FAULTS, TOPICS

__all__ = ["FAULTS", "TOPICS", "Fault"]


if not TYPE_CHECKING:  # type checkers see the names above, and no others

    def __getattr__(name: str) -> Any:
        """`FAULTS` or `TOPICS`, from the catalogue (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.catalogue"), name)
