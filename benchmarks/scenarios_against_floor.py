"""How long a run takes beside the same requests without a suite around them.

Forty scenarios of four requests each go to a server on loopback that answers after 50 ms: once one after the other,
as fixtures would, once as `token-conformance run` does it, once as a bare asyncio script. Prints ratios of one run.

    python benchmarks/scenarios_against_floor.py
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import httpx
import uvicorn

SCENARIOS, REQUESTS, LATENCY, CONCURRENCY = 40, 4, 0.05, 16
FORM = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "app-secret-value"}

PROFILE = """
[profile]
name = "Benchmark"
[server]
token_endpoint = "{url}"
[[clients]]
client_id = "app"
client_secret = "app-secret-value"
authentication = "client_secret_post"
[grants.client_credentials]
[limits]
concurrency = {concurrency}
requests_per_second = 100000
"""

SUITE = """
from token_conformance import scenario
"""

SCENARIO = '''

@scenario(needs="client_credentials")
async def flow_{number}(provider):
    """Ask {requests} times."""
    return [await provider.client_credentials() for _ in range({requests})]


def test_flow_{number}(flow_{number}):
    """All are accepted."""
    assert all(response.accepted for response in flow_{number})
'''


async def answer(scope: dict, receive: object, send: object) -> None:
    """Answer every request with a token after the latency."""
    if scope["type"] != "http":
        return
    await asyncio.sleep(LATENCY)
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send(
        {"type": "http.response.body", "body": b'{"access_token": "a-token-of-the-benchmark", "token_type": "Bearer"}'}
    )


@contextmanager
def server() -> Iterator[str]:
    """The address of the slow server, on a free port of loopback."""
    running = uvicorn.Server(uvicorn.Config(answer, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        threading.Event().wait(0.01)
    try:
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}/token"
    finally:
        running.should_exit = True
        thread.join()


async def one_after_the_other(url: str) -> None:
    """What sequential fixtures do."""
    async with httpx.AsyncClient() as client:
        for _ in range(SCENARIOS * REQUESTS):
            await client.post(url, data=FORM)


async def floor(url: str) -> None:
    """The same requests at once, with nothing around them."""
    turn = asyncio.Semaphore(CONCURRENCY)
    async with httpx.AsyncClient() as client:

        async def flow() -> None:
            for _ in range(REQUESTS):
                async with turn:
                    await client.post(url, data=FORM)

        await asyncio.gather(*(flow() for _ in range(SCENARIOS)))


def suite_run(url: str, folder: Path) -> None:
    """A whole run of the command, pytest's start and the reports included."""
    profile, suite = folder / "benchmark.toml", folder / "test_benchmark.py"
    profile.write_text(PROFILE.format(url=url, concurrency=CONCURRENCY))
    suite.write_text(SUITE + "".join(SCENARIO.format(number=n, requests=REQUESTS) for n in range(SCENARIOS)))
    command = [
        sys.executable,
        "-m",
        "token_conformance",
        "run",
        str(profile),
        "--live",
        "--suites",
        str(suite),
        "-k",
        "test_flow",
    ]
    subprocess.run([*command, "--report-dir", str(folder)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command


def seconds(action: object) -> float:
    """How long an action takes."""
    before = perf_counter()
    action()
    return perf_counter() - before


def main() -> None:
    """Measure and print."""
    with server() as url, tempfile.TemporaryDirectory() as folder:
        bare = seconds(lambda: asyncio.run(floor(url)))
        run = seconds(lambda: suite_run(url, Path(folder)))
        naive = seconds(lambda: asyncio.run(one_after_the_other(url)))
    for name, taken in (("bare script", bare), ("token-conformance run", run), ("one after the other", naive)):
        print(f"{name:24} {taken:6.2f} s   {taken / bare:5.1f} × the bare script")


if __name__ == "__main__":
    main()
