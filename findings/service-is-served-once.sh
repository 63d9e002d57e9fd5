#!/usr/bin/env bash
# The guess: an authorization server gives a service an access token whenever it asks by client_credentials
# (RFC 6749 §4.4); that the first one came is the best sign that the second one will.
#
# What happens: idpyoidc 5.0.0 (PyPI), a library for authorization servers, answers the first request of a client and
# no other. Its helper for the grant looks for the session of the client, finds the one of the first request, and reads
# it as a dict, which it is not: TypeError, and whatever stands around the library answers by a failure.
# The one answer that comes says `token_type: access_token`, a type that no client knows (RFC 6749 §7.1).
#
# Why it matters: a service works until its first token expires. A test that asks once for each start of the server is
# green; whoever runs a suite twice against a server that goes on running sees verdicts change, and looks for the fault
# in the suite.
#
# Seen 2026-11-29 where runs against one server differed, then by running this script; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv environment
environment/bin/pip install --quiet idpyoidc==5.0.0

cat > service.py <<'PYTHON'
from idpyoidc.server import Server
from idpyoidc.server.configure import ASConfiguration

SECRET = "a-secret-of-the-service-0001"
OAUTH2 = "idpyoidc.server.oauth2"
settings = {
    "issuer": "https://op.example",
    "base_url": "https://op.example",
    "keys": {"key_defs": [{"type": "EC", "crv": "P-256", "use": ["sig"]}], "uri_path": "jwks.json"},
    "preference": {"grant_types_supported": ["client_credentials"]},
    "endpoint": {
        "token": {
            "path": "token",
            "class": f"{OAUTH2}.token.Token",
            "kwargs": {
                "client_authn_method": ["client_secret_post"],
                "grant_types_helpers": {
                    "client_credentials": {"class": f"{OAUTH2}.token_helper.client_credentials.ClientCredentials"}
                },
            },
        }
    },
}
server = Server(ASConfiguration(settings, base_path=""))
for name in ("first", "second"):
    server.context.cdb[name] = {
        "client_secret": SECRET,
        "allowed_scopes": ["read"],
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_post",
    }
endpoint = server.get_endpoint("token")


def answered(client_id):
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": SECRET, "scope": "read"}
    try:
        answer = endpoint.process_request(endpoint.parse_request(form))["response_args"]
    except Exception as error:
        return type(error).__name__
    return f"a token of the type {answer['token_type']}"


for client_id in ("first", "first", "second", "second", "first"):
    print(client_id, answered(client_id))
PYTHON
environment/bin/python service.py 2> said > seen || { cat said >&2; exit 1; }

cat > expected <<'TEXT'
first a token of the type access_token
first TypeError
second a token of the type access_token
second TypeError
first TypeError
TEXT
cat seen
diff expected seen
