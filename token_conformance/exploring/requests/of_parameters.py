"""Changes of parameters: missing, doubled, empty, unknown, long, and with characters that nobody expects (RFC 6749 §3.2).

Tokens, codes, passwords and secrets keep their values: a wrong one may lock somebody out, and checks try that once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from token_conformance.exploring.requests.draft import OF_CLIENTS, Draft, Pairs

Choice = TypeVar("Choice")

Change = Callable[[Draft, int], Draft | None]
"""Changes a request in the way of that number, which may be any; None where it cannot be changed so."""

MARKUP = "<x-token-conformance>"
"""What a page has to escape where it repeats it."""

UNKNOWN = "x_unknown"

NAMES = (UNKNOWN, "__proto__", "constructor", "toString", "state", "nonce", "X-Unknown.1", "_method", "length", "id")
"""Names of RFC 6749 §A that no token request knows; some of them mean something to languages and frameworks."""

OPTIONAL = ("scope", "redirect_uri", "code", "refresh_token", "username", "code_verifier", "resource", "audience")
"""Parameters that some grants have and others may leave out."""

LETTERS = ("é", "漢字", "🙂", "a+b c&d=e?f#g", "Ω≈ç√", "\u05d0\u0628")

STRANGE = ("a\0b", "a\r\nX-Injected: 1", "\x01\x7f", "\ud800", "\u202e", "\ufeff")
"""Characters that no parameter of OAuth may hold."""

RAW = (b"&x_unknown=%ff%fe", b"&x_unknown=%", b"&x_unknown=%u0041", b"&x_unknown", b"&&", b"&=", b"&x_unknown[a][b]=1")
"""Pieces of a form that are broken, or that parsers read in ways of their own."""

LENGTHS = (65_536, 8_192, 1_024, 120_000)
MANY = (200, 1_100)
"""How many parameters more; frameworks stop at 100 and at 1,000."""

OTHER_GRANT = "urn:example:no-such-grant"

STRANGE_GRANTS = (
    MARKUP,
    OTHER_GRANT,
    "__proto__",
    "constructor",
    "x" * 65_536,
    "é",
    "a\0b",
    "\ud800",
    '["refresh_token"]',
    "refresh_token,client_credentials",
)

ONCE = OF_CLIENTS | {
    "grant_type",
    "password",
    "refresh_token",
    "requested_token_type",
    "scope",
    "subject_token",
    "subject_token_type",
    "username",
}
"""Parameters that a token request may have once; resource and audience may repeat (RFC 8707 §2, RFC 8693 §2.1)."""


def shown(value: str) -> str:
    """A value of our own as a message tells it."""
    return f"of {len(value):,} characters" if len(value) > 100 else repr(value.encode("ascii", "backslashreplace"))[1:]


def chosen(choices: Sequence[Choice], number: int) -> Choice | None:
    """The choice of a number, which may be any; None where there is nothing to choose from."""
    return choices[number % len(choices)] if choices else None


def unknown_parameter(draft: Draft, number: int) -> Draft | None:
    """A parameter that nobody knows."""
    name = NAMES[number % len(NAMES)]
    return draft.adding(name, "1", f"an unknown parameter {name}")


def unknown_parameter_empty(draft: Draft, number: int) -> Draft | None:
    """One without a value."""
    name = NAMES[number % len(NAMES)]
    return draft.adding(name, "", f"an unknown parameter {name} without a value")


def empty_parameter(draft: Draft, number: int) -> Draft | None:
    """A parameter of OAuth that the request has not, without a value."""
    name = chosen([each for each in OPTIONAL if not draft.has(each)], number)
    return draft.adding(name, "", f"{name} without a value") if name else None


def other_letters(draft: Draft, number: int) -> Draft | None:
    """An unknown parameter whose value is not of ASCII."""
    value = LETTERS[number % len(LETTERS)]
    return draft.adding(UNKNOWN, value, f"an unknown parameter with the value {shown(value)}")


def markup(draft: Draft, number: int) -> Draft | None:
    """Markup in an unknown parameter, its name, or the scope."""
    if number % 3 == 1:
        return draft.adding(MARKUP, "1", "an unknown parameter whose name is markup")
    name = UNKNOWN if number % 3 == 0 else "scope"
    if draft.has(name):
        return None
    return draft.adding(name, MARKUP, f"markup in {name}")


def strange_characters(draft: Draft, number: int) -> Draft | None:
    """An unknown parameter with characters that no parameter may hold, or a piece that is broken."""
    at = number % (len(STRANGE) + len(RAW))
    if at < len(STRANGE):
        return draft.adding(UNKNOWN, STRANGE[at], f"an unknown parameter with the value {shown(STRANGE[at])}")
    raw = RAW[at - len(STRANGE)]
    return draft.change("body", f"{raw.decode()} at its end", raw=raw)


def long_value(draft: Draft, number: int) -> Draft | None:
    """A long value, a long name, or many parameters."""
    at = number % (len(LENGTHS) + len(MANY) + 1)
    if at < len(LENGTHS):
        return draft.adding(UNKNOWN, "x" * LENGTHS[at], f"an unknown parameter of {LENGTHS[at]:,} characters")
    if at == len(LENGTHS):
        return draft.adding("x" * 4_096, "1", "an unknown parameter whose name has 4,096 characters")
    many = MANY[at - len(LENGTHS) - 1]
    more: Pairs = tuple((f"x_{place}", "1") for place in range(many))
    return draft.change(UNKNOWN, f"{many:,} unknown parameters", pairs=(*draft.pairs, *more))


def doubled(draft: Draft, number: int) -> Draft | None:
    """A parameter twice, with the same value."""
    names = [name for name, _ in draft.form if name in ONCE]
    name = chosen([*dict.fromkeys((*names, *(["client_id"] if draft.by_basic else [])))], number)
    if name is None:
        return None
    value = draft.value(name) or draft.client.client_id
    again = ((name, value),) * (1 if draft.has(name) else 2)
    return draft.change(name, f"{name} twice", pairs=(*draft.pairs, *again))


def doubled_otherwise(draft: Draft, number: int) -> Draft | None:
    """grant_type twice, with another value before or behind the right one."""
    other, told = (("grant_type", OTHER_GRANT),), "grant_type twice, with another value"
    pairs = (*draft.pairs, *other) if number % 2 == 0 else (*other, *draft.pairs)
    return draft.change("grant_type", f"{told} {'behind' if number % 2 == 0 else 'before'} it", pairs=pairs)


def doubled_target(draft: Draft, number: int) -> Draft | None:
    """A resource several times, which may be."""
    if draft.has("resource") or len(draft.targets) < 1:
        return None
    values = draft.targets[:2] if number % 2 and len(draft.targets) > 1 else draft.targets[:1] * 2
    told = "two resources" if len(set(values)) > 1 else "one resource twice"
    return draft.change("resource", told, pairs=(*draft.pairs, *(("resource", value) for value in values)))


def doubled_unknown(draft: Draft, number: int) -> Draft | None:
    """An unknown parameter twice."""
    name = NAMES[number % len(NAMES)]
    return draft.change(name, f"an unknown parameter {name} twice", pairs=(*draft.pairs, *((name, "1"),) * 2))


def missing_grant_type(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """No grant_type."""
    return draft.change("grant_type", "no grant_type", pairs=draft.without("grant_type"))


def empty_grant_type(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """A grant_type without a value."""
    return _with(draft, "grant_type", "", "grant_type without a value")


def missing(*names: str, empty: bool) -> Change:
    """Without one of the parameters that a grant requires, or with an empty one."""

    def changed(draft: Draft, number: int) -> Draft | None:
        known = [(name, way) for name in names for way in ("no", *(["empty"] if empty else [])) if draft.has(name)]
        one = chosen(known, number)
        if one is None:
            return None
        name, way = one
        if way == "empty":
            return _with(draft, name, "", f"{name} without a value")
        return draft.change(name, f"no {name}", pairs=draft.without(name))

    return changed


def grant_type_case(draft: Draft, number: int) -> Draft | None:
    """grant_type in other letters."""
    right = draft.value("grant_type")
    other = right.upper() if number % 2 == 0 else right[:-1] + right[-1:].upper()
    return _with(draft, "grant_type", other, f"grant_type {other}")


def grant_type_blanks(draft: Draft, number: int) -> Draft | None:
    """grant_type with something around it that is easily cut off."""
    right = draft.value("grant_type")
    other = (f" {right}", f"{right} ", f"{right}\n", f"\t{right}", f"{right}\0", f"{right};")[number % 6]
    return _with(draft, "grant_type", other, f"grant_type {shown(other)}")


def grant_type_strange(draft: Draft, number: int) -> Draft | None:
    """A grant_type that is none."""
    other = STRANGE_GRANTS[number % len(STRANGE_GRANTS)]
    return _with(draft, "grant_type", other, f"the grant_type {shown(other)}")


def name_in_capitals(draft: Draft, number: int) -> Draft | None:
    """The name of a parameter that is required in other letters."""
    name = chosen(required(draft), number)
    return _renamed(draft, name, name.upper(), f"{name.upper()} for {name}") if name else None


def name_of_array(draft: Draft, number: int) -> Draft | None:
    """grant_type by a name that some frameworks read as that of an array."""
    other = ("grant_type[]", "grant_type[0]", "grant_type[a]", "grant_type.0")[number % 4]
    return _renamed(draft, "grant_type", other, f"{other} for grant_type")


def scope_strange(draft: Draft, number: int) -> Draft | None:
    """A scope that nobody grants, or cannot be one."""
    value = ("token-conformance-unknown", '"', "\\", "é", "a\0b", "  ", "x" * 8_192, "openid,profile")[number % 8]
    return _with(draft, "scope", value, f"the scope {shown(value)}")


def order(draft: Draft, number: int) -> Draft | None:
    """The parameters in another order, those of the client among them."""
    form, ways = (
        draft.form,
        ("the parameters in reverse", "the second parameter first", "the parameters by their names"),
    )
    if len(form) < 2:
        return None
    if any(name in OF_CLIENTS for name, _ in draft.pairs):
        return None  # another change has put them there
    other = (form[::-1], (form[1], form[0], *form[2:]), tuple(sorted(form)))[number % 3]
    if other == form:
        return None
    bare = replace(draft.proof, parameters=())
    return draft.change("order", ways[number % 3], beside="client_id", pairs=other, proof=bare)


def required(draft: Draft) -> list[str]:
    """The parameters beside grant_type without which the grant of a request is none."""
    names = ("refresh_token", "subject_token", "subject_token_type", "username")
    return [name for name in names if draft.has(name)]


def _with(draft: Draft, name: str, value: str, told: str) -> Draft | None:
    return draft.change(name, told, pairs=((name, value), *draft.without(name)))


def _renamed(draft: Draft, name: str, other: str, told: str) -> Draft | None:
    pairs = tuple((other if key == name else key, value) for key, value in draft.pairs)
    return draft.change(name, told, pairs=pairs)


OF_PARAMETERS: Mapping[str, Change] = {
    "unknown-parameter": unknown_parameter,
    "unknown-parameter-empty": unknown_parameter_empty,
    "empty-parameter": empty_parameter,
    "other-letters": other_letters,
    "markup": markup,
    "strange-characters": strange_characters,
    "long-value": long_value,
    "doubled": doubled,
    "doubled-otherwise": doubled_otherwise,
    "doubled-target": doubled_target,
    "doubled-unknown": doubled_unknown,
    "missing-grant-type": missing_grant_type,
    "empty-grant-type": empty_grant_type,
    "missing-refresh-token": missing("refresh_token", empty=True),
    "missing-subject": missing("subject_token", "subject_token_type", empty=True),
    "missing-user": missing("username", "password", empty=False),
    "grant-type-case": grant_type_case,
    "grant-type-blanks": grant_type_blanks,
    "grant-type-strange": grant_type_strange,
    "name-in-capitals": name_in_capitals,
    "name-of-array": name_of_array,
    "scope-strange": scope_strange,
    "order": order,
}
"""How each row of `mutations.toml` that is about parameters changes a request."""
