"""What a provider does with refresh tokens is read from requests and answers."""

import pytest

from tests.evidence.facts.conftest import jwt
from token_conformance.evidence.facts.refresh_tokens import (
    access_token_after_refresh,
    id_token_after_refresh,
    refresh_token_format,
    reuse_grace,
    reuse_revokes,
    rotation,
    scope_narrowing,
)


@pytest.mark.parametrize(
    ("handed", "kind", "value"),
    [
        (["r2", "r3"], "always", "always"),
        (["r1", "r1"], "never", "never"),
        (["r2", "r2"], "sometimes", None),
    ],
)
def test_rotation_is_seen(story, handed, kind, value):
    """Each refresh hands over another token, none does, or it changes."""
    story.login(0)
    token = "r1"
    for number, next_one in enumerate(handed):
        story.refresh(1 + number, token, next_one)
        token = next_one
    found = rotation(story.observed)
    assert (found.kind, found.value) == (kind, value)
    assert found.exchanges[0] == "story/2"


def test_a_refresh_that_hands_over_nothing_keeps_the_token(story):
    """As RFC 6749 §6 has it."""
    story.login(0)
    story.token(1, {"grant_type": "refresh_token", "refresh_token": "r1"}, access_token="a2")
    assert rotation(story.observed).value == "never"


def test_nothing_is_said_of_what_was_not_seen(story):
    """Without refreshes there is no fact of them."""
    story.login(0)
    observed = story.observed
    facts = (rotation, reuse_grace, reuse_revokes, access_token_after_refresh, id_token_after_refresh, scope_narrowing)
    assert [fact(observed) for fact in facts] == [None] * len(facts)


def used_twice(story, *, again_at, handed=None, **more):
    story.login(0)
    story.refresh(1, "r1", "r2")
    story.refresh(again_at, "r1", handed, **more)


def test_a_used_token_that_dies_at_once_has_no_grace(story):
    """Refused within two seconds: 0."""
    used_twice(story, again_at=1.5)
    found = reuse_grace(story.observed)
    assert (found.kind, found.value) == ("rotates-old-dies", 0)
    assert "refused 0.4 s after its use" in found.words


def test_a_late_refusal_does_not_tell_that_there_was_no_grace(story):
    """It may have ended before."""
    used_twice(story, again_at=40)
    assert reuse_grace(story.observed).value is None


def test_a_used_token_that_works_on_has_no_end_that_was_seen(story):
    """Nothing can be written that a plan could rely on."""
    used_twice(story, again_at=63, handed="r3")
    found = reuse_grace(story.observed)
    assert (found.kind, found.value) == ("rotates-old-lives", None)
    assert found.words == "it works 62 s after its use"


def test_a_grace_of_seconds_lies_between_two_tries(story):
    """The value is what a run has to wait at most."""
    used_twice(story, again_at=2, handed="r3")
    story.refresh(12.1, "r1", None)
    found = reuse_grace(story.observed)
    assert (found.kind, found.value) == ("rotates-old-dies-after-grace", 10)


@pytest.mark.parametrize("by", ["refresh", "access token"])
def test_a_grace_until_the_new_token_is_used_is_told_from_one_of_seconds(story, by):
    """Refused after a token that replaced it was used, and not before."""
    used_twice(story, again_at=2, handed="r3")
    if by == "refresh":
        story.refresh(2.5, "r3", "r4")
    else:
        story.resource(2.5, "a-of-r3-2")
    story.refresh(3, "r1", None)
    found = reuse_grace(story.observed)
    assert (found.kind, found.value) == ("rotates-old-lives-until-used", "until-used")


@pytest.mark.parametrize(
    "difference",
    [
        {"headers": (("Authorization", "Basic YXBwOndyb25n"),)},
        {"headers": (("Authorization", "Basic b3RoZXI6c2VjcmV0"),)},
        {"scope": "more"},
    ],
)
def test_what_strangers_do_is_no_reuse(story, difference):
    """An attempt with a wrong secret, by another client, or for another scope was refused for that."""
    story.login(0)
    story.refresh(1, "r1", "r2")
    story.refresh(2, "r1", None, *difference.pop("headers", ()), **difference)
    assert reuse_grace(story.observed) is None


def test_after_a_refused_reuse_nothing_more_is_learned_of_the_grace(story):
    """The family may be dead by then."""
    used_twice(story, again_at=1.5)
    story.refresh(70, "r1", None)
    assert reuse_grace(story.observed).exchanges == ("story/3",)


@pytest.mark.parametrize(
    ("handed", "kind", "value"), [(None, "revokes-family", True), ("r3", "revokes-nothing", False)]
)
def test_what_reuse_ends_is_seen_at_the_newest_token(story, handed, kind, value):
    """It is refused after the reuse, or works."""
    used_twice(story, again_at=1.5)
    story.refresh(2, "r2", handed)
    found = reuse_revokes(story.observed)
    assert (found.kind, found.value) == (kind, value)
    assert found.exchanges == ("story/3", "story/4")


def test_an_accepted_reuse_ends_nothing(story):
    """What follows it tells nothing of what a refused one does."""
    used_twice(story, again_at=1.5, handed="r3")
    story.refresh(2, "r2", None)
    assert reuse_revokes(story.observed) is None


@pytest.mark.parametrize(("status", "value"), [(200, "lives"), (401, "revoked")])
def test_the_old_access_token_is_held_beside_the_new_one(story, status, value):
    """At a resource that takes the new one."""
    story.login(0)
    story.refresh(1, "r1", "r2")
    story.resource(1.2, "a-of-r1", status)
    story.resource(1.4, "a-of-r2-1")
    found = access_token_after_refresh(story.observed)
    assert (found.value, found.exchanges) == (value, ("story/3", "story/4"))


@pytest.mark.parametrize(("new", "later"), [(404, 1.2), (401, 1.2), (200, 600)])
def test_without_a_control_nothing_is_said_of_the_old_access_token(story, new, later):
    """A resource that is not there, that takes nothing, or that was asked much later proves nothing."""
    story.login(0)
    story.refresh(1, "r1", "r2")
    story.resource(later, "a-of-r1", 401)
    story.resource(later + 0.2, "a-of-r2-1", new)
    assert access_token_after_refresh(story.observed) is None


@pytest.mark.parametrize(
    ("brought", "value"), [((True, True), "always"), ((False, False), "never"), ((True, False), None)]
)
def test_id_tokens_of_refreshes_are_counted(story, brought, value):
    """Where the login brought one."""
    story.login(0, id_token=jwt(sub="x"))
    story.refresh(1, "r1", "r2", **({"id_token": jwt(sub="x")} if brought[0] else {}))
    story.refresh(2, "r2", "r3", **({"id_token": jwt(sub="x")} if brought[1] else {}))
    assert id_token_after_refresh(story.observed).value == value


def test_a_login_without_an_id_token_expects_none(story):
    """Nobody has asked for openid."""
    story.login(0)
    story.refresh(1, "r1", "r2")
    assert id_token_after_refresh(story.observed) is None


@pytest.mark.parametrize(("token", "kind"), [(jwt(jti="1"), "jwt"), ("r1", "opaque")])
def test_refresh_tokens_are_jwts_or_not(story, token, kind):
    """By their form."""
    story.login(0, token)
    assert refresh_token_format(story.observed).kind == kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"handed": "r2", "told": "a"}, "honoured"),
        ({"handed": "r2", "told": "a b"}, "ignored"),
        ({"handed": None, "error": "invalid_scope"}, "refused"),
    ],
)
def test_a_refresh_for_less_scope_is_answered_somehow(story, answer, kind):
    """With less, with all, or not at all."""
    story.login(0, scope="a b")
    told = {"error": answer["error"]} if "error" in answer else {"scope": answer["told"]}
    parameters = {"grant_type": "refresh_token", "refresh_token": "r1", "scope": "a"}
    if answer["handed"]:
        told |= {"access_token": "a2", "refresh_token": "r2"}
    story.token(1, parameters, 200 if answer["handed"] else 400, **told)
    assert scope_narrowing(story.observed).kind == kind
