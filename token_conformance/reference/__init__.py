"""The reference server: a real authorization server in this process, with a clock that can be moved and faults that can be switched on."""

from token_conformance.reference.clock import MovableClock
from token_conformance.reference.server import ReferenceServer

__all__ = ["MovableClock", "ReferenceServer"]
