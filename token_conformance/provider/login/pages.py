"""The pages of a login, however broken: their forms, where they lead, and what they complain of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lxml.html
from lxml.etree import LxmlError

from token_conformance.profile.login import Login
from token_conformance.provider.addresses import resolve
from token_conformance.provider.login.forms import Form
from token_conformance.wire.exchange import parse_json
from token_conformance.wire.page_bounds import read_of

LONGEST_REFRESH = 10
"""Seconds after which a meta refresh ends the patience of a page rather than leading on."""

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_REFRESH = re.compile(r"\s*(\d+)[\d.]*\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]+)", re.IGNORECASE)
_ERROR = re.compile(
    r"\b(invalid_\w+|unauthorized_client|access_denied|unsupported_\w+|server_error|temporarily_unavailable"
    r"|\w+_required|redirect_uri_mismatch|\w+_not_supported)\b"
)
_DESCRIPTION = re.compile(r"\berror_description\b\W*(.+)")
_LOADED = "//script/@src | //img/@src | //iframe/@src | //link[contains(@rel, 'stylesheet')]/@href"
_STYLED = re.compile(r"""@import\s+["']([^"']+)|url\(\s*["']?([^"')\s]+)""", re.IGNORECASE)
_ONWARD = "//form | //button | //input | //script | //iframe | //frame | //object | //a[@href] | //area[@href]"
_CAPTCHA = re.compile(r"captcha|turnstile", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A page as it came."""

    url: str
    body: bytes
    content_type: str = ""

    @cached_property
    def charset(self) -> str:
        """The encoding of the page: that of its header, or of its meta element, or UTF-8."""
        named = _CHARSET.search(self.content_type.encode()) or _CHARSET.search(self.body[:1024])
        charset = named[1].decode() if named else "utf-8"
        try:
            "".encode(charset)
        except (LookupError, ValueError):
            return "utf-8"
        return charset

    @cached_property
    def _root(self) -> Any:
        parser = lxml.html.HTMLParser(encoding="utf-8")
        try:
            text = self.body.decode(self.charset, "replace")
            read = read_of(text.encode("utf-8", "replace"))
            return _as_browsers_read(lxml.html.document_fromstring(read, parser=parser))
        except (LxmlError, ValueError):
            return lxml.html.document_fromstring("<html></html>")

    @cached_property
    def forms(self) -> list[Form]:
        """The forms, in their order."""
        base = resolve(self.url, next(iter(self._root.xpath("//base/@href")), "")) or self.url
        # A page in UTF-16 sends its forms in UTF-8 (HTML §4.10.21.4).
        charset = "utf-8" if self.charset.lower().startswith("utf") else self.charset
        return [Form(form, self.url, base, charset) for form in self._root.xpath("//form")]

    def login_form(self, login: Login) -> Form | None:
        """The form that asks for a password: rather one with the profile's fields, and rather not a registration."""
        named = {login.username_field, login.password_field} - {None}
        asking = [form for form in self.forms if form.passwords]
        return min(asking, key=lambda form: (not named <= dict(form.fields).keys(), len(form.passwords)), default=None)

    @property
    def onward(self) -> Form | None:
        """The form that goes on with the authorization: one that agrees, or else one that asks for nothing."""
        ranked = [(form.reluctance, form) for form in self.forms]
        useful = [(reluctance, form) for reluctance, form in ranked if reluctance is not None]
        return min(useful, key=lambda pair: pair[0])[1] if useful else None

    @property
    def refresh(self) -> str | None:
        """Where a meta refresh leads that does not wait long."""
        for content in self._root.xpath("//meta[translate(@http-equiv,'REFSH','refsh')='refresh']/@content"):
            match = _REFRESH.match(content)
            if match and int(match[1][:6]) <= LONGEST_REFRESH:
                return resolve(self.url, match[2])
        return None

    @property
    def loads(self) -> list[str]:
        """The absolute addresses of the scripts, styles, pictures and frames that its source names, in its styles too."""
        styled = _STYLED.findall(" ".join(self._root.xpath("//style/text() | //@style")))
        named = [resolve(self.url, address) for address in (*self._root.xpath(_LOADED), *map("".join, styled))]
        return [address for address in named if address]

    def controls(self, role: str) -> list[int]:
        """The numbers of the controls that a browser has marked with a role."""
        return [int(number) for number in self._root.xpath("//*[@data-role=$role]/@data-control", role=role)]

    @property
    def title(self) -> str:
        """What the page calls itself."""
        return _words(self._root.findtext(".//title") or self._root.findtext(".//h1") or "")

    @cached_property
    def text(self) -> str:
        """What the page shows."""
        return _words(" ".join(self._root.xpath("//body//text()[not(parent::script or parent::style)]")))

    @property
    def alert(self) -> str:
        """What the page complains of."""
        found = self._root.xpath("//*[@role='alert' or contains(@class,'error') or contains(@class,'alert')]")
        return next((said for said in (_words(element.text_content()) for element in found) if said), "")

    @property
    def oauth_error(self) -> str | None:
        """The error code of RFC 6749 that the page shows, with its description where there is one."""
        members = parse_json(self.body)
        if isinstance(members, dict) and isinstance(members.get("error"), str):
            return _words(f"{members['error']}: {members.get('error_description', '')}").rstrip(": ")
        code, description = _ERROR.search(self.text), _DESCRIPTION.search(self.text)
        if code is None:
            return None
        return f"{code[1]}: {description[1]}" if description else code[1]

    @property
    def shows_captcha(self) -> bool:
        """Whether the page holds a puzzle for people."""
        said = self._root.xpath(
            "//body//*[not(self::script or self::link)]/@*[name()='class' or name()='id' or name()='src']"
        )
        return any(map(_CAPTCHA.search, (*said, self.text))) or any(form.asks_for_captcha for form in self.forms)

    @property
    def asks_for_second_factor(self) -> bool:
        """Whether a form asks for a one-time code."""
        return any(form.asks_for_second_factor for form in self.forms)

    @property
    def needs_scripts(self) -> bool:
        """Whether nothing but scripts makes the page."""
        return not self.forms and bool(self._root.xpath("//script"))

    @property
    def leads_nowhere(self) -> bool:
        """Whether it tells the user something, and has nothing to press, to follow, or to be run."""
        return bool(self.text) and not self._root.xpath(_ONWARD)


def _as_browsers_read(root: Any) -> Any:
    """Lead lxml to a browser's view: outer controls belong to their form, empty fields are sent, idle buttons are not."""
    forms = {form.get("id"): form for form in reversed(root.xpath("//form[@id]"))}
    for control in root.xpath("//*[@form]"):
        if control.get("form") in forms and control not in forms[control.get("form")].iter():
            forms[control.get("form")].append(control)
    for field in root.xpath("//input[@name]"):
        if field.type == "button":
            field.drop_tree()
        elif not field.checkable and field.value is None:
            field.value = ""
    return root


def _words(text: str) -> str:
    return " ".join(text.split())
