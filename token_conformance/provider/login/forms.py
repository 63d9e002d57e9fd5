"""The forms of a login: what they ask for, how they are filled, and how they are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from token_conformance.profile.login import Login
from token_conformance.provider.addresses import origin, resolve
from token_conformance.provider.login.boxes import agreeing
from token_conformance.provider.login.buttons import denying, goes_on, press
from token_conformance.wire.exchange import Request

Fields = list[tuple[str, str]]

HTML = ("Accept", "text/html,application/xhtml+xml")
FORM = ("Content-Type", "application/x-www-form-urlencoded")

_WRITABLE = {"text", "email", "tel"}
_USER = re.compile(r"user|login|mail|account|identifier", re.IGNORECASE)
_SECOND_FACTOR = re.compile(
    r"^code$|(?:^|[^a-z])(?:t?otp|mfa|2fa|one.?time|pass.?code|(?:verification|security|authenticator).?code)(?:[^a-z]|$)"
)
_USER_CODE = re.compile(r"(?:^|[^a-z])(?:user|device|activation).?code(?:[^a-z]|$)|^(?:code|otc)$")
_CAPTCHA = re.compile(r"captcha|turnstile", re.IGNORECASE)


@dataclass(frozen=True)
class Form:
    """One form of a page: lxml's element, the address of its page, the base of its addresses, and its charset."""

    element: Any
    url: str
    base: str
    charset: str

    @property
    def action(self) -> str:
        """Where the form goes, by its agreeing button if that says so; nothing where the address is broken."""
        return self._leading(press(self.element))

    @property
    def posted(self) -> bool:
        """Whether the form is sent in a body rather than in a query."""
        return self._stated("method", press(self.element)).lower() == "post"

    @cached_property
    def fields(self) -> Fields:
        """The names and values that would be sent as the form stands, without its buttons (lxml's form_values)."""
        return [(name, value or "") for name, value in self.element.form_values()]

    @cached_property
    def boxes(self) -> list[Any]:
        """The boxes that the user still has to tick in order to agree."""
        return agreeing(self.element)

    @property
    def agreed(self) -> Fields:
        """The fields with those boxes ticked."""
        return [*self.fields, *((box.name, box.get("value") or "on") for box in self.boxes)]

    @cached_property
    def passwords(self) -> list[str]:
        """The names of the fields for a password."""
        return [field.name for field in self._inputs if field.type == "password"]

    @property
    def asks_for_second_factor(self) -> bool:
        """Whether it asks for a one-time code."""
        visible = [field for field in self._inputs if field.type != "hidden"]
        names = [field.get(name, "") for field in visible for name in ("name", "id", "autocomplete")]
        return any(_SECOND_FACTOR.search(_separated(name)) for name in names)

    @property
    def asks_for_captcha(self) -> bool:
        """Whether it holds a puzzle for people."""
        return any(_CAPTCHA.search(name) for name in self.element.xpath(".//@class | .//@id | .//@name | .//@src"))

    @property
    def reluctance(self) -> int | None:
        """How far the form is from one that agrees and asks for nothing, 0 being that one; None where it leads away."""
        button, writes = press(self.element), any(field.type in _WRITABLE for field in self._inputs)
        if button is not None and goes_on(button):
            return 1 if writes else 0
        leads_away = button is None and bool(self.element.xpath(".//button | .//input[@type='submit']"))
        return None if leads_away or writes else 2

    def username_field(self, login: Login) -> str | None:
        """The field for the user's name: the profile's, or else the likeliest."""
        if login.username_field:
            return login.username_field if login.username_field in dict(self.fields) else None
        likely = self._username_candidates()
        return likely[0] if likely else next((field.name for field in self._inputs if field.type in _WRITABLE), None)

    def asks_who(self, login: Login) -> bool:
        """Whether it asks for the user's name, and for no password yet."""
        named = login.username_field in dict(self.fields) if login.username_field else bool(self._username_candidates())
        return named and not self.passwords

    def filled(self, login: Login) -> Fields:
        """The fields with the user's name and password in them."""
        secret = login.password_field or next(iter(self.passwords), None)
        mine = {self.username_field(login): login.username, secret: login.password}
        return [(name, mine.get(name) or value) for name, value in self.fields]

    @property
    def user_code_field(self) -> str | None:
        """The field for the code that a device shows (RFC 8628 §3.3)."""
        written = [field.name for field in self._inputs if field.type in _WRITABLE]
        return next((name for name in written if _USER_CODE.search(_separated(name))), None)

    @property
    def can_deny(self) -> bool:
        """Whether it has a button that says no, and sends something else than the one that agrees: no script is at hand."""
        return denying(self.element) is not None and self.denied() != self.submitted(self.fields)

    def denied(self) -> Request:
        """The request that submits the form with the button that says no."""
        return self._sent(self.fields, denying(self.element))

    def submitted(self, fields: Fields) -> Request:
        """The request that submits the form with its agreeing button, saying where it comes from as a browser does."""
        return self._sent(fields, press(self.element))

    def control(self, name: str) -> int:
        """The number that a browser has given to the first field of that name."""
        return next(int(field.get("data-control")) for field in self._inputs if field.name == name)

    @cached_property
    def _inputs(self) -> list[Any]:
        return [field for field in self.element.inputs if field.tag == "input" and field.name]

    def _username_candidates(self) -> list[str]:
        written = [field for field in self._inputs if field.type in _WRITABLE]
        declared = [field.name for field in written if "username" in field.get("autocomplete", "")]
        alone = [field.name for field in written if self.posted and len(written) == 1 and not field.value]
        return declared or [field.name for field in written if _USER.search(field.name)] or alone

    def _sent(self, fields: Fields, button: Any | None) -> Request:
        sent = urlencode([*fields, *_pressed(button)], encoding=self.charset, errors="xmlcharrefreplace")
        action = self._leading(button)
        if self._stated("method", button).lower() == "post":
            whence = (("Origin", origin(self.url)), ("Referer", f"{origin(self.url)}/"))
            return Request("POST", action, (HTML, FORM, *whence), sent.encode())
        return Request("GET", urlsplit(action)._replace(query=sent, fragment="").geturl(), (HTML,))

    def _leading(self, button: Any | None) -> str:
        stated = self._stated("action", button)
        return resolve(self.base, stated) if stated else self.url

    def _stated(self, attribute: str, button: Any | None) -> str:
        overriding = button.get(f"form{attribute}") if button is not None else None
        return str(overriding or self.element.get(attribute) or "").strip()


def _pressed(button: Any | None) -> Fields:
    return [(button.get("name"), button.get("value") or "")] if button is not None and button.get("name") else []


def _separated(name: str) -> str:
    """The name in lower case, its camelCase words apart."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
