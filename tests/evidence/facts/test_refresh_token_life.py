"""How long refresh tokens live is told, or seen."""

import pytest

from tests.conftest import NOON
from tests.evidence.facts.conftest import jwt
from token_conformance.evidence.facts.refresh_token_life import lifetime_from, refresh_token_lifetime

START = int(NOON.timestamp())
DAY = 86_400


def told_by(story, how, at, token, seconds):
    """What tells at a time that a token lives for some seconds from then on."""
    match how:
        case "member":
            return {"refresh_expires_in": seconds}
        case "token":
            return {}
        case _:
            story.introspect(at + 0.2, token, active=True, exp=START + at + seconds)
            return {}


@pytest.mark.parametrize("how", ["member", "introspection", "token"])
def test_a_lifetime_is_told_in_three_ways(story, how):
    """By the answer, by introspection, or by the token itself."""
    token = jwt(exp=START + DAY) if how == "token" else "r1"
    story.login(0, token, expires_in=300, **told_by(story, how, 0, token, DAY))
    found = refresh_token_lifetime(story.observed)
    assert (found.kind, found.value, found.words) == ("told", DAY, "86400 s")


@pytest.mark.parametrize(
    ("members", "known"), [({"expires_in": 3600}, False), ({"expires_in": 3500}, True), ({}, False)]
)
def test_an_expiry_that_may_be_the_access_token_s_says_nothing(story, members, known):
    """Some servers introspect a refresh token and tell when the access token beside it expires."""
    story.login(0, "r1", **members)
    story.introspect(0.2, "r1", active=True, exp=START + 3600)
    assert (refresh_token_lifetime(story.observed) is not None) is known


def test_a_lifetime_is_seen_where_nothing_tells_it(story, make_story):
    """Between the oldest use that was accepted and the youngest that was not; a plan adds some seconds to it."""
    story.login(0)
    story.refresh(DAY - 60, "r1", "r2")
    story.refresh(DAY - 60 + DAY + 20, "r2", None)
    found = refresh_token_lifetime(story.observed)
    assert (found.kind, found.value) == ("expires", DAY - 1)
    assert found.words == f"accepted after {DAY - 60} s, refused after {DAY + 20} s"


@pytest.mark.parametrize("later", [10, None])
def test_a_refusal_that_is_early_is_no_expiry(story, later):
    """A young token was refused for something else; and without any refusal nothing was seen to end."""
    story.login(0)
    story.refresh(5, "r1", "r2")
    if later:
        story.refresh(later, "r2", None)
    assert refresh_token_lifetime(story.observed) is None


@pytest.mark.parametrize("moved", [0, 100])
def test_told_expiries_show_from_when_they_count(story, moved):
    """They move with each rotation, or stay where the login put them."""
    story.login(0, jwt(exp=START + DAY, n=1))
    story.refresh(100, jwt(exp=START + DAY, n=1), jwt(exp=START + DAY + moved, n=2))
    assert lifetime_from(story.observed).value == ("rotation" if moved else "login")


def test_an_expiry_that_was_told_at_once_shows_nothing(story):
    """A second after the login nothing can be told apart."""
    story.login(0, jwt(exp=START + DAY, n=1))
    story.refresh(1, jwt(exp=START + DAY, n=1), jwt(exp=START + DAY + 1, n=2))
    assert lifetime_from(story.observed) is None


def lives(make_story, name, refreshes):
    """One session: the times of its refreshes, each accepted but for those that are marked."""
    told = make_story(name)
    told.login(0, f"{name}-0")
    for number, (at, accepted) in enumerate(refreshes):
        told.refresh(at, f"{name}-{number}", f"{name}-{number + 1}" if accepted else None)
    return told.exchanges


@pytest.mark.parametrize(("late", "value"), [(True, "rotation"), (False, "login")])
def test_a_session_that_was_renewed_shows_from_when_its_life_counts(make_story, late, value):
    """It lives on after the life of its first token, or ends with it."""
    story = make_story("one")
    story.exchanges += lives(make_story, "expired", [(1, True), (DAY + 21, False)])
    story.exchanges += lives(make_story, "aged", [(1, True), (DAY - 60, True)])
    story.exchanges += lives(make_story, "renewed", [(DAY // 2, True), (DAY + 20, late)])
    assert lifetime_from(story.observed).value == value
    assert refresh_token_lifetime(story.observed).value in {DAY, DAY - 1}


@pytest.mark.parametrize("nonsense", [-1, 0, "soon", True, 10**13, None])
def test_a_lifetime_that_is_none_is_not_believed(story, nonsense):
    """Whatever a server sends."""
    story.login(0, refresh_expires_in=nonsense)
    assert refresh_token_lifetime(story.observed) is None
