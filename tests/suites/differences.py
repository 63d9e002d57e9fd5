"""In what two requests differ, by the names of their parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from token_conformance.judging.refusal import Comparison
from token_conformance.wire.exchange import Exchange

Parts = Mapping[str, Any]

ALONE = {
    "assertion: alg": ("assertion: signature",),
    "client_id: times": ("client id beside",),
    "place": ("content type", "order"),
    "proof: alg": ("proof: signature", "proof: jwk"),
    "proof: form": ("proof: ",),
    "proof: jwk": ("proof: signature",),
    "proofs": ("proof: ", "proof: form"),
}
"""What differs by itself where the part on the left does: another algorithm has another key, and that another signature."""


def differences(one: Parts, other: Parts) -> set[str]:
    """The names of the parts in which they differ, without what follows from another one."""
    names = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    followers = {follower for name in names for follower in _followers(name, one, other)}
    kept = {name for name in names if not any(_covers(follower, name) for follower in followers)}
    return {name for name in kept if not any(same(name, one, other) for same in SAME)}


def _followers(name: str, one: Parts, other: Parts) -> tuple[str, ...]:
    """What differs because of this part; a whole kind of parts ends in a colon and a blank."""
    base, _, detail = name.partition(": ")
    if detail == "kind":
        gone = None in {one.get(name), other.get(name)}
        borne = ("scheme", "proofs", "proof: ", "proof: form") if gone and base == "access token" else ()
        return (f"{base}: ", *borne)
    if name == "assertion: sub" and {"assertion: alg"} <= one.keys() & other.keys():
        return ("client id",)
    if detail == "jti" and "used" in {one.get(name), other.get(name)}:
        return (f"{base}: iat", f"{base}: exp")
    if name == "client id" and "nobody" in {one.get(name), other.get(name)}:
        return ("client proof", "client method")
    if name == "client proof" and "none" in {one.get(name), other.get(name)}:
        return ("client method",)
    return ALONE.get(name, ())


def _covers(follower: str, name: str) -> bool:
    leading = name.endswith(": kind") or name == "proof: form"
    return name.startswith(follower) and not leading if follower.endswith(": ") else name == follower


def _parameters_differ(name: str, one: Parts, other: Parts) -> bool:
    """Whether the order is another one because there is a parameter more, or one less."""
    return name == "order" and set(one.get("order", ())) != set(other.get("order", ()))


def _certificate_is_the_same(name: str, one: Parts, other: Parts) -> bool:
    """Whether both connections present the client's own certificate, or the same one, whoever it belongs to."""
    first, second = one.get("certificate", (True, None)), other.get("certificate", (True, None))
    return name == "certificate" and ((first[0] and second[0]) or first[1] == second[1])


def _one_signs(name: str, one: Parts, other: Parts) -> bool:
    """Whether one of the two proves itself in another way, or not at all, which is told of the client."""
    return name.startswith("assertion: ") and ("assertion: alg" in one) != ("assertion: alg" in other)


SAME: tuple[Callable[[str, Parts, Parts], bool], ...] = (_parameters_differ, _certificate_is_the_same, _one_signs)
"""Where a part that is not the same to the letter does not differ."""


def unlike(comparison: Comparison, parts: Mapping[Exchange, Parts]) -> set[str]:
    """In what a request differs from its control beyond one thing; what the check says to differ is one together."""
    names = differences(parts[comparison.attempt], parts[comparison.control])
    declared = {name for name in names if _declared(name, comparison.differs)}
    return names if len(names - declared) + bool(declared) > 1 else set()


def _declared(name: str, differs: tuple[str, ...]) -> bool:
    base, _, detail = name.partition(": ")
    return bool({name, base, detail} & set(differs) - {""})
