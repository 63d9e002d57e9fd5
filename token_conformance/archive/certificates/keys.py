"""The keys of those who sign certificates: Ed25519 (RFC 8032), private ones as PKCS #8 and public ones as SPKI, in PEM."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

FINGERPRINT = re.compile(r"[0-9a-f]{64}")
LARGEST = 10_000
"""Bytes of a file that can hold a key."""


class UnusableKeyError(ValueError):
    """A key cannot be used; the message says which, why, and what to do, and repeats nothing of it."""


def make(path: Path) -> Path:
    """Make a new private key in a file that only its owner may read, and its public one beside it, whose path is given.

    Raises:
        UnusableKeyError: one of the files is there already, or cannot be written.

    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = path.with_name(f"{path.name}.pub")
    try:
        _write(path, private, 0o600)
        _write(public, _pem(key.public_key()).encode(), 0o644)
    except FileExistsError as error:
        raise UnusableKeyError(f"{error.filename} is there already: choose another file for the new key") from None
    except OSError as error:
        raise UnusableKeyError(f"{error.filename} cannot be written: {error.strerror}") from None
    return public


def signer(path: Path) -> CryptoSigner:
    """What signs by the private key in a file.

    Raises:
        UnusableKeyError: it cannot be read, is encrypted, or is no private key of Ed25519.

    """
    try:
        key = load_pem_private_key(_read(path), None)
    except TypeError:
        raise UnusableKeyError(
            f"{path} is encrypted: expected a private key of Ed25519 as PEM without a password"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKeyError(f"{path}: expected a private key of Ed25519 as PEM (PKCS #8); --new-key makes one")
    public = key.public_key()
    return CryptoSigner(key, SSlibKey.from_crypto(public, fingerprint(public)))


def trusted(given: str) -> str:
    """The fingerprint of a public key that is given as such, or as the path of a file.

    Raises:
        UnusableKeyError: it is neither.

    """
    if FINGERPRINT.fullmatch(given.lower()):
        return given.lower()
    try:
        pem = _read(Path(given))
    except UnusableKeyError as problem:
        raise UnusableKeyError(
            f"{problem}; a key without a file is given by its fingerprint of 64 hexadecimal digits"
        ) from None
    if b"PRIVATE KEY" in pem:
        raise UnusableKeyError(f"{given} is a private key, and whoever verifies needs none: give the public one")
    return fingerprint(public_key(pem.decode("ascii", "replace"), of=given))


def public_key(pem: str, *, of: str) -> Ed25519PublicKey:
    """The public key of a text in PEM; `of` says where it stands.

    Raises:
        UnusableKeyError: it is none of Ed25519.

    """
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UnusableKeyError(
            f"{of}: expected a public key of Ed25519 as PEM, or its fingerprint of 64 hexadecimal digits"
        )
    return key


def verifier(pem: str, *, of: str) -> SSlibKey:
    """What verifies by a public key in PEM, as this module writes it.

    Raises:
        UnusableKeyError: it is none, or is written otherwise.

    """
    key = public_key(pem, of=of)
    if _pem(key) != pem:
        raise UnusableKeyError(f"{of}: its PEM is not written as usual")
    return SSlibKey.from_crypto(key, fingerprint(key))


def pem_of(signer: CryptoSigner) -> str:
    """The public key of a signer in PEM."""
    return _pem(Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer.public_key.keyval["public"])))


def fingerprint(key: Ed25519PublicKey) -> str:
    """By what a key is named: the SHA-256 digest of its SubjectPublicKeyInfo in DER, in hexadecimal digits."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise UnusableKeyError(f"{path} cannot be read: {error.strerror}") from None


def _write(path: Path, content: bytes, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123 - of a descriptor
        file.write(content)
