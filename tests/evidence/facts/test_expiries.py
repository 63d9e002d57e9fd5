"""A row for each kind of token and code: documented, accepted and refused ages, and how the refusal came.

Ages count from answers, which come a tenth of a second after their requests.
"""

import pytest

from token_conformance.evidence.facts.expiries import Expiry, expiries

DEVICE = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "d1"}


@pytest.fixture
def row(make_profile, story):
    """The row of a kind in the story so far."""

    def row(kind, **grant):
        profile = make_profile(grants={"refresh_token": grant or {}, "authorization_code": {"lifetime": 60}})
        return next(each for each in expiries(profile, story.observed.exchanges) if each.kind == kind)

    return row


def test_what_was_not_seen_is_a_row_all_the_same(make_profile):
    """Five kinds, in one order, with what the profile documents."""
    profile = make_profile(grants={"refresh_token": {"lifetime": 600}}, tokens={"access_token_lifetime": 300})
    rows = expiries(profile, [])
    assert [(each.kind, each.documented) for each in rows] == [
        ("access token", 300),
        ("refresh token (idle)", 600),
        ("refresh token (absolute)", None),
        ("code", None),
        ("device code", None),
    ]
    assert all(each == Expiry(each.kind, each.documented) for each in rows)


def test_a_refresh_token_that_was_not_used_expires(row, story):
    """Its life ends between the two ages, and the refusal has a status and a code."""
    story.login(0, "r1")
    story.refresh(1, "r1", "r2")
    story.refresh(100, "r2", None)
    found = row("refresh token (idle)", lifetime=90)
    assert (found.documented, found.accepted_at, found.refused_at) == (90, 0.9, 98.9)
    assert (found.status, found.code, found.exchange) == (400, "invalid_grant", "story/3")
    assert row("refresh token (absolute)").refused_at is None


def test_a_session_that_was_renewed_expires(row, story):
    """Where the lifetime counts from the login, it is the age of the session that tells."""
    story.login(0, "r1")
    story.refresh(50, "r1", "r2")
    story.refresh(100, "r2", None)
    found = row("refresh token (absolute)", lifetime=90, lifetime_from="login")
    assert (found.documented, found.accepted_at, found.refused_at) == (90, 49.9, 99.9)
    idle = row("refresh token (idle)", lifetime=90, lifetime_from="login")
    assert (idle.documented, idle.refused_at) == (None, None)


def test_an_older_one_that_works_leaves_nothing_to_tell(row, story):
    """What was refused at a lesser age had another reason."""
    story.login(0, "r1")
    story.refresh(70, "r1", None)
    story.login(200, "s1")
    story.refresh(400, "s1", "s2")
    found = row("refresh token (idle)")
    assert (found.accepted_at, found.refused_at) == (199.9, None)


def test_an_access_token_expires_when_it_was_told_to(row, story):
    """One that is refused before its time was revoked; the code is that of the challenge."""
    story.login(0, "r1", access_token="a1", expires_in=60)
    story.resource(1, "a1", 200)
    story.resource(30, "a1", 401)
    assert row("access token").refused_at is None
    story.resource(80, "a1", 401, ("WWW-Authenticate", 'Bearer error="invalid_token"'))
    found = row("access token")
    assert (found.accepted_at, found.refused_at, found.status, found.code) == (0.9, 79.9, 401, "invalid_token")


def test_a_device_code_expires(row, story):
    """As long as the server says to wait it is alive."""
    story.token(0, {}, device_code="d1", user_code="U", expires_in=60)
    story.token(10, DEVICE, 400, error="authorization_pending")
    story.token(80, DEVICE, 400, error="expired_token")
    found = row("device code")
    assert (found.accepted_at, found.refused_at, found.status, found.code) == (9.9, 79.9, 400, "expired_token")
