"""The headless browser of the login strategy `form`: follows an authorization request to its redirect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn, Self
from urllib.parse import parse_qsl, urlsplit

from token_conformance.profile.hosts import host_of, is_plain
from token_conformance.profile.login import Login
from token_conformance.profile.models import Profile
from token_conformance.provider.addresses import resolve, same_place
from token_conformance.provider.login.forms import HTML, Fields, Form
from token_conformance.provider.login.pages import Page
from token_conformance.verdict import Inconclusive, NoLogin
from token_conformance.wire.exchange import Exchange, Request, header
from token_conformance.wire.wire import Wire

LONGEST_WALK = 15
"""Requests after which an authorization is given up."""

LONGEST_QUOTE = 120
"""Characters of a page's own words that a message repeats."""

RESPONSE_PARAMETERS = frozenset({"code", "error", "access_token", "id_token", "response", "state"})
"""What marks an authorization response (RFC 6749 §4.1.2, OIDC Core §3.3.2.5, JARM §2.3)."""

Mode = Literal["query", "fragment", "form_post"]


class LedNowhere(Inconclusive):
    """The authorization ended on a page that has words, and nothing by which a user could go on."""


@dataclass(frozen=True)
class AuthorizationAnswer:
    """The parameters that reached the redirect_uri, how they came, and in which exchange."""

    parameters: Mapping[str, str]
    mode: Mode
    exchange: Exchange


class LedElsewhere(Inconclusive):
    """The authorization ended at an address of the profile's clients, and not at the one that was asked for."""

    def __init__(self, message: str, answer: AuthorizationAnswer) -> None:
        super().__init__(message)
        self.answer = answer


async def follow_to_redirect(wire: Wire, url: str, walk: Walk) -> AuthorizationAnswer:
    """Walk from the authorization request over login and consent to the redirect_uri, which is never requested.

    Cookies are those of the wire's browser: a second walk of it finds the user logged in.

    Raises:
        Inconclusive: the walk does not get there; the message says where it ended.

    """
    request = Request("GET", url, (HTML,))
    walk.trust(url)
    for _ in range(LONGEST_WALK):
        step = walk.step(await wire.browse(request))
        if isinstance(step, AuthorizationAnswer):
            return step
        request = step
    raise Inconclusive(f"the authorization did not end within {LONGEST_WALK} requests; the last was to {request.path}")


@dataclass
class Walk:
    """Where a login goes, page by page.

    `others` are further addresses of clients, which are requested as little as the redirect_uri is. `trusted` are the hosts that may get the password: those of the profile, and those to which redirects have led;
    with `allow_http` it may be readable on the way.
    """

    redirect_uri: str
    login: Login
    named: bool = False
    logged_in: bool = False
    trusted: set[str] = field(default_factory=set)
    allow_http: bool = False
    others: frozenset[str] = frozenset()

    @classmethod
    def of(cls, profile: Profile, redirect_uri: str = "") -> Self:
        """The walk of the profile's user, which has not begun."""
        registered = (address for client in profile.clients for address in client.redirect_uris)
        return cls(
            redirect_uri,
            profile.login,
            trusted=set(profile.login_hosts),
            allow_http=profile.server.allow_http,
            others=frozenset(registered),
        )

    def trust(self, address: str) -> None:
        """Let the host of an address have the password."""
        self.trusted.add(host_of(address))

    def step(self, exchange: Exchange) -> Request | AuthorizationAnswer:
        """The next request, or the answer."""
        response = exchange.response
        location = header(response.headers, "location")
        if response.status in {301, 302, 303, 307, 308} and location is not None:
            return self._redirected(exchange, resolve(exchange.request.url, location))
        return self._page(
            exchange, Page(exchange.request.url, response.body, header(response.headers, "content-type") or "")
        )

    def _redirected(self, exchange: Exchange, address: str) -> Request | AuthorizationAnswer:
        # RFC 9110 §15.4.8: 307 and 308 repeat the request, form and all; the others are followed by a GET.
        if exchange.response.status in {307, 308}:
            return self._toward(exchange, replace(exchange.request, url=address))
        step = self._toward(exchange, Request("GET", address, (HTML,)))
        self.trust(address)
        return step

    def _toward(self, exchange: Exchange, request: Request) -> Request | AuthorizationAnswer:
        if same_place(request.url, self.redirect_uri):
            return self.answer(exchange, request)
        if self.is_elsewhere(request.url):
            raise self.elsewhere(exchange, request)
        scheme = urlsplit(request.url).scheme
        if scheme not in {"http", "https"}:
            whither = f"{scheme}:" if scheme else "an address that is none"
            raise Inconclusive(
                f"{exchange.request.path} redirects to {whither}, not to the redirect_uri {self.redirect_uri}"
            )
        if request.body and scheme == "http" and urlsplit(exchange.request.url).scheme == "https":
            raise Inconclusive(f"{exchange.request.path} would send its form to {request.path} without TLS")
        if self._holds_password(request):
            self._entrust(exchange, host_of(request.url), plain=is_plain(request.url))
        return request

    def _holds_password(self, request: Request) -> bool:
        written = (request.body.decode("utf-8", "replace"), urlsplit(request.url).query)
        sent = {value for text in written for _, value in parse_qsl(text)}
        return self.login.password in sent

    def _entrust(self, exchange: Exchange, host: str, *, plain: bool) -> None:
        """Let the password go to a host that the profile, or a redirect of the authorization endpoint, names."""
        if host not in self.trusted:
            raise NoLogin(
                f"{exchange.request.path} would send the password to {host}, which neither the profile nor a redirect of the "
                f'authorization endpoint names: login.hosts = ["{host}"] allows it'
            )
        if plain and not self.allow_http:
            raise NoLogin(
                f"{exchange.request.path} would send the password to {host} by plain http, where everybody on the way reads "
                "it: server.allow_http = true allows it"
            )

    def is_a_client_s(self, address: str) -> bool:
        """Whether an address is the redirect_uri, or another one of the profile's clients."""
        return any(same_place(address, each) for each in {self.redirect_uri, *self.others})

    def is_elsewhere(self, address: str) -> bool:
        """Whether an address is one of the profile's clients and not the redirect_uri."""
        return self.is_a_client_s(address) and not same_place(address, self.redirect_uri)

    def elsewhere(self, exchange: Exchange, request: Request) -> LedElsewhere:
        """What to raise of a request to such an address, which is not sent."""
        message = (
            f"{exchange.request.path} leads to a client at {request.path}, not to the redirect_uri {self.redirect_uri}"
        )
        return LedElsewhere(message, self.answer(exchange, request))

    @staticmethod
    def answer(exchange: Exchange, request: Request) -> AuthorizationAnswer:
        """The answer in a request to the redirect_uri, which is not sent."""
        parts, body = urlsplit(request.url), request.body.decode("utf-8", "replace")
        query, fragment, posted = (
            dict(parse_qsl(part, keep_blank_values=True)) for part in (parts.query, parts.fragment, body)
        )
        # A login form that is sent on by 307 may have a field `state` too: the query goes first.
        if RESPONSE_PARAMETERS & posted.keys() and not RESPONSE_PARAMETERS & query.keys():
            return AuthorizationAnswer(posted, "form_post", exchange)
        # Some servers append a meaningless fragment to a query (`#_=_`).
        if fragment and (RESPONSE_PARAMETERS & fragment.keys() or not RESPONSE_PARAMETERS & query.keys()):
            return AuthorizationAnswer(fragment, "fragment", exchange)
        return AuthorizationAnswer(query, "query", exchange)

    def _page(self, exchange: Exchange, page: Page) -> Request | AuthorizationAnswer:
        form = page.login_form(self.login)
        if form is not None:
            return self._toward(exchange, self._log_in(form, page, exchange))
        for form in page.forms:
            if same_place(form.action, self.redirect_uri) and RESPONSE_PARAMETERS & dict(form.fields).keys():
                return AuthorizationAnswer(dict(form.fields), "form_post", exchange)
        if page.refresh is not None:
            return self._toward(exchange, Request("GET", page.refresh, (HTML,)))
        return self._toward(exchange, self._go_on(page, exchange))

    def _log_in(self, form: Form, page: Page, exchange: Exchange) -> Request:
        if self.logged_in:
            raise NoLogin(
                f"the provider showed the login form again: check login.username and login.password{self._hint(page)}"
            )
        if not self.login.username or not self.login.password:
            self._hopeless(
                page, exchange, "asks for a password, and the profile has no login.username and login.password"
            )
        names = dict(form.fields)
        if self.login.username_field and self.login.username_field not in names and not self.named:
            self._hopeless(page, exchange, self._lack("username_field"))
        if self.login.password_field and self.login.password_field not in names:
            self._hopeless(page, exchange, self._lack("password_field"))
        self.logged_in = True
        return self._submit(form, form.filled(self.login))

    def _submit(self, form: Form, fields: Fields) -> Request:
        return form.submitted(fields)

    def _agree(self, form: Form) -> Request:
        return self._submit(form, form.agreed)

    def _lack(self, setting: Literal["username_field", "password_field"]) -> str:
        return f"has no field {getattr(self.login, setting)!r}: check login.{setting}"

    def _go_on(self, page: Page, exchange: Exchange) -> Request:
        if page.asks_for_second_factor:
            self._hopeless(page, exchange, f"asks for a second factor: strategy {self.login.strategy} has none to give")
        asking = next((form for form in page.forms if form.asks_who(self.login)), None)
        if asking is not None and not self.logged_in:
            return self._say_who(asking, page, exchange)
        onward = page.onward
        if page.shows_captcha and (onward is None or onward.asks_for_captcha):
            self._hopeless(page, exchange, f"asks for a CAPTCHA: strategy {self.login.strategy} cannot solve it")
        if onward is None or exchange.response.status >= 400:
            self._dead_end(page, exchange)
        return self._agree(onward)

    def _say_who(self, form: Form, page: Page, exchange: Exchange) -> Request:
        if self.named:
            raise NoLogin(f"the provider asked for the user name again: check login.username{self._hint(page)}")
        if not self.login.username:
            self._hopeless(page, exchange, "asks for a user name, and the profile has no login.username")
        self.named = True
        return self._submit(form, form.filled(self.login))

    def _dead_end(self, page: Page, exchange: Exchange) -> NoReturn:
        if page.oauth_error is not None:
            self._stuck(page, exchange, f"says {self._quoted(page.oauth_error)}")
        if exchange.response.status >= 400:
            self._stuck(page, exchange, f"is an error page{self._hint(page)}")
        if page.needs_scripts:
            self._hopeless(
                page, exchange, 'is made by scripts and needs a browser: login.strategy = "browser" leads one'
            )
        self._stuck(page, exchange, f"has no form to {'go on' if self.logged_in else 'log in'} with")

    def _stuck(self, page: Page, exchange: Exchange, why: str) -> NoReturn:
        raise (LedNowhere if page.leads_nowhere else Inconclusive)(self._sentence(page, exchange, why))

    def _hopeless(self, page: Page, exchange: Exchange, why: str) -> NoReturn:
        raise NoLogin(self._sentence(page, exchange, why))

    def _sentence(self, page: Page, exchange: Exchange, why: str) -> str:
        title = f", titled {self._quoted(page.title)!r}" if page.title else ""
        return f"the page at {exchange.request.path} (status {exchange.response.status}{title}) {why}"

    def _hint(self, page: Page) -> str:
        """What the page itself says of the trouble."""
        puzzle = ". It asks for a CAPTCHA" if page.shows_captcha else ""
        code = ". It asks for a second factor" if page.asks_for_second_factor else ""
        said = f". It says: {self._quoted(page.alert)}" if page.alert else ""
        return f"{puzzle}{code}{said}"

    def _quoted(self, text: str) -> str:
        """A page's own words, short, and without the password that some pages repeat."""
        spared = text.replace(self.login.password, "…") if self.login.password else text
        return spared if len(spared) <= LONGEST_QUOTE else f"{spared[: LONGEST_QUOTE - 1]}…"
