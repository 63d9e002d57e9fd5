"""What is signed: an in-toto statement of test results (https://in-toto.io/attestation/test-result/v0.1), in a DSSE envelope.

Its `subject` are the files of the bundle; what the predicate type does not know stands in its member `certificate`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, StringConstraints, ValidationError
from pydantic_core import from_json, to_json
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner

from token_conformance.archive.certificates import keys
from token_conformance.archive.certificates.container import NotIntactError
from token_conformance.wire.connection import ServerKind

PAYLOAD_TYPE = "application/vnd.in-toto+json"

LONGEST = 4000
"""Characters of anything that a statement says: it is shown on a terminal."""

Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]

RequirementVerdict = Literal["pass", "fail", "warning", "deviation", "inconclusive", "not_applicable", "not_testable"]
"""How a requirement stands after all of its checks."""


class Part(BaseModel):
    """A part of a statement; it holds what is told here and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=LONGEST)


class Digests(Part):
    """The digests of something; SHA-256 alone."""

    sha256: Digest


class Described(Part):
    """Something by its name and digest: a resource descriptor of in-toto."""

    name: str
    digest: Digests


class Frozen(Part):
    """A requirement as it was when the certificate was made, and how it stood."""

    id: str
    level: str
    clause: str
    claims: tuple[str, ...]
    verdict: RequirementVerdict

    @property
    def mandatory(self) -> bool:
        """Whether its violation was a failure (RFC 2119)."""
        return self.level in {"MUST", "MUST NOT", "REQUIRED", "SHALL", "SHALL NOT"}


class FrozenClaim(Part):
    """A claim, and its revision: the digest of the ids and levels of its requirements."""

    name: str
    revision: Digest


class Tree(Part):
    """The Merkle tree over the salted exchanges, in the order of the evidence."""

    size: NonNegativeInt
    root: Digest


class Signer(Part):
    """Whose signature it is: the public key (SPKI, PEM)."""

    public_key: str


class Certificate(Part):
    """What a certificate says beside how its tests ended; `speaks_of` is the sentence that says of what."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    suite_version: str
    profile: str
    provider: str
    address: str
    server: ServerKind
    speaks_of: str
    started: AwareDatetime
    made: AwareDatetime
    claims: tuple[FrozenClaim, ...]
    requirements: tuple[Frozen, ...]
    exchanges: Tree
    signer: Signer


class Predicate(Part):
    """How the tests ended, by the ids of requirements; `configuration` names the suite, the catalogue and the profile."""

    result: Literal["PASSED", "WARNED"]
    configuration: tuple[Described, ...]
    passed_tests: tuple[str, ...] = Field(alias="passedTests")
    warned_tests: tuple[str, ...] = Field(alias="warnedTests")
    failed_tests: tuple[str, ...] = Field(alias="failedTests", max_length=0)
    certificate: Certificate

    def digest_of(self, name: str) -> str | None:
        """The digest of a part of the configuration; None where it is not told."""
        return next((each.digest.sha256 for each in self.configuration if each.name == name), None)


class Statement(Part):
    """The statement."""

    type_: Literal["https://in-toto.io/Statement/v1"] = Field(default="https://in-toto.io/Statement/v1", alias="_type")
    subject: tuple[Described, ...]
    predicate_type: Literal["https://in-toto.io/attestation/test-result/v0.1"] = Field(
        default="https://in-toto.io/attestation/test-result/v0.1", alias="predicateType"
    )
    predicate: Predicate

    @property
    def certificate(self) -> Certificate:
        """What it certifies."""
        return self.predicate.certificate


class Signed(Part):
    """A statement whose signature is good, and the fingerprint of the key that made it."""

    statement: Statement
    fingerprint: str


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a statement."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Statement.model_json_schema(by_alias=True)}


def sealed(statement: Statement, signer: CryptoSigner) -> bytes:
    """The envelope of a statement, signed, as its file has it."""
    envelope = Envelope(_payload(statement), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return _written(envelope)


def opened(envelope: bytes) -> Signed:
    """The statement of an envelope that is signed by the key which it names, and by nobody else.

    Raises:
        NotIntactError: it is none, its signature is not good, or it is written otherwise than `sealed` writes it.

    """
    try:
        read = Envelope.from_dict(from_json(envelope))
        statement = Statement.model_validate_json(read.payload)
        key = keys.verifier(statement.certificate.signer.public_key, of="the statement")
        read.verify([key], 1)
    except VerificationError:
        raise NotIntactError("the signature of its statement is not that of the key in it") from None
    except keys.UnusableKeyError as problem:
        raise NotIntactError(str(problem)) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise NotIntactError(f"its statement cannot be read: {where}: {first['msg']}") from None
    except Exception as problem:  # the library raises whatever comes of members that are missing or of other types
        raise NotIntactError(f"its envelope cannot be read: {type(problem).__name__}") from None
    if [*read.signatures] != [key.keyid] or _written(read) != envelope or _payload(statement) != read.payload:
        raise NotIntactError("its envelope is written otherwise than it was signed")
    return Signed(statement=statement, fingerprint=key.keyid)


def _payload(statement: Statement) -> bytes:
    return to_json(statement.model_dump(mode="json", by_alias=True))


def _written(envelope: Envelope) -> bytes:
    return to_json(envelope.to_dict(), indent=2) + b"\n"
