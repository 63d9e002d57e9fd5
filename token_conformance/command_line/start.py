"""How a command starts without what it does not need, and ends without looking for what it does not need any more."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (20_000, 10, 10)
"""Objects that the garbage collector lets come about before it looks for garbage.

A command imports much and throws little away: with Python's own 700, looking takes longer than many an import.
"""


@contextmanager
def starting_lightly() -> Iterator[None]:
    """Leave out what libraries would bring along for others, and look for no garbage while they are imported."""
    gc.set_threshold(*THRESHOLDS)
    # pydantic would look for plugins of its own in every package that is installed
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    with without_collecting():
        yield


@contextmanager
def without_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile, unless somebody begins with it within."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def end_lightly() -> None:
    """Have Python end without going through all that was imported in search of garbage."""
    gc.freeze()
