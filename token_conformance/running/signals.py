"""The signals that ask a command to stop, and how a process ends at one of them; imports next to nothing."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Ctrl-C, a time-out of CI, a closed terminal; Windows has SIGBREAK in the place of SIGHUP."""

STATUS = 2
"""The exit status of what was interrupted."""

NOTHING_ASKED = "interrupted: nothing was asked of a provider"

Handler = Callable[[int, FrameType | None], Any]
Handlers = Mapping[int, Any]

_terminal: int | None = None
_of_python: Handlers = {}


def heed(handler: Handler) -> Handlers:
    """Have signals that ask to stop handled so; gives what was in force before.

    SIGHUP stays ignored where it is, as `nohup` wants it. SIGINT does not: a shell has commands in the background ignore
    it, but who sends it all the same, as CI does, means it. Nothing happens outside of the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        return {}
    before = {each: signal.getsignal(each) for each in STOPPING}
    heeded = {each: known for each, known in before.items() if known != signal.SIG_IGN or each == signal.SIGINT}
    for each in heeded:
        signal.signal(each, handler)
    return heeded


def restore(handlers: Handlers) -> None:
    """Have signals handled again as before; a handler that is not Python's own cannot be put back."""
    for each, handler in handlers.items():
        if handler is not None:
            signal.signal(each, handler)


def heed_from_the_start() -> None:
    """End at the first signal while a command starts, and leave nothing of Python's own shown when it ends."""
    global _terminal, _of_python
    with suppress(OSError):
        _terminal = os.dup(2)
    sys.unraisablehook = _say_nothing
    _of_python = heed(_end_before_the_start)
    atexit.register(_ignore)


def leave_to_python() -> None:
    """Have signals handled in Python's own way again, for a command that knows how to end."""
    restore(_of_python)


def is_heeded_from_the_start() -> bool:
    """Whether this process is the command itself, which may be ended, and not one in which it was called."""
    return _terminal is not None


def say(sentence: str) -> None:
    """Print a line on the error output of the command, also from within a signal's handler."""
    with suppress(OSError):
        os.write(_terminal if _terminal is not None else 2, f"\n{sentence}\n".encode())


def end_at_once(sentence: str | None = None) -> NoReturn:
    """End this process, with a last sentence, without waiting for anything, not even for its own threads."""
    if sentence is not None:
        say(sentence)
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # a closed terminal, or a write that the signal has come upon
            stream.flush()
    os._exit(STATUS)


@contextmanager
def held_back() -> Iterator[None]:
    """Signals that come meanwhile are heeded afterwards; processes that begin meanwhile hold them back by themselves."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        let_through()


def let_through() -> None:
    """Heed the signals that this process has held back since it began."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def end_at_next() -> None:
    """End at the next signal: there is nothing left to do."""
    heed(lambda *_: end_at_once())


def _say_nothing(_unraisable: object) -> None:
    """What comes up while something is thrown away concerns nobody any more."""


def _end_before_the_start(_number: int, _frame: FrameType | None) -> NoReturn:
    end_at_once(NOTHING_ASKED)


def _ignore() -> None:
    for each in STOPPING:
        signal.signal(each, signal.SIG_IGN)
