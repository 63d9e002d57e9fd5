#!/usr/bin/env bash
# The guess: a client that sends a code_challenge and no code_challenge_method has asked for plain, which is the default
# (RFC 7636 §4.3); a server that does not do plain says so at once, by invalid_request at the authorization endpoint
# (§4.4.1), and one that does takes the challenge for the verifier.
#
# What happens: the authorization server of the MCP SDK for Python (PyPI, mcp 2.3.0) gives such a client a code, as if
# all were well, takes the challenge for one of S256, and refuses the exchange: invalid_grant, "incorrect code_verifier".
#
# Why it matters: whoever forgets the one parameter looks for the fault in how the verifier is made and kept, since it is
# the verifier that is called incorrect; that plain is not supported is told by nobody.
#
# Seen 2026-11-30 in a report ("the verifier of a challenge without a method was answered by 400"), then by running this
# script; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv environment
environment/bin/pip install --quiet mcp==2.3.0 python-multipart==0.0.34

cat > asked.py <<'PYTHON'
import asyncio
import time
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.server.auth.provider import AuthorizationCode, construct_redirect_uri
from mcp.server.auth.routes import create_auth_routes
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from pydantic import AnyHttpUrl
from starlette.applications import Starlette

CALLBACK = "http://127.0.0.1:1/callback"
VERIFIER = "a-verifier-that-is-its-own-challenge-as-plain-has-it"
CLIENT = OAuthClientInformationFull(client_id="app", token_endpoint_auth_method="none", redirect_uris=[CALLBACK])


class Storage:
    code = None

    async def get_client(self, client_id):
        return CLIENT

    async def authorize(self, client, params):
        self.code = AuthorizationCode(
            code="a-code",
            scopes=[],
            expires_at=time.time() + 60,
            client_id="app",
            code_challenge=params.code_challenge,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=True,
        )
        return construct_redirect_uri(str(params.redirect_uri), code="a-code", state=params.state)

    async def load_authorization_code(self, client, code):
        return self.code

    async def exchange_authorization_code(self, client, code):
        return OAuthToken(access_token="a-token")


async def main():
    application = Starlette(routes=create_auth_routes(Storage(), AnyHttpUrl("http://127.0.0.1")))
    transport = httpx2.ASGITransport(app=application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        asked = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "code_challenge": VERIFIER}
        for method in ({}, {"code_challenge_method": "plain"}):
            answer = await browser.get("/authorize", params={**asked, **method})
            brought = parse_qs(urlsplit(answer.headers["location"]).query)
            print(method.get("code_challenge_method"), brought.get("error", ["a code"])[0])
            if "code" in brought:
                exchange = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": CALLBACK}
                form = {**exchange, "code": brought["code"][0], "code_verifier": VERIFIER}
                answer = await browser.post("/token", data=form)
                print(answer.status_code, answer.json()["error"], answer.json()["error_description"])


asyncio.run(main())
PYTHON
environment/bin/python asked.py > seen

cat > expected <<'TEXT'
None a code
400 invalid_grant incorrect code_verifier
plain invalid_request
TEXT
cat seen
diff expected seen
