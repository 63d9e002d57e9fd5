"""The salted exchanges of a certificate: the file of their salts, and the leaves of the tree over them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from pydantic_core import from_json, to_json

from token_conformance.archive.certificates import merkle
from token_conformance.archive.certificates.container import NotIntactError
from token_conformance.archive.certificates.statement import Tree

HEXADECIMAL = re.compile(r"[0-9a-f]{64}")


def new_salts(exchanges: Mapping[str, bytes]) -> bytes:
    """A new salt for each exchange, as their file has them."""
    return to_json({id_: secrets.token_hex(merkle.SALT) for id_ in exchanges}, indent=2) + b"\n"


def leaves(exchanges: Mapping[str, bytes], salts: bytes) -> tuple[bytes, ...]:
    """The leaves of the tree, in the order of the exchanges.

    Raises:
        NotIntactError: the salts cannot be read, or are those of other exchanges.

    """
    known = salts_of(salts)
    if [*known] != [*exchanges]:
        raise NotIntactError("salts.json: expected a salt for each exchange of the evidence, in its order")
    return tuple(merkle.leaf(known[id_], line) for id_, line in exchanges.items())


def salts_of(salts: bytes) -> dict[str, bytes]:
    """The salts by the ids of their exchanges.

    Raises:
        NotIntactError: they cannot be read.

    """
    try:
        read = from_json(salts)
        return {id_: salt_of(salt) for id_, salt in read.items()}
    except (ValueError, TypeError, AttributeError):
        raise NotIntactError("salts.json: expected a salt of 32 bytes by the id of each exchange") from None


def salt_of(told: str) -> bytes:
    """A salt by its hexadecimal digits.

    Raises:
        ValueError: it is none.
        TypeError: it is no text.

    """
    if not HEXADECIMAL.fullmatch(told):
        raise ValueError(told)
    return bytes.fromhex(told)


def tree(leaves: tuple[bytes, ...]) -> Tree:
    """What a statement says of the tree over some leaves."""
    return Tree(size=len(leaves), root=merkle.root(leaves).hex())
