"""A browser that is not there is one sentence, and a login that cannot succeed is not tried again."""

from __future__ import annotations

import asyncio
import builtins

import pytest

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider.login import chromium
from token_conformance.provider.login.chromium import Chromium, first_line
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.verdict import Inconclusive, NoLogin

CLIENT = Client(name="app", client_id="app", client_secret="a secret of it")


def open_browser(profile):
    asyncio.run(Chromium(profile).context("https://op.example/authorize"))


def test_without_playwright_the_extra_is_named(make_profile, monkeypatch):
    """The sentence is a command."""
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("playwright"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoLogin, match=r'install the extra "browser", pip install "token-conformance\[browser\]"$'):
        open_browser(make_profile())


def test_without_chromium_the_package_is_named(make_profile, monkeypatch):
    """Nothing is downloaded."""
    pytest.importorskip("playwright")
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    with pytest.raises(NoLogin, match=r'needs a Chromium in the PATH: install the package "chromium" of Debian$'):
        open_browser(make_profile())


def test_what_was_typed_is_no_part_of_a_message():
    """Playwright's log of a failure repeats the password."""
    error = Exception('ElementHandle.fill: Timeout 10ms exceeded.\nCall log:\n  - fill("a-password-0001")')
    assert first_line(error) == "ElementHandle.fill: Timeout 10ms exceeded."


async def attempt(budget, *problems, plain=True):
    """Log in once for each problem, and None for success."""
    for problem in problems:
        try:
            async with budget.attempt(plain=plain):
                if problem is not None:
                    raise problem
                budget.succeed()
        except Inconclusive:
            continue


@pytest.mark.parametrize(
    ("before", "gives_up"),
    [
        ([NoLogin("wrong")], True),
        ([None, NoLogin("wrong")], False),
        ([None, NoLogin("wrong"), None, NoLogin("wrong"), NoLogin("wrong")], False),
        ([None, NoLogin("wrong"), NoLogin("wrong"), NoLogin("wrong")], True),
        ([Inconclusive("no answer")] * 2, False),
        ([Inconclusive("no answer")] * 3, True),
    ],
)
def test_when_to_give_up(before, gives_up):
    """At once where nobody ever got in, and after some refusals in a row where somebody did."""
    budget = LoginBudget(40, careful=True)
    asyncio.run(attempt(budget, *before))
    if gives_up:
        with pytest.raises(Inconclusive, match=r"^(wrong|no answer)$"):
            budget.check()
        assert budget.trouble.startswith("the user cannot log in: ")
    else:
        budget.check()


def test_a_failure_that_a_scenario_asked_for_is_no_trouble():
    """A request that is wrong on purpose says nothing about the user."""
    budget = LoginBudget(40, careful=True)
    asyncio.run(attempt(budget, *[Inconclusive("an error page")] * 5, plain=False))
    assert budget.trouble is None
    budget.check()


def test_a_client_that_is_refused_from_the_beginning(make_exchange):
    """Wrong credentials are the run's trouble; after an accepted request they are the server's."""
    refused = TokenResponse(make_exchange('{"error": "invalid_client"}', status=401))
    accepted = TokenResponse(make_exchange('{"access_token": "a", "token_type": "Bearer"}'))
    with pytest.raises(NoLogin, match=r'the token endpoint refuses client "app", 401 invalid_client'):
        LoginBudget(40, careful=True).exchanged(CLIENT, refused)
    budget = LoginBudget(40, careful=True)
    budget.exchanged(CLIENT, accepted)
    budget.exchanged(CLIENT, refused)
    LoginBudget(40).exchanged(CLIENT, refused)
    assert budget.trouble is None
