"""The command `certify`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from token_conformance.command_line.profile_options import profile_options
from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.run import announce, judged, pytest_arguments, run
from token_conformance.command_line.session_options import session_options
from token_conformance.command_line.start import end_lightly, without_collecting
from token_conformance.command_line.telling import tell, tell_problem
from token_conformance.profile.claims import CLAIMS
from token_conformance.profile.files import name_of
from token_conformance.results.exit_status import CONFORMS, DOES_NOT_CONFORM, INCOMPLETE, USAGE_ERROR
from token_conformance.results.outcome import Outcome
from token_conformance.servers.evidence_lines import FILE

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

    from token_conformance.archive.certificates.requirement_verdicts import Results
    from token_conformance.archive.certificates.statement import Frozen


@click.command()
@click.argument("profile", metavar="PROFILE")
@click.option(
    "--require",
    "claims",
    multiple=True,
    required=True,
    type=click.Choice(CLAIMS),
    help="What is certified; may be repeated.",
)
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.zip",
    help="Where the certificate goes.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Sign by this private key (Ed25519, PEM).",
)
@click.option(
    "--new-key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Make the key to sign by, in FILE, and its public one in FILE.pub.",
)
@click.option(
    "--evidence",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Certify the run whose evidence is in DIR, and run nothing.",
)
@click.option("--live", is_flag=True, help="Certify the real provider at the profile's addresses.")
@click.option(
    "--recorded",
    is_flag=False,
    flag_value="",
    multiple=True,
    metavar="[HAR]",
    help="Certify what a recording holds, and say so; without HAR the profile's own; may be repeated.",
)
@click.option("--emulated", is_flag=True, help="Certify the reference server taking on the profile, and say so.")
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR", help="Where the run's reports go.")
@session_options
@profile_options
@click.pass_context
def certify(
    context: click.Context,
    /,
    profile: str,
    claims: tuple[str, ...],
    output: Path,
    evidence: Path | None,
    key: Path | None,
    new_key: Path | None,
    **options: object,
) -> None:
    """Test the provider of PROFILE, and write a signed certificate that anyone can judge again.

    It is refused where a MUST of what is required is violated, or was not judged.
    """
    with without_collecting():
        if evidence is not None and any(options[name] for name in ("live", "recorded", "emulated")):
            refuse(["--evidence certifies a run that was made: leave out --live, --recorded and --emulated"])
        _refuse_what_a_run_recorded(options["recorded"])
        signer = _signer(key, new_key, output)
        folder = evidence or _ran(context, profile, claims, options)
        _certify(context, folder, name_of(profile), claims, signer, output)
    end_lightly()


def _refuse_what_a_run_recorded(recordings: object) -> None:
    """Refuse the recording of a run, which has evidence of its own: a certificate is made of that."""
    from token_conformance.command_line.judge import is_of_run

    for given in recordings if isinstance(recordings, tuple) else ():
        if given and is_of_run(Path(given)):
            refuse(
                [f"{given} is what a run has recorded: give --evidence DIR, the folder of that run with its evidence"]
            )


def _signer(key: Path | None, new_key: Path | None, output: Path) -> CryptoSigner:
    """Who signs, known before anything runs."""
    from token_conformance.archive.certificates import keys

    if (key is None) == (new_key is None):
        refuse(["expected a key to sign by: give --key FILE, or --new-key FILE to have one made"])
    if output.exists() or not output.parent.is_dir():
        refuse([f"{output} is there already, or its folder is not: choose another --output"])
    try:
        if new_key is not None:
            _tell_of(new_key, keys.make(new_key))
        signer = keys.signer(new_key or key or Path())
    except keys.UnusableKeyError as problem:
        refuse([str(problem)])
    return signer


def _tell_of(private: Path, public: Path) -> None:
    tell(f"a new key was made: {private}. Whoever has it signs as you: keep it, and no copy of it in a repository")
    tell(f"give {public} to those who verify, by another way than the certificates")


def _ran(context: click.Context, profile: str, claims: Sequence[str], options: Mapping[str, object]) -> Path:
    """The folder of a run that was made for the certificate; one that found anything amiss ends the command."""
    from token_conformance.archive.certificates.bundle import results_of

    given = _as_a_run(profile, claims, options)
    profiles, _ = announce((profile,), given)
    if len(profiles) != 1:
        refuse([f"{profile}: a certificate is that of one profile"])
    runs = Path(str(given["report_dir"])) / name_of(profile)
    before = {*runs.glob(f"*/{FILE}")}
    status = judged(pytest_arguments(profiles, given))
    made = {*runs.glob(f"*/{FILE}")} - before
    results = next((path.with_name("results.json") for path in made), None)
    if results is None or not results.is_file():
        tell_problem("no certificate: the run has left no evidence")
        context.exit(status or USAGE_ERROR)
    _refuse_what_is_open(context, results_of(results.read_bytes()), claims, status)
    return results.parent


def _as_a_run(profile: str, claims: Sequence[str], options: Mapping[str, object]) -> dict[str, object]:
    """The options of the `run` that a certificate takes: a whole one, with evidence."""
    words = [profile, "--complete", *(f"--require={claim}" for claim in claims)]
    words += [] if options["live"] else ["--evidence"]
    with run.make_context("certify", words) as context:
        given = dict(context.params)
    del given["profiles"]
    return {**given, **options}


def _certify(
    context: click.Context, folder: Path, name: str, claims: Sequence[str], signer: CryptoSigner, output: Path
) -> None:
    """Judge the evidence in a folder as whoever verifies will, and write its certificate."""
    from token_conformance.archive.certificates import evidence as of_evidence
    from token_conformance.archive.certificates.bundle import made, results_of
    from token_conformance.archive.certificates.container import NotIntactError
    from token_conformance.command_line.judging_again import NotJudgedAgainError, judged_again

    try:
        evidence = of_evidence.bare((folder / FILE).read_bytes(), required=claims)
        _refuse_what_others_cannot_judge(evidence, name)
        reports = judged_again(evidence, recording=True)
        results = results_of(reports["results.json"])
        requirements = _refuse_what_is_open(context, results, claims, CONFORMS)
        _write(output, made(evidence, reports, requirements, signer))
    except (NotJudgedAgainError, NotIntactError) as problem:
        refuse([f"no certificate: {problem}"])
    except OSError as error:
        refuse([f"no certificate: {error.filename}: {error.strerror}"])
    _tell_what_it_says(output, results, requirements, signer)


def _refuse_what_others_cannot_judge(evidence: bytes, name: str) -> None:
    from token_conformance.archive.certificates import evidence as of_evidence

    if (profile := of_evidence.begin(evidence).get("profile")) != name:
        refuse([f"the evidence is that of the profile {profile!r}, not of {name!r}"])
    if files := of_evidence.files_named(evidence):
        refuse([f"no certificate: others could not judge it without the files of {', '.join(files)} in the profile"])


def _refuse_what_is_open(
    context: click.Context, results: Results, claims: Sequence[str], status: int
) -> tuple[Frozen, ...]:
    """The requirements of the claims, where none of them is open and the run came to its end; else the command ends."""
    from token_conformance.archive.certificates.requirement_verdicts import frozen, open_of
    from token_conformance.judging.requirement import catalogue

    requirements = frozen(results, {*claims, "oauth2"}, catalogue())
    if sentences := [*open_of(results, requirements)]:
        for sentence in sentences:
            tell_problem(sentence)
        violated = any(each.mandatory and each.verdict in {"fail", "warning"} for each in requirements)
        why = "; ".join(filter(None, (f"{len(sentences)} of its MUSTs are open", results.trouble)))
        _end(context, why, DOES_NOT_CONFORM if violated else INCOMPLETE)
    if results.outcome != Outcome.CONFORMS or status != CONFORMS:
        why = results.trouble or f"the run came to {results.outcome.replace('_', ' ')}"
        _end(context, why, status or Outcome(results.outcome).exit_status)
    return requirements


def _end(context: click.Context, why: str, status: int) -> NoReturn:
    tell_problem(f"no certificate: {why}")
    context.exit(status)


def _write(output: Path, content: bytes) -> None:
    """Write beside the path and move into place, so that nobody meets half a certificate."""
    draft = output.with_name(f".{output.name}.draft")
    try:
        draft.write_bytes(content)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def _tell_what_it_says(output: Path, results: Results, requirements: Sequence[Frozen], signer: CryptoSigner) -> None:
    from token_conformance.archive.certificates.bundle import speaks_of

    counted = Counter(each.verdict for each in requirements)
    passed, deviate = counted.pop("pass", 0), counted.pop("deviation", 0)
    deviating = f", {deviate} deviate as documented" if deviate else ""
    others = "".join(f", {number} {verdict.replace('_', ' ')}" for verdict, number in sorted(counted.items()))
    tell(f"certificate: {output}, signed by {signer.public_key.keyid}")
    tell(f"{passed} of {len(requirements)} requirements pass{deviating}{others}; it speaks of {speaks_of(results)}")
