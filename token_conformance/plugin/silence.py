"""Nothing that a check prints goes past redaction to the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from _pytest.capture import CaptureManager


@contextmanager
def silence(config: pytest.Config) -> Iterator[None]:
    """Keep what is printed meanwhile from the terminal, as pytest does during a test, unless it was told not to."""
    capture = config.pluginmanager.get_plugin("capturemanager")
    if not isinstance(capture, CaptureManager) or not capture.is_globally_capturing():
        yield
        return
    capture.resume_global_capture()
    try:
        yield
    finally:
        capture.suspend_global_capture()
        capture.read_global_capture()
