"""What somebody has masked in a recording before it was handed on: it is not known, and never taken for what was sent.

A mask that can be seen is one (`***`, `[REDACTED]`, `eyJh…Qz`). Hashes look like tokens, and tokens that are hashed alike can be
followed; of a secret and of what is computed from others, which then fit nothing in the recording, nobody can say more.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from token_conformance.profile.models import Profile
from token_conformance.redaction.places import basic
from token_conformance.servers.har import Part
from token_conformance.wire.exchange import Exchange, header, parse_json

SECRET = frozenset(
    {
        "access_token",
        "refresh_token",
        "id_token",
        "token",
        "code",
        "state",
        "nonce",
        "code_verifier",
        "code_challenge",
        "client_secret",
        "client_assertion",
        "assertion",
        "subject_token",
        "actor_token",
        "device_code",
        "user_code",
        "password",
        "username",
        "request",
    }
)
"""Parameters and members that people mask."""

OF_USERS = frozenset(
    {"sub", "name", "given_name", "family_name", "preferred_username", "nickname", "email", "phone_number"}
)
"""Claims that people mask (OIDC Core §5.1)."""

KINDS = {
    "code": "code",
    "access_token": "token",
    "id_token": "token",
    "refresh_token": "token",
    "client_secret": "secret",
}
"""What parameters and members hold, of which no value is two."""

_DONE = "redacted|masked|filtered|hidden|removed|scrubbed|saniti[sz]ed|obfuscated|censored|omitted"
_NAMES = "TOKEN|CODE|VERIFIER|SECRET|PASSWORD"
_WRITTEN = r"[\w.~+/=-]{0,12}(?:\.{3}|…|\*{3,})[\w.~+/=-]{0,12}"
_MASK = re.compile(
    rf"[*•●█·.…xX#?-]{{3,}}|0{{8,}}|(?i:\**(?:{_DONE})\**)|[A-Z_]*(?:{_NAMES})[A-Z0-9_]*"
    rf"|\[[^\[\]\"]*\]|<[^<>]*>|\{{\{{[^{{}}]*\}}\}}|\$\{{[^{{}}]*\}}|%[A-Z_]+%|{_WRITTEN}"
)
"""Stars and their like, words, what stands in brackets or is to be filled in, and values of which only the ends are left."""

_JWT = re.compile(r"(ey[\w-]+)\.([^.]*)\.(.*)", re.DOTALL)


def is_mask(value: str) -> bool:
    """Whether a value, or a part of a JWT, stands for one that somebody has hidden."""
    written = value.strip()
    return _MASK.fullmatch(written) is not None or _is_hollow(written)


def _is_hollow(written: str) -> bool:
    """Whether it is a JWT without what it claims, or without its signature: sanitizers leave its other parts alone."""
    parts = _JWT.fullmatch(written)
    if parts is None:
        return False
    header, claims, signature = parts.groups()
    return any(_MASK.fullmatch(each) for each in (claims, signature)) or (not signature and not _is_unsecured(header))


def _is_unsecured(header: str) -> bool:
    """Whether the header of a JWT says that nobody has signed it (RFC 7519 §6)."""
    try:
        told = parse_json(urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("alg") == "none"


def unmasked(exchanges: Sequence[Exchange], profile: Profile | None) -> tuple[Exchange, ...]:
    """The exchanges, with what is masked in them as not known."""
    hidden = _Hidden(_stand_for_many(exchanges), _told_by(profile))
    emptied = _emptied(exchanges)
    found = [
        replace(
            each, undocumented=each.undocumented | set(_masked(each, hidden)) | ({"body"} if each in emptied else set())
        )
        for each in exchanges
    ]
    doubtful = _of_other_secrets(found, profile)
    return tuple(
        replace(each, undocumented=each.undocumented | {"authorization"}) if each in doubtful else each
        for each in found
    )


@dataclass(frozen=True)
class _Hidden:
    """What is masked beyond what can be seen to be a mask: values that stand `for_many`; and what is not, as `shown`."""

    for_many: frozenset[str]
    shown: frozenset[str]

    def holds(self, value: str) -> bool:
        """Whether a value stands for one that somebody has hidden."""
        return value in self.for_many or (value not in self.shown and is_mask(value))

    def hides(self, pair: tuple[str, object]) -> bool:
        """Whether the value of a parameter or a member does."""
        name, value = pair
        return name in SECRET | OF_USERS and isinstance(value, str) and self.holds(value)


def _told_by(profile: Profile | None) -> frozenset[str]:
    """What the profile tells of clients and users, which is to be found as it is, whatever it looks like."""
    if profile is None:
        return frozenset()
    clients = (value for each in profile.clients for value in (each.client_id, each.client_secret))
    return frozenset(filter(None, (*clients, profile.login.username, profile.login.password)))


def _stand_for_many(exchanges: Sequence[Exchange]) -> frozenset[str]:
    """Values that are codes and tokens alike, or secrets and tokens: somebody has put one word for all."""
    kinds: dict[str, set[str]] = {}
    for each in exchanges:
        for name, value in (*each.request.form, *_redirected(each), *_members(each).items()):
            if name in KINDS and isinstance(value, str) and value:
                kinds.setdefault(value, set()).add(KINDS[name])
    return frozenset(value for value, found in kinds.items() if len(found) > 1)


def _emptied(exchanges: Sequence[Exchange]) -> frozenset[Exchange]:
    """Answers whose tokens are null or empty, where none shows one, and tokens are presented all the same."""
    answers = [each for each in exchanges if "access_token" in _members(each)]
    shown = any(_members(each)["access_token"] for each in answers)
    presented = any(dict(each.request.form).get("refresh_token") or _bears(each) for each in exchanges)
    return frozenset(answers if presented and not shown else ())


def _bears(exchange: Exchange) -> bool:
    return (header(exchange.request.headers, "authorization") or "").lower().startswith(("bearer ", "dpop "))


def _masked(exchange: Exchange, hidden: _Hidden) -> Iterator[Part]:
    request = exchange.request
    if any(map(hidden.hides, (*_parameters(request.url), *request.form))):
        yield "request"
    if _is_unreadable(header(request.headers, "authorization"), hidden):
        yield "authorization"
    if any(map(hidden.hides, _redirected(exchange))) or is_mask(_location(exchange)) or _has_masked_challenge(exchange):
        yield "headers"
    if any(map(hidden.hides, _members(exchange).items())):
        yield "body"


def _has_masked_challenge(exchange: Exchange) -> bool:
    """Whether what masks credentials has taken a challenge for some."""
    challenge = header(exchange.answer.headers, "www-authenticate") if exchange.answer is not None else None
    return is_mask((challenge or "").partition(" ")[2])


def _location(exchange: Exchange) -> str:
    return (header(exchange.answer.headers, "location") or "") if exchange.answer is not None else ""


def _redirected(exchange: Exchange) -> list[tuple[str, str]]:
    """The parameters of a redirect."""
    return _parameters(_location(exchange))


def _members(exchange: Exchange) -> Mapping[str, object]:
    members = parse_json(exchange.answer.body) if exchange.answer is not None else None
    return members if isinstance(members, dict) else {}


def _parameters(url: str) -> list[tuple[str, str]]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    return parse_qsl(parts.query) + parse_qsl(parts.fragment)


def _is_unreadable(authorization: str | None, hidden: _Hidden) -> bool:
    """Whether what authenticates is masked, or no pair of a client and its secret (RFC 7617 §2)."""
    scheme, _, rest = (authorization or "").partition(" ")
    if not authorization or is_mask(scheme):
        return bool(authorization)
    if scheme.lower() != "basic":
        return hidden.holds(rest)
    client_id, secret = basic(rest)
    return not client_id or any(hidden.holds(half) or not half.isprintable() for half in (client_id, secret))


def _of_other_secrets(exchanges: Sequence[Exchange], profile: Profile | None) -> frozenset[Exchange]:
    """The requests of clients whose secret the recording never shows, while another one is taken for it."""
    found: set[Exchange] = set()
    for client in profile.clients if profile is not None else ():
        if client.client_secret is None or not client.sends_secret:
            continue
        theirs = [(each, shown) for each in exchanges for id_, shown in _shown(each) if id_ == client.client_id]
        if all(client.client_secret not in {shown, unquote_plus(shown)} for _, shown in theirs):
            found |= {each for each, _ in theirs}
    return frozenset(found)


def _shown(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The client and the secret that a request shows."""
    scheme, _, rest = (header(exchange.request.headers, "authorization") or "").partition(" ")
    form = dict(exchange.request.form)
    if scheme.lower() == "basic":
        yield basic(rest)
    elif "client_secret" in form:
        yield form.get("client_id", ""), form["client_secret"]
