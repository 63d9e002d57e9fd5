"""The tree is that of Certificate Transparency, and shows a leaf at one place alone."""

from __future__ import annotations

from hashlib import sha256

import pytest

from token_conformance.archive.certificates import merkle

LEAVES = tuple(
    sha256(b"\0" + bytes.fromhex(content)).digest()
    for content in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The roots of the first leaves, as the logs of Certificate Transparency are tested with them."""


@pytest.mark.parametrize(("size", "root"), [*enumerate(ROOTS)])
def test_roots_are_those_of_certificate_transparency(size, root):
    """RFC 9162 §2.1.1."""
    assert merkle.root(LEAVES[:size]).hex() == root


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 33])
def test_each_leaf_leads_to_the_root_from_its_place_alone(size):
    """RFC 9162 §2.1.3: no other leaf does from there, nor does it from elsewhere, or in a tree of another size."""
    leaves = [merkle.leaf(bytes(merkle.SALT), bytes([number])) for number in range(size)]
    root = merkle.root(leaves)
    for index, leaf in enumerate(leaves):
        path = merkle.path(leaves, index)
        assert merkle.root_by(path, leaf, index, size) == root
        assert merkle.root_by(path, merkle.leaf(bytes(merkle.SALT), b"another"), index, size) != root
        for elsewhere in {*range(-1, size + 1)} - {index}:
            assert merkle.root_by(path, leaf, elsewhere, size) != root
        assert merkle.root_by((*path, root), leaf, index, size) is None
        assert size == 1 or merkle.root_by(path[:-1], leaf, index, size) is None


def test_a_node_passes_for_no_leaf():
    """What is hashed for a node begins otherwise, and a leaf begins by a salt of one length."""
    one, other = (merkle.leaf(bytes([each]) * merkle.SALT, b"content") for each in (1, 2))
    assert merkle.leaf(one, other) != merkle.root([one, other])
    for salt in (b"", b"short", bytes(33)):
        with pytest.raises(ValueError, match="salt"):
            merkle.leaf(salt, b"content")


def test_the_salt_hides_what_a_leaf_is():
    """Who guesses the content does not find the leaf."""
    assert merkle.leaf(bytes(merkle.SALT), b"content") != merkle.leaf(b"\1" * merkle.SALT, b"content")
