#!/usr/bin/env bash
# The guess: a client library that refreshes goes on with the refresh token it had where the answer brings none, as
# RFC 6749 §6 lets a server answer that does not rotate ("MAY issue a new refresh token").
#
# What happens: two libraries forget it. The answer becomes the whole of the new token:
#   simple-oauth2 5.1.0 (npm)         token.refresh() gives a token whose refresh_token is undefined, and its next
#                                     refresh() sends `refresh_token=`, which RFC 6749 §3.2 reads as left out.
#   requests_oauth2client 1.8.0       OAuth2AccessTokenAuth.renew_token() leaves a token without refresh token, and the
#   (PyPI)                            next renew_token() sends nothing and says nothing: the old access token stays.
# client-oauth2 4.3.3 (npm) does as guessed.
#
# Why it matters: a user of such a client has to log in anew after the second expiry at a server that does not rotate,
# and blames the server. A report that says "does not rotate" should say that some clients need it to.
#
# Seen 2026-11-29, by running this script; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

cat > server.py <<'PYTHON'
import http.server
import json
import sys


class Endpoint(http.server.BaseHTTPRequestHandler):
    """A token endpoint that answers every refresh, and never with a new refresh token."""

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["content-length"])).decode()
        print(asked, file=sys.stderr, flush=True)
        answer = json.dumps({"access_token": "a-new-access-token", "token_type": "Bearer", "expires_in": 60}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass


listening = http.server.HTTPServer(("127.0.0.1", 0), Endpoint)
print(listening.server_port, flush=True)
listening.serve_forever()
PYTHON
python3 server.py > port 2> asked &
server=$!
until [ -s port ]; do sleep 0.1; done
export ENDPOINT="http://127.0.0.1:$(cat port)"

npm init -y > /dev/null
npm install --silent --no-audit --no-fund simple-oauth2@5.1.0 client-oauth2@4.3.3 > /dev/null
cat > clients.mjs <<'JAVASCRIPT'
import { AuthorizationCode } from "simple-oauth2";
import ClientOAuth2 from "client-oauth2";

const endpoint = process.env.ENDPOINT;
const simple = new AuthorizationCode({
  client: { id: "app", secret: "a-secret" },
  auth: { tokenHost: endpoint, tokenPath: "/token" },
});
const first = simple.createToken({ access_token: "an-old-one", refresh_token: "the-only-one", expires_in: 1 });
const second = await first.refresh();
console.log("simple-oauth2:", second.token.refresh_token);
await second.refresh();

const other = new ClientOAuth2({ clientId: "app", clientSecret: "a-secret", accessTokenUri: `${endpoint}/token` });
console.log("client-oauth2:", (await other.createToken("an-old-one", "the-only-one", "bearer", {}).refresh()).refreshToken);
JAVASCRIPT
node clients.mjs > seen

python3 -m venv environment
environment/bin/pip install -q requests_oauth2client==1.8.0
cat > client.py <<'PYTHON'
import os

from requests_oauth2client import BearerToken, OAuth2AccessTokenAuth, OAuth2Client

client = OAuth2Client(f"{os.environ['ENDPOINT']}/token", client_id="app", client_secret="a-secret", testing=True)
held = BearerToken(access_token="an-old-one", refresh_token="the-only-one", expires_in=-5)
auth = OAuth2AccessTokenAuth(client, held)
auth.renew_token()
print("requests_oauth2client:", auth.token.refresh_token)
auth.renew_token()
PYTHON
environment/bin/python client.py >> seen

cat > expected <<'TEXT'
simple-oauth2: undefined
client-oauth2: the-only-one
requests_oauth2client: None
TEXT
diff expected seen
sed 's/&client_id=.*//' asked > sent
cat > expected_requests <<'TEXT'
grant_type=refresh_token&refresh_token=the-only-one
grant_type=refresh_token&refresh_token=
refresh_token=the-only-one&grant_type=refresh_token
grant_type=refresh_token&refresh_token=the-only-one
TEXT
diff expected_requests sent
cat seen
