"""Reads a profile, and says everything that is wrong with it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from token_conformance.layout import PROFILES
from token_conformance.profile.mistakes import did_you_mean, sentences
from token_conformance.profile.models import Profile

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NO_VARIABLE = re.compile(r"\$\{(?![A-Za-z_][A-Za-z0-9_]*\})")
_TOML_PLACE = re.compile(r" \(at (?P<place>.*)\)$")


class ProfileError(Exception):
    """A profile that cannot be used; each problem is a sentence with file, place, expectation and remedy."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def names() -> list[str]:
    """List the profiles that come with the suite."""
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def find(name: str) -> Path:
    """Give the file of a profile named by its name or by its path.

    Raises:
        ProfileError: there is none.

    """
    path, shipped = Path(name), PROFILES / f"{name}.toml"
    try:
        if path.suffix == ".toml" or path.is_file():
            return path
        if shipped.is_file():
            return shipped
        if path.is_dir():
            return path
    except OSError:
        pass  # a name that no file can have, such as one that is too long
    hint = did_you_mean(name, names())
    raise ProfileError([f"no profile {name!r}: expected the path of a .toml file or one of {', '.join(names())}{hint}"])


def variables(path: Path) -> list[str]:
    """Name the environment variables that a profile uses, in order and once each."""
    written = _read(path)
    return list(dict.fromkeys(name for _, text in _strings(written) for name in _VARIABLE.findall(text)))


def load(path: Path, environment: Mapping[str, str], *, requirements: Collection[str] | None = None) -> Profile:
    """Read the profile in a file, `${NAME}` taken from `environment`.

    Args:
        path: the file.
        environment: the values of variables.
        requirements: the ids that deviations and facts may name; without it they are not looked at.

    Raises:
        ProfileError: the file cannot be read, a variable is not set, or the contents are wrong.

    """
    written = _read(path)
    unset = dict(_unset(written, environment))
    problems = [*unset.values(), *_malformed(written)]
    try:
        profile = Profile.model_validate(_substituted(written, environment), context={"folder": path.parent})
    except ValidationError as error:
        problems += sentences(error, written, but=unset)
    problems += _unknown_requirements(written, requirements) if requirements is not None else []
    if problems:
        raise ProfileError([f"{path}: {problem}" for problem in problems])
    return profile


def check_requirements(profile: Profile, known_ids: Collection[str]) -> list[str]:
    """Name each requirement id of a profile's deviations and facts that is not known, in a sentence."""
    return list(_unknown_requirements(profile.model_dump(), known_ids))


def examples(path: Path) -> dict[str, str]:
    """Give values for a profile's variables that name no real provider: those of its `[examples]`, or made-up ones."""
    given = _read(path).get("examples", {})
    given = given if isinstance(given, dict) else {}
    return {name: str(given.get(name) or _example(name)) for name in variables(path)}


def _example(name: str) -> str:
    slug = name.lower().replace("_", "-")
    return f"https://{slug}.example" if name.endswith(("ISSUER", "URL", "URI", "ENDPOINT")) else f"example-{slug}"


def _read(path: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ProfileError([f"{path}: {_unreadable(error)}"]) from None
    if not written:
        shipped = ", ".join(names())
        raise ProfileError([f"{path}: empty; expected the tables of a profile: copy one that comes along ({shipped})"])
    return written


def _unreadable(error: Exception) -> str:
    """Say why a file is no TOML; nothing of its contents is repeated, for they may be secret."""
    match error:
        case FileNotFoundError():
            return f"no such file; expected the TOML file of a profile, or one of the names {', '.join(names())}"
        case IsADirectoryError():
            return "a folder; expected the TOML file of a profile: give its path"
        case OSError():
            return f"cannot be read ({error.strerror}); expected the TOML file of a profile"
        case UnicodeDecodeError():
            line = bytes(error.object)[: error.start].count(b"\n") + 1
            return f"line {line}: expected UTF-8, as TOML is written in; save the file as UTF-8"
        case tomllib.TOMLDecodeError():
            place = _TOML_PLACE.search(str(error))
            what = _TOML_PLACE.sub("", str(error))
            return f"{place['place'] if place else 'the file'}: not TOML ({what}); correct the syntax there"
        case _:
            return "cannot be read; expected the TOML file of a profile"


def _unset(written: object, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for place, text in _strings(written):
        for name in dict.fromkeys(_VARIABLE.findall(text)):
            if not environment.get(name):
                yield place, f"{place}: ${{{name}}} is not set; expected a value: set the environment variable {name}"


def _malformed(written: object) -> Iterator[str]:
    for place, text in _strings(written):
        if _NO_VARIABLE.search(text):
            yield f"{place}: expected ${{NAME}}, with a name of letters, digits and underscores, behind every ${{"


def _unknown_requirements(written: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    for place, name in _requirements(written):
        if name not in known:
            remedy = did_you_mean(name, known) or "; `token-conformance requirements` lists them"
            yield f'{place}: expected the id of a requirement, not "{name}"{remedy}'


def _requirements(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for place, text in _strings({"deviations": written.get("deviations"), "facts": written.get("facts")}):
        if re.fullmatch(r"deviations\[\d+\]\.requirement|facts\[\d+\]\.seen_in\[\d+\]", place):
            yield place, text


def _strings(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield place, value
        case dict():
            for key, inner in value.items():
                yield from _strings(inner, f"{place}.{key}" if place else str(key))
        case list():
            for index, inner in enumerate(value):
                yield from _strings(inner, f"{place}[{index}]")


def _substituted(value: object, environment: Mapping[str, str]) -> object:
    match value:
        case str():
            return _VARIABLE.sub(lambda match: environment.get(match[1]) or f"unset-{match[1]}", value)
        case dict():
            return {key: _substituted(inner, environment) for key, inner in value.items()}
        case list():
            return [_substituted(inner, environment) for inner in value]
        case _:
            return value
