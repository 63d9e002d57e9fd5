"""Says mistakes that pydantic found in plain words: what was expected, and what came as it is written in the file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from token_conformance.profile.files import did_you_mean
from token_conformance.profile.models import Profile

SECRETS = frozenset({"client_secret", "password", "refresh_token", "signing_key", "proxy"})
"""Keys whose values are never repeated."""

_WITH_USER = re.compile(r"//[^/?#]*@")
"""Where an address holds a name, and perhaps a password (RFC 3986 §3.2.1)."""

ARRAYS_OF_TABLES = frozenset({"clients", "deviations", "facts", "known", "users"})

Place = tuple[int | str, ...]

_EXPECTED = {
    "missing": "a value",
    "string_type": "a string",
    "string_too_short": "a string that is not empty",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "an array",
    "frozen_set_type": "an array",
    "dict_type": "a table",
    "model_type": "a table",
    "too_short": "at least one entry",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
    "date_from_datetime_inexact": "a date such as 2026-01-31",
    "datetime_type": "a time such as 2026-01-31T12:00:00Z",
    "datetime_parsing": "a time such as 2026-01-31T12:00:00Z",
    "datetime_from_date_parsing": "a time such as 2026-01-31T12:00:00Z",
    "timezone_aware": "a time with its offset, such as 2026-01-31T12:00:00Z",
    "greater_than": "a number greater than {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
}


def sentences(
    error: ValidationError, written: Mapping[str, Any], *, but: Collection[str] = (), of: type[BaseModel] = Profile
) -> list[str]:
    """Say each mistake in a sentence, in the order of the file format.

    Args:
        error: what pydantic found.
        written: the contents of the file, before variables were replaced.
        but: places of which something else is said already.
        of: what the file is to be.

    """
    found: dict[str, list[ErrorDetails]] = {}
    for mistake in error.errors(include_url=False):
        found.setdefault(named(_place(mistake, written)), []).append(mistake)
    return [
        sentence
        for place, mistakes in found.items()
        if place not in but
        for sentence in _told(place, mistakes, written, of)
    ]


def expected(mistake: ErrorDetails) -> str:
    """Say what should have stood there."""
    context = mistake.get("ctx", {})
    match mistake["type"]:
        case "literal_error" | "enum":
            return str(context["expected"]).replace("'", '"')
        case "value_error":
            return mistake["msg"].removeprefix("Value error, ").removeprefix("expected ")
        case kind if kind in _EXPECTED:
            return _EXPECTED[kind].format(**context)
        case _:
            message = mistake["msg"].removeprefix("Input should be ")
            return f"{message[:1].lower()}{message[1:]}"


def named(place: Place) -> str:
    """Write a place in a file as people do: `clients[0].redirect_uri`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def _told(place: str, mistakes: list[ErrorDetails], written: Mapping[str, Any], of: type[BaseModel]) -> Iterator[str]:
    """Several mistakes at one place are the ways in which one value might have been right."""
    mistake = mistakes[0]
    *_, key = ("", *_place(mistake, written))
    value = _value(written, _place(mistake, written))
    match mistake["type"]:
        case "extra_forbidden":
            yield f"{place}: unknown key{_remedy(str(key), _keys(mistake['loc'][:-1], of))}"
        case "literal_error" if mistake["loc"][-1] == "[key]":
            yield f"{place}: unknown key{_remedy(str(key), _choices(mistake))}"
        case "missing":
            yield f"{place}: missing; {_addition(mistake['loc'])}"
        case "value_error" if not place:
            yield from expected(mistake).split("\n")
        case "value_error" if isinstance(value, dict):
            yield f"{place}: expected {expected(mistake)}"
        case _:
            wanted, remedy = _wanted(key, mistakes), _mend(place, mistakes, value)
            yield f"{place}: expected {wanted}, not {_written(key, value)}{remedy}"


def _wanted(key: int | str, mistakes: list[ErrorDetails]) -> str:
    if key in ARRAYS_OF_TABLES:
        return "an array of tables"
    fact = mistakes[0]["loc"][-1] == "value" and key != "value"
    ways = [expected(mistake) for mistake in mistakes] + ['"unknown"'] * fact
    return " or ".join(dict.fromkeys(ways))


def _mend(place: str, mistakes: list[ErrorDetails], value: object) -> str:
    if place.rpartition(".")[2] in ARRAYS_OF_TABLES:
        return f"; write [[{place}]] above the keys of each"
    if mistakes[0]["type"] in {"model_type", "dict_type"} and "[" not in place:
        return f"; write [{place}] above its keys"
    choices = [choice for mistake in mistakes for choice in _choices(mistake)]
    return did_you_mean(value, choices) if isinstance(value, str) else ""


def _addition(location: Place) -> str:
    if len(location) > 1:
        return f"add {location[-1]} = …"
    table = f"[[{location[0]}]]" if location[0] in ARRAYS_OF_TABLES else f"[{location[0]}]"
    return f"add {table} and its keys"


def _remedy(word: str, choices: Collection[str]) -> str:
    return did_you_mean(word, choices) or f"; remove it, or use one of {', '.join(choices)}"


def _choices(mistake: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", str(mistake.get("ctx", {}).get("expected", "")))


def _written(key: int | str, value: object) -> str:
    """Repeat a value as the file has it, without the contents of tables, of arrays and of secrets."""
    match value:
        case dict():
            return "a table"
        case list():
            return "an array" if value else "an empty array"
        case bool():
            return str(value).lower()
        case _ if key in SECRETS or (isinstance(value, str) and _WITH_USER.search(value)):
            return "a value that is not shown"
        case str():
            source = " as the environment has it" if "${" in value else ""
            return f'"{value}"{source}' if len(value) <= 60 else f'"{value[:57]}…"{source}'
        case _:
            return str(value)


def _place(mistake: ErrorDetails, written: Mapping[str, Any]) -> Place:
    """Leave out what pydantic adds to the path in the file, such as the branch of a union."""
    place: Place = ()
    node: object = written
    for part in mistake["loc"]:
        node = _step(node, part)
        if node is None:
            return (*place, part) if mistake["type"] == "missing" else place
        place = (*place, part)
    return place


def _value(written: Mapping[str, Any], place: Place) -> object:
    node: object = written
    for part in place:
        node = _step(node, part)
    return node


def _step(node: object, part: int | str) -> object:
    """Go one step into tables and arrays; TOML has no null, so that None says there is no such place."""
    if isinstance(node, dict):
        return node.get(part)
    return node[part] if isinstance(node, list) and isinstance(part, int) and part < len(node) else None


def _keys(location: Place, of: type[BaseModel]) -> list[str]:
    """List the keys that the format knows at a place."""
    annotation: object = of
    for part in location:
        fields = {name: field.annotation for model in _models(annotation) for name, field in model.model_fields.items()}
        annotation = fields.get(str(part), annotation)
    return [name for model in _models(annotation) for name in model.model_fields]


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
