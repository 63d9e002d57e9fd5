"""Where the values of a profile's variables come from: the environment, and `.env` files that are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from token_conformance.profile.files import ProfileError


def environment_with(files: Iterable[Path], environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with the values of `.env` files behind it, the later ones first.

    A variable that is set in the environment keeps its value. Those of the files go nowhere but to profiles: no other
    program, and no library, sees them. `${NAME}` within a value stands for itself.

    Raises:
        ProfileError: a file cannot be read, or a line of it is none of `NAME=value`; nothing of it is repeated.

    """
    values: dict[str, str] = {}
    for file in files:
        values |= _values(file)
    return {**values, **{name: value for name, value in environment.items() if value or name not in values}}


def _values(file: Path) -> dict[str, str]:
    from dotenv.parser import parse_stream  # which takes longer than a profile, and is seldom needed

    try:
        with file.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except OSError as error:
        raise ProfileError(
            [f"{file}: cannot be read ({error.strerror}); --env-file expects lines of NAME=value"]
        ) from None
    except ValueError:
        raise ProfileError([f"{file}: expected UTF-8; save the file as UTF-8"]) from None
    wrong = [binding.original.line for binding in bindings if binding.error]
    if wrong:
        raise ProfileError([f"{file}: line {line}: expected NAME=value; correct the line" for line in wrong])
    return {binding.key: binding.value for binding in bindings if binding.key and binding.value is not None}
