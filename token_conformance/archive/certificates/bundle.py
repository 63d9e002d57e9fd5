"""A certificate as a file: made of a run's evidence and of what was judged by it, and opened again without believing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from securesystemslib.signer import CryptoSigner

from token_conformance.archive.certificates import evidence as of_evidence
from token_conformance.archive.certificates.container import NAMES, NotIntactError, packed, unpacked
from token_conformance.archive.certificates.keys import pem_of
from token_conformance.archive.certificates.requirement_verdicts import (
    Results,
    frozen_claims,
    open_of,
    requirement_verdict,
)
from token_conformance.archive.certificates.salted import leaves, new_salts, tree
from token_conformance.archive.certificates.statement import (
    Certificate,
    Described,
    Digests,
    Frozen,
    Predicate,
    Signed,
    Signer,
    Statement,
    opened,
    sealed,
)
from token_conformance.archive.certificates.suite import digest_of_catalogue, digest_of_suite

STATEMENT = NAMES[0]
SUITE, CATALOGUE, PROFILE = "suite", "catalogue", "profile"
"""The parts of a statement's configuration."""

SPEAKS_OF = {
    "live": "the server that answered at {address}",
    "emulated": "the emulated server, which takes on what the profile {profile} documents, and not of the provider itself",
    "recorded": "a recording of exchanges with {address}, and of nothing that it does not hold",
}
"""Of what a certificate speaks, by what answered; who verifies holds a statement against these words, so that they stay."""


@dataclass(frozen=True)
class Bundle:
    """A bundle whose bytes are those that were signed; whether its verdicts follow from its evidence is not said yet."""

    files: Mapping[str, bytes]
    signed: Signed

    @property
    def certificate(self) -> Certificate:
        """What it certifies."""
        return self.signed.statement.certificate

    @property
    def evidence(self) -> bytes:
        """What its verdicts rest on."""
        return self.files["evidence.jsonl"]

    @property
    def results(self) -> Results:
        """Its verdicts."""
        return results_of(self.files["results.json"])

    @property
    def of_this_suite(self) -> bool:
        """Whether the suite that is installed made it."""
        told = self.signed.statement.predicate
        return (told.digest_of(SUITE), told.digest_of(CATALOGUE)) == (digest_of_suite(), digest_of_catalogue())


def made(evidence: bytes, reports: Mapping[str, bytes], requirements: Sequence[Frozen], signer: CryptoSigner) -> bytes:
    """The bytes of the bundle of a run.

    Args:
        evidence: what was exchanged, without where it was made.
        reports: the contents of `results.json`, `index.html`, `report.html` and `junit.xml`, and of `recording.har` where there is one.
        requirements: those of the claims, as they stand.
        signer: who signs.

    Raises:
        NotIntactError: the evidence, or the results, cannot be read.

    """
    exchanges = of_evidence.exchanges(evidence)
    salts = new_salts(exchanges)
    files = {
        "profile.json": of_evidence.profile_of(evidence),
        "evidence.jsonl": evidence,
        "salts.json": salts,
        **reports,
    }
    certificate = _certificate(results_of(files["results.json"]), requirements, leaves(exchanges, salts), signer)
    configuration = {
        SUITE: digest_of_suite(),
        CATALOGUE: digest_of_catalogue(),
        PROFILE: digest(files["profile.json"]),
    }
    statement = Statement(
        subject=_subject(files),
        predicate=_predicate(certificate, configuration),
    )
    return packed({STATEMENT: sealed(statement, signer), **files})


def _subject(files: Mapping[str, bytes]) -> tuple[Described, ...]:
    """What a statement is about: the files beside it, in their order."""
    return tuple(_described(name, digest(files[name])) for name in NAMES[1:] if name in files)


def _certificate(
    results: Results, requirements: Sequence[Frozen], leaves: tuple[bytes, ...], signer: CryptoSigner
) -> Certificate:
    return Certificate(
        **_of_results(results),
        made=datetime.now(UTC).replace(microsecond=0),
        claims=frozen_claims(requirements),
        requirements=tuple(requirements),
        exchanges=tree(leaves),
        signer=Signer(public_key=pem_of(signer)),
    )


def _of_results(results: Results) -> dict[str, Any]:
    """What a certificate takes over from results.json."""
    names = ("suite_version", "profile", "provider", "address", "server")
    told = {name: getattr(results, name) for name in names}
    return {**told, "started": results.started, "speaks_of": speaks_of(results)}


def speaks_of(results: Results) -> str:
    """Of what a certificate of these results speaks."""
    return SPEAKS_OF.get(results.server, "").format(address=results.address, profile=results.profile)


def _predicate(certificate: Certificate, configuration: Mapping[str, str]) -> Predicate:
    passed = tuple(each.id for each in certificate.requirements if each.verdict == "pass")
    warned = tuple(each.id for each in certificate.requirements if each.verdict in {"warning", "deviation"})
    return Predicate(
        result="WARNED" if warned else "PASSED",
        configuration=tuple(_described(name, found) for name, found in configuration.items()),
        passedTests=passed,
        warnedTests=warned,
        failedTests=(),
        certificate=certificate,
    )


def opened_bundle(content: bytes) -> Bundle:
    """The bundle of these bytes: each of them is where it was when it was signed, and its parts agree with each other.

    Raises:
        NotIntactError: they are no bundle, something was changed, or one part says other things than another.

    """
    files = unpacked(content)
    signed = opened(files[STATEMENT])
    told, are = signed.statement.subject, _subject(files)
    for each in (*are, *told):
        if each not in told or each not in are:
            raise NotIntactError(f"{each.name} is not the file that was signed")
    bundle = Bundle(files, signed)
    _agrees(bundle)
    return bundle


def _agrees(bundle: Bundle) -> None:
    """See that who signed says the same everywhere.

    Raises:
        NotIntactError: it does not.

    """
    certificate, evidence, results = bundle.certificate, bundle.evidence, bundle.results
    predicate = bundle.signed.statement.predicate
    profile = bundle.files["profile.json"]
    configuration = {each.name: each.digest.sha256 for each in predicate.configuration}
    if profile != of_evidence.profile_of(evidence) or configuration.get(PROFILE) != digest(profile):
        raise NotIntactError("profile.json is not the profile of the evidence")
    if of_evidence.bare(evidence) != evidence:
        raise NotIntactError("evidence.jsonl tells of a selection of checks: a certificate is that of a whole run")
    if certificate.exchanges != tree(leaves(of_evidence.exchanges(evidence), bundle.files["salts.json"])):
        raise NotIntactError("the tree over the exchanges is not that of the evidence")
    if any(getattr(certificate, name) != told for name, told in _of_results(results).items()):
        raise NotIntactError("results.json is that of another run than the one that the statement speaks of")
    if bundle.signed.statement.subject != _subject(bundle.files):
        raise NotIntactError("the statement names files twice, or in another order")
    if predicate != _predicate(certificate, configuration) or certificate.claims != frozen_claims(
        certificate.requirements
    ):
        raise NotIntactError("the statement contradicts itself")
    if not {each.name for each in certificate.claims} <= {*results.claims}:
        raise NotIntactError("the statement speaks of claims to which the provider was not held")
    _claims_what_was_found(certificate, results)


def _claims_what_was_found(certificate: Certificate, results: Results) -> None:
    for each in certificate.requirements:
        found = requirement_verdict(results, each.id, testable=each.verdict != "not_testable")
        if each.verdict != found:
            raise NotIntactError(f"the statement says {each.verdict} of {each.id}, and results.json {found}")
    if (first := next(open_of(results, certificate.requirements), None)) is not None:
        raise NotIntactError(f"the statement certifies what is open: {first}")
    if results.outcome != "conforms" or results.selection is not None:
        raise NotIntactError(f"results.json is not that of a whole run that found conformance: {results.outcome}")


def results_of(content: bytes) -> Results:
    """What a certificate takes from results.json.

    Raises:
        NotIntactError: it is none.

    """
    try:
        return Results.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise NotIntactError(f"results.json cannot be read: {where}: {first['msg']}") from None


def digest(content: bytes) -> str:
    """The SHA-256 digest in hexadecimal digits."""
    return sha256(content).hexdigest()


def _described(name: str, found: str) -> Described:
    return Described(name=name, digest=Digests(sha256=found))
