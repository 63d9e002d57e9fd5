"""Reads a profile, and says everything that is wrong with it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from token_conformance.layout import PROFILES
from token_conformance.profile.models import Profile

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class ProfileError(Exception):
    """A profile that cannot be used; each problem is one sentence with file, path, what was expected and what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def names() -> list[str]:
    """The names of the profiles that come with the suite."""
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def find(name: str) -> Path:
    """The file of a profile given by its name or by its path."""
    path = Path(name)
    if path.suffix == ".toml" or path.is_file():
        return path
    shipped = PROFILES / f"{name}.toml"
    if shipped.is_file():
        return shipped
    raise ProfileError([f"no profile {name!r}: expected the path of a .toml file or one of {', '.join(names())}"])


def variables(path: Path) -> list[str]:
    """The names of the environment variables that a profile uses, in order and once each."""
    written = _read(path)
    return list(dict.fromkeys(name for _, text in _strings(written) for name in _VARIABLE.findall(text)))


def load(path: Path, environment: Mapping[str, str]) -> Profile:
    """The profile in a file, `${NAME}` taken from `environment`.

    Raises:
        ProfileError: the file cannot be read, a variable is not set, or the contents are wrong.

    """
    written = _read(path)
    problems = [
        f"{path}: {place}: ${{{name}}} is not set: set the environment variable {name}"
        for place, text in _strings(written)
        for name in _VARIABLE.findall(text)
        if not environment.get(name)
    ]
    problems += _mistakes(path, _substituted(written, environment))
    if problems:
        raise ProfileError(problems)
    return Profile.model_validate(_substituted(written, environment))


def examples(path: Path) -> dict[str, str]:
    """Values for the variables of a profile that name no real provider: those it gives as `[examples]`, or made-up ones."""
    given = _read(path).get("examples", {})
    given = given if isinstance(given, dict) else {}
    return {name: str(given.get(name) or _example(name)) for name in variables(path)}


def _example(name: str) -> str:
    slug = name.lower().replace("_", "-")
    return f"https://{slug}.example" if name.endswith(("ISSUER", "URL", "URI", "ENDPOINT")) else f"example-{slug}"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ProfileError(
            [f"{path}: no such file; the profiles that come with the suite are {', '.join(names())}"]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError([f"{path}: cannot be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError([f"{path}: not TOML: {error}"]) from None


def _mistakes(path: Path, written: dict[str, Any]) -> list[str]:
    try:
        Profile.model_validate(written)
    except ValidationError as error:
        return [f"{path}: {_sentence(mistake)}" for mistake in error.errors(include_url=False)]
    return []


def _sentence(mistake: Any) -> str:
    place = _place(mistake["loc"])
    message = str(mistake["msg"]).removeprefix("Value error, ")
    match mistake["type"]:
        case "extra_forbidden":
            return f"{place}: unknown key; remove it or correct its spelling (`token-conformance schema` prints the format)"
        case "missing":
            return f"{place}: missing; add it"
        case "value_error":
            return f"{place}: {message}" if place else message
        case _:
            return f"{place}: {message[:1].lower()}{message[1:]}, not {_short(mistake['input'])}"


def _place(location: tuple[int | str, ...]) -> str:
    parts = [
        f"[{part}]" if isinstance(part, int) else f".{part}"
        for part in location
        if not str(part).startswith("literal[")
    ]
    return "".join(parts).removeprefix(".")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _strings(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield place, value
        case dict():
            for key, inner in value.items():
                yield from _strings(inner, f"{place}.{key}" if place else str(key))
        case list():
            for index, inner in enumerate(value):
                yield from _strings(inner, f"{place}[{index}]")


def _substituted(value: Any, environment: Mapping[str, str]) -> Any:
    match value:
        case str():
            return _VARIABLE.sub(lambda match: environment.get(match[1]) or f"unset-{match[1]}", value)
        case dict():
            return {key: _substituted(inner, environment) for key, inner in value.items()}
        case list():
            return [_substituted(inner, environment) for inner in value]
        case _:
            return value
