"""What a page of a real browser shows, read as the pages of strategy `form` are, and what to do on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from token_conformance.profile.hosts import host_of, is_plain
from token_conformance.profile.login import Login
from token_conformance.provider.login.browsing import AuthorizationAnswer, Walk
from token_conformance.provider.login.buttons import press
from token_conformance.provider.login.forms import Fields, Form
from token_conformance.provider.login.pages import Page
from token_conformance.wire.exchange import Exchange, Request

SNAPSHOT = (Path(__file__).parent / "snapshot.js").read_text("utf-8")
"""The script that reads a page."""

MARKS = {"username": "the field of login.username_selector", "password": "the field of login.password_selector"}
"""The names that the script gives to the fields which the profile's selectors find."""


def selectors(login: Login) -> dict[str, str | None]:
    """The selectors of the profile by what they are for."""
    return {
        "username": login.username_selector,
        "password": login.password_selector,
        "submit": login.submit_selector,
        "consent": login.consent_selector,
    }


@dataclass(frozen=True)
class Shown:
    """A page at one moment: its address, what it shows, which document it is, and whether it is loaded."""

    url: str
    html: str
    document: float
    complete: bool

    @cached_property
    def page(self) -> Page:
        """The same, for those who read pages."""
        return Page(self.url, self.html.encode("utf-8", "replace"), "text/html; charset=utf-8")

    def control(self, role: str) -> int | None:
        """The number of the control that a selector of the profile finds, None where there is none."""
        found = self.page.controls(role)
        return found[0] if found else None


@dataclass(frozen=True)
class Action:
    """What the user does next: the controls to fill and what with, the boxes to tick, and the one to press; None presses the Enter key."""

    walk: BrowserWalk
    typed: tuple[tuple[int, str], ...]
    ticked: tuple[int, ...]
    pressed: int | None


@dataclass
class BrowserWalk(Walk):
    """Where a login in a real browser goes: it decides as strategy `form` does, and notes the form instead of sending it."""

    chosen: Form | None = None
    fields: tuple[tuple[str, str], ...] = ()
    ticked: tuple[int, ...] = ()

    @classmethod
    def like(cls, walk: Walk) -> BrowserWalk:
        """The same walk with the profile's selectors for names of fields."""
        login, update = walk.login, {}
        if login.username_selector:
            update["username_field"] = MARKS["username"]
        if login.password_selector:
            update["password_field"] = MARKS["password"]
        return cls(
            walk.redirect_uri,
            login.model_copy(update=update),
            trusted=walk.trusted,
            allow_http=walk.allow_http,
            others=walk.others,
        )

    def decide(self, shown: Shown, exchange: Exchange) -> Action | AuthorizationAnswer:
        """What to do on a page; this walk stays where it is, and that of the action goes on.

        Raises:
            Inconclusive: there is nothing to do; the message says what the page is like.

        """
        consent = shown.control("consent")
        onward = replace(self, chosen=None, fields=(), ticked=())
        if consent is not None and shown.page.login_form(self.login) is None:
            return Action(onward, (), (), consent)
        step = onward._page(exchange, shown.page)  # noqa: SLF001 - of its own kind
        if isinstance(step, AuthorizationAnswer):
            return step
        if self.login.password in dict(onward.fields).values():
            # Whatever the form says, scripts of the page send it where they like.
            self._entrust(exchange, host_of(shown.url), plain=is_plain(shown.url))
        if onward.chosen is None:
            self._stuck(shown.page, exchange, "has no form to go on with")
        return onward._acting(onward.chosen, shown, exchange)  # noqa: SLF001 - likewise

    def _acting(self, form: Form, shown: Shown, exchange: Exchange) -> Action:
        before = dict(form.fields)
        typed = [(name, value) for name, value in self.fields if before.get(name) != value]
        button = press(form.element)
        pressed = int(button.get("data-control")) if button is not None else None
        if typed and self.login.submit_selector:
            pressed = shown.control("submit")
            if pressed is None:
                self._stuck(shown.page, exchange, "has nothing that login.submit_selector finds")
        return Action(self, tuple((form.control(name), value) for name, value in typed), self.ticked, pressed)

    def _submit(self, form: Form, fields: Fields) -> Request:
        self.chosen, self.fields = form, tuple(fields)
        return form.submitted(fields)

    def _agree(self, form: Form) -> Request:
        self.ticked = tuple(int(box.get("data-control")) for box in form.boxes)
        return self._submit(form, form.fields)

    def _lack(self, setting: Literal["username_field", "password_field"]) -> str:
        if getattr(self.login, setting) in MARKS.values():
            return f"has nothing that login.{setting.replace('field', 'selector')} finds"
        return super()._lack(setting)
