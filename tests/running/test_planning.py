"""A plan tells beforehand what a run takes, by a rehearsal in which nobody waits."""

import asyncio

import pytest

from token_conformance.redaction import Redactor
from token_conformance.running.planning import rehearse
from token_conformance.running.run import Run
from token_conformance.running.scenario import Scenario
from token_conformance.servers.rehearsed import RehearsalServer


async def log_in(provider):
    return await provider.login()


async def outlive(provider):
    provider.clock.check(50)
    await provider.login()
    await provider.clock.wait(50)
    await provider.clock.wait(20)


async def outlive_for_a_day(provider):
    provider.clock.check(86_400)
    await provider.login()


def _run(profile):
    return Run("example", profile, RehearsalServer(profile), Redactor())


@pytest.fixture
def plan(make_profile):
    def plan(*scenarios, **tables):
        return asyncio.run(rehearse(_run(make_profile(**tables)), scenarios, len(scenarios)))

    return plan


def test_requests_and_logins_are_counted(plan):
    """Each scenario has its own, and the plan their sum."""
    found = plan(Scenario("one", log_in), Scenario("two", log_in))
    assert [(step.requests, step.logins) for step in found.steps] == [(1, 1), (1, 1)]
    assert (found.requests, found.logins, found.authorizations) == (2, 2, 2)


def test_what_does_not_apply_says_why(plan):
    """A scenario whose feature the profile lacks costs nothing."""
    found = plan(Scenario("service", log_in, needs=("client_credentials",)))
    assert found.steps[0].absent == "the profile has no [grants.client_credentials]"
    assert (found.applicable, found.requests) == ((), 0)


def test_long_waits_overlap(plan):
    """The run waits as long as its longest scenario, not for one after the other."""
    waiting = [Scenario(name, outlive, waits=True) for name in ("one", "two", "three")]
    assert plan(*waiting, limits={"concurrency": 1}).wait == 70


def test_waits_that_could_end_each_other_add_up(plan):
    """What reaches every token of the user waits while nobody else does, unless there is another user."""
    waiting = [Scenario(name, outlive, (), "user", waits=True) for name in ("one", "two")]
    assert plan(*waiting).wait == 140
    users = [{"username": name, "password": "a password"} for name in ("bob", "carol")]
    login = {"strategy": "password", "username": "alice", "password": "wonderland", "users": users}
    assert plan(*waiting, login=login).wait == 70


def test_waits_that_hang_on_one_session_add_up(plan):
    """A profile with but one refresh token has nothing to wait with meanwhile."""
    login = {"strategy": "refresh_token", "refresh_token": "a-refresh-token-value"}
    waiting = [Scenario(name, outlive, waits=True) for name in ("one", "two")]
    assert plan(*waiting, login=login).wait == 140


def test_a_wait_beyond_the_limit_is_not_waited_for(plan):
    """It is told with what it would take, and logs nobody in."""
    found = plan(Scenario("day", outlive_for_a_day, waits=True), Scenario("short", outlive, waits=True))
    assert [(step.scenario.name, step.waits.lacking) for step in found.too_long] == [("day", 86_400)]
    assert (found.logins, found.wait) == (1, 70)


def test_more_logins_than_allowed_are_counted(plan):
    """The plan tells what a run would need, so that the limit can be raised."""
    found = plan(*(Scenario(f"scenario_{number}", log_in) for number in range(3)), limits={"max_logins": 2})
    assert found.logins == 3
    assert found.limits.max_logins == 2


def test_requests_take_their_time(plan):
    """The allowed rate bounds how soon a run can end."""
    assert plan(Scenario("one", log_in), limits={"requests_per_second": 0.5}).seconds == 2


async def present_passwords(provider):
    await provider.password()
    await provider.password(password="a wrong one")
    await provider.password(username="nobody", password="a wrong one")


def test_passwords_are_counted(plan):
    """The right one also where it follows a wrong one; what a stranger presents is no password of the user."""
    found = plan(Scenario("guessing", present_passwords), Scenario("one", log_in))
    assert (found.passwords, found.wrong_passwords) == (3, 1)


def test_a_secret_that_is_written_like_a_password_is_none(plan):
    """Made-up profiles use one word for all of them."""
    client = {"client_id": "app", "client_secret": "wonderland", "authentication": "client_secret_post"}

    async def renew(provider):
        login = await provider.login()
        await provider.refresh(login.refresh_token)

    assert plan(Scenario("renewing", renew), clients=[client]).passwords == 1


def test_a_password_in_a_form_is_counted(plan):
    """However the field is called; a run that logs in once presents it once."""
    login = {"strategy": "form", "username": "alice", "password": "wonderland"}
    found = plan(Scenario("one", log_in), grants={"authorization_code": {}}, login=login)
    assert (found.passwords, found.wrong_passwords) == (1, 0)


def test_what_takes_too_long_can_be_parked(plan):
    """Of those that wait too long, what proves as much days later."""
    found = plan(
        Scenario("aged", outlive_for_a_day, waits=True, parks=True),
        Scenario("on_time", outlive_for_a_day, waits=True),
        Scenario("short", outlive, waits=True, parks=True),
    )
    assert [step.scenario.name for step in found.too_long] == ["aged", "on_time"]
    assert [step.scenario.name for step in found.parkable] == ["aged"]
