"""Pages of the catalogues: one for each source of requirements, one of the causes, one of the claims' tables.

They are written whenever the site is built, from `suites/requirements.toml`, `suites/causes.toml` and the suites alone,
and are the same for the same catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from documenting.markdown import anchored, listed, plain, table
from token_conformance.judging.causes import HARMS, Known, causes
from token_conformance.judging.requirement import OURS, Requirement, catalogue
from token_conformance.judging.tied import Tied, by_requirement, tied_checks
from token_conformance.profile.claims import CLAIMS

OVERVIEW = "requirements/index.md"
CAUSES = "requirements/causes.md"

Checks = Mapping[str, Sequence[Tied]]


def pages() -> dict[str, str]:
    """The pages, in Markdown, by their paths below docs/, in the order in which they are to be read."""
    checks = by_requirement(tied_checks())
    sources = by_source(catalogue().values())
    return {
        OVERVIEW: _overview(sources, checks),
        CAUSES: _causes(causes().causes.values()),
        **{_path(requirements[0]): _source(requirements, checks) for requirements in sources.values()},
    }


def by_source(requirements: Iterable[Requirement]) -> dict[str, list[Requirement]]:
    """The requirements of each source, those that are ours last, in the order of their sections."""
    ordered = sorted(requirements, key=lambda each: (each.source == OURS, natural(each.source), natural(each.section)))
    return {source: list(group) for source, group in groupby(ordered, key=lambda each: each.source)}


def natural(text: str) -> list[tuple[int, str]]:
    """What a text is sorted by, so that §4.10 comes after §4.9."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)]


def claims() -> str:
    """What each claim comprises, as a table."""
    return table(["claim", "MUST", "SHOULD, MAY", "of these sources"], map(_claim, CLAIMS))


def _claim(claim: str) -> list[str]:
    of_it = [each for each in catalogue().values() if claim in each.claims]
    mandatory = sum(each.mandatory for each in of_it)
    sources = ", ".join(f"[{name}]({_path(each[0])}) {len(each)}" for name, each in by_source(of_it).items())
    return [f"`{claim}`", str(mandatory), str(len(of_it) - mandatory), sources]


def _path(requirement: Requirement) -> str:
    return requirement.page.partition("#")[0].replace(".html", ".md")


def _link(requirement: Requirement) -> str:
    """The address of its entry, from a page beside."""
    return f"{_path(requirement).removeprefix('requirements/')}#{requirement.id}"


def _overview(sources: Mapping[str, Sequence[Requirement]], checks: Checks) -> str:
    known = [each for requirements in sources.values() for each in requirements]
    tested = sum(each.id in checks for each in known)
    counted = ([_link_to(name, each[0]), *_counts(each, checks)] for name, each in sources.items())
    return (
        "# The catalogue of requirements\n\n"
        f"{len(known)} normative statements about token endpoints, in our words, of {len(sources)} sources. "
        f"{tested} have checks; of the other {len(known) - tested} their entry says why none judges them.\n\n{READING}"
        + table(["source", "MUST", "SHOULD, MAY", "with checks"], counted)
        + "\n## All of them\n\n"
        + table(["id", "level", "clause", "what must hold"], map(_row, known))
    )


READING = """\
`token-conformance explain ID` says of one what stands here, and `token-conformance requirements --json` lists them for
programs. A violated MUST fails a run, a violated SHOULD warns; [how verdicts come about](../verdicts.md) has the rest.
What has to be mended is often one habit behind many of them: [the causes](causes.md).

"""


def _link_to(name: str, requirement: Requirement) -> str:
    return f"[{name}]({_path(requirement).removeprefix('requirements/')})"


def _counts(requirements: Sequence[Requirement], checks: Checks) -> list[str]:
    mandatory = sum(each.mandatory for each in requirements)
    return [str(mandatory), str(len(requirements) - mandatory), str(sum(each.id in checks for each in requirements))]


def _row(requirement: Requirement) -> list[str]:
    return [
        f"[`{requirement.id}`]({_link(requirement)})",
        requirement.level,
        requirement.clause,
        plain(requirement.title),
    ]


def _source(requirements: Sequence[Requirement], checks: Checks) -> str:
    source = requirements[0].source
    heading = "What no specification says, and clients need" if source == OURS else source
    entries = "\n".join(_entry(each, checks.get(each.id, ())) for each in requirements)
    return f"# {heading}\n\n{len(requirements)} of [the requirements](index.md) have this source.\n\n{entries}"


def _entry(requirement: Requirement, checks: Sequence[Tied]) -> str:
    former = "".join(f'<a id="{id_}"></a>' for id_ in requirement.formerly)
    clauses = ", ".join(map(_clause, (requirement.clause, *requirement.also)))
    parts = [
        anchored(2, requirement.title, requirement.id),
        f"{former}`{requirement.id}` · **{requirement.level}** · {clauses}\n",
        _said("Why it matters", requirement.protects),
        _said("How a server is mended", requirement.mend),
        _said("Note", requirement.note),
        _said("Not tested", requirement.untested),
        _said("Formerly", ", ".join(requirement.formerly)),
        _behind(requirement.id),
        "**Checks**\n\n" + listed(f"`{each.name}`: {plain(each.fact)}" for each in checks) if checks else "",
    ]
    return "\n".join(part for part in parts if part)


def _said(heading: str, text: str) -> str:
    return f"**{heading}:** {plain(text)}\n" if text else ""


def _clause(clause: str) -> str:
    """A clause, linked to its text where that is an RFC."""
    found = re.fullmatch(r"RFC (\d+)(?: §([\d.]+))?", clause)
    if found is None:
        return plain(clause)
    section = f"#section-{found[2]}" if found[2] else ""
    return f"[{clause}](https://www.rfc-editor.org/rfc/rfc{found[1]}{section})"


def _behind(id_: str) -> str:
    habits = [each for each in causes().causes.values() if id_ in (*each.requirements, *each.accepted)]
    links = ", ".join(f"[{plain(each.title)}](causes.md#{each.id})" for each in habits)
    return f"**The habit behind it:** {links}\n" if links else ""


def _causes(known: Iterable[Known]) -> str:
    ordered = sorted(known, key=lambda each: HARMS.index(each.harm))
    entries = "\n".join(map(_cause, ordered))
    return (
        "# The causes\n\n"
        "Many checks may be red for one habit of a server, and one mend turns them green. "
        "Reports tell findings by these habits, the gravest harm first: what lets strangers in, what breaks clients, hygiene. "
        "A requirement that none of them names is a cause of its own.\n\n" + entries
    )


def _cause(cause: Known) -> str:
    stated = [catalogue()[id_] for id_ in dict.fromkeys((*cause.requirements, *cause.accepted))]
    links = (f"[`{each.id}`]({_link(each)}): {plain(each.title)}" for each in stated)
    parts = [
        anchored(2, cause.title, cause.id),
        f"`{cause.id}` · {cause.harm.replace('-', ' ')}\n",
        _said("What comes of it", cause.consequence),
        _said("How a server is mended", cause.mend),
        "**Requirements that it violates**\n\n" + listed(links) if stated else "",
    ]
    return "\n".join(part for part in parts if part)
