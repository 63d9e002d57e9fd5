"""The pytest plugin: found by its entry point, or named by `-p token_conformance.plugin` or a conftest.py.

Here is its door: the options, and nothing else until one of them asks for a provider to be tested; then `hooks` gathers
what takes part in the session from all rooms. Nobody imports it but pytest; it may import everything but `command_line/`.
"""

from __future__ import annotations

import pytest

from token_conformance.plugin.flags import asks_for_a_run, pytest_addoption, take_up

__all__ = ["conformance_run", "pytest_addoption", "pytest_configure"]


def pytest_configure(config: pytest.Config) -> None:
    """Have the session test the providers that it is given; without one the plugin stays out of the way."""
    if asks_for_a_run(config):
        from token_conformance.plugin import hooks  # all that a run needs, and nobody else wants

        take_up(config)
        config.pluginmanager.register(hooks, hooks.__name__)


@pytest.fixture(scope="session")
def conformance_run() -> None:
    """What a check rests on, which no session has that tests no provider."""
    pytest.fail("a check needs a provider: give one with --profile NAME", pytrace=False)
