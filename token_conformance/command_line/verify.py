"""The commands `verify` and `show-exchange`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.start import end_lightly
from token_conformance.command_line.telling import tell, tell_problem
from token_conformance.results.exit_status import CONFORMS, DOES_NOT_CONFORM, UNCONFIRMED, UNKNOWN_SIGNER

if TYPE_CHECKING:
    from token_conformance.archive.certificates.bundle import Bundle
    from token_conformance.archive.certificates.holding import Holding
    from token_conformance.archive.certificates.statement import Signed

MOST_TOLD, LONGEST = 20, 500
"""Of how many things it is said one by one what is another by now, and in how many characters."""


@click.command()
@click.argument("certificate", metavar="BUNDLE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    metavar="KEY",
    help="Who may have signed: the file of a public key (PEM), or its fingerprint; may be repeated.",
)
@click.pass_context
def verify(context: click.Context, /, certificate: Path, trust: tuple[str, ...]) -> None:
    """Say whether BUNDLE is as it was signed, by whom, and whether its verdicts hold.

    It is a certificate, or one exchange that `show-exchange` took of it. The evidence is judged again by the suite that is installed. Nothing is sent.
    """
    from token_conformance.archive.certificates.container import NotIntactError

    content = _read(certificate)
    trusted = _trusted(trust)
    try:
        status = _verify_extract(content, trusted) if content.startswith(b"{") else _verify_bundle(content, trusted)
    except NotIntactError as problem:
        tell_problem(f"{certificate} is not intact: {problem}")
        status = DOES_NOT_CONFORM
    end_lightly()
    context.exit(status)


@click.command("show-exchange")
@click.argument("certificate", metavar="BUNDLE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("exchange", metavar="ID")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it goes.",
)
def show_exchange(certificate: Path, exchange: str, output: Path) -> None:
    """Take one exchange of BUNDLE, to show it alone, with what proves that it is of it.

    ID is that of reports, such as `rotation/4`. `verify` takes the file that comes of it.
    """
    from token_conformance.archive.certificates.bundle import opened_bundle
    from token_conformance.archive.certificates.container import NotIntactError
    from token_conformance.archive.certificates.extract import NoSuchExchangeError, extract

    try:
        shown = extract(opened_bundle(_read(certificate)), exchange)
        with output.open("xb") as file:
            file.write(shown.written())
    except NotIntactError as problem:
        refuse([f"{certificate} is not intact: {problem}"])
    except NoSuchExchangeError as problem:
        refuse([str(problem)])
    except OSError as error:
        refuse([f"{output} cannot be written: {error.strerror}"])
    tell(f"{exchange}: {output}, which says nothing of the other exchanges but that they are there")


def _verify_extract(content: bytes, trusted: Sequence[str]) -> int:
    from token_conformance.archive.certificates.extract import opened_extract

    id_, signed = opened_extract(content)
    status, signer = _signer(signed, trusted)
    of = signed.statement.certificate
    tell(f"intact: {id_} is one of the {of.exchanges.size} exchanges of {_of_what(signed)}; {signer}")
    return status


def _verify_bundle(content: bytes, trusted: Sequence[str]) -> int:
    from token_conformance.archive.certificates import evidence as of_evidence
    from token_conformance.archive.certificates.bundle import opened_bundle

    bundle = opened_bundle(content)
    status, signer = _signer(bundle.signed, trusted)
    if status == DOES_NOT_CONFORM:
        tell(f"intact, but {signer}: nothing was judged again")
        return status
    if files := of_evidence.files_named(bundle.evidence):
        tell(f"intact, but not judged again, since its profile names files ({', '.join(files)}); {signer}")
        return UNCONFIRMED
    holding = _judged_again(bundle)
    if isinstance(holding, str):
        tell(f"intact, but it could not be judged again: {holding}; {signer}")
        return UNCONFIRMED
    told, found = _verdicts(bundle, holding)
    tell(f"intact; {told}; {signer}; {_of_what(bundle.signed)}")
    for sentence in _in_detail(holding):
        tell(f"  {sentence}")
    return found or status


def _judged_again(bundle: Bundle) -> Holding | str:
    """What came of judging again, or why it could not be done."""
    from token_conformance.archive.certificates.holding import holding
    from token_conformance.command_line.judging_again import NotJudgedAgainError, judged_again
    from token_conformance.judging.requirement import catalogue

    try:
        return holding(bundle, judged_again(bundle.evidence)["results.json"], catalogue())
    except NotJudgedAgainError as problem:
        return str(problem)


def _verdicts(bundle: Bundle, holding: Holding) -> tuple[str, int]:
    """Whether the verdicts hold, in a sentence, and the status that says so."""
    from token_conformance import __version__

    made_by, number = bundle.certificate.suite_version, len(bundle.certificate.requirements)
    by = f"judged again by suite {__version__}, which made it"
    if not bundle.of_this_suite:
        other = f"another, {made_by}" if made_by != __version__ else "one of that version with other code"
        by = f"judged again by suite {__version__}, and made by {other}"
    now = f"; its claims ask {len(holding.now)} things otherwise by now" if holding.now else ""
    if holding.holds:
        return f"its verdicts on {number} requirements hold, {by}{now}", CONFORMS
    if bundle.of_this_suite:
        which = f"{len(holding.changed)} requirements" if holding.changed else "results.json, or what is asked,"
        return f"its verdicts do NOT follow from its evidence: {which} came out otherwise, {by}", DOES_NOT_CONFORM
    return f"{len(holding.changed)} of its verdicts on {number} requirements changed, {by}{now}", UNCONFIRMED


def _in_detail(holding: Holding) -> Iterator[str]:
    sentences = [*holding.changed, *holding.now, *holding.reworded]
    yield from (each if len(each) <= LONGEST else f"{each[:LONGEST]}…" for each in sentences[:MOST_TOLD])
    if len(sentences) > MOST_TOLD:
        yield f"and {len(sentences) - MOST_TOLD} more"


def _signer(signed: Signed, trusted: Sequence[str]) -> tuple[int, str]:
    """Whether who signed is trusted, as a status and in words."""
    if not trusted:
        return UNKNOWN_SIGNER, f"signer unknown: the key {signed.fingerprint}, which --trust would hold against yours"
    if signed.fingerprint in trusted:
        return CONFORMS, f"signed by the trusted key {signed.fingerprint}"
    return DOES_NOT_CONFORM, f"signed by the key {signed.fingerprint}, which is none of those you trust"


def _of_what(signed: Signed) -> str:
    certificate = signed.statement.certificate
    claims = ", ".join(each.name for each in certificate.claims)
    deviating = sum(each.verdict == "deviation" for each in certificate.requirements)
    but = f" (with {deviating} documented deviations)" if deviating else ""
    return f"{claims}{but} of {certificate.profile} on {certificate.started:%Y-%m-%d}; it speaks of {certificate.speaks_of}"


def _trusted(given: Sequence[str]) -> list[str]:
    from token_conformance.archive.certificates import keys

    try:
        return [keys.trusted(each) for each in given]
    except keys.UnusableKeyError as problem:
        refuse([str(problem)])


def _read(path: Path) -> bytes:
    from token_conformance.archive.certificates.container import LARGEST

    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        refuse([f"{path} cannot be read: {error.strerror}"])
