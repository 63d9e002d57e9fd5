"""What the plugin costs a session of pytest that does not ask for it: its import, as a part of that of pytest itself.

python -m benchmarks.plugin
"""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

CODE = """
import json
from time import perf_counter
began = perf_counter()
import pytest
between = perf_counter()
import token_conformance.plugin
print(json.dumps([between - began, perf_counter() - between]))
"""

TIMES = 15
MOST = 0.020
"""Seconds that the import may take on a quiet machine."""


def main() -> None:
    """Import both in processes of their own, and compare the medians."""
    taken = [json.loads(subprocess.check_output([sys.executable, "-c", CODE])) for _ in range(TIMES)]  # noqa: S603 - our own code
    of_pytest, ours = (median(column) for column in zip(*taken, strict=True))
    print(f"plugin {1000 * ours:.1f} ms, pytest {1000 * of_pytest:.0f} ms: {ours / of_pytest:.1%} of it")
    sys.exit(ours > MOST)


if __name__ == "__main__":
    main()
