"""Installs idpyoidc into an environment of its own, once, and becomes application.py in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import environment
from tests.live.running import UnavailableError, unavailable

HERE = Path(__file__).parent

if __name__ == "__main__":
    try:
        python = environment("idpyoidc", HERE / "requirements.txt")
    except UnavailableError as problem:
        unavailable(problem)
    else:
        os.execv(python, [str(python), str(HERE / "application.py"), *sys.argv[1:]])  # noqa: S606 - what was built above
