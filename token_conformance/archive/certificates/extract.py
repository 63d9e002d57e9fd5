"""A single exchange of a certificate, shown with what proves that it is one of those over which the statement was signed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, StringConstraints, ValidationError
from pydantic_core import to_json

from token_conformance.archive.certificates import evidence as of_evidence
from token_conformance.archive.certificates import merkle
from token_conformance.archive.certificates.bundle import STATEMENT, Bundle
from token_conformance.archive.certificates.container import NotIntactError
from token_conformance.archive.certificates.salted import leaves, salts_of
from token_conformance.archive.certificates.statement import Signed, opened

Hash = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Extract(BaseModel):
    """An exchange as its line of the evidence has it, to the letter, its salt, and its way to the root of the tree."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    exchange: str
    salt: Hash
    index: NonNegativeInt
    path: tuple[Hash, ...]
    statement: str

    def written(self) -> bytes:
        """The bytes of its file."""
        return to_json(self.model_dump(mode="json", by_alias=True), indent=2) + b"\n"


class NoSuchExchangeError(LookupError):
    """A bundle holds no exchange of an id; the message says which it holds."""


def extract(bundle: Bundle, id_: str) -> Extract:
    """One exchange of a bundle.

    Raises:
        NoSuchExchangeError: it holds none of that id.

    """
    exchanges, salts = of_evidence.exchanges(bundle.evidence), bundle.files["salts.json"]
    if id_ not in exchanges:
        alike = [each for each in exchanges if each.startswith(id_.partition("/")[0] + "/")] or [*exchanges]
        raise NoSuchExchangeError(f"no exchange {id_!r} is in the bundle; there are {', '.join(alike[:10])}, …")
    index = [*exchanges].index(id_)
    return Extract(
        exchange=exchanges[id_].decode(),
        salt=salts_of(salts)[id_].hex(),
        index=index,
        path=tuple(each.hex() for each in merkle.path(leaves(exchanges, salts), index)),
        statement=bundle.files[STATEMENT].decode(),
    )


def opened_extract(content: bytes) -> tuple[str, Signed]:
    """The id of the exchange in an extract, and the statement that was signed over it.

    Raises:
        NotIntactError: something was changed, or the exchange is none of those that the statement speaks of.

    """
    try:
        read = Extract.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise NotIntactError(f"it is no extract of a bundle: {first['msg']}") from None
    if read.written() != content:
        raise NotIntactError("it is written otherwise than `show-exchange` writes it")
    signed = opened(read.statement.encode())
    tree = signed.statement.certificate.exchanges
    of = merkle.leaf(bytes.fromhex(read.salt), read.exchange.encode())
    found = merkle.root_by([bytes.fromhex(each) for each in read.path], of, read.index, tree.size)
    if found is None or found.hex() != tree.root:
        raise NotIntactError("the exchange is none of those over which the statement was signed")
    return next(iter(of_evidence.exchanges(read.exchange.encode())), "what is no exchange"), signed
