#!/usr/bin/env bash
# The guess: a JWKS may hold keys that a library does not know, of a new type or curve; it ignores them, as RFC 7517 §5
# asks, and verifies by the key that the token's kid names.
#
# What happens, with an RSA key and a token signed by it: Authlib 1.9.10 (its authlib.jose) and jwskate 0.12.2 refuse
# the whole set where another key of it has the type AKP, by which post-quantum keys are published. python-jose 3.5.0
# refuses it where a key of any other type, an ordinary EC key even, comes before the RSA one: it looks at no kid.
# joserfc 1.8.0 ignores an unknown type, and falls over an unknown curve of the type EC. jwcrypto 1.6.1 and PyJWT 2.15.1
# are as one would guess.
#
# Why it matters: a provider that adds a key beside those in use, as rotations demand, logs everybody out at resources
# with such a library, though no token has changed.
#
# The guess was written down on 2026-11-30, before these libraries were tried; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check \
    authlib==1.9.10 joserfc==1.8.0 jwcrypto==1.6.1 jwskate==0.12.2 pyjwt[crypto]==2.15.1 python-jose==3.5.0

cat > asked.py <<'PYTHON'
import json
from base64 import urlsafe_b64encode

import jwskate
import jwt as pyjwt
from authlib.jose import JsonWebKey
from authlib.jose import jwt as authlib
from jose import jwt as python_jose
from joserfc import jwt as joserfc
from joserfc.jwk import ECKey, KeySet, RSAKey
from jwcrypto import jwk
from jwcrypto import jwt as jwcrypto

own = RSAKey.generate_key(2048, {"kid": "own", "use": "sig"})
token = joserfc.encode({"alg": "RS256", "kid": "own"}, {"sub": "user"}, own)
filled = lambda size: urlsafe_b64encode(b"x" * size).rstrip(b"=").decode()

BESIDE = {
    "nothing": [],
    "EC": [ECKey.generate_key("P-256", {"kid": "another"}).as_dict(private=False)],
    "EC of an unknown curve": [{"kty": "EC", "crv": "P-999", "x": filled(32), "y": filled(32), "kid": "another"}],
    "AKP": [{"kty": "AKP", "alg": "ML-DSA-44", "pub": filled(1312), "kid": "another"}],
}
VERIFY = {
    "authlib": lambda keys: authlib.decode(token, JsonWebKey.import_key_set(keys)),
    "joserfc": lambda keys: joserfc.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]),
    "jwcrypto": lambda keys: jwcrypto.JWT(jwt=token, key=jwk.JWKSet.from_json(json.dumps(keys)), algs=["RS256"]),
    "jwskate": lambda keys: jwskate.SignedJwt(token).verify_signature(jwskate.JwkSet(keys), alg="RS256"),
    "pyjwt": lambda keys: pyjwt.decode(token, pyjwt.PyJWKSet.from_dict(keys)["own"].key, algorithms=["RS256"]),
    "python-jose": lambda keys: python_jose.decode(token, keys, algorithms=["RS256"]),
}
for library, verify in VERIFY.items():
    for beside, others in BESIDE.items():
        try:
            assert verify({"keys": [*others, own.as_dict(private=False)]}) is not False
            verdict = "verified"
        except Exception as error:
            verdict = type(error).__name__
        print(f"{library}, beside {beside}: {verdict}")
PYTHON

cat > expected <<'SEEN'
authlib, beside nothing: verified
authlib, beside EC: verified
authlib, beside EC of an unknown curve: verified
authlib, beside AKP: KeyError
joserfc, beside nothing: verified
joserfc, beside EC: verified
joserfc, beside EC of an unknown curve: KeyError
joserfc, beside AKP: verified
jwcrypto, beside nothing: verified
jwcrypto, beside EC: verified
jwcrypto, beside EC of an unknown curve: verified
jwcrypto, beside AKP: verified
jwskate, beside nothing: verified
jwskate, beside EC: verified
jwskate, beside EC of an unknown curve: UnsupportedEllipticCurve
jwskate, beside AKP: InvalidJwk
pyjwt, beside nothing: verified
pyjwt, beside EC: verified
pyjwt, beside EC of an unknown curve: verified
pyjwt, beside AKP: verified
python-jose, beside nothing: verified
python-jose, beside EC: JWKError
python-jose, beside EC of an unknown curve: JWKError
python-jose, beside AKP: JWKError
SEEN

python/bin/python -W ignore asked.py | tee seen
diff expected seen
