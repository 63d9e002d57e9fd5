"""The files of profiles: where they are, what variables they use, and what stands in them as TOML, not yet validated."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli

from token_conformance.layout import PROFILES
from token_conformance.profile.extending import MergeError, from_its_folder, merged

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
EXTENDS = "extends"
"""The key of a profile that names another one, over whose tables its own are laid."""

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


def name_of(given: str) -> str:
    """The name of a profile that is given by name or path, by which its reports and its session are known."""
    try:
        return find(given).stem
    except ProfileError:
        return given


def variables(path: Path) -> list[str]:
    """Name the environment variables that a profile uses, in order and once each."""
    return _variables_in(read(path))


def _variables_in(written: object) -> list[str]:
    return list(dict.fromkeys(name for _, text in strings(written) for name in VARIABLE.findall(text)))


def title(path: Path) -> str:
    """The name of the provider that a profile describes.

    Raises:
        ProfileError: the file is no TOML.

    """
    described = read(path).get("profile")
    return str(described.get("name", path.stem)) if isinstance(described, dict) else path.stem


def notes(path: Path) -> list[str]:
    """What a profile says to people.

    Raises:
        ProfileError: see `read`.

    """
    described = read(path).get("profile")
    written = described.get("notes") if isinstance(described, dict) else None
    return [str(note) for note in written] if isinstance(written, list) else []


def examples(path: Path) -> dict[str, str]:
    """Give values for a profile's variables that name no real provider: those of its `[examples]`, or made-up ones."""
    written = read(path)
    given = written.get("examples", {})
    given = given if isinstance(given, dict) else {}
    return {name: str(given.get(name) or _example(name)) for name in _variables_in(written)}


def _example(name: str) -> str:
    slug = name.lower().replace("_", "-")
    return f"https://{slug}.example" if name.endswith(("ISSUER", "URL", "URI", "ENDPOINT")) else f"example-{slug}"


def read(path: Path) -> dict[str, Any]:
    """The tables of a profile as they are written, over those of the profile that it extends.

    Raises:
        ProfileError: a file cannot be read, is no TOML, or is empty, or the profiles extend each other in a circle; nothing of
            their contents is repeated.

    """
    together: dict[str, Any] = {}
    for file, written in reversed(_chain(path)):
        beside = file.parent.resolve() == path.parent.resolve()
        try:
            together = merged(together, written if beside else from_its_folder(written, file.parent.resolve()))
        except MergeError as problem:
            raise ProfileError([f"{file}: {problem}"]) from None
    return {key: value for key, value in together.items() if key != EXTENDS}


def extended_by(path: Path) -> list[Path]:
    """The profiles that a profile extends, the nearest first.

    Raises:
        ProfileError: see `read`.

    """
    return [file for file, _ in _chain(path)][1:]


def _chain(path: Path) -> list[tuple[Path, dict[str, Any]]]:
    """A profile and those that it extends, the nearest first, each with what stands in its file."""
    chain = [(path, tables(path))]
    while (base := _base(*chain[-1])) is not None:
        if base.resolve() in {file.resolve() for file, _ in chain}:
            words = " extends ".join(str(file) for file in (*(file for file, _ in chain), base))
            raise ProfileError([f"{path}: {EXTENDS}: expected no circle: {words}; take it out of one of them"])
        chain.append((base, tables(base)))
    return chain


def _base(path: Path, written: dict[str, Any]) -> Path | None:
    """The profile that another one extends, which names it by its name or by a path from its own folder."""
    named = written.get(EXTENDS)
    if named is None:
        return None
    text = named if isinstance(named, str) else ""
    beside = path.parent / text
    if beside.suffix == ".toml" and beside.is_file():
        return beside
    if text in names():
        return PROFILES / f"{text}.toml"
    hint = did_you_mean(text, [*names(), *(each.name for each in path.parent.glob("*.toml"))])
    expected = f"the path of a .toml file, from the folder of this one, or one of {', '.join(names())}"
    raise ProfileError([f'{path}: {EXTENDS}: expected {expected}, not "{text}"{hint}'])


def tables(path: Path) -> dict[str, Any]:
    """What stands in one file, whatever it extends.

    Raises:
        ProfileError: see `read`.

    """
    try:
        written = tomli.loads(path.read_bytes().decode("utf-8-sig"))
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
        case tomli.TOMLDecodeError():
            place = _TOML_PLACE.search(str(error))
            what = _TOML_PLACE.sub("", str(error))
            return f"{place['place'] if place else 'the file'}: not TOML ({what}); correct the syntax there"
        case _:
            return "cannot be read; expected the TOML file of a profile"


def strings(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Each string in a profile, behind its place: `clients[0].client_id`."""
    match value:
        case str():
            yield place, value
        case dict():
            for key, inner in value.items():
                yield from strings(inner, f"{place}.{key}" if place else str(key))
        case list():
            for index, inner in enumerate(value):
                yield from strings(inner, f"{place}[{index}]")


def did_you_mean(word: str, choices: Collection[str]) -> str:
    """Offer the choice that looks most like a word, or nothing."""
    close = get_close_matches(word, list(choices), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
