#!/usr/bin/env bash
# The guess: expires_in 0 says that the access token is over at once (RFC 6749 §5.1: "the lifetime in seconds"), and a
# client library holds it for expired; so does a fraction, 3599.5, which is a JSON number, give a time.
#
# What happens: for Authlib 1.9.10 and requests_oauth2client 1.8.0 (PyPI) and @badgateway/oauth2-client 3.3.1 (npm) a
# lifetime of 0 is none: the time of expiry is unknown, as where the member is absent, and nothing is refreshed.
# requests_oauth2client treats 3599.5 alike, and takes the string "3600". httpx-oauth 0.17.0 is as one would guess.
#
# Why it matters: a server that rounds down, or that answers with the rest of a life that is just over, hands out a
# token that these clients present for ever; the refusal at the resource is all that they learn.
#
# The guess was written down on 2026-11-30, before these libraries were tried; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check \
    authlib==1.9.10 requests_oauth2client==1.8.0 httpx-oauth==0.17.0
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @badgateway/oauth2-client@3.3.1 > /dev/null

cat > asked.py <<'PYTHON'
from authlib.oauth2.rfc6749 import OAuth2Token as AuthlibToken
from httpx_oauth.oauth2 import OAuth2Token as HttpxToken
from requests_oauth2client import BearerToken

EXPIRED = {
    "authlib": lambda answer: AuthlibToken.from_dict(dict(answer)).is_expired(),
    "requests_oauth2client": lambda answer: BearerToken(**answer).is_expired(),
    "httpx-oauth": lambda answer: HttpxToken(dict(answer)).is_expired(),
}
for library, expired in EXPIRED.items():
    for lifetime in (3600, 0, 3599.5):
        answer = {"access_token": "token", "token_type": "Bearer", "expires_in": lifetime}
        print(f"{library}: expires_in {lifetime}: expired {expired(answer)}")
PYTHON

cat > asked.mjs <<'JAVASCRIPT'
import { createServer } from "node:http";
import { OAuth2Client } from "@badgateway/oauth2-client";

let lifetime;
const server = createServer((_, answer) => {
  answer.setHeader("Content-Type", "application/json");
  answer.end(JSON.stringify({ access_token: "token", token_type: "Bearer", expires_in: lifetime }));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const client = new OAuth2Client({
  server: `http://127.0.0.1:${server.address().port}`, tokenEndpoint: "/token", clientId: "app", clientSecret: "secret",
});
for (lifetime of [3600, 0]) {
  const { expiresAt } = await client.clientCredentials();
  console.log(`@badgateway/oauth2-client: expires_in ${lifetime}: expiry ${expiresAt === null ? "unknown" : "known"}`);
}
server.close();
JAVASCRIPT

cat > expected <<'SEEN'
authlib: expires_in 3600: expired False
authlib: expires_in 0: expired None
authlib: expires_in 3599.5: expired False
requests_oauth2client: expires_in 3600: expired False
requests_oauth2client: expires_in 0: expired None
requests_oauth2client: expires_in 3599.5: expired None
httpx-oauth: expires_in 3600: expired False
httpx-oauth: expires_in 0: expired True
httpx-oauth: expires_in 3599.5: expired False
@badgateway/oauth2-client: expires_in 3600: expiry known
@badgateway/oauth2-client: expires_in 0: expiry unknown
SEEN

{ python/bin/python -W ignore asked.py; node asked.mjs; } | tee seen
diff expected seen
