"""What is wrong with a recording by the JSON Schemas of HAR 1.2, which har-schema (npm) brings along."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT6

from tests.live.test_servers import DEMANDED
from token_conformance.layout import ROOT

SCHEMAS = ROOT / "tests" / "live" / "node_modules" / "har-schema" / "lib"


def mistakes(path: Path) -> list[str]:
    """A sentence on each mistake; the test is skipped where the schemas are not to be had."""
    if not SCHEMAS.is_dir():
        (pytest.fail if DEMANDED in os.environ else pytest.skip)(
            "the schemas of HAR are brought by npm ci in tests/live"
        )
    found = _validator().iter_errors(json.loads(path.read_text("utf-8")))
    return [f"{each.json_path}: {each.message[:200]}" for each in found]


@cache
def _validator() -> jsonschema.Draft6Validator:
    schemas: list[dict[str, Any]] = [json.loads(each.read_text("utf-8")) for each in SCHEMAS.glob("*.json")]
    registry = Registry().with_resources(
        [(each["$id"].removesuffix("#"), DRAFT6.create_resource(each)) for each in schemas]
    )
    (har,) = [each for each in schemas if each["$id"] == "har.json#"]
    return jsonschema.Draft6Validator(har, registry=registry, format_checker=jsonschema.FormatChecker())
