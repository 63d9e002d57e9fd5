"""Keys of clients: PEM or JWK, in the profile or in a file, and never in a message."""

import json

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from token_conformance.profile.signing_key import another_of, private_key, usual_algorithm

KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}, private=True),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}, private=True),
    "ES384": ECKey.generate_key("P-384", {"kid": "ec"}, private=True),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "okp"}, private=True),
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_is_read_as_pem_as_jwk_and_from_a_file(algorithm, tmp_path):
    """All three are the same key, and it has its usual algorithm."""
    key = KEYS[algorithm]
    pem, jwk, file = key.as_pem(private=True).decode(), json.dumps(key.as_dict(private=True)), tmp_path / "key.pem"
    file.write_text(pem)
    for text in (pem, jwk, str(file)):
        read = private_key(text)
        assert read.as_pem(private=True) == key.as_pem(private=True)
        assert usual_algorithm(read) == algorithm


@pytest.mark.parametrize("algorithm", KEYS)
def test_another_key_has_the_same_kind_and_name(algorithm):
    """A stranger's key is taken for the client's until the signature is verified."""
    key, other = KEYS[algorithm], another_of(KEYS[algorithm])
    assert (type(other), other.kid) == (type(key), key.kid)
    assert other.as_pem(private=False) != key.as_pem(private=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no-such-file.pem", "the path of a file"),
        ('{"kty": "EC"}', "PEM or JWK of the type"),
        ('{"kty": "oct", "k": "c2VjcmV0"}', "PEM or JWK of the type"),
        ("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----", "PEM or JWK of the type"),
        (KEYS["ES256"].as_pem(private=False).decode(), "this one is public"),
    ],
)
def test_what_is_no_private_key_is_refused(text, told):
    """The message says what was expected and repeats nothing."""
    with pytest.raises(ValueError, match=told) as raised:
        private_key(text)
    assert text not in str(raised.value)
    assert "c2VjcmV0" not in str(raised.value)
