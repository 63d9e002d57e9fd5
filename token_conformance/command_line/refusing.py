"""How a command ends that cannot do what it was asked."""

from __future__ import annotations

import sys
from typing import NoReturn

from token_conformance.command_line.telling import tell_problem
from token_conformance.results.exit_status import USAGE_ERROR


def refuse(problems: list[str]) -> NoReturn:
    """Say on the error output what is wrong, and end with the status of a command that cannot be used."""
    for problem in problems:
        tell_problem(problem)
    sys.exit(USAGE_ERROR)
