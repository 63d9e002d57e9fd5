"""Reads a profile, and says everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from token_conformance.profile.dispensable import without_dispensable
from token_conformance.profile.files import VARIABLE, ProfileError, did_you_mean, extended_by, read, strings
from token_conformance.profile.mistakes import sentences
from token_conformance.profile.models import Profile
from token_conformance.profile.recorded import with_recorded

_NO_VARIABLE = re.compile(r"\$\{(?![A-Za-z_][A-Za-z0-9_]*\})")


def load(
    path: Path,
    environment: Mapping[str, str],
    *,
    requirements: Collection[str] | None = None,
    renamed: Mapping[str, str] | None = None,
    recorded: Mapping[str, Any] | None = None,
) -> Profile:
    """Read the profile in a file, `${NAME}` taken from `environment`.

    A variable that is not set is no mistake where the profile's login does not need the value.

    Args:
        path: the file.
        environment: the values of variables.
        requirements: the ids that deviations and facts may name; without it they are not looked at.
        renamed: present ids by former ones, which deviations and facts may name as well.
        recorded: the profile as a recording has it: its values stand for variables, and for secrets; see `with_recorded`.

    Raises:
        ProfileError: the file cannot be read, a variable is not set, or the contents are wrong.

    """
    written = without_dispensable(
        _with_present_ids(with_recorded(read(path), recorded or {}), renamed or {}),
        lambda value: _lacks(value, environment),
    )
    unset = dict(_unset(written, environment))
    problems = [*unset.values(), *_malformed(written)]
    try:
        profile = Profile.model_validate(_substituted(written, environment), context={"folder": path.parent})
    except ValidationError as error:
        problems += sentences(error, written, but=unset)
    problems += _unknown_requirements(written, requirements) if requirements is not None else []
    if problems:
        raise ProfileError([f"{_sources(path)}: {problem}" for problem in problems])
    return profile


def _sources(path: Path) -> str:
    """The file in which a mistake stands, or one of those that it extends."""
    return " over ".join(str(file) for file in (path, *extended_by(path)))


def check_requirements(profile: Profile, known_ids: Collection[str]) -> list[str]:
    """Name each requirement id of a profile's deviations and facts that is not known, in a sentence."""
    return list(_unknown_requirements(profile.model_dump(), known_ids))


def _unset(written: object, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for place, text in strings(written):
        for name in dict.fromkeys(VARIABLE.findall(text)):
            if not environment.get(name):
                yield place, f"{place}: ${{{name}}} is not set; expected a value: set the environment variable {name}"


def _lacks(value: object, environment: Mapping[str, str]) -> bool:
    return isinstance(value, str) and any(not environment.get(name) for name in VARIABLE.findall(value))


def _malformed(written: object) -> Iterator[str]:
    for place, text in strings(written):
        if _NO_VARIABLE.search(text):
            yield f"{place}: expected ${{NAME}}, with a name of letters, digits and underscores, behind every ${{"


def _unknown_requirements(written: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    for place, name in _requirements(written):
        if name not in known:
            remedy = did_you_mean(name, known) or "; `token-conformance requirements` lists them"
            yield f'{place}: expected the id of a requirement, not "{name}"{remedy}'


def _requirements(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for place, text in strings({"deviations": written.get("deviations"), "facts": written.get("facts")}):
        if re.fullmatch(r"deviations\[\d+\]\.requirement|facts\[\d+\]\.seen_in\[\d+\]", place):
            yield place, text


def _with_present_ids(written: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """The contents with the ids that requirements have today."""
    present = dict(written)
    for name in {"deviations", "facts"} & written.keys():
        if isinstance(written[name], list):
            present[name] = [_renamed(entry, renamed) for entry in written[name]]
    return present


def _renamed(entry: object, renamed: Mapping[str, str]) -> object:
    if not isinstance(entry, dict):
        return entry
    present = {name: entry[name] for name in ("requirement", "seen_in") if name in entry}
    for name, written in present.items():
        if isinstance(written, list):
            present[name] = [_present(id_, renamed) for id_ in written]
        else:
            present[name] = _present(written, renamed)
    return {**entry, **present}


def _present(id_: object, renamed: Mapping[str, str]) -> object:
    return renamed.get(id_, id_) if isinstance(id_, str) else id_


def _substituted(value: object, environment: Mapping[str, str]) -> object:
    match value:
        case str():
            return VARIABLE.sub(lambda match: environment.get(match[1]) or f"unset-{match[1]}", value)
        case dict():
            return {key: _substituted(inner, environment) for key, inner in value.items()}
        case list():
            return [_substituted(inner, environment) for inner in value]
        case _:
            return value
