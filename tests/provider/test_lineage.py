"""A session goes from scenario to scenario until something casts doubt on it."""

import pytest

from token_conformance.evidence.login import Login
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login.browsing import Walk
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.verdict import Inconclusive

TOKENS = '{"access_token": "access-%s", "token_type": "Bearer", "refresh_token": "refresh-%s"}'


@pytest.fixture
def answer(make_exchange):
    def answer(number=1, *, refused=False):
        body = '{"error": "invalid_grant"}' if refused else TOKENS % (number, number)
        return TokenResponse(make_exchange(body, status=400 if refused else 200))

    return answer


@pytest.fixture
def lineage(answer):
    found = Lineage()
    found.begin(Login(answer(1), Client(client_id="app", client_secret="a secret of it")))
    return found


def refresh(number=1, **more):
    return {"grant_type": "refresh_token", "refresh_token": f"refresh-{number}", **more}


def test_a_plain_refresh_renews_the_session(lineage, answer):
    """The next scenario gets the newest tokens."""
    lineage.saw(refresh(), answer(2))
    assert lineage.session.refresh_token == "refresh-2"
    assert lineage.session.access_token == "access-2"
    assert lineage.session.tokens == {"access-1", "refresh-1", "access-2", "refresh-2"}


def test_a_request_of_something_else_is_nothing_to_the_session(lineage, answer):
    """An unknown token that was refused says nothing of the session."""
    lineage.saw(refresh(99), answer(refused=True))
    lineage.saw({"grant_type": "client_credentials"}, answer(7))
    lineage.touched("token=refresh-99")
    assert lineage.session.refresh_token == "refresh-1"


@pytest.mark.parametrize("more", [{"scope": "openid"}, {}], ids=["narrower", "refused"])
def test_doubt_ends_the_inheritance(lineage, answer, more):
    """After a refresh with less scope, or one that was refused, the next scenario logs in anew."""
    lineage.saw(refresh(**more), answer(2, refused=not more))
    assert lineage.session is None


def test_a_refresh_by_another_client_is_doubtful(lineage, answer):
    """Whoever got the new tokens, they are not to be counted on."""
    lineage.saw(refresh(), answer(2), own=False)
    assert lineage.session is None


def test_a_used_token_is_doubtful(lineage, answer):
    """Reuse may have killed the family."""
    lineage.saw(refresh(), answer(2))
    lineage.saw(refresh(1), answer(refused=True))
    assert lineage.session is None


def test_a_strange_request_with_a_token_of_the_session_is_doubtful(lineage):
    """A revocation, or a refresh by GET, may have had any effect."""
    lineage.touched("https://op.example/token?refresh_token=refresh-1")
    assert lineage.session is None


def test_a_login_without_tokens_leaves_nothing(lineage, answer):
    """The next scenario tries again."""
    lineage.begin(Login(answer(refused=True), lineage.session.client))
    assert lineage.session is None


def test_the_seed_follows_the_rotation(answer):
    """The only refresh token there is is always the newest one."""
    lineage = Lineage("refresh-0")
    assert lineage.take_seed("first") == "refresh-0"
    lineage.begin(Login(answer(1), Client(client_id="app", client_secret="a secret of it")))
    lineage.saw(refresh(), answer(2))
    lineage.doubt()
    assert lineage.take_seed("second") == "refresh-2"


def test_a_second_login_in_a_scenario_is_inconclusive():
    """There is but one."""
    lineage = Lineage("refresh-0")
    lineage.take_seed("first")
    with pytest.raises(Inconclusive, match="second login"):
        lineage.take_seed("first")


def test_a_session_that_was_ended_is_inconclusive():
    """After a scenario that kills the tokens there is nothing to log in with."""
    lineage = Lineage("refresh-0")
    lineage.end()
    with pytest.raises(Inconclusive, match="used up"):
        lineage.take_seed("second")


def test_logins_are_counted_over_all_rows():
    """The budget is that of the run."""
    budget = LoginBudget(2, spent=1)
    budget.take("first")
    with pytest.raises(Inconclusive, match="max_logins = 2"):
        budget.take("second")
    assert budget.by_scenario == {"first": 1}


def test_a_login_that_is_under_way_counts(make_profile):
    """Two rows that log in at once do not spend the last login twice; who is not asked for a password has it back."""
    budget, walk = LoginBudget(1), Walk("https://app.example/callback", make_profile().login)
    with budget.spent_by("first", walk), pytest.raises(Inconclusive, match="max_logins = 1"):
        budget.take("second")
    assert budget.spent == 0
    with budget.spent_by("first", walk):
        walk.logged_in = True
    assert budget.spent == 1


def test_a_refresh_without_an_answer_is_doubtful(lineage, make_exchange):
    """Nobody knows whether it was done."""
    lineage.saw(refresh(), TokenResponse(make_exchange(answer=None, failure="no answer within 10 s")))
    assert lineage.session is None


@pytest.fixture
def authorize(make_profile):
    """Spends logins on walks that asked for a password or not, the first one in a new browser."""

    def authorize(budget, *asked):
        for number, logged_in in enumerate(asked):
            walk = Walk("https://app.example/callback", make_profile().login)
            with budget.spent_by("example", walk, known=number > 0):
                walk.logged_in = logged_in
        return budget

    return authorize


def test_a_provider_that_keeps_no_login_session_is_noticed(authorize, make_profile):
    """At the second authorization of a browser; a limit that nobody has set is raised."""
    budget = authorize(LoginBudget.of(make_profile().limits, careful=True), True, True)
    assert budget.noticed[0].startswith("the provider keeps no login session")
    assert (budget.spent, budget.authorizations, budget.limit) == (2, 2, 120)


def test_a_provider_that_knows_its_user_is_not(authorize, make_profile):
    """Nor is one that forgets the user later, as after a logout."""
    budget = authorize(LoginBudget.of(make_profile().limits, careful=True), True, False, True)
    assert budget.noticed == ()
    assert (budget.spent, budget.authorizations, budget.limit) == (2, 3, 40)


def test_a_limit_of_the_profile_stands(authorize, make_profile):
    """The reason says what has used it up."""
    budget = authorize(LoginBudget.of(make_profile(limits={"max_logins": 2}).limits, careful=True), True, True)
    with pytest.raises(Inconclusive, match="max_logins = 2 logins, since the provider asks for the password at each"):
        budget.check()


def test_all_reasons_are_told_the_commonest_first():
    """A constant failure does not hide behind the first one."""
    budget = LoginBudget(40, careful=True)
    for reason in ("a first failure", *["the usual failure"] * 2, "a third", "a fourth"):
        budget.deny(reason, "alice")
    assert budget.problem == "the usual failure; a first failure; a third; and 1 further reasons"
