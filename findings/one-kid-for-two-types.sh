#!/usr/bin/env bash
# The guess: where two keys of a JWKS have one kid and different types, which RFC 7517 §4.5 allows for keys that replace
# each other, a library takes the one that fits the alg of the token.
#
# What happens, with an EC key before an RSA key, both called "current", and a token signed RS256: PyJWT 2.15.1 takes
# the first and raises "Expecting a PEM-formatted key", jwskate 0.12.2 takes the first and says that it does not sign
# RS256, and authlib.jose of Authlib 1.9.10 raises KeyError. In the other order all three verify. joserfc 1.8.0 and
# jwcrypto 1.6.1 verify in both.
#
# Why it matters: a provider that offers RS256 and ES256 under one name works, or does not, by the order of its set.
#
# The guess was written down on 2026-11-30, before these libraries were tried; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check \
    authlib==1.9.10 joserfc==1.8.0 jwcrypto==1.6.1 jwskate==0.12.2 pyjwt[crypto]==2.15.1

cat > asked.py <<'PYTHON'
import json

import jwskate
import jwt as pyjwt
from authlib.jose import JsonWebKey
from authlib.jose import jwt as authlib
from joserfc import jwt as joserfc
from joserfc.jwk import ECKey, KeySet, RSAKey
from jwcrypto import jwk
from jwcrypto import jwt as jwcrypto

signing = RSAKey.generate_key(2048, {"kid": "current", "use": "sig", "alg": "RS256"})
other = ECKey.generate_key("P-256", {"kid": "current", "use": "sig", "alg": "ES256"})
token = joserfc.encode({"alg": "RS256", "kid": "current"}, {"sub": "user"}, signing)

VERIFY = {
    "authlib": lambda keys: authlib.decode(token, JsonWebKey.import_key_set(keys)),
    "joserfc": lambda keys: joserfc.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]),
    "jwcrypto": lambda keys: jwcrypto.JWT(jwt=token, key=jwk.JWKSet.from_json(json.dumps(keys)), algs=["RS256"]),
    "jwskate": lambda keys: jwskate.SignedJwt(token).verify_signature(jwskate.JwkSet(keys), alg="RS256"),
    "pyjwt": lambda keys: pyjwt.decode(token, pyjwt.PyJWKSet.from_dict(keys)["current"].key, algorithms=["RS256"]),
}
for library, verify in VERIFY.items():
    for order, keys in {"RSA first": (signing, other), "EC first": (other, signing)}.items():
        try:
            assert verify({"keys": [key.as_dict(private=False) for key in keys]}) is not False
            verdict = "verified"
        except Exception as error:
            verdict = type(error).__name__
        print(f"{library}, {order}: {verdict}")
PYTHON

cat > expected <<'SEEN'
authlib, RSA first: verified
authlib, EC first: KeyError
joserfc, RSA first: verified
joserfc, EC first: verified
jwcrypto, RSA first: verified
jwcrypto, EC first: verified
jwskate, RSA first: verified
jwskate, EC first: UnsupportedAlg
pyjwt, RSA first: verified
pyjwt, EC first: TypeError
SEEN

python/bin/python -W ignore asked.py | tee seen
diff expected seen
