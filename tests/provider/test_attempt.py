"""An authorization request that is refused is told from one that led nowhere."""

import pytest

from tests.provider.performing import performed
from token_conformance.provider.attempt import Attempt, attempted, denied
from token_conformance.verdict import Inconclusive, NotApplicable


def asking(**how):
    """A scenario that asks so."""

    async def perform(provider):
        return await attempted(provider, **how)

    return perform


def test_a_code_is_no_refusal():
    """The usual request yields a code."""
    attempt = performed(asking())
    assert attempt.code
    assert not attempt.refused
    assert str(attempt) == "a code"


def test_an_error_is_a_refusal():
    """It reaches the client with its code."""
    attempt = performed(asking(parameters={"response_type": ""}))
    assert attempt.refused
    assert str(attempt) == attempt.error == "unsupported_response_type"


def test_a_page_with_4xx_is_a_refusal():
    """The client learns nothing, and the user sees a page."""
    attempt = performed(asking(redirect_uri="https://unregistered.example/"))
    assert attempt.refused
    assert attempt.answer is None
    assert str(attempt) == "a page of 400"


def test_a_page_that_tells_an_error_is_told_with_it(make_exchange):
    """Some servers say to the user in JSON what they should have told the client."""
    said = make_exchange('{"error": "invalid_request"}', status=400)
    assert str(Attempt(None, said)) == "a page of 400 that says invalid_request"


def test_an_error_at_another_address_of_the_client_is_a_refusal():
    """It did not come to the address that was asked for, and no request went to the one where it came."""
    told_there = ["redirect-uri-mismatch-told-at-the-registered-one"]
    attempt = performed(asking(redirect_uri="https://unregistered.example/"), variations=told_there)
    assert attempt.refused
    assert (attempt.answer, attempt.last.status) == (None, 303)
    assert str(attempt) == "an answer at another address of a client"


def test_a_code_at_another_address_of_the_client_is_none(make_exchange):
    """Somebody was let in."""
    assert not Attempt(None, make_exchange(status=302), "it leads to a client", elsewhere={"code": "c"}).refused


@pytest.mark.parametrize("how", [{}, {"parameters": {"response_type": ""}}, {"redirect_uri": "https://other.example/"}])
def test_the_request_is_what_it_began_with(how):
    """Whether it is served, refused towards the client, or to the user: the first exchange, not the last page."""
    request = performed(asking(**how)).request
    assert request is not None
    assert request.request.path == "/authorize"
    assert "client_id=" in request.request.url


def test_a_walk_that_ends_elsewhere_is_no_refusal(make_exchange):
    """A page with 200 that leads nowhere says neither yes nor no, and neither does silence."""
    for last in (make_exchange(status=200), None):
        with pytest.raises(Inconclusive, match="got no answer: the page has no form"):
            Attempt(None, last, "the page has no form").refused  # noqa: B018 - asking is what raises


def test_a_page_with_nothing_to_go_on_with_is_a_refusal(make_exchange):
    """Whatever its status is: there is nothing by which the user could still get the client a code."""
    assert Attempt(None, make_exchange(status=200), "the page has no form", led_nowhere=True).refused


def test_a_user_denies():
    """The client gets the error of the denial."""
    assert performed(denied).error == "access_denied"


def test_only_a_headless_browser_denies():
    """Nobody presses buttons where logins go without pages."""
    with pytest.raises(NotApplicable, match="nobody presses the button"):
        performed(denied, "by-password")
