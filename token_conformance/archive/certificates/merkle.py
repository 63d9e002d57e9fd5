"""A Merkle tree as Certificate Transparency has it (RFC 9162 §2.1), whose leaves are salted: one of them can be shown alone.

The root commits to all leaves and their order, and tells nothing of any of them: without its salt, nobody can try what a leaf
may have been. Leaves and nodes are hashed apart (RFC 9162 §2.1.1), so that no node can pass for a leaf.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

SALT = 32
"""Bytes of a salt."""


def leaf(salt: bytes, content: bytes) -> bytes:
    """The hash of a leaf; all salts have one length, so that it is clear where the content begins.

    Raises:
        ValueError: the salt has another length.

    """
    if len(salt) != SALT:
        raise ValueError(f"expected a salt of {SALT} bytes, not of {len(salt)}")
    return sha256(b"\x00" + salt + content).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash of the tree over these leaves (RFC 9162 §2.1.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    left = _left(len(leaves))
    return _node(root(leaves[:left]), root(leaves[left:]))


def path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes beside the way from a leaf up to the root, the lowest first (RFC 9162 §2.1.3.1)."""
    if len(leaves) < 2:
        return ()
    left = _left(len(leaves))
    if index < left:
        return (*path(leaves[:left], index), root(leaves[left:]))
    return (*path(leaves[left:], index - left), root(leaves[:left]))


def root_by(path: Sequence[bytes], of: bytes, index: int, size: int) -> bytes | None:
    """The root of a tree of so many leaves with this one at this place, by the hashes beside its way.

    None where no such tree has a way of this length there (RFC 9162 §2.1.3.2).
    """
    if not 0 <= index < size:
        return None
    if size == 1:
        return of if not path else None
    if not path:
        return None
    left, (*below, beside) = _left(size), path
    within = (index, left) if index < left else (index - left, size - left)
    under = root_by(below, of, *within)
    if under is None:
        return None
    return _node(under, beside) if index < left else _node(beside, under)


def _left(size: int) -> int:
    """How many leaves stand left of the root: the largest power of two below their number."""
    return 1 << (size - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
