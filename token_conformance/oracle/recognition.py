"""Recognises what exchanges are: by the address, the method and the parameters of the request, and by the answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

from token_conformance.evidence.error_codes import NO_DECISIONS
from token_conformance.evidence.token_response import COUNTABLE, TokenResponse
from token_conformance.oracle.clients import asker_of, binding_of, client_named
from token_conformance.oracle.endpoints import Addresses
from token_conformance.oracle.events import (
    BY_A_BROWSER,
    Answered,
    Asked,
    Asker,
    Authorization,
    CodeGiven,
    DeviceAuthorization,
    DeviceCodes,
    Event,
    Granted,
    Introspection,
    Logout,
    NoDecision,
    Proof,
    Refused,
    Revocation,
    Served,
    TokenRequest,
    Told,
    Use,
)
from token_conformance.profile.models import Profile
from token_conformance.wire.exchange import Exchange, Request, header

CREDENTIALS = {
    "authorization_code": "code",
    "refresh_token": "refresh_token",
    "password": "username",
    "urn:ietf:params:oauth:grant-type:device_code": "device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange": "subject_token",
}
"""What is presented in each grant."""

OF_CLIENTS = frozenset(
    {"grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource"}
)
"""What any token request may hold (RFC 6749 §2.3 and §3.3, RFC 7521 §4.2, RFC 8707 §2)."""

FURTHER = {
    "authorization_code": {"redirect_uri", "code_verifier"},
    "password": {"password"},
    "urn:ietf:params:oauth:grant-type:token-exchange": {
        "subject_token_type",
        "requested_token_type",
        "audience",
        "actor_token",
        "actor_token_type",
    },
}
"""What else a request of a grant may hold."""

SCHEMES = ("Bearer", "DPoP")
"""How the schemes of access tokens are written; servers are found that compare them to the letter."""

REPEATABLE = frozenset({"resource", "audience"})
FORM = "application/x-www-form-urlencoded"
CODE_FIELD = re.compile(r'name="(code|state|iss)"\s+value="([^"]*)"|value="([^"]*)"\s+name="(code|state|iss)"')
"""The hidden fields of a page that sends the browser on by a form (form_post)."""


def events(exchanges: Iterable[Exchange], profile: Profile, known: Addresses) -> list[Event]:
    """The exchanges that concern codes and tokens, as events in the order in which they began."""
    found = [event for exchange in exchanges if (event := recognised(exchange, profile, known)) is not None]
    return sorted(found, key=lambda event: event.begin)


def recognised(exchange: Exchange, profile: Profile, known: Addresses) -> Event | None:
    """What an exchange is; None where it concerns neither codes nor tokens."""
    kinds = known.at(exchange.request.url)
    asked, answered = _read(exchange, kinds, profile)
    if not isinstance(answered, CodeGiven) and asked is None and (code := _code_in(exchange)) is not None:
        answered = code
    user = _user(exchange.request, profile)
    if answered is None and user is None:
        return None
    begin = exchange.started.timestamp()
    told = exchange.stated_date
    ahead = (told - exchange.answered).total_seconds() if told is not None else 0.0
    ahead = ahead if abs(ahead) > 1 else 0.0
    return Event(exchange.id, begin, begin + exchange.seconds, asked, answered or Served(), ahead, user)


def _user(request: Request, profile: Profile) -> str | None:
    """The user of the profile whose name stands in a form, as in that of a login; it matters where there are several."""
    names = {each.username for each in profile.login.of_each_user if each.username} if profile.login.users else set()
    return next((value for _, value in request.form if value in names), None)


def _read(exchange: Exchange, kinds: frozenset[str], profile: Profile) -> tuple[Asked, Answered | None]:
    request = exchange.request
    form = dict(request.form)
    if "request" in exchange.undocumented:
        return _unknown(form, kinds), NoDecision("the recording does not hold what was sent")
    if "authorization" in kinds:
        asked = _authorization(request)
        return asked, _code_in(exchange) or NoDecision("the user is asked")
    if "token" in kinds and ("grant_type" in form or not form or not {"revocation", "introspection"} & kinds):
        return _token_request(request, form, _asker(exchange, form, profile)), _token_answer(exchange)
    asker = _asker(exchange, form, profile)
    if "revocation" in kinds:
        return Revocation(asker, *_about(request, form), _odd(request, ABOUT)), _done(exchange)
    if "introspection" in kinds:
        return Introspection(asker, *_about(request, form), _odd(request, ABOUT)), _told(exchange)
    if "device" in kinds:
        return DeviceAuthorization(asker, _scope(form)), _device_codes(exchange)
    if kinds & {"userinfo", "resource"} and "authorization" not in exchange.undocumented:
        return _use(request, form, userinfo="userinfo" in kinds), _served(exchange)
    return (Logout(), Served()) if "logout" in kinds else (None, None)


def _unknown(form: Mapping[str, str], kinds: frozenset[str]) -> Asked:
    """A request of which somebody has masked what it presents."""
    return TokenRequest(form.get("grant_type", ""), Asker(hidden=True)) if "token" in kinds else None


def _asker(exchange: Exchange, form: Mapping[str, str], profile: Profile) -> Asker:
    """Who asks; where a recorder has left Authorization out, the body alone tells, if it does."""
    asker = asker_of(exchange.request, form, profile)
    if (
        "authorization" not in exchange.undocumented
        or asker.public
        or {"client_secret", "client_assertion"} & set(form)
    ):
        return asker
    known = client_named(profile, asker.client_id) is not None
    return Asker(asker.client_id if known else form.get("client_id"), Proof.UNKNOWN, hidden=True)


def _authorization(request: Request) -> Authorization | None:
    pairs = [*parse_qsl(_query(request.url), keep_blank_values=True), *request.form]
    sent = dict(pairs)
    if "client_id" not in sent:
        return None
    return Authorization(
        client_id=sent["client_id"],
        state=sent.get("state"),
        redirect_uri=sent.get("redirect_uri") or None,
        scope=_scope(sent),
        challenge=sent.get("code_challenge") or None,
        method=sent.get("code_challenge_method") or None,
        nonce=sent.get("nonce") or None,
        resources=frozenset(value for name, value in pairs if name == "resource" and value),
        key=sent.get("dpop_jkt") or None,
    )


def _token_request(request: Request, form: Mapping[str, str], asker: Asker) -> TokenRequest:
    grant = form.get("grant_type", "")
    name = CREDENTIALS.get(grant, "")
    named = [value for key, value in request.form if key == name]
    return TokenRequest(
        grant=grant,
        asker=asker,
        credential=named[0] if len(named) == 1 and named[0] else None,
        redirect_uri=form.get("redirect_uri") or None,
        verifier=form.get("code_verifier") or None,
        scope=_scope(form),
        resources=frozenset(value for key, value in request.form if key in REPEATABLE and value),
        binding=binding_of(request),
        peculiar=_odd(request, OF_CLIENTS | {name} | FURTHER.get(grant, set())),
        scope_empty=form.get("scope") == "",
    )


ABOUT = OF_CLIENTS - {"grant_type", "scope", "resource"} | {"token", "token_type_hint"}


def _odd(request: Request, usual: Iterable[str]) -> str:
    """What is out of the ordinary about the form of a request, so that its refusal need not concern what it presents."""
    kind = (header(request.headers, "content-type") or "").partition(";")[0].strip()
    times = Counter(name for name, _ in request.form)
    if request.method != "POST" or kind != FORM:
        return f"it is a {request.method} of {kind or 'nothing'}"[:80]
    if "?" in request.url:
        return "its address has a query"
    if set(times) - set(usual):
        return "it holds a parameter that does not belong to it"
    if any(count > 1 and name not in REPEATABLE for name, count in times.items()):
        return "a parameter stands in it twice"
    if any(not value for _, value in request.form) or not request.body.isascii():
        return "a parameter of it is empty, or no plain text"
    told = {name.lower() for name, _ in request.headers}
    return BY_A_BROWSER if told & {"origin", "cookie"} else ""


def _about(request: Request, form: Mapping[str, str]) -> tuple[str | None, str | None]:
    queried = dict(parse_qsl(_query(request.url)))
    token = form.get("token") or queried.get("token") or None
    return token, form.get("token_type_hint")


def _use(request: Request, form: Mapping[str, str], *, userinfo: bool) -> Use:
    scheme, _, token = (header(request.headers, "authorization") or "").partition(" ")
    queried = dict(parse_qsl(_query(request.url))).get("access_token")
    peculiar = "the token is not in the header" if queried or "access_token" in form else ""
    if token and scheme not in SCHEMES:
        peculiar = f"the scheme is written as {scheme}"
    if request.method not in {"GET", "POST"}:
        peculiar = f"it is a {request.method}"
    address = request.url.partition("?")[0]
    return Use(
        address,
        token.strip() or queried or form.get("access_token") or None,
        scheme.lower(),
        binding_of(request),
        userinfo,
        peculiar,
    )


def _nothing(exchange: Exchange) -> NoDecision | None:
    """Why an answer decides nothing; None where it does, as where tokens came with a status that was not recorded."""
    if exchange.answer is None:
        return NoDecision("no answer came")
    if exchange.put_off or exchange.answer.status == 429:
        return NoDecision("the server asks to come later")
    if "status" in exchange.undocumented and not isinstance(_members(exchange).get("access_token"), str):
        return NoDecision("the recording does not hold the status")
    return None


def _untold(exchange: Exchange) -> NoDecision | None:
    """Why the body of an answer tells nothing; None where it does."""
    unread = NoDecision("the recording does not hold the body")
    return _nothing(exchange) or (None if exchange.is_readable else unread)


def _token_answer(exchange: Exchange) -> Answered:
    if (nothing := _untold(exchange)) is not None:
        return nothing
    answer = TokenResponse(exchange)
    if "status" in exchange.undocumented or answer.handed_over:
        return _granted(answer)
    if answer.waits:
        return NoDecision("the user has not decided", pending=answer.error not in NO_DECISIONS)
    if answer.decided:
        return Refused(answer.error, answer.status)
    return NoDecision(f"the server answered {answer.status}")


def _granted(answer: TokenResponse) -> Granted:
    return Granted(
        access_token=answer.access_token,
        refresh_token=answer.refresh_token,
        id_token=answer.id_token,
        token_type=(answer.token_type or "").lower(),
        scope=answer.scope,
        expires_in=answer.expires_in,
        refresh_expires_in=_seconds(answer.members.get("refresh_token_timeout")),
    )


def _done(exchange: Exchange) -> Answered:
    return _nothing(exchange) or _decided(exchange) or Served()


def _told(exchange: Exchange) -> Answered:
    nothing = _untold(exchange) or _decided(exchange)
    members = _members(exchange)
    if nothing is None and not isinstance(members.get("active"), bool | str):
        return NoDecision("the answer does not say whether the token is active")
    return nothing or Told(members["active"] in {True, "true"}, members)


def _served(exchange: Exchange) -> Answered:
    told = _members(exchange) if exchange.is_readable else {}
    return _nothing(exchange) or _decided(exchange) or Served(told)


def _device_codes(exchange: Exchange) -> Answered:
    nothing, members = _untold(exchange) or _decided(exchange), _members(exchange)
    code = members.get("device_code")
    if nothing is None and isinstance(code, str) and code:
        return DeviceCodes(code, _seconds(members.get("expires_in")))
    return nothing or NoDecision("there is no device_code in the answer")


def _decided(exchange: Exchange) -> Answered | None:
    """A refusal, or no decision; None where the request was served."""
    status = exchange.answer.status if exchange.answer is not None else 0
    if status // 100 == 2:
        return None
    if status in {400, 401, 403}:
        return Refused(exchange.says_error, status)
    return NoDecision(f"the server answered {status}")


def _members(exchange: Exchange) -> Mapping[str, Any]:
    body = exchange._parsed  # noqa: SLF001 - recognising it does not make it evidence
    return body if isinstance(body, dict) else {}


def _code_in(exchange: Exchange) -> CodeGiven | None:
    """The code that the authorization endpoint hands over, in an address or in a page that sends a form."""
    answer = exchange.answer
    if answer is None or "headers" in exchange.undocumented:
        return None
    if answer.status in range(300, 400):
        target, _, fragment = (header(answer.headers, "location") or "").partition("#")
        return _code(dict(parse_qsl(fragment or _query(target))))
    if answer.status == 200 and b'name="code"' in answer.body:
        return _code(dict(_hidden(answer.body.decode("utf-8", "replace"))))
    return None


def _code(sent: Mapping[str, str]) -> CodeGiven | None:
    return CodeGiven(sent["code"], sent.get("state")) if sent.get("code") and {"state", "iss"} & set(sent) else None


def _hidden(page: str) -> Iterator[tuple[str, str]]:
    for found in CODE_FIELD.finditer(page):
        name, value = found[1] or found[4], found[2] if found[1] else found[3]
        yield name, unescape(value)


def _query(url: str) -> str:
    """The query of an address, whatever else may be wrong with that."""
    return url.partition("#")[0].partition("?")[2]


def _scope(form: Mapping[str, str]) -> frozenset[str] | None:
    return frozenset(form["scope"].split()) if form.get("scope") else None


def _seconds(value: object) -> float | None:
    told = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < COUNTABLE
    return float(value) if told and isinstance(value, int | float) else None
