"""Asks on the terminal for what no metadata tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from token_conformance.profile.fields import EndpointURL, RedirectURI
from token_conformance.profile_writing.draft import ASKED_ENDPOINTS, METHODS, Draft

_REDIRECT_URI: TypeAdapter[str] = TypeAdapter(RedirectURI)
_ENDPOINT: TypeAdapter[str] = TypeAdapter(EndpointURL)


def completed(draft: Draft) -> Draft:
    """The draft with the user's answers; Enter keeps what is proposed, such as a variable of the environment."""
    offers = f"offers {', '.join(draft.offered)}" if draft.issuer else "is described without metadata"
    click.echo(f"{draft.address} {offers}. Enter keeps what stands in brackets;", err=True)
    click.echo("${NAME} is taken from the environment at each run, so that secrets stay out of the file.", err=True)
    draft = replace(draft, name=_ask("Name of the provider", draft.name))
    draft = _with_grants(draft if draft.issuer else _with_endpoints(draft))
    draft = _with_client(draft)
    draft = _with_login(draft) if draft.interactive else draft
    if draft.holds_secret:
        click.echo("The profile holds a secret as it is: keep the file to yourself.", err=True)
    return draft


def _with_grants(draft: Draft) -> Draft:
    """The grants that the user's own client may use: what a provider lists, it need not allow to everybody."""
    known = () if draft.issuer is None else ("authorization_code", "refresh_token")
    asked = [grant for grant in draft.offered if grant not in known and len(draft.offered) > 1]
    allowed: dict[str, bool] = {
        grant: click.confirm(f"May the client use {grant}?", default=grant in draft.grants, err=True) for grant in asked
    }
    return replace(draft, grants=tuple(grant for grant in draft.offered if allowed.get(grant, True)))


def _with_endpoints(draft: Draft) -> Draft:
    """The endpoints that the provider has; what a grant needs that is not there is not offered."""
    answers = {name: _ask(name, "none", _endpoint) for name in ASKED_ENDPOINTS}
    named = {name: answer for name, answer in answers.items() if answer != "none"}
    needless = set() if "authorization_endpoint" in named else {"authorization_code"}
    offered = tuple(grant for grant in draft.offered if grant not in needless)
    endpoints = {"token_endpoint": draft.endpoints["token_endpoint"], **named}
    return replace(draft, offered=offered, endpoints=endpoints)


def _with_client(draft: Draft) -> Draft:
    methods = click.Choice(draft.methods or METHODS)
    method = click.prompt("Client authentication", draft.authentication, type=methods, show_choices=True, err=True)
    draft = replace(draft, authentication=method, client_id=_ask("client_id", draft.client_id))
    return (
        draft if method == "none" else replace(draft, client_secret=_ask_secretly("client_secret", draft.client_secret))
    )


def _with_login(draft: Draft) -> Draft:
    if "authorization_code" in draft.grants:
        if draft.issuer is None:
            draft = replace(
                draft, pkce="S256" if click.confirm("Does it know PKCE?", default=True, err=True) else False
            )
        draft = replace(draft, redirect_uri=_ask("redirect_uri", draft.redirect_uri, _redirect_uri))
    draft = replace(draft, scope=_ask("scope", draft.scope or "none", lambda scope: "" if scope == "none" else scope))
    return replace(
        draft,
        username=_ask("User name for the login", draft.username),
        password=_ask_secretly("Password for the login", draft.password),
    )


def _ask(question: str, proposed: str, check: Callable[[str], str] | None = None) -> str:
    return str(click.prompt(question, proposed, value_proc=_stripped(check), err=True))


def _ask_secretly(question: str, proposed: str) -> str:
    """Ask without echo; the proposal is a variable's name, and may be shown."""
    return str(click.prompt(question, proposed, hide_input=True, show_default=True, err=True))


def _stripped(check: Callable[[str], str] | None) -> Callable[[Any], str]:
    return lambda answer: check(answer.strip()) if check is not None else str(answer).strip()


def _redirect_uri(answer: str) -> str:
    return _checked(answer, _REDIRECT_URI)


def _endpoint(answer: str) -> str:
    return answer if answer == "none" else _checked(answer, _ENDPOINT)


def _checked(answer: str, kind: TypeAdapter[str]) -> str:
    try:
        return answer if "${" in answer else kind.validate_python(answer)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise click.UsageError(said) from None
