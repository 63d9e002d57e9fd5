"""The headless browser of a user who lets a device in: from the verification page to the last one (RFC 8628 §3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from token_conformance.provider.addresses import parts_of
from token_conformance.provider.login.browsing import LONGEST_WALK, AuthorizationAnswer, Walk
from token_conformance.provider.login.forms import HTML
from token_conformance.provider.login.pages import Page
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange, Request
from token_conformance.wire.wire import Wire

Decision = Literal["approve", "deny"]


@dataclass(frozen=True)
class Verified:
    """The last page of the user's way, and whether a button that says no was pressed on it."""

    exchange: Exchange
    denied: bool


async def follow_verification(wire: Wire, address: str, walk: Verification) -> Verified:
    """Walk from the verification page over user code, login and decision to the page that asks for nothing more.

    Raises:
        Inconclusive: the walk does not get there; the message says where it ended.

    """
    if parts_of(address).scheme not in {"http", "https"}:
        raise Inconclusive("verification_uri is no address that a browser can open")
    request = Request("GET", address, (HTML,))
    walk.trust(address)
    for _ in range(LONGEST_WALK):
        step = walk.step(exchange := await wire.browse(request))
        if isinstance(step, AuthorizationAnswer):
            return Verified(exchange, walk.denied)
        request = step
    raise Inconclusive(f"the verification did not end within {LONGEST_WALK} requests; the last was to {request.path}")


@dataclass
class Verification(Walk):
    """Where the verification goes, page by page; there is no redirect_uri."""

    user_code: str = ""
    decision: Decision = "approve"
    entered: bool = False
    denied: bool = False

    def _page(self, exchange: Exchange, page: Page) -> Request | AuthorizationAnswer:
        if page.login_form(self.login) is None and exchange.response.status < 400:
            step = self._enter(exchange, page) or self._deny(exchange, page) or self._end(exchange, page)
            if step is not None:
                return step
        return super()._page(exchange, page)

    def _enter(self, exchange: Exchange, page: Page) -> Request | AuthorizationAnswer | None:
        """Fill in the user code, once; a page that asks again has not known it."""
        asking = [(form, form.user_code_field) for form in page.forms if form.user_code_field is not None]
        if self.entered or not asking:
            return None
        self.entered = True
        form, field = asking[0]
        filled = [(name, self.user_code if name == field else value) for name, value in form.fields]
        return self._toward(exchange, form.submitted(filled))

    def _deny(self, exchange: Exchange, page: Page) -> Request | AuthorizationAnswer | None:
        denying = next((form for form in page.forms if form.can_deny and not form.asks_who(self.login)), None)
        if self.decision != "deny" or not self.entered or self.denied or denying is None:
            return None
        self.denied = True
        return self._toward(exchange, denying.denied())

    def _end(self, exchange: Exchange, page: Page) -> AuthorizationAnswer | None:
        """The last page has nothing to press; so is one that asks for another code."""
        over = page.onward is None or page.onward.user_code_field is not None
        return AuthorizationAnswer({}, "query", exchange) if self.entered and over and page.refresh is None else None
