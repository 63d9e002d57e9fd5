"""Walks through pages, with what they end in."""

import asyncio

import pytest

from tests.provider.login.site import AUTHORIZE, CALLBACK, LOGIN, PASSWORD, Site
from token_conformance.provider.login.browsing import Walk, follow_to_redirect
from token_conformance.verdict import Inconclusive


@pytest.fixture
def walk(make_wire):
    """Walks through the pages given; gives the answer and the site."""

    def walk(login_=LOGIN, redirect_uri=CALLBACK, start=AUTHORIZE, others=(), **pages):
        site = Site(**pages)
        wire = make_wire(site, concurrency=1, requests_per_second=1000)
        answer = asyncio.run(follow_to_redirect(wire, start, Walk(redirect_uri, login_, others=frozenset(others))))
        return answer, site

    return walk


@pytest.fixture
def trouble(walk):
    """The sentence that a walk through the pages given ends with."""

    def trouble(**pages):
        with pytest.raises(Inconclusive) as caught:
            walk(**pages)
        assert PASSWORD not in str(caught.value)
        return str(caught.value)

    return trouble
