"""A token belongs to the session that it was first handed out in, as codes and refresh tokens tell sessions apart."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.conftest import NOON
from token_conformance.evidence.shared_tokens import strays
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.wire.exchange import Request


@pytest.fixture
def handed_out(make_exchange):
    """The answer to a token request, some seconds after noon."""

    def answer(at, form, **members):
        media_type = (("Content-Type", "application/x-www-form-urlencoded"),)
        request = Request("POST", "https://op.example/token", media_type, urlencode(form).encode())
        started = NOON + timedelta(seconds=at)
        return TokenResponse(make_exchange(json.dumps(members), request=request, started=started, seconds=0.1))

    return answer


def test_a_chain_of_refreshes_is_one_session(handed_out):
    """Its tokens may come again in it, as where the refresh token is kept."""
    answers = [
        handed_out(0, {"code": "c1"}, access_token="a1", refresh_token="r1"),
        handed_out(1, {"refresh_token": "r1"}, access_token="a2", refresh_token="r2"),
        handed_out(2, {"refresh_token": "r2"}, access_token="a2", refresh_token="r2"),
    ]
    assert list(strays(answers, "access_token")) == []
    assert list(strays(answers, "refresh_token")) == []


def test_a_token_of_another_session_is_found(handed_out):
    """Whichever member it is, and in whatever order the answers are told."""
    first = handed_out(0, {"code": "c1"}, access_token="a1", refresh_token="r1")
    second = handed_out(1, {"code": "c2"}, access_token="a2", refresh_token="r2")
    refresh = handed_out(2, {"refresh_token": "r2"}, access_token="a1", refresh_token="r1")
    for member in ("access_token", "refresh_token"):
        (stray,) = strays([refresh, second, first], member)
        assert (stray.before, stray.again) == (first, refresh)


def test_logins_that_share_a_token_are_another_finding(handed_out):
    """What two logins have in common is judged where logins are compared."""
    answers = [handed_out(at, {"code": f"c{at}"}, access_token="a", refresh_token="r") for at in (0, 1)]
    assert list(strays(answers, "access_token")) == []


def test_a_member_that_is_no_text_is_none(handed_out):
    """A server may send anything."""
    answers = [
        handed_out(at, {"refresh_token": f"r{at}"}, access_token=value) for at, value in enumerate((None, [], ""))
    ]
    assert list(strays(answers, "access_token")) == []
