"""The names of exchanges that are not of a scenario's own, first time, and what others end with."""

from __future__ import annotations

AGAIN = "~again"
"""Its scenario ran once more."""

AFTERWARDS = "~afterwards"
"""It showed whether the only session outlived the scenario."""

PARKED = "~parked"
"""It was made to park the scenario."""

EXPLORING = "exploring"
"""The whole name of those that a search made after all scenarios."""
