"""Builds the program beside it around zitadel/oidc, once, and becomes it: see main.go for what it serves and prints."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import built, copied, edition, perform
from tests.live.running import UnavailableError, unavailable

SOURCES = [Path(__file__).with_name(name) for name in ("main.go", "go.mod", "go.sum")]


def build(folder: Path) -> None:
    """Have Go fetch the library and build the program."""
    copied(SOURCES, folder)
    perform(["go", "build", "-o", "server", "."], folder)


if __name__ == "__main__":
    try:
        program = built(f"zitadel-oidc-{edition(SOURCES)}", build) / "server"
    except UnavailableError as problem:
        unavailable(problem)
    else:
        os.execv(program, [str(program), *sys.argv[1:]])  # noqa: S606 - what was built above
