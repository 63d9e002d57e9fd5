"""Which suite judges: the digests of what decides about verdicts, so that two of one version can be told apart."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from token_conformance.judging.requirement import CATALOGUE
from token_conformance.layout import PACKAGE, SUITES

KINDS = frozenset({".py", ".toml"})
"""What decides: code, and the tables beside it."""


@cache
def digest_of_suite() -> str:
    """The digest of the package and the suites: of a line for each file, with its own digest and its name, sorted."""
    lines = {f"{sha256(path.read_bytes()).hexdigest()}  {name}" for name, path in _files()}
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()


def digest_of_catalogue() -> str:
    """The digest of the catalogue of requirements."""
    return sha256(CATALOGUE.read_bytes()).hexdigest()


def _files() -> Iterable[tuple[str, Path]]:
    """The files that decide, by names that are the same in a checkout and where the suite is installed."""
    inside = {PACKAGE / "suites", PACKAGE / "profiles", PACKAGE / "reports"}
    for folder, name in ((PACKAGE, "token_conformance"), (SUITES, "suites")):
        for path in folder.rglob("*"):
            if path.suffix in KINDS and (folder == SUITES or inside.isdisjoint(path.parents)):
                yield f"{name}/{path.relative_to(folder).as_posix()}", path
