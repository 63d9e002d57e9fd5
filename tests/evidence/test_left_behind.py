"""What a run leaves behind is known from its exchanges: its own logins' newest refresh tokens."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from token_conformance.evidence.left_behind import left_behind


@pytest.fixture
def exchanged(make_exchange):
    """Token requests and their answers, one after another, by pairs of a form and what came."""

    def exchanged(*pairs):
        for number, (form, came) in enumerate(pairs, start=1):
            body = {"error": came[1:]} if came and came[0] == "!" else {"access_token": "a", "refresh_token": came}
            exchange = make_exchange(json.dumps(body), status=400 if "error" in body else 200, number=number)
            content = urlencode({"client_id": "app", **form}).encode()
            started = exchange.started + timedelta(seconds=number)
            yield replace(exchange, request=replace(exchange.request, body=content), started=started)

    return exchanged


CODE = {"grant_type": "authorization_code", "code": "c"}


def refresh(token, **others):
    return {"grant_type": "refresh_token", "refresh_token": token, **others}


def test_the_newest_token_of_each_login_is_left(exchanged):
    """A rotated one is not, and one without rotation is left once."""
    found = left_behind(exchanged((CODE, "r1"), (refresh("r1"), "r2"), (CODE, "s1"), (refresh("s1"), None)))
    assert [(each.refresh_token, each.client_id) for each in found] == [("r2", "app"), ("s1", "app")]


def test_a_token_that_was_refused_to_its_client_is_spent(exchanged):
    """A stranger's refusal, and one for the scope, say nothing of it."""
    foreign = left_behind(exchanged((CODE, "r1"), (refresh("r1", client_id="other"), "!invalid_grant")))
    scope = left_behind(exchanged((CODE, "r1"), (refresh("r1", scope="x"), "!invalid_scope")))
    own = left_behind(exchanged((CODE, "r1"), (refresh("r1"), "!invalid_grant")))
    assert [len(each) for each in (foreign, scope, own)] == [1, 1, 0]


def test_a_session_that_was_there_before_is_nobodys_to_end(exchanged):
    """What descends from a stored refresh token was not got by the run itself."""
    assert left_behind(exchanged((refresh("stored"), "newer"), (refresh("newer"), "newest"))) == ()


def test_no_login_leaves_nothing(exchanged):
    """Nor does a refused one, or a service's own token."""
    assert left_behind(exchanged((CODE, "!invalid_grant"), ({"grant_type": "client_credentials"}, None))) == ()
