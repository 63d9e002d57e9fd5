"""A refresh token that HEAD uses up takes no finding along: the answer has no place for the next one."""

import pytest

from suites.test_token_endpoint import other_methods
from tests.suites.judging import profile_named, recorded
from token_conformance.servers.emulated import EmulatedServer


@pytest.fixture
def found():
    """What other methods find where each good request takes a refresh token; by the faults of the server."""
    profile = profile_named("public")
    grants = profile.grants.model_copy(update={"client_credentials": None, "password": None})
    described = profile.model_copy(update={"grants": grants})

    def found(*faults):
        record = recorded(described, EmulatedServer(described, faults=faults), other_methods.scenarios)
        return record.transcript("other_methods")

    return found


def test_a_query_that_is_read_is_found_at_a_server_that_serves_head(found):
    """Everything else is tried before, and the good request after it is accepted."""
    methods = found("get-accepted", "query-accepted")
    assert methods.served(methods.in_query, "place")
    assert methods.again.accepted
    assert methods.head.status == 200


def test_a_query_that_is_not_read_yields_nothing_there(found):
    """The attempt is held against good requests that were accepted, before and afterwards."""
    methods = found("get-accepted")
    assert methods.get.handed_over
    assert not methods.served(methods.in_query, "place")
