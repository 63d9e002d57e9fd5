"""Where servers of other programs listen: at a free port of loopback, and from when on."""

from __future__ import annotations

import socket
import subprocess
import sys
import time

import httpx


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
    return port


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers well; on a busy machine it takes a minute or two.

    Raises:
        SystemExit: the server has ended.

    """
    with httpx.Client(timeout=10) as client:
        while server.poll() is None:
            try:
                client.get(address).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.3)
            else:
                return
    sys.exit(f"{address} never answered: the server ended with {server.returncode}")
