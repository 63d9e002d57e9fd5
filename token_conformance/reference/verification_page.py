"""The page at which a user enters the code that a device shows, logs in and decides (RFC 8628 §3.3)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qsl

from token_conformance.reference.answer import Answer
from token_conformance.reference.browser import consent_form, form_to, login_form, page
from token_conformance.reference.documented import User
from token_conformance.reference.installation import Installation
from token_conformance.reference.memory import DeviceCode
from token_conformance.reference.reading import Incoming


@dataclass(eq=False)
class Confirmation:
    """A device that waits for its user; the unguessable csrf leads from one form to the next."""

    code: DeviceCode
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    user: User | None = None


class VerificationPage:
    """Asks for the user code, for name and password, and for the decision, one after the other at one address."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._address = installation.addresses.verification_page
        self._confirmations: dict[str, Confirmation] = {}

    def answer(self, incoming: Incoming) -> Answer:
        """The next page."""
        if incoming.method != "POST":
            return self._ask(dict(parse_qsl(incoming.query)).get("user_code", ""))
        form = dict(parse_qsl(incoming.body.decode("utf-8", "replace")))
        confirmation = self._confirmations.get(form.get("csrf", ""))
        if confirmation is None:
            return self._entered(form.get("user_code", ""))
        if confirmation.user is None:
            return self._logged_in(confirmation, form)
        return self._decided(confirmation, form.get("decision") == "allow")

    def _ask(self, user_code: str, problem: str = "") -> Answer:
        complaint = f"<p role=alert>{escape(problem)}</p>" if problem else ""
        entry = (
            f'<label>Code <input type="text" name="user_code" value="{escape(user_code)}" autocomplete="off"></label>'
            '<button type="submit">Continue</button>'
        )
        return page("Connect a device", complaint + form_to(self._address, {}, entry))

    def _entered(self, user_code: str) -> Answer:
        """Compare as RFC 8628 §6.1 advises: without regard for case and punctuation."""
        known = self._installation.memory.device_codes.values()
        found = next((code for code in known if _plain(code.user_code) == _plain(user_code)), None)
        if found is None or found.decision != "pending" or self._installation.now >= found.expires:
            return self._ask(user_code, "There is no such code.")
        confirmation = Confirmation(found)
        self._confirmations[confirmation.csrf] = confirmation
        return login_form(self._address, confirmation.csrf)

    def _logged_in(self, confirmation: Confirmation, form: dict[str, str]) -> Answer:
        code = confirmation.code
        confirmation.user = self._installation.documented.known_by(form.get("username"), form.get("password"))
        if confirmation.user is None:
            return login_form(self._address, confirmation.csrf, failed=True)
        if not self._installation.behaviour.device.denial_offered:
            confirm = '<button type="submit" name="decision" value="allow">Connect</button>'
            return page("Confirm", form_to(self._address, {"csrf": confirmation.csrf}, confirm))
        return consent_form(self._address, confirmation.csrf, code.client_id, code.scope)

    def _decided(self, confirmation: Confirmation, allowed: bool) -> Answer:  # noqa: FBT001 - the decision itself
        del self._confirmations[confirmation.csrf]
        confirmation.code.user = confirmation.user
        confirmation.code.decision = "approved" if allowed else "denied"
        return page("Done", f"<p>The device is {'connected' if allowed else 'not connected'}.</p>")


def _plain(user_code: str) -> str:
    return re.sub(r"[\W_]", "", user_code).upper()
