"""The topics of checks as marks, so that `-m "rotation or refresh"` selects by them: a topic is a module of suites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from token_conformance.layout import SUITES
from token_conformance.plugin.stash import RUNS

PREFIX = "test_"


def register(config: pytest.Config) -> None:
    """Have pytest know the topics of all suites that are given, ours among them."""
    folders = (SUITES, *(Path(config.invocation_params.dir, argument.partition("::")[0]) for argument in config.args))
    for topic in sorted({topic for folder in folders for topic in _topics(folder)}):
        config.addinivalue_line("markers", f"{topic}: checks of {PREFIX}{topic}.py")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a check with its topic."""
    if item.config.stash[RUNS] and topic_of(item).isidentifier():
        item.add_marker(topic_of(item))


def topic_of(item: pytest.Item) -> str:
    """The topic of a check: its module's name."""
    return item.path.stem.removeprefix(PREFIX)


def _topics(suite: Path) -> Iterator[str]:
    modules = suite.rglob(f"{PREFIX}*.py") if suite.is_dir() else [suite]
    yield from (topic for module in modules if (topic := module.stem.removeprefix(PREFIX)).isidentifier())
