"""How far a scenario has come in a recording from elsewhere, and what it may take next.

Between the requests of a scenario the recording may hold others, which may have changed what the provider rightly says. So
a refusal is not taken if something was left out before it that used the same tokens, or another login. And where a request of
the scenario is not there, nothing shows what would have come of it: what presents the same token later is not taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from token_conformance.servers.captured.browser import Cookies, cookies_of, sent_cookies, walked
from token_conformance.servers.captured.exchanges import Captured, issued, members, redirect_of
from token_conformance.servers.captured.requests import Sent
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Exchange, header
from token_conformance.wire.transports import NoAnswer

BY_A_USER = {"authorization_code", "password", "urn:ietf:params:oauth:grant-type:device_code"}
"""Grants by which a user's session begins (RFC 6749 §4.1 and §4.3, RFC 8628)."""

PRESENTED = frozenset({"refresh_token", "code", "token"})
"""Parameters of requests that act on tokens and codes."""

Bindings = Mapping[str, str]


class CapturedTape:
    """The exchanges that a scenario takes, each once and none after a later one; metadata and keys may be read any time.

    `taken` are the places of what it took, `answered` the exchanges in the order of its requests, `logins` how many
    authorization requests were answered, and `missed` tells that something was asked for that is not there.
    """

    def __init__(self, captured: Captured, skipped: int) -> None:
        self.captured = captured
        self.taken: list[int] = []
        self.answered: list[Exchange | None] = []
        self.logins = 0
        self.missed = False
        self.present = captured.exchanges[0].started
        self._skipped = skipped
        self._at = 0
        self._conclusion: int | None = None
        self._used: set[str] = set()
        self._cookies: Cookies = frozenset()
        self._undone: set[str] = set()

    def forward(self, seconds: float) -> None:
        """Go on to what was recorded at least that much later than the present.

        Raises:
            Inconclusive: there is nothing.

        """
        earliest = self.present + timedelta(seconds=seconds)
        later = (place for place in range(self._at, len(self.captured.sent)) if self._started(place) >= earliest)
        place = next(later, None)
        if place is None:
            self.missed = True
            raise Inconclusive(f"the recording holds nothing {seconds:.3g} seconds later")
        self._at, self.present = place, self._started(place)

    def take(
        self, sent: Sent, drawn: AbstractSet[str], *, is_page: bool, going_on: bool = False
    ) -> tuple[Exchange, Bindings]:
        """The exchange of a request, and what was sent in the place of drawn values.

        A browser that is `going_on` from a login of the scenario is the one that did so in the recording, and one that
        is not is another one there.

        Raises:
            NoAnswer: there is none, or none that could be judged by.

        """
        found = (
            self._led_on() if is_page and self._conclusion is not None else self._find(sent, drawn, going_on=going_on)
        )
        if found is None:
            raise NoAnswer(self._lacking(sent))
        place, bindings = found
        exchange = self.captured.exchanges[place]
        self._note(place, exchange)
        return exchange, bindings

    def _lacking(self, sent: Sent) -> str:
        """What is said of a request that is not there; what it would have done is not known from now on."""
        beside = " beside what comes before it" if self._rests_on_what_is_undone(sent) else ""
        self.missed = True
        self.answered.append(None)
        if _is_deed(sent, self.captured):
            self._undone |= {part.value for part in sent.parts} & self.captured.known - self.captured.secrets
        return f"not in the recording{beside}: {sent.method} {sent.address[3]}{_told(sent)}"

    def _led_on(self) -> tuple[int, Bindings] | None:
        place, self._conclusion = self._conclusion, None
        return (place, {}) if place is not None else None

    def _find(self, sent: Sent, drawn: AbstractSet[str], *, going_on: bool) -> tuple[int, Bindings] | None:
        reads = sent.method == "GET" and not sent.parts
        for place in self.captured.places.get(sent.target, ()):
            if place < self._at and not reads:
                continue
            if not self._comes_into_question(place, going_on=going_on):
                continue
            bindings = sent.bound(self.captured.sent[place], drawn, self.captured.known)
            if bindings is not None:
                if not reads and self._rests_on_what_is_undone(sent):
                    return None
                return (place, bindings) if reads or self._may_be_taken(place, sent) else None
        return None

    def _rests_on_what_is_undone(self, sent: Sent) -> bool:
        """Whether a request presents what one before did that is not in the recording, whose effect it would show."""
        presented = (part.value for part in sent.parts if part.name in PRESENTED or part.place == "authorization")
        return any(value in self._undone for value in presented)

    def _comes_into_question(self, place: int, *, going_on: bool) -> bool:
        if not self.captured.sent[place].asks_the_user or not self.captured.is_known(place):
            return self.captured.is_known(place)
        same = bool(sent_cookies(self.captured.exchanges[place]) & self._cookies)
        return self.captured.ordinals[place] >= self._skipped and (not self.logins or same == going_on)

    def _may_be_taken(self, place: int, sent: Sent) -> bool:
        """Whether no refusal may have another reason: something left out on the way there, an origin, a spelling."""
        between, exchange = range(self.taken[-1] + 1 if self.taken else 0, place), self.captured.exchanges[place]
        if not _refuses(exchange):
            return True
        odd = self.captured.sent[place].spelling
        if _may_be_for_its_origin(exchange) or (odd.may_be_refused and odd != sent.spelling):
            return False
        return not any(map(self._matters, between))

    def _matters(self, place: int) -> bool:
        exchange, sent = self.captured.exchanges[place], self.captured.sent[place]
        if exchange.answer is None or sent.method != "POST" or _says(exchange, "error") == "invalid_client":
            return False
        if self._used and sent.parameters.get("grant_type") in BY_A_USER and exchange.answer.status // 100 == 2:
            return True
        return _says(exchange, "active") is None and any(part.value in self._used for part in sent.parts)

    def _note(self, place: int, exchange: Exchange) -> None:
        sent = self.captured.sent[place]
        self.answered.append(exchange)
        if sent.method == "GET" and not sent.parts and not redirect_of(exchange):
            return
        self.taken.append(place)
        self._at, self.present = place + 1, max(self.present, exchange.answered)
        self._used |= issued(exchange) | {part.value for part in sent.parts if part.value in self.captured.known}
        self._used -= self.captured.secrets
        if sent.asks_the_user:
            self.logins += 1
            conclusion = self.captured.conclusion(place)
            self._conclusion = conclusion if conclusion != place else None
            self._cookies |= cookies_of(walked(self.captured.exchanges[place : (conclusion or place) + 1]))

    def _started(self, place: int) -> datetime:
        return self.captured.exchanges[place].started


def _is_deed(sent: Sent, captured: Captured) -> bool:
    """Whether a request may have an effect on the tokens that it presents: one for tokens, or a revocation."""
    return sent.method == "POST" and ("grant_type" in sent.parameters or sent.address in captured.revoking)


def _refuses(exchange: Exchange) -> bool:
    return exchange.answer is not None and (exchange.answer.status >= 400 or _says(exchange, "active") is False)


def _may_be_for_its_origin(exchange: Exchange) -> bool:
    """Whether a page of a browser may have asked that the provider does not allow to (Fetch §3.2)."""
    sent = header(exchange.request.headers, "origin") is not None
    return sent and exchange.answer is not None and exchange.answer.status == 403


def _says(exchange: Exchange, member: str) -> object:
    return members(exchange).get(member)


def _told(sent: Sent) -> str:
    """The kind of a request, without what it presents."""
    kind = sent.parameters.get("grant_type") or sent.parameters.get("response_type")
    return (
        f" ({kind})"
        if kind and kind.replace("_", "").replace(":", "").replace("-", "").replace(" ", "").isalnum()
        else ""
    )
