"""What the user sees: login and consent, and the way back to the client."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from token_conformance.reference.answer import Answer
from token_conformance.reference.documented import User
from token_conformance.reference.grant_policies import FrontDoorPolicy
from token_conformance.reference.reading import Parameters

HTML = "text/html; charset=utf-8"
OF_PAGES = (
    ("Cache-Control", "no-store"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
)
"""What keeps pages from being framed, and addresses from being told (RFC 9700 §4.2.4 and §4.16)."""


@dataclass(eq=False)
class BrowserSession:
    """A browser whose user has logged in: single sign-on."""

    user: User
    auth_time: int
    consents: set[tuple[str, str]] = field(default_factory=set)
    identifier: str = field(default_factory=lambda: secrets.token_urlsafe(24))


@dataclass(eq=False)
class Interaction:
    """An authorization request that waits for its user."""

    request: Parameters
    session: BrowserSession | None = None
    identifier: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    logged_in_anew: bool = False

    @property
    def prompts(self) -> frozenset[str]:
        """The `prompt` values of the request (OIDC Core §3.1.2.1)."""
        return frozenset((self.request.payload.data.get("prompt") or "").split())

    def needs_login(self, now: float, *, heeds_age: bool = True) -> bool:
        """Whether the user has to log in, or to do so again."""
        if self.session is None or ("login" in self.prompts and not self.logged_in_anew):
            return True
        max_age = self.request.payload.data.get("max_age", "")
        return (
            heeds_age and max_age.isdigit() and not self.logged_in_anew and now - self.session.auth_time > int(max_age)
        )

    def needs_consent(self, client_id: str, scope: str) -> bool:
        """Whether the user has to allow the client what it asks for."""
        return self.session is None or "consent" in self.prompts or (client_id, scope) not in self.session.consents


def login_form(action: str, csrf: str, *, failed: bool = False) -> Answer:
    """The form for user name and password."""
    problem = "<p role=alert>The user name or the password is wrong.</p>" if failed else ""
    fields = (
        '<label>User name <input type="text" name="username" autocomplete="username"></label>'
        '<label>Password <input type="password" name="password" autocomplete="current-password"></label>'
        '<button type="submit" name="action" value="login">Log in</button>'
    )
    return page("Log in", problem + form_to(action, {"csrf": csrf}, fields))


def consent_form(action: str, csrf: str, client_id: str, scope: str) -> Answer:
    """The form that asks whether the client may."""
    question = f"<p>{escape(client_id)} asks for: {escape(scope)}</p>"
    buttons = (
        '<button type="submit" name="decision" value="allow">Allow</button>'
        '<button type="submit" name="decision" value="deny">Deny</button>'
    )
    return page("Consent", question + form_to(action, {"csrf": csrf}, buttons))


def page(title: str, content: str, status: int = 200) -> Answer:
    """An HTML page."""
    name = escape(title)
    text = f"<!DOCTYPE html><html><head><title>{name}</title></head><body><h1>{name}</h1>{content}</body></html>"
    return Answer("authorization", status, headers=OF_PAGES, body=text.encode(), media_type=HTML)


THIRD_PARTY = {
    "script": b'<script src="https://cdn.thirdparty.example/login.js"></script>',
    "style": b"<style>@import url(https://cdn.thirdparty.example/login.css);</style>",
}
"""What pages load from another site."""


def careless(answer: Answer, policy: FrontDoorPolicy) -> Answer:
    """The page of a server that takes less care of it."""
    if not policy.framing_forbidden:
        answer = answer.bare_of("X-Frame-Options").headed("Content-Security-Policy", "script-src 'self'")
    if not policy.content_policy:
        answer = answer.bare_of("Content-Security-Policy")
    if policy.third_party is None or answer.media_type != HTML:
        return answer
    return answer.with_body((answer.body or b"").replace(b"</head>", THIRD_PARTY[policy.third_party] + b"</head>"))


def back_to_client(answer: Answer, redirect_uri: str, mode: str) -> Answer:
    """The members of an answer on their way to the redirect_uri."""
    if mode == "form_post":
        fields = {name: str(value) for name, value in answer.members.items()}
        post = page("Back to the application", form_to(redirect_uri, fields, '<button type="submit">Continue</button>'))
        return post.with_body((post.body or b"") + b"<script>document.forms[0].submit()</script>")
    separator = "#" if mode == "fragment" else "&" if "?" in redirect_uri else "?"
    return to(f"{redirect_uri}{separator}{urlencode(answer.members)}")


def to(location: str) -> Answer:
    """A redirect, after which the browser sends a GET."""
    return Answer("authorization", 303, headers=(("Location", location), ("Cache-Control", "no-store")), body=b"")


def error_members(error: OAuth2Error) -> dict[str, Any]:
    """The members of an error for the client (RFC 6749 §4.1.2.1)."""
    return (
        {"error": error.error, "error_description": error.description} if error.description else {"error": error.error}
    )


def form_to(action: str, hidden: dict[str, str], content: str) -> str:
    """A form that posts its hidden fields with its content."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    return f'<form method="post" action="{escape(action)}">{inputs}{content}</form>'
