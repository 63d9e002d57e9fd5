"""The reference server departs from the specifications where a profile documents that."""

from tests.reference.conftest import SERVICE, claims
from token_conformance.reference.deviations import DEVIATIONS
from token_conformance.reference.faults import FAULTS


def test_a_documented_deviation_is_taken_on(visit):
    """The scope claim of a JWT is an array where the profile says so, and a string otherwise."""
    deviation = {"requirement": "rfc9068-2.2.3-scope", "expect": {"message": "scope"}, "because": "documented"}
    jwt = {"access_token_format": "jwt"}
    for deviations, scope in (([], "read write"), ([deviation], ["read", "write"])):
        visitor = visit(tokens=jwt, deviations=deviations)
        token = visitor.token(SERVICE, grant_type="client_credentials").json()["access_token"]
        assert claims(token)["scope"] == scope


def test_every_deviation_is_a_fault():
    """The table names faults that exist, and that violate the requirement."""
    for (requirement, _), name in DEVIATIONS.items():
        assert requirement in FAULTS[name].violates
