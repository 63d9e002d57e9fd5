"""Writes a draft as the TOML file of a profile, and reads it back before anybody relies on it."""

from __future__ import annotations

import json
import os
import tempfile
from errno import EACCES
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from token_conformance.profile.files import ProfileError, examples
from token_conformance.profile.loading import load
from token_conformance.profile_writing.draft import Draft

TEMPLATE = "profile.toml.jinja"


def rendered(draft: Draft) -> str:
    """The text of the profile.

    Raises:
        ProfileError: what the user answered makes no profile; each problem is a sentence.

    """
    # TOML has its own quoting, done by the filter; HTML's would spoil it.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"toml": toml_string, "comment": _comment}
    text = environment.get_template(TEMPLATE).render(draft=draft)
    _read_back(text, draft)
    return text


def save(text: str, path: Path, *, secret: bool = False) -> None:
    """Write the profile, and the folders that it lies in; what holds a secret can be read by its owner alone.

    Raises:
        OSError: it cannot be written, or not be kept from others; then nothing of it stays.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if secret:
        _save_secretly(text, path.resolve())
    else:
        path.write_text(text, "utf-8")


def _save_secretly(text: str, path: Path) -> None:
    """Write a file that nobody else can read at any moment, and put it in its place as a whole."""
    if path.exists() and not path.is_file():
        raise OSError(EACCES, "it is no file, and would hold a secret", str(path))
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # with the mode 0600
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        if _readable_by_others(new):
            raise OSError(EACCES, "it would hold a secret, and its folder keeps nothing from other users", str(path))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _readable_by_others(path: Path) -> bool:
    """Whether other users can read a file in spite of its mode, as on a file system that knows none.

    Windows has no modes: who may read a file is told by its folder, which in a user's own is that user alone.
    """
    return os.name != "nt" and bool(path.stat().st_mode & 0o077)


def toml_string(value: str) -> str:
    """A basic string of TOML, which is one of JSON but for the character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(value: str) -> str:
    """What may stand behind a # of TOML: no line break, no other control character."""
    return "".join(character if character.isprintable() else " " for character in value)


def _read_back(text: str, draft: Draft) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{draft.prefix.lower()}.toml"
        save(text, path)
        try:
            load(path, examples(path))
        except ProfileError as error:
            raise ProfileError([problem.removeprefix(f"{path}: ") for problem in error.problems]) from None
