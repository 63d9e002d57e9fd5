"""A session ends unasked where nothing that the client did, or that happened beside it, may have ended it."""

from dataclasses import replace

import pytest

from token_conformance.evidence.facts.unasked import unasked_ends
from token_conformance.wire.exchange import Request


def ends(story):
    """How many renewals each session had that ended unasked."""
    return [len(end.renewals) for end in unasked_ends(story.observed)]


@pytest.mark.parametrize("renewals", [0, 1, 6])
def test_right_refreshes_that_end_in_a_refusal_are_an_end(story, renewals):
    """However many were accepted before."""
    story.login(0)
    for number in range(1, renewals + 1):
        story.refresh(number, f"r{number}", f"r{number + 1}")
    story.refresh(10, f"r{renewals + 1}", None)
    assert ends(story) == [renewals]


def test_a_session_that_goes_on_has_no_end(story):
    """With a kept refresh token, too."""
    story.login(0)
    story.refresh(1, "r1", "r1")
    story.refresh(2, "r1", "r2")
    assert ends(story) == []


def test_reuse_is_a_reason(story):
    """Whatever comes after a used refresh token."""
    story.login(0)
    story.refresh(1, "r1", "r2")
    story.refresh(2, "r1", None)
    story.refresh(3, "r2", None)
    assert ends(story) == []


def test_a_wish_is_a_reason(story):
    """A scope that is asked for may be refused, and what comes after it, too."""
    story.login(0)
    story.refresh(1, "r1", None, scope="more")
    story.refresh(2, "r1", None)
    assert ends(story) == []


def test_age_is_a_reason(story):
    """A refresh token may live for a minute only."""
    story.login(0)
    story.refresh(70, "r1", None)
    assert ends(story) == []


def test_a_token_that_was_sent_elsewhere_is_a_reason(story):
    """It may have been revoked there."""
    story.login(0)
    story.introspect(1, "r1", active=False)
    story.refresh(2, "r1", None)
    assert ends(story) == []


def test_a_token_in_an_address_is_a_reason(story):
    """A server may read its revocation from there, which is a finding of its own."""
    story.login(0)
    story.send(1, Request("GET", "https://op.example/revoke?token=r1"), 200, {})
    story.refresh(2, "r1", None)
    assert ends(story) == []


def test_the_replay_of_its_code_is_a_reason(story):
    """A server revokes what a code has led to when it comes again."""
    story.login(0)
    story.token(1, {"grant_type": "authorization_code", "code": "c0"}, 400, error="invalid_grant")
    story.refresh(2, "r1", None)
    assert ends(story) == []


def test_another_login_is_a_reason(story):
    """At a server that keeps one session for each user and client."""
    story.login(0)
    story.login(1, "s1")
    story.refresh(2, "r1", None)
    assert ends(story) == []


@pytest.mark.parametrize(("at", "reason"), [(1, True), (2.05, True), (3, False)])
def test_a_renewal_whose_answer_was_lost_is_a_reason(story, at, reason):
    """The session may go on by a token that nobody has got: one of two requests that race may have been the first, too."""
    story.login(0)
    story.refresh(2, "r1", None)
    lost = story.refresh(at, "r1", "r2")
    story.exchanges[-1] = replace(lost, answer=None, failure="it is in an encoding that was not asked for")
    assert ends(story) == ([] if reason else [0])


def test_an_outage_is_no_end(story):
    """Only a refusal is."""
    story.login(0)
    story.token(1, {"grant_type": "refresh_token", "refresh_token": "r1"}, 503)
    assert ends(story) == []


def test_a_token_that_works_later_was_not_the_end(story):
    """A server that is in two minds has not ended the session."""
    story.login(0)
    story.refresh(1, "r1", None)
    story.refresh(2, "r1", "r2")
    assert ends(story) == []
