"""A run with credentials that are refused, or with a wrong password of its own, does not have an account locked."""

import asyncio
from urllib.parse import parse_qsl

import httpx
import pytest

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.models import Limits
from token_conformance.provider import Provider
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.verdict import Inconclusive, NoLogin, NotApplicable

TOKENS = '{"access_token": "an-access-token", "token_type": "Bearer"}'
REFUSED = "the token endpoint refuses the user"
CLIENT = Client(name="app", client_id="app", client_secret="a secret of it")


@pytest.fixture
def response(make_exchange):
    """The answer to a token request: tokens, or an error."""

    def response(error=None):
        body = TOKENS if error is None else f'{{"error": "{error}"}}'
        return TokenResponse(make_exchange(body, status=200 if error is None else 400))

    return response


@pytest.fixture
def exchanged(make_profile, response):
    """Tells a careful budget of the answers to flawless requests of users, each a name and an error."""

    def exchanged(*answers, budget=None):
        budget = budget or LoginBudget(40, careful=True)
        for user, error in answers:
            budget.exchanged(make_profile().clients[0], response(error), user, password=True)
        return budget

    return exchanged


def test_a_first_refusal_stops_a_run_in_which_nobody_got_in(exchanged):
    """The password is wrong, and is not presented again."""
    budget = LoginBudget(40, careful=True)
    with pytest.raises(NoLogin, match=REFUSED):
        exchanged(("alice", "invalid_grant"), budget=budget)
    with pytest.raises(Inconclusive, match=REFUSED):
        budget.check()


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client"])
def test_two_refusals_in_a_row_stop_a_run(exchanged, error):
    """Of the user or of the client, who got in before; the sentence says that nobody logs in any more, and why."""
    exchanged(("alice", None), ("alice", error)).check()
    budget = exchanged(("alice", None), ("alice", error), ("alice", error))
    with pytest.raises(Inconclusive, match="2 logins in a row were refused: nobody logs in any more, lest the account"):
        budget.check()
    assert budget.trouble.startswith("the user cannot log in: the token endpoint refuses")


def test_a_code_is_no_word_for_the_client(exchanged):
    """That the user got through the pages before each refusal says nothing of the client's credentials."""
    budget = exchanged(("alice", None), ("alice", "invalid_client"))
    budget.succeed("alice")
    budget.check()
    exchanged(("alice", "invalid_client"), budget=budget)
    budget.succeed("alice")
    with pytest.raises(Inconclusive, match='refuses client "main", 400 invalid_client'):
        budget.check()


def test_a_login_between_two_refusals_tells_that_no_account_is_about_to_be_locked(exchanged):
    """Refusals are counted for each user by itself, and those before a success no more."""
    exchanged(*[("alice", None), ("alice", "invalid_grant")] * 3).check()
    exchanged(("alice", None), ("alice", "invalid_grant"), ("bob", "invalid_grant")).check()
    with pytest.raises(Inconclusive):
        exchanged(("alice", None), *[("bob", "invalid_grant"), ("alice", None)] * 2).check()


def test_two_walks_that_are_refused_stop_a_run(exchanged):
    """A form that is shown again counts as a token request that is refused does."""

    async def refused(budget):
        async with budget.attempt("alice"):
            raise NoLogin("the provider showed the login form again")

    budget = exchanged(("alice", None))
    for _ in range(2):
        with pytest.raises(NoLogin):
            asyncio.run(refused(budget))
    with pytest.raises(Inconclusive, match="showed the login form again; 2 logins in a row were refused"):
        asyncio.run(refused(budget))


@pytest.fixture
def talk(make_profile, make_wire):
    """A provider of a careful run, and the passwords that reach it."""

    def talk(**limits):
        sent = []

        def answer(request):
            form = dict(parse_qsl(request.content.decode()))
            sent.append((form["username"], form["password"]))
            right = form["password"] == "wonderland"
            return httpx.Response(200, text=TOKENS) if right else httpx.Response(400, json={"error": "invalid_grant"})

        profile, wire = make_profile(limits=limits), make_wire(answer)
        budget = LoginBudget.of(Limits(**limits), careful=True)
        return Provider(profile, wire, Discovery(profile, wire), Lineage(), budget), sent

    return talk


def test_a_wrong_password_is_followed_by_the_right_one(talk):
    """Who counts wrong ones begins anew; what comes back is the answer to the wrong one."""
    provider, sent = talk()
    assert asyncio.run(provider.password(password="wrong")).error == "invalid_grant"
    assert sent == [("alice", "wrong"), ("alice", "wonderland")]


def test_a_second_wrong_password_is_not_presented(talk):
    """Nor in a repetition, which has what the run has left."""
    provider, sent = talk()
    asyncio.run(provider.password(password="wrong"))
    for budget in (provider.logins, provider.logins.going_on(40, 2, {"alice"})):
        provider.logins = budget
        with pytest.raises(Inconclusive, match="a wrong password of this user already"):
            asyncio.run(provider.password(password="wrong again"))
    assert len(sent) == 2


def test_a_stranger_s_password_locks_nobody_out(talk):
    """An unknown user has no account, and the user's own password is none of the wrong ones."""
    provider, sent = talk()

    async def ask():
        await provider.password(username="nobody", password="whatever")
        await provider.password(username="alice", password="wonderland")

    asyncio.run(ask())
    assert [password for _, password in sent] == ["whatever", "wonderland"]
    assert provider.logins.wrong_passwords == set()


def test_a_profile_can_want_no_wrong_password(talk):
    """Nothing is sent then."""
    provider, sent = talk(wrong_password=False)
    with pytest.raises(NotApplicable, match=r"limits\.wrong_password = false"):
        asyncio.run(provider.password(password="wrong"))
    assert sent == []


async def attempt(budget, *problems, plain=True):
    """Log in once for each problem, and None for success."""
    for problem in problems:
        try:
            async with budget.attempt("alice", plain=plain):
                if problem is not None:
                    raise problem
                budget.succeed("alice")
        except Inconclusive:
            continue


@pytest.mark.parametrize(
    ("before", "gives_up"),
    [
        ([NoLogin("wrong")], True),
        ([None, NoLogin("wrong")], False),
        ([None, NoLogin("wrong"), None, NoLogin("wrong")], False),
        ([None, NoLogin("wrong"), NoLogin("wrong")], True),
        ([Inconclusive("no answer")] * 2, False),
        ([Inconclusive("no answer")] * 3, True),
    ],
)
def test_when_to_give_up(before, gives_up):
    """At once where nobody ever got in, and after some refusals in a row where somebody did."""
    budget = LoginBudget(40, careful=True)
    asyncio.run(attempt(budget, *before))
    if gives_up:
        with pytest.raises(Inconclusive, match=r"^(wrong|no answer)"):
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
        LoginBudget(40, careful=True).exchanged(CLIENT, refused, "alice")
    budget = LoginBudget(40, careful=True)
    budget.exchanged(CLIENT, accepted, "alice")
    budget.exchanged(CLIENT, refused, "alice")
    LoginBudget(40).exchanged(CLIENT, refused, "alice")
    assert budget.trouble is None
