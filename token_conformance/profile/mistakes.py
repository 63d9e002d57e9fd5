"""Says a mistake that pydantic found in plain words: what was expected, and what came as it is written in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECRETS = frozenset({"client_secret", "password", "refresh_token"})
"""Keys whose values are never repeated."""

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
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "too_short": "at least one entry",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
    "datetime_type": "a time such as 2026-01-31T12:00:00Z",
    "datetime_parsing": "a time such as 2026-01-31T12:00:00Z",
    "datetime_from_date_parsing": "a time such as 2026-01-31T12:00:00Z",
    "timezone_aware": "a time with its offset, such as 2026-01-31T12:00:00Z",
    "greater_than": "a number greater than {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
}


def expected(mistake: Mapping[str, Any]) -> str:
    """What should have stood there, of a mistake as `ValidationError.errors` gives it."""
    context = mistake.get("ctx", {})
    match mistake["type"]:
        case "literal_error" | "enum":
            return str(context["expected"]).replace("'", '"')
        case "value_error":
            return str(mistake["msg"]).removeprefix("Value error, ").removeprefix("expected ")
        case kind if kind in _EXPECTED:
            return _EXPECTED[kind].format(**context)
        case _:
            message = str(mistake["msg"]).removeprefix("Input should be ")
            return f"{message[:1].lower()}{message[1:]}"


def written(key: int | str, value: Any) -> str:
    """The value of a key as the file has it; the contents of tables, of arrays and of secrets are left out."""
    match value:
        case dict():
            return "a table"
        case list():
            return "an array" if value else "an empty array"
        case bool():
            return str(value).lower()
        case _ if key in SECRETS:
            return "a value that is not shown"
        case str():
            return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
        case _:
            return str(value)
