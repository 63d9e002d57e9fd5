"""What an access token tells of itself."""

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from token_conformance.evidence.access_token import for_another_resource
from token_conformance.profile.models import Profile


def profile(**server):
    return Profile.model_validate(
        {
            "profile": {"name": "test"},
            "server": {"issuer": "https://op.example", **server},
            "clients": [{"client_id": "app", "client_secret": "a-secret"}],
            "grants": {},
        }
    )


def token(audience):
    header, payload = {"alg": "HS256"}, f'{{"aud": {audience}}}'
    return jws.serialize_compact(header, payload, OctKey.generate_key(256), ["HS256"])


@pytest.mark.parametrize(
    ("audience", "elsewhere"),
    [
        ('"https://api.example/things"', "https://api.example/things"),
        ('["https://api.example/things", "https://api.example/people"]', "https://api.example/things, https://api.example/people"),
        ('["https://api.example/things", "https://op.example/userinfo"]', None),
        ('"https://op.example"', None),
        ('"account"', None),
        ('"https://[oops"', None),
        ('[]', None),
        ("7", None),
    ],
)  # fmt: skip
def test_a_token_for_another_resource(audience, elsewhere):
    """It names addresses on other hosts alone; a name may mean the provider itself."""
    assert for_another_resource(token(audience), profile()) == elsewhere


def test_a_documented_resource_takes_the_tokens():
    """Where the profile names a resource, nobody asks whom the token is for."""
    documented = profile(resource="https://resource.example/")
    assert for_another_resource(token('"https://api.example/things"'), documented) is None


def test_an_opaque_token_may_be_for_anybody():
    """Nothing can be read from it."""
    assert for_another_resource("opaque", profile()) is None
    assert for_another_resource(None, profile()) is None
