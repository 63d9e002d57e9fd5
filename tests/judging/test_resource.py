"""A resource is a control only where it tells a good access token from none."""

import pytest

from token_conformance.judging.resource import Protected, took
from token_conformance.verdict import Inconclusive


@pytest.fixture
def asked(make_exchange):
    """A resource that answers a good token and none by these statuses."""
    return lambda right, without: Protected(make_exchange(status=right), make_exchange(status=without))


def test_another_token_is_judged_beside_a_good_one(asked, make_exchange):
    """What is let in, and what is not, is told apart."""
    resource = asked(200, 401)
    assert took(resource.beside(make_exchange(status=204)))
    assert not took(resource.beside(make_exchange(status=403)))


@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_an_answer_that_is_neither_yes_nor_no_proves_nothing(asked, make_exchange, status):
    """A resource that is not there refuses nobody, and takes nothing."""
    for resource, attempt in ((asked(200, 401), status), (asked(status, 401), 401), (asked(200, status), 401)):
        with pytest.raises(Inconclusive, match=f"answered {status}"):
            resource.beside(make_exchange(status=attempt))


def test_a_resource_that_refuses_a_good_token_is_no_control(asked, make_exchange):
    """It may refuse the other one for the same reason."""
    with pytest.raises(Inconclusive, match="answered a good access token with 401"):
        asked(401, 401).beside(make_exchange(status=401))


def test_an_open_resource_is_no_control(asked, make_exchange):
    """It takes any token, as it takes none."""
    with pytest.raises(Inconclusive, match="the resource is open"):
        asked(200, 200).beside(make_exchange(status=200))
