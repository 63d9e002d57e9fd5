"""The topics of checks as marks, so that `-m "rotation or refresh"` selects by them: a topic is a module of suites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from token_conformance.layout import SUITES
from token_conformance.plugin.stash import RUNS

PREFIX = "test_"

TOPICS: pytest.StashKey[frozenset[str]] = pytest.StashKey()
"""The topics that are marks; a module that is called like a mark of pytest's own, such as `skip`, is none of them."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Have pytest know the topics of all suites that are given, ours among them."""
    config = session.config
    if not config.stash[RUNS]:
        return
    taken = {line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers")}
    folders = (SUITES, *(Path(config.invocation_params.dir, argument.partition("::")[0]) for argument in config.args))
    config.stash[TOPICS] = topics = frozenset(topic for folder in folders for topic in _topics(folder)) - taken
    for topic in sorted(topics):
        config.addinivalue_line("markers", f"{topic}: checks of {PREFIX}{topic}.py")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a check with its topic."""
    for topic in topics_of(item):
        item.add_marker(topic)


def topics_of(item: pytest.Item) -> frozenset[str]:
    """The topic of a check as a mark, if it is one."""
    return item.config.stash.get(TOPICS, frozenset[str]()) & {topic_of(item)}


def topic_of(item: pytest.Item) -> str:
    """The topic of a check: its module's name."""
    return item.path.stem.removeprefix(PREFIX)


def _topics(suite: Path) -> Iterator[str]:
    modules = suite.rglob(f"{PREFIX}*.py") if suite.is_dir() else [suite]
    yield from (topic for module in modules if (topic := module.stem.removeprefix(PREFIX)).isidentifier())
