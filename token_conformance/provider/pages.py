"""The pages of a login: which form to fill, and how it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin

import lxml.html
from lxml.etree import LxmlError

from token_conformance.exchange import Request
from token_conformance.profile.models import Login

Fields = list[tuple[str, str]]

HTML = ("Accept", "text/html,application/xhtml+xml")
FORM = ("Content-Type", "application/x-www-form-urlencoded")

_AGREE = re.compile(
    r"\b(allow|accept|yes|continue|authori[sz]e|grant|consent|agree|confirm|approve|submit|ok|sign|log)", re.IGNORECASE
)
_REFUSE = re.compile(r"\b(deny|cancel|no|abort|reject|decline|back|refuse|sign.?out|log.?out)\b", re.IGNORECASE)
_SECOND_FACTOR = re.compile(r"otp|totp|mfa|one.?time|verification.?code|captcha", re.IGNORECASE)
_REFRESH = re.compile(r"\d+\s*;\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_TEXT_TYPES = ("", "text", "email", "tel")


@dataclass(frozen=True)
class Form:
    """One form of a page."""

    element: Any
    url: str

    @property
    def action(self) -> str:
        """Where the form goes."""
        return str(urljoin(self.url, self.element.get("action") or self.url))

    @property
    def fields(self) -> Fields:
        """The names and values that would be sent as the form stands, without its buttons (lxml's form_values)."""
        return [(name, value or "") for name, value in self.element.form_values()]

    @property
    def has_password(self) -> bool:
        """Whether it asks for a password."""
        return bool(self.element.xpath(".//input[@type='password']"))

    @property
    def asks_who(self) -> bool:
        """Whether it asks for the user's name alone, as the first of two pages or of a provider without passwords."""
        texts = [field for field in self.element.xpath(".//input[@name]") if (field.get("type") or "") in _TEXT_TYPES]
        return any(not field.get("value") for field in texts)

    @property
    def asks_for_second_factor(self) -> bool:
        """Whether it asks for something that a profile does not hold: a one-time code, a CAPTCHA."""
        names = self.element.xpath(".//input[not(@type='hidden')]/@name | .//@id | .//@class")
        return any(_SECOND_FACTOR.search(str(name)) for name in names)

    def filled(self, login: Login) -> Fields:
        """The fields with the user's name and password in them."""
        mine = {self._username_field(login): login.username or "", self._password_field(login): login.password or ""}
        kept = [(name, value) for name, value in self.fields if name not in mine]
        return [*kept, *((name, value) for name, value in mine.items() if name), *self.agreement()]

    def agreement(self) -> Fields:
        """The name and value of the button that goes on: the one that agrees, or else the first that does not refuse."""
        buttons = [button for button in self._buttons() if not _REFUSE.search(_caption(button))]
        agreeing = [button for button in buttons if _AGREE.search(_caption(button))]
        chosen = next(iter(agreeing or buttons), None)
        return [(chosen.get("name"), chosen.get("value") or "")] if chosen is not None and chosen.get("name") else []

    def request(self, fields: Fields) -> Request:
        """The request that submits the form."""
        if (self.element.get("method") or "get").lower() == "post":
            return Request("POST", self.action, (HTML, FORM), urlencode(fields).encode())
        separator = "&" if "?" in self.action else "?"
        return Request("GET", f"{self.action}{separator}{urlencode(fields)}", (HTML,))

    def _buttons(self) -> Iterator[Any]:
        yield from self.element.xpath(
            ".//button[not(@type) or @type='submit'] | .//input[@type='submit' or @type='image']"
        )

    def _username_field(self, login: Login) -> str:
        if login.username_field:
            return login.username_field
        inputs = [
            field for field in self.element.xpath(".//input[@name]") if (field.get("type") or "").lower() in _TEXT_TYPES
        ]
        likely = [
            field for field in inputs if re.search(r"user|login|mail|name|account", field.get("name"), re.IGNORECASE)
        ]
        chosen = next(iter(likely or inputs), None)
        return "" if chosen is None else str(chosen.get("name", ""))

    def _password_field(self, login: Login) -> str:
        named = self.element.xpath(".//input[@type='password']/@name")
        return login.password_field or str(next(iter(named), ""))


@dataclass(frozen=True)
class Page:
    """An HTML page, however broken."""

    url: str
    body: bytes

    @cached_property
    def _root(self) -> Any:
        try:
            return lxml.html.fromstring(self.body.decode("utf-8", "replace"))
        except (LxmlError, ValueError):
            return lxml.html.fromstring("<html></html>")

    @property
    def title(self) -> str:
        """What the page calls itself, shortened."""
        text = " ".join((self._root.findtext(".//title") or self._root.findtext(".//h1") or "").split())
        return text[:80]

    @property
    def forms(self) -> list[Form]:
        """The forms, in their order."""
        return [Form(form, self.url) for form in self._root.xpath("//form")]

    @property
    def refresh(self) -> str | None:
        """Where a meta refresh leads."""
        for content in self._root.xpath("//meta[translate(@http-equiv,'REFSH','refsh')='refresh']/@content"):
            match = _REFRESH.match(str(content))
            if match:
                return str(urljoin(self.url, match[1]))
        return None

    @property
    def alert(self) -> str:
        """What the page complains of, shortened."""
        found = self._root.xpath("//*[@role='alert' or contains(@class,'error') or contains(@class,'alert')]")
        return " ".join(found[0].text_content().split())[:120] if found else ""

    @property
    def needs_scripts(self) -> bool:
        """Whether nothing but scripts makes the page."""
        return not self.forms and bool(self._root.xpath("//script"))


def _caption(button: Any) -> str:
    return f"{button.text_content() if button.tag == 'button' else ''} {button.get('value') or ''} {button.get('name') or ''}"
