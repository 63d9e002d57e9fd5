"""Client assertions as RFC 7523 wants them, and as attackers make them."""

import json
from datetime import UTC, datetime

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey

from token_conformance.evidence.jwt_reading import read
from token_conformance.profile.client import Client
from token_conformance.provider.assertion import JWT_BEARER, LIFETIME, Assertion
from token_conformance.provider.client_authentication import impostor

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
KEY = ECKey.generate_key("P-256", {"kid": "app-key"}, private=True)
SIGNING = Client(client_id="app", authentication="private_key_jwt", signing_key=json.dumps(KEY.as_dict(private=True)))
HASHING = Client(
    client_id="app", authentication="client_secret_jwt", client_secret="a secret that is long enough to be one"
)


def assertion(client=SIGNING):
    return Assertion.of(client, audience="https://op.example", now=NOON, jti="first")


def test_an_assertion_has_the_claims_of_the_rfc():
    """Issuer and subject are the client, and it is good for a minute."""
    told = jwt.decode(assertion().signed(), KEY, algorithms=["ES256"])
    issued = int(NOON.timestamp())
    assert told.claims == {
        "iss": "app",
        "sub": "app",
        "aud": "https://op.example",
        "jti": "first",
        "iat": issued,
        "exp": issued + LIFETIME,
    }
    assert told.header == {"alg": "ES256", "typ": "JWT", "kid": "app-key"}


def test_a_request_carries_type_and_assertion():
    """The client_id is left out: the assertion names the client."""
    (kind, value), (name, text) = assertion().credentials().parameters
    assert (kind, value, name) == ("client_assertion_type", JWT_BEARER, "client_assertion")
    assert read(text).claims["sub"] == "app"


def test_a_secret_signs_by_hmac():
    """client_secret_jwt is HS256 by the octets of the secret."""
    jwt.decode(assertion(HASHING).signed(), OctKey.import_key(HASHING.client_secret), algorithms=["HS256"])


def test_claims_can_be_changed_and_left_out():
    """None leaves a claim out."""
    changed = assertion().claiming(jti=None, aud=["a", "b"])
    claims = read(changed.signed()).claims
    assert "jti" not in claims
    assert claims["aud"] == ["a", "b"]


@pytest.mark.parametrize(
    ("signed_by", "algorithm"), [("nobody", "none"), ("the public key", "HS256"), ("a stranger", "ES256")]
)
def test_forgeries_are_no_signature_of_the_client(signed_by, algorithm):
    """Each is the same assertion, and none verifies by the client's key."""
    text = assertion().signed_as(signed_by).signed()
    assert read(text).algorithm == algorithm
    assert read(text).claims == read(assertion().signed()).claims
    with pytest.raises(JoseError):
        jwt.decode(text, KEY, algorithms=["ES256"])


def test_an_impostor_has_another_key():
    """It names the same key, and is found out by the signature alone."""
    text = assertion(impostor(SIGNING, "unused")).signed()
    assert read(text).header["kid"] == "app-key"
    with pytest.raises(JoseError):
        jwt.decode(text, KEY, algorithms=["ES256"])
