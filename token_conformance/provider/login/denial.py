"""The headless browser of a user who does not consent."""

from __future__ import annotations

from dataclasses import dataclass

from token_conformance.provider.login.browsing import AuthorizationAnswer, Walk
from token_conformance.provider.login.pages import Page
from token_conformance.wire.exchange import Exchange, Request


@dataclass
class Denial(Walk):
    """Where a login goes whose user presses the button that says no, once there is one."""

    denied: bool = False

    def _page(self, exchange: Exchange, page: Page) -> Request | AuthorizationAnswer:
        asks_to_log_in = page.login_form(self.login) is not None
        denying = next((form for form in page.forms if form.can_deny and not form.asks_who(self.login)), None)
        if self.denied or asks_to_log_in or denying is None or exchange.response.status >= 400:
            return super()._page(exchange, page)
        self.denied = True
        return self._toward(exchange, denying.denied())
