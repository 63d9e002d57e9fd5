"""A provider behind a proxy is reached through it, in its own TLS; this machine never is."""

import asyncio
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from tests.certificates import Authority
from token_conformance.redaction import Redactor
from token_conformance.reference.loopback import LoopbackServer, server_tls
from token_conformance.servers.live import LiveServer
from token_conformance.verdict import NotApplicable
from token_conformance.wire.exchange import Request
from token_conformance.wire.pace import Pace
from token_conformance.wire.proxy import proxy_for, sentence, shown
from token_conformance.wire.wire import Wire

ELSEWHERE = "192.0.2.1"
"""An address of the documentation (RFC 5737), which nobody has."""

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    """The environment of the machine says nothing."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]", "app.localhost"])
def test_this_machine_is_reached_directly(monkeypatch, host):
    """Whatever the profile and the environment say."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert proxy_for("http://proxy.example:3128", f"https://{host}:8443/token") is None
    assert proxy_for("env", f"https://{host}/token") is None


def test_the_profile_names_a_proxy(monkeypatch):
    """That of the environment is not looked at then, nor where nothing is named."""
    monkeypatch.setenv("HTTPS_PROXY", "http://other.example:3128")
    assert proxy_for("http://proxy.example:3128", "https://op.example/") == "http://proxy.example:3128"
    assert proxy_for(None, "https://op.example/") is None


def test_the_environment_names_a_proxy(monkeypatch):
    """By scheme, with exceptions, and with or without a scheme of its own."""
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "intern.example")
    assert proxy_for("env", "https://op.example/token") == "http://proxy.example:3128"
    assert proxy_for("env", "https://op.intern.example/token") is None
    assert proxy_for("env", "http://op.example/token") is None
    monkeypatch.setenv("ALL_PROXY", "http://all.example")
    assert proxy_for("env", "http://op.example/token") == "http://all.example"


def test_the_password_of_a_proxy_is_not_shown(parsed):
    """Neither where it is named, nor where a report would repeat it."""
    proxy = "http://user:canary%2Bpassword@proxy.example:3128"
    assert shown(proxy) == "http://proxy.example:3128"
    assert sentence(proxy, "https://op.example/") == "requests go through the proxy http://proxy.example:3128"
    redactor = Redactor()
    redactor.learn_profile(parsed(proxy))
    assert "canary" not in redactor.text("it said canary+password, or canary%2Bpassword")


def test_a_run_names_its_proxy(parsed, monkeypatch):
    """In its first line, and in a sentence for the report."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    server = LiveServer(parsed(None).through("env"))
    assert server.description == (
        "live at https://op.example/token; requests go through the proxy of the environment http://proxy.example"
    )
    assert LiveServer(parsed("env").through("none")).description == "live at https://op.example/token"
    assert LiveServer(parsed("env").through(None)).description == server.description


@pytest.fixture
def parsed(make_profile):
    """A profile with that proxy."""
    return lambda proxy, **server: make_profile(
        server={"token_endpoint": "https://op.example/token", "proxy": proxy, **server}
    )


@asynccontextmanager
async def proxy(port, answer=b"HTTP/1.1 200 OK\r\n\r\n"):
    """A proxy that leads every tunnel to a port of this machine, or refuses all; gives its address and what it was asked."""
    asked, serving = [], []

    async def copy(reader, writer):
        with suppress(OSError):
            while data := await reader.read(4096):
                writer.write(data)
        writer.close()
        await asyncio.wait([asyncio.ensure_future(writer.wait_closed())])

    async def serve(reader, writer):
        serving.append(asyncio.current_task())
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(answer)
        if answer.startswith(b"HTTP/1.1 200"):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://user:word@127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        await asyncio.wait(serving)


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the provider"})


def exchanged(profile, url):
    """What comes of a request."""

    async def exchange():
        wire = Wire("proxied", LiveServer(profile).connect("proxied"), profile.limits, Pace(profile.limits))
        try:
            return await wire.send(Request("GET", url))
        finally:
            await wire.close()

    return exchange()


def test_tls_is_that_of_the_provider(parsed, tmp_path):
    """The proxy gets the host's name and its own password; the certificate is checked for the provider's name."""
    authority = Authority(tmp_path)
    authority.server("right", ELSEWHERE)

    async def ask(port):
        async with proxy(port) as (address, asked):
            profile = parsed(address, ca_bundle=str(authority.bundle))
            right = await exchanged(profile, f"https://{ELSEWHERE}/token")
            wrong = await exchanged(profile, "https://192.0.2.2/token")
            return right, wrong, asked

    loopback = LoopbackServer(tls=server_tls(tmp_path / "right.pem", tmp_path / "right.key"))
    with loopback.serving(application) as url:
        right, wrong, asked = asyncio.run(ask(int(url.rpartition(":")[2])))
    assert right.answer is not None, right.failure
    assert right.answer.body == b"the provider"
    assert asked[0].startswith(f"CONNECT {ELSEWHERE}:443")
    assert "Proxy-Authorization: Basic" in asked[0]
    assert wrong.answer is None
    assert "certificate" in wrong.failure


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_lets_nobody_through_is_named(parsed, scheme):
    """Its 407 is no answer of the provider's; its password is not repeated."""

    async def ask():
        refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
        async with proxy(1, refusal) as (address, _):
            return await exchanged(parsed(address), f"{scheme}://{ELSEWHERE}/token"), address

    exchange, address = asyncio.run(ask())
    assert exchange.answer is None
    assert exchange.failure.startswith(f"no connection to {ELSEWHERE}: through the proxy {shown(address)}: 407")
    assert "word" not in exchange.failure


def test_a_proxy_that_is_not_there_is_named(parsed):
    """Nobody could tell otherwise whose port was closed."""
    exchange = asyncio.run(exchanged(parsed("http://127.0.0.1:9"), f"https://{ELSEWHERE}/token"))
    assert "through the proxy http://127.0.0.1:9: " in exchange.failure


def test_another_kind_of_proxy_is_told(parsed, monkeypatch):
    """The environment may name one."""
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy.example")
    exchange = asyncio.run(exchanged(parsed("env"), f"https://{ELSEWHERE}/token"))
    assert exchange.failure.endswith(
        "through the proxy socks5://proxy.example: it is no HTTP proxy, and others are not supported"
    )


def test_a_handshake_alone_is_not_sent_through_a_proxy(parsed):
    """The suite of the transport says so, and judges nothing."""
    connection = LiveServer(parsed("http://proxy.example")).connect("transport")
    with pytest.raises(NotApplicable, match="the proxy http://proxy.example stands between"):
        asyncio.run(connection.handshake("https://op.example/token", "usual"))
    assert isinstance(connection.transport, httpx.AsyncBaseTransport)


@pytest.mark.parametrize("written", ["proxy.example", "socks5://proxy.example", "http://", "http://proxy.example/path"])
def test_what_is_no_proxy_is_told_without_its_value(make_profile, written):
    """It may hold a password."""
    with pytest.raises(ValueError, match="expected the address of an HTTP proxy such as"):
        make_profile(server={"token_endpoint": "https://op.example/token", "proxy": written})
