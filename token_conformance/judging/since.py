"""Since when a check, or a requirement, exists: by the version of the suite that it came with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import tomli
from packaging.version import InvalidVersion, Version

from token_conformance.layout import SUITES

FIRST = Version("0.1.0")
"""What came with this version is not listed."""


@cache
def versions(path: Path = SUITES / "since.toml") -> Mapping[str, Version]:
    """The versions of all ids that came later than the first version.

    Raises:
        ValueError: a version is none, or an id stands twice.

    """
    found: dict[str, Version] = {}
    for version, ids in tomli.loads(path.read_text("utf-8"))["since"].items():
        for id_ in ids:
            if id_ in found:
                raise ValueError(f"{path}: {id_} stands twice")
            found[id_] = Version(version)
    return found


def came_after(id_: str, version: Version) -> bool:
    """Whether a check, or a requirement, is not in a version of the suite."""
    return versions().get(id_.partition("[")[0], FIRST) > version


def version_of(text: str) -> Version:
    """The version that somebody wrote.

    Raises:
        ValueError: it is none; the message says what is expected.

    """
    try:
        return Version(text)
    except InvalidVersion:
        raise ValueError(f"--as-of: expected a version of the suite such as 0.1.0, not {text!r}") from None
