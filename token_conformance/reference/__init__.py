"""The reference server: a real authorization server in this process, with a movable clock and faults by name.

Known to `servers/emulated` and to tests alone. May import `judging/` and what lies below.
"""

from token_conformance.reference.clock import MovableClock
from token_conformance.reference.server import ReferenceServer

__all__ = ["MovableClock", "ReferenceServer"]
