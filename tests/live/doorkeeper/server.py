"""Starts Debian's Doorkeeper, in the Rails application beside this, on loopback, and prints its issuer and version as JSON.

The first argument is JSON: see application.ru. The database is a file in a folder of its own, which goes when the pipe to
here is closed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import packaged
from tests.live.listening import free_port, wait_for

APPLICATION = Path(__file__).with_name("application.ru")


def main() -> None:
    """Serve until standard input ends, or until it is told to."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        issuer = f"http://127.0.0.1:{port}"
        settings = {"FOLDER": folder, "ISSUER": issuer, "SETTINGS": sys.argv[1] if sys.argv[1:] else "{}"}
        server = subprocess.Popen(
            ["puma", "--quiet", "--environment", "production", "--bind", f"tcp://127.0.0.1:{port}", str(APPLICATION)],
            cwd=folder,
            env=os.environ | settings | {"RAILS_ENV": "production"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(f"{issuer}/.well-known/openid-configuration", server)
            print(json.dumps({"issuer": issuer, "version": packaged("ruby-doorkeeper")}), flush=True)
            # A test run that was killed takes its providers along: its end of the pipe closes.
            sys.stdin.read()
        finally:
            server.terminate()
            server.wait(timeout=10)


if __name__ == "__main__":
    main()
