"""The JSON Schema of the profile format, for editors and for programs that write profiles."""

from __future__ import annotations

from typing import Any

from token_conformance.profile.models import Profile


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a profile; `profile.schema.json` beside this module is the same as a file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Profile.model_json_schema(),
        "title": "Profile of a token-conformance provider",
    }
