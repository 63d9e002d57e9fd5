"""What is shown of a defect that ends a session: a sentence, where pytest would print a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprTracebackNative

from token_conformance.running.defect import kind_of

ENDED = "the session was ended by "


class InternalErrors:
    """Takes the place of tracebacks in what pytest is about to print; what an exception says may be secret."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Put one sentence in the place of the traceback."""
        excrepr.reprtraceback, excrepr.reprcrash = ReprTracebackNative([_sentence(excinfo.value)]), None
        if isinstance(excrepr, ExceptionChainRepr):
            excrepr.chain = [(excrepr.reprtraceback, None, None)]


def _sentence(problem: BaseException) -> str:
    """What ended the session; a worker of xdist has said so already."""
    lines = [line for line in str(problem).splitlines() if line.startswith(ENDED)]
    return lines[0] if lines else f"{ENDED}{kind_of(problem)}; `--full-trace` of pytest tells more"
