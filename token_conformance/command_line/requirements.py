"""The commands `requirements` and `explain`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from token_conformance.command_line.refusing import refuse
from token_conformance.command_line.start import without_collecting
from token_conformance.judging.requirement import Requirement, catalogue, renamed
from token_conformance.judging.tied import Tied, by_requirement, tied_checks, tied_to


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print them for programs.")
def requirements(*, as_json: bool) -> None:
    """List the requirements of the catalogue, and how many checks judge each."""
    with without_collecting():  # the syntax of the suites is much at once, and no garbage
        checks, known = by_requirement(tied_checks()), catalogue().values()
    if as_json:
        listed = [_described(requirement, checks.get(requirement.id, ())) for requirement in known]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    for requirement in known:
        judged = f"{len(checks[requirement.id])} checks" if requirement.id in checks else "untested"
        words = judged.removesuffix("s") if judged.startswith("1 ") else judged
        click.echo(f"{requirement.id:45} {requirement.level:10} {requirement.clause:26} {words:10} {requirement.title}")
    tested = sum(requirement.id in checks for requirement in known)
    click.echo(
        f"\n{len(known)} requirements: {tested} with checks, {len(known) - tested} that explain says why none judges"
    )


def _described(requirement: Requirement, checks: Iterable[Tied]) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "level": requirement.level,
        "clause": requirement.clause,
        "also": list(requirement.also),
        "title": requirement.title,
        "claims": sorted(requirement.claims),
        "checks": [check.name for check in checks],
        "untested": requirement.untested or None,
        "formerly": list(requirement.formerly),
    }


def _explained(requirement: Requirement) -> dict[str, Any]:
    checks = tied_to(requirement.id)
    return {
        **_described(requirement, checks),
        "protects": requirement.protects,
        "mend": requirement.mend,
        "note": requirement.note or None,
        "page": requirement.page,
        "checks": [{"name": check.name, "fact": check.fact} for check in checks],
    }


@click.command()
@click.argument("requirement_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def explain(requirement_id: str, *, as_json: bool) -> None:
    """Say what a requirement asks, why it matters, and how a server is mended."""
    requirement = catalogue().get(renamed(catalogue()).get(requirement_id, requirement_id))
    if requirement is None:
        refuse([f"{requirement_id!r} is no requirement of the catalogue: `token-conformance requirements` lists them"])
    if as_json:
        click.echo(json.dumps(_explained(requirement), indent=2, ensure_ascii=False))
        return
    clauses = " and ".join((requirement.clause, *requirement.also))
    click.echo(f"{requirement.id}\n{clauses}, {requirement.level}: {requirement.title}")
    for heading, text in (
        ("Why it matters", requirement.protects),
        ("How a server is mended", requirement.mend),
        ("Note", requirement.note),
        ("Not tested", requirement.untested),
        ("Formerly", ", ".join(requirement.formerly)),
    ):
        if text:
            click.echo(f"\n{heading}\n  {text}")
    checks = tied_to(requirement.id)
    if checks:
        click.echo("\nChecks")
    for check in checks:
        click.echo(f"  {check.name}\n    {check.fact}")
    click.echo(f"\nIn the documentation, as `mkdocs build` makes it of a checkout\n  site/{requirement.page}")
