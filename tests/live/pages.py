"""A reference server on loopback whose pages are other ones: made by scripts, or those on which a login ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from starlette.responses import HTMLResponse

from token_conformance.layout import ROOT
from token_conformance.profile.loading import load
from token_conformance.provider.login.chromium import executable
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer

EVERYTHING = (Path(__file__).parent.parent / "suites" / "everything.toml").read_text("utf-8")
LOGIN, CONSENT, AUTHORIZE = "/interaction/login", "/interaction/consent", "/authorize"
CALLBACK = "https://app.example/callback"
PASSWORD = "correct horse battery"


def needs_browser() -> pytest.MarkDecorator:
    """Skips where there is no Chromium, or no Playwright to lead it."""
    try:
        import playwright.async_api  # noqa: F401
    except ImportError:
        return pytest.mark.skip(reason="needs Playwright, of the extra `browser`")
    return pytest.mark.skipif(executable() is None, reason="needs a Chromium in the PATH")


SCRIPTED = """<!DOCTYPE html><title>App</title><div id="app"></div><script>
  const page = new DOMParser().parseFromString(PAGE, 'text/html'), form = page.forms[0]
  setTimeout(() => {
    const root = document.getElementById('app').attachShadow({ mode: 'open' })
    root.innerHTML = '<h1></h1><p></p><div id="card"></div>'
    root.querySelector('h1').textContent = page.title
    root.querySelector('p').textContent = page.querySelector('[role=alert]')?.textContent ?? ''
    for (const control of form.elements) {
      if (control.type === 'hidden') continue
      const twin = document.createElement(control.tagName)
      twin.type = control.tagName === 'BUTTON' ? 'button' : control.type
      twin.textContent = control.textContent
      twin.placeholder = control.name
      twin.oninput = () => { control.value = twin.value }
      if (control.tagName === 'BUTTON') twin.onclick = () => { form.hidden = true; document.body.append(form); form.requestSubmit(control) }
      root.getElementById('card').append(twin)
    }
  }, 200)
</script>"""
"""An application of one page: no form, no names, a shadow tree, and nothing at all without its script."""


class Scripted:
    """An ASGI application whose pages are made by scripts."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        held: dict[str, Any] = {}

        async def changed(message: Any) -> None:
            if message["type"] == "http.response.start":
                held.update(message)
                return
            body = message.get("body", b"")
            if dict(held["headers"]).get(b"content-type", b"").startswith(b"text/html"):
                body = SCRIPTED.replace("PAGE", json.dumps(body.decode()).replace("</", "<\\/")).encode()
            kept = [pair for pair in held["headers"] if pair[0] != b"content-length"]
            await send({**held, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
            await send({"type": "http.response.body", "body": body})

        await self._application(scope, receive, changed)


class Framed:
    """An ASGI application that shows its login form in a frame, at the address that `frame` is served at, or in itself."""

    def __init__(self, application: Any, address: str | None = None) -> None:
        self._application = application
        self._address = address
        self._page = b""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        held: dict[str, Any] = {}

        async def changed(message: Any) -> None:
            if message["type"] == "http.response.start":
                held.update(message)
                return
            body = message.get("body", b"")
            if b'type="password"' in body:
                server = f"http://{dict(scope['headers'])[b'host'].decode()}"
                self._page = f'<base href="{server}/" target="_top">'.encode() + body
                inner = f'src="{self._address}"' if self._address else f'srcdoc="{escape(self._page.decode())}"'
                body = f"<title>Welcome</title><p>Please wait<iframe width=600 height=400 {inner}></iframe>".encode()
            kept = [pair for pair in held["headers"] if pair[0] != b"content-length"]
            await send({**held, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
            await send({"type": "http.response.body", "body": body})

        await self._application(scope, receive, changed)

    async def frame(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the page that stands in the frame."""
        await HTMLResponse(self._page)(scope, receive, send)


class Replaced:
    """An ASGI application that answers some requests, by method and path, in its own way."""

    def __init__(self, application: Any, answers: Mapping[tuple[str, str], Any]) -> None:
        self._application = application
        self._answers = answers
        self.seen: list[tuple[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        asked = (scope["method"], scope["path"])
        self.seen.append(asked)
        await self._answers.get(asked, self._application)(scope, receive, send)


@dataclass
class Ended:
    """A run of the tool, as its user sees it."""

    folder: Path
    status: int
    said: str

    @property
    def errors(self) -> list[str]:
        """The lines that say why the run was no use."""
        return [line for line in self.said.splitlines() if line.startswith("ERROR: ")]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdicts by the names of the checks."""
        (path,) = self.folder.glob("reports/reference/*/results.json")
        checks = json.loads(path.read_text())["checks"]
        return {check["id"].rpartition("::test_")[2]: check["verdict"] for check in checks}

    @property
    def written(self) -> str:
        """All that was said and written."""
        files = [path for path in (self.folder / "reports").rglob("*.*") if path.is_file()]
        return self.said + "".join(path.read_text("utf-8", "replace") for path in files)


@contextmanager
def reference_server(
    folder: Path,
    strategy: str,
    *,
    server: LoopbackServer | None = None,
    alter: Any = None,
    changes: Mapping[str, str] = MappingProxyType({}),
    redirect_uri: str = CALLBACK,
) -> Iterator[Path]:
    """Serve the reference server, and give a profile of it; changes of its text are nothing that the server knows of."""
    server = server or LoopbackServer()
    text = EVERYTHING.replace("https://op.example", server.base_url).replace(
        'strategy = "form"', f'strategy = "{strategy}"'
    )
    text = text.replace(CALLBACK, redirect_uri)
    profile = folder / "reference.toml"
    profile.write_text(text.replace("[limits]", "[limits]\nmax_wait = 2"))
    application = ReferenceServer(load(profile, {})).application
    for old, new in changes.items():
        assert old in EVERYTHING, old
        profile.write_text(profile.read_text().replace(old, new))
    with server.serving(alter(application) if alter is not None else application):
        yield profile


def run(profile: Path, *arguments: str) -> Ended:
    """Run the tool."""
    command = [sys.executable, "-m", "token_conformance", "run", str(profile), "--live", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, cwd=profile.parent, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    return Ended(profile.parent, ended.returncode, ended.stdout + ended.stderr)
