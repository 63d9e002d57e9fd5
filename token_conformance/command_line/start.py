"""How a command starts without what it does not need, and ends without looking for what it does not need any more."""

from __future__ import annotations

import gc
import os

THRESHOLDS = (20_000, 10, 10)
"""Objects that the garbage collector lets come about before it looks for garbage.

A command imports much and throws little away: with Python's own 700, looking takes longer than many an import.
"""


def start_lightly() -> None:
    """Leave out what libraries would bring along for others; to be called before they are imported."""
    gc.set_threshold(*THRESHOLDS)
    # pydantic would look for plugins of its own in every package that is installed
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")


def end_lightly() -> None:
    """Have Python end without going through all that was imported in search of garbage."""
    gc.freeze()
