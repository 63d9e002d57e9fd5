"""Whatever a profile may say, no suite stumbles over it: one profile sets every key that there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tests.suites.judging import profile_named
from token_conformance.profile.models import Profile
from token_conformance.verdict import Verdict


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, however it wraps them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def documented(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Every key of a model and of those within it, behind the name of its table; facts of all types are one."""
    for name, field in model.model_fields.items():
        yield table_of(model), name
        for inner in models_in(field.annotation):
            yield from documented(inner)


def written(value: Any) -> Iterator[tuple[str, str]]:
    """Every key that a profile sets, behind the name of its table."""
    match value:
        case BaseModel():
            yield from ((table_of(type(value)), name) for name in value.model_fields_set)
            for name in value.model_fields_set:
                yield from written(getattr(value, name))
        case list():
            for inner in value:
                yield from written(inner)
        case dict():
            yield from written(list(value.values()))


def table_of(model: type[BaseModel]) -> str:
    """The model's name, without what a fact is about."""
    return model.__name__.partition("[")[0]


@pytest.fixture(scope="module")
def verdicts(matrix):
    return matrix.whole("every_key")


def test_the_profile_sets_every_key():
    """A key that is added to the models is added to the profile, lest nobody try it."""
    assert set(documented(Profile)) - set(written(profile_named("every_key"))) == set()


def test_no_check_meets_a_defect(verdicts):
    """The run has verdicts, and none of them is an error of ours."""
    errors = {name: judged.message for name, judged in verdicts.items() if judged.verdict is Verdict.ERROR}
    assert errors == {}


def test_the_checks_judge(verdicts):
    """The grants that the clients are registered for are tried: login, refresh, service, device, password, exchange."""
    tried = [
        "authorization_code::test_code_yields_an_access_token",
        "client_credentials::test_service_gets_a_token",
        "password::test_right_password_yields_tokens",
        "refresh::test_refresh_yields_an_access_token",
    ]
    assert {name: verdicts[name].verdict for name in tried} == dict.fromkeys(tried, Verdict.PASS)
