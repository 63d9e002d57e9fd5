"""Keys are made for their owner alone, and what is no key is refused in a sentence."""

from __future__ import annotations

import stat
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from token_conformance.archive.certificates import keys


def pem(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def test_a_new_key_is_its_owners(tmp_path):
    """Nobody else can read it; its public half is beside it, and named by the digest that `openssl` would give."""
    public = keys.make(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    der = load_pem_public_key(public.read_bytes()).public_bytes(Encoding.DER, keys.PublicFormat.SubjectPublicKeyInfo)
    signer = keys.signer(tmp_path / "key")
    assert signer.public_key.keyid == sha256(der).hexdigest() == keys.trusted(str(public))
    assert keys.pem_of(signer) == public.read_text("ascii")


def test_no_key_is_overwritten(tmp_path):
    """Neither half."""
    keys.make(tmp_path / "key")
    before = (tmp_path / "key").read_bytes()
    with pytest.raises(keys.UnusableKeyError, match="is there already"):
        keys.make(tmp_path / "key")
    (tmp_path / "other.pub").write_text("mine", "ascii")
    with pytest.raises(keys.UnusableKeyError, match="is there already"):
        keys.make(tmp_path / "other")
    assert (tmp_path / "key").read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(ed25519.Ed25519PrivateKey.generate(), BestAvailableEncryption(b"password")),
        None,
    ],
)
def test_what_cannot_sign_is_refused(tmp_path, content):
    """A key of another kind, one that is encrypted, or none; nothing of it is repeated."""
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(keys.UnusableKeyError) as problem:
        keys.signer(tmp_path / "key")
    assert "BEGIN" not in str(problem.value)


def test_a_word_that_is_neither_file_nor_fingerprint_is_told_what_would_be(tmp_path):
    """Half a fingerprint looks like the name of a file."""
    with pytest.raises(keys.UnusableKeyError, match="No such file or directory; .* 64 hexadecimal digits"):
        keys.trusted(str(tmp_path / "abcdef"))


def test_whom_to_trust_is_said_by_a_public_key_or_its_fingerprint(tmp_path):
    """Not by a private one, which nobody who verifies has a use for."""
    public = keys.make(tmp_path / "key")
    fingerprint = keys.trusted(str(public))
    assert keys.trusted(fingerprint.upper()) == fingerprint
    (tmp_path / "odd").write_bytes(b"\xff\xfe")
    for given in (tmp_path / "key", tmp_path / "missing", tmp_path / "odd", fingerprint[:-1]):
        with pytest.raises(keys.UnusableKeyError):
            keys.trusted(str(given))
