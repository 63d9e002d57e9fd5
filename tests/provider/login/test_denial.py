"""The headless browser says no, where a page lets it."""

import asyncio

import pytest

from tests.provider.login.site import AUTHORIZE, CALLBACK, CONSENT, DONE, LOGIN, LOGIN_FORM, Site, page, to
from token_conformance.provider.login.browsing import follow_to_redirect
from token_conformance.provider.login.denial import Denial
from token_conformance.verdict import Inconclusive

DENIED = to(f"{CALLBACK}?error=access_denied&state=s")


@pytest.fixture
def deny(make_wire):
    """Walks through the pages given and denies; gives the answer, the walk and the site."""

    def deny(**pages):
        site, walk = Site(**pages), Denial(CALLBACK, LOGIN)
        wire = make_wire(site, concurrency=1, requests_per_second=1000)
        return asyncio.run(follow_to_redirect(wire, AUTHORIZE, walk)), walk, site

    return deny


def test_the_user_logs_in_and_denies(deny):
    """The login form is filled in, and the button that denies is pressed."""
    answer, walk, site = deny(authorize=page(LOGIN_FORM), login=page(CONSENT), consent=DENIED)
    assert answer.parameters["error"] == "access_denied"
    assert walk.denied
    assert site.sent == {"decision": "deny"}


def test_where_nobody_asks_nothing_is_denied(deny):
    """A provider that remembers the consent sends the user back at once."""
    answer, walk, _ = deny(authorize=DONE)
    assert answer.parameters["code"] == "c0de"
    assert not walk.denied


def test_a_page_after_the_denial_is_gone_through(deny):
    """Some providers show what the denial means before they go on; it is denied once."""
    onward = "<form method=post action=/onward><button name=decision value=deny>Deny</button><button>Continue</button></form>"
    answer, _, site = deny(authorize=page(CONSENT), consent=page(onward), onward=DENIED)
    assert answer.parameters["error"] == "access_denied"
    assert site.sent == {}


def test_an_error_page_is_no_question(deny):
    """A page with a 4xx is where the walk ends, whatever its buttons say."""
    with pytest.raises(Inconclusive, match="is an error page"):
        deny(authorize=page(CONSENT, status=400))
