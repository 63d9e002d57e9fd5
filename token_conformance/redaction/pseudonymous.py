"""Exchanges with pseudonyms in the place of secrets and of what is said of people: all else stays to the letter."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus

from token_conformance.profile.models import Profile
from token_conformance.redaction.json_text import with_values
from token_conformance.redaction.jwt_text import JwtText, decoded, encoded
from token_conformance.redaction.names import (
    PERSONAL_CLAIMS,
    PLAIN_MEMBERS,
    PRIVATE_KEY_MEMBERS,
    PROTOCOL_MEMBERS,
    PUBLIC_FIELDS,
    is_secret,
    is_secret_member,
    kind_of,
)
from token_conformance.redaction.places import as_written, authorization, basic, body_secrets, split
from token_conformance.redaction.pseudonymous_profile import learn_profile
from token_conformance.redaction.pseudonymous_text import PseudonymousText
from token_conformance.redaction.pseudonyms import HASHED, SIGNATURE, Pseudonyms
from token_conformance.redaction.redactor import Redactor
from token_conformance.redaction.seeking import SHORTEST
from token_conformance.redaction.strength import is_address
from token_conformance.redaction.visible import readable
from token_conformance.wire.exchange import Exchange, Headers, Request, Response, header, parse_json
from token_conformance.wire.kept import MOST_OF_JSON, MOST_OF_OTHERS, wants_page

OF_OURS = frozenset({"code_challenge", "login_hint", "nonce", "state", "username"})
"""Further parameters that have pseudonyms: those by which we, or a user, could be known again."""

SPOKEN = PUBLIC_FIELDS - {"username"} | {"dpop_jkt", "error", "iss", "post_logout_redirect_uri", "request_uri"}
"""Parameters that say what is meant to be read."""

HASH_CLAIMS = frozenset({"at_hash", "ath", "c_hash", "s_hash"})

MOST_IN_ALL, SMALL = 20_000_000, 16_384
"""Bytes of the bodies of a run, beyond which only small ones are kept."""

MOST_WORDS, MOST_PSEUDONYMS = 30_000, 20_000
"""Words of a body that is no page, and pseudonyms of a run, beyond which a body is not kept: each takes up a kilobyte."""

_FORM = re.compile(r"<form\b(?:[^<]++|<(?!/?form\b))*+</form>", re.IGNORECASE)

NO_TEXT = b"\xff" * 16
"""What stands for a body that is no text."""


@dataclass(frozen=True)
class Told:
    """What an exchange says with pseudonyms, the JWTs in it by what is written of them, and what was left out."""

    request: Request
    answer: Response | None
    failure: str | None
    tokens: tuple[JwtText, ...] = ()
    note: str = ""


class Pseudonymous:
    """Puts pseudonyms where a run's secrets stand, and where an answer speaks of people.

    What is a secret, `redactor` knows, which learns from each exchange first. What is said of people is what a JWT, an
    introspection, userinfo or a resource says beyond the members of the protocol.
    """

    def __init__(self, profile: Profile, redactor: Redactor) -> None:
        self._redactor = redactor
        ids = (client.client_id for client in profile.clients)
        self.pseudonyms = Pseudonyms((*ids, *filter(None, (profile.server.issuer, profile.server.resource))))
        self._texts = PseudonymousText(redactor, self.pseudonyms, self._value)
        self._jwts: dict[str, JwtText] = {}
        self._taken = 0
        self._met: list[JwtText] = []
        learn_profile(profile, self.pseudonyms, self._texts)

    def drawn(self, kind: str, value: str) -> str:
        """The pseudonym of a value that we have made ourselves, which is looked for everywhere from now on."""
        return self._texts.learn(kind, value)

    def text(self, text: str) -> str:
        """A text with pseudonyms in the place of secrets, however they are written."""
        return self._texts.told(text)

    def exchange(self, exchange: Exchange) -> Told:
        """The exchange as it may be kept."""
        exchange, left_out = self._bounded(exchange)
        self._met = []
        self._foresee(exchange)
        request = self._request(exchange.request)  # first, since its answer may repeat what it says
        answer, note = self._answer(exchange) if exchange.answer is not None else (None, "")
        failure = self.text(exchange.failure) if exchange.failure is not None else None
        return Told(request, answer, failure, tuple(self._met), left_out or note)

    def _bounded(self, exchange: Exchange) -> tuple[Exchange, str]:
        """The exchange, of which the redactor has learnt, without a body that is too much; and what was left out of it."""
        whole, why = exchange, self._beyond_all(exchange)
        exchange = _without_body(whole) if why else whole
        self._redactor.learn_exchange(exchange)
        if not why and self._redactor.floods(whole):
            exchange, why = _without_body(whole), "they hold more secrets than any provider has to tell"
        if exchange.answer is not None:
            self._taken += len(exchange.answer.body)
        size = len(whole.answer.body) if whole.answer is not None else 0
        return exchange, f"{size:,} bytes were left out: {why}" if why else ""

    def _beyond_all(self, exchange: Exchange) -> str:
        """Why the body of an answer is not even read: it is no page where one was asked for, or there is no room for it."""
        body = exchange.answer.body if exchange.answer is not None else b""
        if len(body) > SMALL and self._taken > MOST_IN_ALL:
            return f"those of the run are more than {MOST_IN_ALL:,}"
        if len(self.pseudonyms) > MOST_PSEUDONYMS:
            return f"there are more than {MOST_PSEUDONYMS:,} pseudonyms in the run"
        if len(body) > SMALL and body.lstrip()[:1] != b"<" and _words_in(body) > MOST_WORDS:
            return f"they hold more than {MOST_WORDS:,} words"
        odd = wants_page(exchange.request) and len(body) > MOST_OF_OTHERS and body.lstrip()[:1] in {b"{", b"["}
        return "they are no page, which a browser asked for" if odd else ""

    def _foresee(self, exchange: Exchange) -> None:
        """Give pseudonyms to codes and access tokens before the ID token that comes with them, which holds their hashes."""
        answer = exchange.answer
        if answer is None or not (b"ey" in answer.body or "ey" in (header(answer.headers, "location") or "")):
            return
        for kind, value in body_secrets(answer.body) if b"<" in answer.body else _values(answer):
            if kind in HASHED and isinstance(value, str):
                self._value(kind, value)

    def _request(self, request: Request) -> Request:
        form = (header(request.headers, "content-type") or "").startswith("application/x-www-form-urlencoded")
        body = request.body.decode("utf-8", "surrogateescape")
        shown = self._parameters(body) if form else self._body(body, closed=False)
        return replace(
            request,
            url=self._address(request.url),
            headers=self._headers(request.headers),
            body=shown.encode("utf-8", "surrogateescape"),
        )

    def _answer(self, exchange: Exchange) -> tuple[Response | None, str]:
        answer = exchange.answer
        if answer is None:
            return None, ""
        if answer.body and readable(answer.body) is None:
            left_out = f"{len(answer.body)} bytes that are no text were left out"
            return Response(answer.status, self._headers(answer.headers), NO_TEXT), left_out
        text = answer.body.decode("utf-8", "surrogateescape")
        shown = self._body(text, closed=_speaks_of_people(exchange))
        most = MOST_OF_JSON if _is_json(text) else MOST_OF_OTHERS
        body = (shown if len(shown) <= most else _cut(shown, most)).encode("utf-8", "surrogateescape")
        note = f"cut after {most:,} of {len(text):,} characters, its other forms follow" if len(shown) > most else ""
        return Response(answer.status, self._headers(answer.headers), body), note

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self._header(name.lower(), value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        match name:
            case "authorization":
                return self._authorization(value)
            case "cookie":
                return "; ".join(self._cookie(each) for each in value.split("; "))
            case "set-cookie":
                cookie, separator, attributes = value.partition(";")
                return self._cookie(cookie) + separator + attributes
            case "location":
                return self._address(value)
            case "dpop":
                return self._value("dpop_proof", value)
            case "dpop-nonce":
                return self._value("nonce", value)
            case _:
                return self._texts.said_by_others(value)

    def _authorization(self, value: str) -> str:
        scheme, separator, rest = value.partition(" ")
        client, secret = basic(rest) if scheme.lower() == "basic" else ("", "")
        if client or secret:
            pair = f"{self._spelled('client_id', client)}:{self._spelled('client_secret', secret)}"
            told = b64encode(pair.encode()).decode()
            return f"{scheme} {self.pseudonyms.stands_for('credentials', rest, told)}"
        kind = next(authorization(value), ("credentials", ""))[0]
        return f"{scheme}{separator}{self._value(kind, rest)}"

    def _spelled(self, kind: str, written: str) -> str:
        """The pseudonym of a value of credentials, percent-encoded where the value is; what is known as it is written is not."""
        if written in self.pseudonyms:
            return self._value(kind, written)
        value = unquote_plus(written)
        told = self.text(value) if kind == "client_id" else self._value(kind, value)
        return quote_plus(told) if written == quote_plus(value) else told

    def _cookie(self, pair: str) -> str:
        name, separator, value = pair.partition("=")
        bare = value.strip('"')
        return f"{name}{separator}{value.replace(bare, self._value('cookie', bare))}" if bare else pair

    def _address(self, url: str) -> str:
        parts = split(url)
        before = self.text(parts._replace(query="", fragment="").geturl())
        query = f"?{self._parameters(parts.query)}" if parts.query else ""
        return before + query + (f"#{self._parameters(parts.fragment)}" if parts.fragment else "")

    def _parameters(self, written: str) -> str:
        pairs = (part.partition("=") for part in written.split("&"))
        return "&".join(name + separator + self._parameter(name, value) for name, separator, value in pairs)

    def _parameter(self, name: str, written: str) -> str:
        value = unquote_plus(written)
        told = self._said_in(name, value)
        return self.text(written) if told == value else quote(told, safe="") if "%20" in written else quote_plus(told)

    def _said_in(self, name: str, value: str) -> str:
        """What stands for the value of a parameter; one that nobody knows may be a handle of the user's browser."""
        if is_secret(name) or name in OF_OURS or self._is_known(value):
            return self._value(kind_of(name), value)
        if name in SPOKEN or name.endswith("_type"):
            return value
        return self._address(value) if "?" in value and is_address(value) else self._texts.said_by_others(value)

    def _body(self, text: str, *, closed: bool) -> str:
        """A body; `closed` tells that it speaks of people, so that what nobody knows has a pseudonym."""
        if self._is_jwt(text.strip()):
            return text.replace(text.strip(), self._value("token", text.strip()))
        if _is_json(text):
            return self._json(text, closed=closed)
        if closed:
            return self.pseudonyms.of("body", text)
        pairs = [*as_written(text)] if "=" in text and "<" not in text else []
        if any(is_secret(name) for name, _ in pairs):
            return self._parameters(text)
        return self.text(text) if "<" in text else self._texts.said_by_others(text)

    def _json(self, text: str, *, closed: bool) -> str:
        published = not closed and ('"keys"' in text or _is_metadata(text))

        def string(name: str, value: str) -> str:
            if is_secret_member(name) or name in HASH_CLAIMS or self._is_jwt(value):
                return self._member(name, value)
            if published:
                return self.pseudonyms.of("key", value) if name in PRIVATE_KEY_MEMBERS else self.text(value)
            if self._is_known(value):
                return self._member(name, value)
            personal = name in PERSONAL_CLAIMS or (closed and name not in PROTOCOL_MEMBERS)
            if personal:
                return self._of_person(name, value)
            return self.text(value) if name in PLAIN_MEMBERS else self._texts.said_by_others(value)

        def number(name: str, digits: str) -> str:
            personal = is_secret_member(name) or name == "sub" or (closed and name not in PROTOCOL_MEMBERS)
            return self.pseudonyms.of_number(digits) if personal and not published else digits

        return with_values(text, string, number)

    def _member(self, name: str, value: str) -> str:
        if name in HASH_CLAIMS:
            return self.pseudonyms.of_hash(value)
        return self._value(kind_of(name), value)

    def _of_person(self, name: str, value: str) -> str:
        kind = f"claim {name}"
        return self._texts.learn(kind, value) if name in PERSONAL_CLAIMS else self.pseudonyms.of(kind, value)

    def _value(self, kind: str, value: str) -> str:
        """The pseudonym of what is a secret by its place."""
        known = value in self.pseudonyms or not self._is_jwt(value)
        return self.pseudonyms.of(kind, value) if known else self._jwt(kind, value).told

    def _is_known(self, value: str) -> bool:
        """Whether a value has a pseudonym wherever it stands: what is too short to be looked for means something else there."""
        return len(value) >= SHORTEST and value in self.pseudonyms

    def _is_jwt(self, value: str) -> bool:
        return value.startswith("ey") and value.count(".") == 2 and decoded(value.split(".")[1]) is not None

    def _jwt(self, kind: str, value: str) -> JwtText:
        """A JWT with other claims: its header stays, its signature is one of nothing."""
        if value not in self._jwts:
            head, payload, signature = value.split(".")
            head = self._head(head)
            said = decoded(payload) or ""
            claims = self._json(said, closed=not _is_metadata(said))  # which may be signed (RFC 8414 §2.1)
            told = f"{head}.{encoded(claims)}.{self.pseudonyms.of(SIGNATURE, signature)}"
            self._jwts[value] = JwtText(value, self.pseudonyms.stands_for(kind, value, told))
        self._met.append(self._jwts[value])
        return self._jwts[value]

    def _head(self, segment: str) -> str:
        """The header of a JWT; a private key in it has a pseudonym, and all else stays to the letter."""
        text = decoded(segment) or ""
        told = with_values(
            text,
            lambda name, said: self.pseudonyms.of("key", said) if name in PRIVATE_KEY_MEMBERS else self.text(said),
            lambda _, digits: digits,
        )
        return segment if told == text else encoded(told)


def _words_in(body: bytes) -> int:
    return len(body.split()) + body.count(b",") + body.count(b'"') // 2


def _without_body(exchange: Exchange) -> Exchange:
    answer = exchange.answer
    return replace(exchange, answer=replace(answer, body=NO_TEXT)) if answer is not None else exchange


def _values(answer: Response) -> Iterable[tuple[str, object]]:
    """The parameters and the members of an answer that is no page."""
    parts, said = split(header(answer.headers, "location") or ""), parse_json(answer.body)
    members = said.items() if isinstance(said, dict) else ()
    return *parse_qsl(parts.query), *parse_qsl(parts.fragment), *members


def _cut(text: str, most: int) -> str:
    """The beginning, and the forms of a page that end behind it: a login goes on by one of these."""
    forms = (form[0] for form in _FORM.finditer(text) if form.end() > most)
    return "\n".join((text[:most], *forms))[: 2 * most]


def _is_metadata(text: str) -> bool:
    """Whether a JSON text is metadata of a provider, which speaks of nobody."""
    return '"issuer"' in text and "_endpoint" in text


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}


def _speaks_of_people(exchange: Exchange) -> bool:
    """Whether an answer is one of userinfo, of introspection, or of a resource, and no refusal."""
    request, answer = exchange.request, exchange.answer
    scheme = (header(request.headers, "authorization") or "").partition(" ")[0].lower()
    names = {name for name, _ in request.form}
    asked = scheme in {"bearer", "dpop"} or ("token" in names and "grant_type" not in names)
    return asked and answer is not None and answer.status // 100 == 2
