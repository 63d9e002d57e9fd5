#!/usr/bin/env bash
# The guess: where a token endpoint refuses a wrong secret by `401 Unauthorized` in plain text, as many frameworks and
# proxies do (RFC 6749 §5.2 wants JSON), a client library raises an error that has the 401, or the server's word for it.
#
# What happens: two libraries tell something else:
#   requests-oauthlib 2.0.0 (PyPI)    MissingTokenError, "(missing_token) Missing access token parameter.": the text is
#                                     read as an answer that succeeded, and lacks its token.
#   simple-oauth2 5.1.0 (npm)         "The content-type is not JSON compatible", with the status 406, which nobody sent;
#                                     the 401 is in error.data.res, which is Node's own object for the answer.
# Authlib 1.9.10, httpx-oauth 0.17.0, client-oauth2 4.3.3, arctic 3.7.0 and passport-oauth2 1.8.0 are as guessed.
#
# Why it matters: whoever has mistyped a secret looks for the mistake in the form of the answer, or in the headers of the
# request. The form of a refusal is a requirement of its own for this reason.
#
# The guess was written down on 2026-11-30, before these libraries were tried; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

cat > server.py <<'PYTHON'
import http.server


class Endpoint(http.server.BaseHTTPRequestHandler):
    """A token endpoint that refuses every client, in plain text."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(401)
        self.send_header("Content-Type", "text/plain")
        self.send_header("WWW-Authenticate", 'Basic realm="tokens"')
        self.send_header("Content-Length", "12")
        self.end_headers()
        self.wfile.write(b"Unauthorized")

    def log_message(self, *words):
        pass


listening = http.server.HTTPServer(("127.0.0.1", 0), Endpoint)
print(listening.server_port, flush=True)
listening.serve_forever()
PYTHON
python3 server.py > port &
server=$!
until [ -s port ]; do sleep 0.1; done
export ENDPOINT="http://127.0.0.1:$(cat port)"
export OAUTHLIB_INSECURE_TRANSPORT=1

python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check \
    authlib==1.9.10 httpx-oauth==0.17.0 oauthlib==4.0.1 requests-oauthlib==2.0.0
cat > clients.py <<'PYTHON'
import asyncio
import os

from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from httpx_oauth.oauth2 import OAuth2
from requests_oauthlib import OAuth2Session

ENDPOINT, CALLBACK = f"{os.environ['ENDPOINT']}/token", "https://app.example/callback"


def told(name, ask):
    try:
        ask()
    except Exception as problem:
        print(f"{name}: {type(problem).__name__}, 401 is {'told' if '401' in str(problem) else f'not told: {problem}'}")


def requests_oauthlib():
    OAuth2Session("app", redirect_uri=CALLBACK).fetch_token(ENDPOINT, code="a-code", client_secret="wrong")


def authlib():
    AuthlibSession("app", "wrong", redirect_uri=CALLBACK).fetch_token(ENDPOINT, code="a-code")


def httpx_oauth():
    asyncio.run(OAuth2("app", "wrong", ENDPOINT, ENDPOINT).get_access_token("a-code", CALLBACK))


told("requests-oauthlib", requests_oauthlib)
told("authlib", authlib)
told("httpx-oauth", httpx_oauth)
PYTHON
python/bin/python clients.py > seen

npm init -y > /dev/null
npm install --silent --no-audit --no-fund \
    simple-oauth2@5.1.0 client-oauth2@4.3.3 arctic@3.7.0 passport-oauth2@1.8.0 > /dev/null
cat > clients.mjs <<'JAVASCRIPT'
import { OAuth2Client } from "arctic";
import ClientOAuth2 from "client-oauth2";
import Strategy from "passport-oauth2";
import { AuthorizationCode } from "simple-oauth2";

const endpoint = process.env.ENDPOINT;
const callback = "https://app.example/callback";

async function told(name, ask, status) {
  const problem = await ask().then(() => undefined, (problem) => problem);
  console.log(`${name}: ${status(problem)}${problem.message ? `, ${problem.message}` : ""}`);
}

const simple = new AuthorizationCode({
  client: { id: "app", secret: "wrong" },
  auth: { tokenHost: endpoint, tokenPath: "/token" },
});
await told("simple-oauth2", () => simple.getToken({ code: "a-code", redirect_uri: callback }), (it) => it.output.statusCode);

const other = new ClientOAuth2({
  clientId: "app",
  clientSecret: "wrong",
  accessTokenUri: `${endpoint}/token`,
  redirectUri: callback,
});
await told("client-oauth2", () => other.code.getToken(`${callback}?code=a-code`), (it) => it.status);

const arctic = new OAuth2Client("app", "wrong", callback);
await told("arctic", () => arctic.validateAuthorizationCode(`${endpoint}/token`, "a-code", null), (it) => it.status);

const urls = { authorizationURL: endpoint, tokenURL: `${endpoint}/token`, callbackURL: callback };
const passport = new Strategy({ ...urls, clientID: "app", clientSecret: "wrong" }, () => {});
const exchanged = () =>
  new Promise((yes, no) => {
    passport._oauth2.getOAuthAccessToken("a-code", {}, (problem) => (problem ? no(problem) : yes()));
  });
await told("passport-oauth2", exchanged, (it) => it.statusCode);
JAVASCRIPT
node clients.mjs >> seen

cat > expected <<'TEXT'
requests-oauthlib: MissingTokenError, 401 is not told: (missing_token) Missing access token parameter.
authlib: HTTPError, 401 is told
httpx-oauth: GetAccessTokenError, 401 is told
simple-oauth2: 406, The content-type is not JSON compatible
client-oauth2: 401, HTTP status 401
arctic: 401, Unexpected error response
passport-oauth2: 401
TEXT
diff expected seen
cat seen
