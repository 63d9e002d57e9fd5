"""The headless browser of the login strategy `form`: follows an authorization request to its redirect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from token_conformance.exchange import Exchange, Request, header
from token_conformance.profile.models import Login
from token_conformance.provider.pages import HTML, Form, Page
from token_conformance.verdict import Inconclusive
from token_conformance.wire import Wire

LONGEST_WALK = 15
"""Requests after which an authorization is given up."""


@dataclass(frozen=True)
class AuthorizationAnswer:
    """The parameters that reached the redirect_uri, how (`query`, `fragment` or `form_post`), and in which exchange."""

    parameters: Mapping[str, str]
    mode: str
    exchange: Exchange


async def follow_to_redirect(wire: Wire, url: str, *, redirect_uri: str, login: Login) -> AuthorizationAnswer:
    """Walk from the authorization request over login and consent to the redirect_uri.

    Raises:
        Inconclusive: the walk does not get there; the message says where it ended.

    """
    walk, request = Walk(redirect_uri, login), Request("GET", url, (HTML,))
    for _ in range(LONGEST_WALK):
        step = walk.step(await wire.send(request))
        if isinstance(step, AuthorizationAnswer):
            return step
        request = step
    raise Inconclusive(f"the authorization did not end within {LONGEST_WALK} requests; the last was to {request.path}")


@dataclass
class Walk:
    """Where a login goes, page by page."""

    redirect_uri: str
    login: Login
    logged_in: bool = field(default=False)

    def step(self, exchange: Exchange) -> Request | AuthorizationAnswer:
        """The next request, or the answer."""
        response = exchange.response
        location = header(response.headers, "location")
        if response.status in {301, 302, 303, 307, 308} and location is not None:
            return self._redirected(exchange, urljoin(exchange.request.url, location))
        return self._page(exchange, Page(exchange.request.url, response.body))

    def _redirected(self, exchange: Exchange, location: str) -> Request | AuthorizationAnswer:
        parts = urlsplit(location)
        if _same_place(location, self.redirect_uri):
            mode = "fragment" if parts.fragment else "query"
            return AuthorizationAnswer(
                dict(parse_qsl(parts.fragment or parts.query, keep_blank_values=True)), mode, exchange
            )
        if parts.scheme not in {"http", "https"}:
            raise Inconclusive(
                f"the authorization endpoint redirects to {parts.scheme}:, not to the redirect_uri {self.redirect_uri}"
            )
        return Request("GET", location, (HTML,))

    def _page(self, exchange: Exchange, page: Page) -> Request | AuthorizationAnswer:
        for form in page.forms:
            if _same_place(form.action, self.redirect_uri):
                return AuthorizationAnswer(dict(form.fields), "form_post", exchange)
        password_form = next((form for form in page.forms if form.has_password), None)
        if password_form is not None:
            return self._log_in(password_form, page, exchange)
        return self._go_on(page, exchange)

    def _log_in(self, form: Form, page: Page, exchange: Exchange) -> Request:
        if self.logged_in:
            said = f" It says: {page.alert}" if page.alert else ""
            raise Inconclusive(
                f"the provider showed the login form again: check login.username and login.password.{said}"
            )
        self.logged_in = True
        fields = form.filled(self.login)
        if self.login.username is None or self.login.password is None:
            raise Inconclusive(
                f"{_place(exchange, page)} asks for a password, and the profile has no login.username and login.password"
            )
        return form.request(fields)

    def _go_on(self, page: Page, exchange: Exchange) -> Request:
        if exchange.response.status >= 400:
            raise Inconclusive(f"{_place(exchange, page)} is an error page")
        if any(form.asks_for_second_factor for form in page.forms):
            raise Inconclusive(
                f"{_place(exchange, page)} asks for a second factor or a CAPTCHA: strategy form cannot go on there"
            )
        if page.refresh is not None:
            return Request("GET", page.refresh, (HTML,))
        if page.forms:
            form = page.forms[0]
            return form.request(form.filled(self.login) if form.asks_who else [*form.fields, *form.agreement()])
        if page.needs_scripts:
            raise Inconclusive(f"{_place(exchange, page)} is made by scripts: strategy form cannot go on there")
        raise Inconclusive(f"{_place(exchange, page)} has no form to log in with")


def _same_place(url: str, redirect_uri: str) -> bool:
    return urlsplit(url)._replace(query="", fragment="") == urlsplit(redirect_uri)._replace(query="", fragment="")


def _place(exchange: Exchange, page: Page) -> str:
    title = f", titled {page.title!r}" if page.title else ""
    return f"the page at {exchange.request.path} (status {exchange.response.status}{title})"
