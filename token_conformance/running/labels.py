"""What the names of exchanges end with that are not of a scenario's own, first time."""

from __future__ import annotations

AGAIN = "~again"
"""Its scenario ran once more."""

AFTERWARDS = "~afterwards"
"""It showed whether the only session outlived the scenario."""

PARKED = "~parked"
"""It was made to park the scenario."""
