"""The command `serve`."""

from __future__ import annotations

import errno
import re
import shlex
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from types import FrameType

import click

from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.telling import tell
from token_conformance.profile.client import Client
from token_conformance.profile.files import ProfileError, examples, find
from token_conformance.profile.models import Profile
from token_conformance.servers.selection import Choice, select
from token_conformance.servers.served import ADDRESS, Serving, for_clients, serving

GLANCE = 1.0
"""Seconds between two looks at whether a signal has come, where waiting keeps it from being heard."""


@click.command()
@click.argument("profile", metavar="PROFILE")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="The port.  [default: a free one]")
@click.option("--tls", is_flag=True, help="Speak TLS, by a certificate of a CA that is made for it.")
@click.option("--fault", multiple=True, metavar="NAME", help="Misbehave in this way; may be repeated.")
@click.option("--variation", multiple=True, metavar="NAME", help="Be different in this allowed way; may be repeated.")
@click.option("--clock", metavar="+1h", help="Be ahead of the time by so much.")
@click.option(
    "--redirect-uri", "redirect_uris", multiple=True, metavar="URI", help="Register this for the client under test."
)
@click.option("-v", "--verbose", is_flag=True, help="A line for each request.")
@click.option("-q", "--quiet", is_flag=True, help="Print settings alone.")
def serve(
    profile: str,
    port: int,
    fault: tuple[str, ...],
    variation: tuple[str, ...],
    clock: str | None,
    redirect_uris: tuple[str, ...],
    *,
    tls: bool,
    verbose: bool,
    quiet: bool,
) -> None:
    """Run the emulated provider of PROFILE on this machine, for people who test clients, until Ctrl-C.

    It takes on what the profile documents, under made-up credentials, which are printed as lines of an .env file.
    """
    ended = _ending()
    try:
        loaded = _loaded(profile, redirect_uris)
        with TemporaryDirectory(prefix="token-conformance-serve-") as folder:
            heard = _tell_of_request if verbose else None
            with serving(
                loaded, Path(folder), port=port, tls=tls, faults=fault, variations=variation, heard=heard
            ) as served:
                if clock is not None:
                    served.provider.move(advance=clock)
                for line in (*settings(served), *(() if quiet else hints(served))):
                    tell(line)
                while not ended.wait(GLANCE):
                    pass
    except ProfileError as problem:
        refuse(problem.problems)
    except ValueError as problem:
        refuse([str(problem)])
    except OSError as problem:
        refuse([_not_served(port, problem)])


def _loaded(given: str, redirect_uris: tuple[str, ...]) -> Profile:
    """The profile under made-up values of its variables."""
    _, profile, _ = select(given, Choice("emulated"), {})
    return for_clients(profile, examples(find(given)).values(), redirect_uris)


def _ending() -> Event:
    """What is set as soon as the command is told to end."""
    ended = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
    return ended


def _not_served(port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"port {port} of {ADDRESS} is in use: choose another --port, or none for a free one"
    return f"port {port} of {ADDRESS} cannot be had: {problem.strerror or problem}; choose another --port"


def _tell_of_request(method: str, path: str, status: int) -> None:
    tell(f"{method} {path} {status}")


@dataclass(frozen=True)
class _Setting:
    name: str
    value: str | None


def settings(served: Serving) -> Iterator[str]:
    """What a client has to be told, as lines of an .env file."""
    for setting in _settings(served):
        if setting.value:
            yield f"{setting.name}={shlex.quote(setting.value)}"


def _settings(served: Serving) -> Iterator[_Setting]:
    profile = served.provider.profile
    server, grants, login = profile.server, profile.grants, profile.login
    base = (server.issuer or served.base_url).rstrip("/")
    yield _Setting("OIDC_ISSUER", server.issuer or served.base_url)
    yield _Setting("OIDC_DISCOVERY", f"{base}/.well-known/openid-configuration")
    yield _Setting("OIDC_AUTHORIZATION_ENDPOINT", server.authorization_endpoint or f"{base}/authorize")
    yield _Setting("OIDC_TOKEN_ENDPOINT", server.token_endpoint or f"{base}/token")
    for number, client in enumerate(profile.clients):
        yield from _of_client(client, f"OIDC_{_in_capitals(client.name)}" if number else "OIDC")
    granted = (grants.authorization_code, grants.password, grants.client_credentials)
    yield _Setting("OIDC_SCOPE", next((grant.scope for grant in granted if grant is not None), None))
    yield _Setting("OIDC_USERNAME", login.username)
    yield _Setting("OIDC_PASSWORD", login.password)
    if served.ca is not None:
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
            yield _Setting(name, str(served.ca))
    yield _Setting("TOKEN_CONFORMANCE_CONTROL", served.control)


def _in_capitals(name: str) -> str:
    """The name of a client as part of a variable's."""
    return re.sub(r"\W", "_", name, flags=re.ASCII).upper()


def _of_client(client: Client, prefix: str) -> Iterator[_Setting]:
    yield _Setting(f"{prefix}_CLIENT_ID", client.client_id)
    yield _Setting(f"{prefix}_CLIENT_SECRET", client.client_secret)
    yield _Setting(f"{prefix}_CLIENT_AUTHENTICATION", client.authentication)
    yield _Setting(f"{prefix}_REDIRECT_URI", client.redirect_uri)


def hints(served: Serving) -> Iterator[str]:
    """What moves the provider while it runs, and what ends it; comments, so that all of it can be pasted."""
    control = shlex.quote(served.control)
    ca = f" --cacert {shlex.quote(str(served.ca))}" if served.ca is not None else ""
    yield f"""# an hour passes:    curl{ca} -d '{{"advance": "+1h"}}' {control}"""
    yield f"""# a fault comes up:  curl{ca} -d '{{"faults": ["NAME"]}}' {control}"""
    yield f"# how it stands:     curl{ca} {control}"
    yield "# Ctrl-C ends it"
