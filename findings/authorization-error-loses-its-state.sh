#!/usr/bin/env bash
# The guess: an authorization request that is refused at its redirect_uri comes back with the state that it had
# (RFC 6749 §4.1.2.1: REQUIRED if there was one), whatever was wrong with it.
#
# What happens: the authorization server of the MCP SDK for TypeScript (npm, @modelcontextprotocol/sdk 1.32.2) reads state
# after it has looked at the other parameters. Where one of them is missing, wrong or there twice, the error comes back
# without state; where the application behind it refuses, it comes back with it.
#
# Why it matters: a client that compares state, as it should, throws the error away as forged, and tells its user of an
# attack where it has left out its code_challenge.
#
# Seen 2026-11-30 in a report ("state was sent and came back as None"), then by running this script; no bug report was
# looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init -y > /dev/null
npm install --silent --no-audit --no-fund express@5.3.0 @modelcontextprotocol/sdk@1.32.2 > /dev/null

cat > asked.mjs <<'JAVASCRIPT'
import express from "express";
import { InvalidScopeError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { mcpAuthRouter } from "@modelcontextprotocol/sdk/server/auth/router.js";

const redirect_uri = "http://127.0.0.1:1/callback";
const provider = {
  clientsStore: { getClient: () => ({ client_id: "app", redirect_uris: [redirect_uri] }) },
  authorize: async () => { throw new InvalidScopeError("There is no such scope"); },
};
const app = express();
app.use(mcpAuthRouter({ provider, issuerUrl: new URL("http://127.0.0.1/") }));
const server = app.listen(0, "127.0.0.1", async () => {
  const right = { code_challenge: "c".repeat(43), code_challenge_method: "S256" };
  for (const [what, more] of [["refused by the application", right], ["without code_challenge", {}]]) {
    const asked = new URLSearchParams({ response_type: "code", client_id: "app", redirect_uri, state: "s", ...more });
    const address = `http://127.0.0.1:${server.address().port}/authorize?${asked}`;
    const brought = new URL((await fetch(address, { redirect: "manual" })).headers.get("location")).searchParams;
    console.log(`${what}: ${brought.get("error")}, state ${brought.get("state")}`);
  }
  server.close();
});
JAVASCRIPT
node asked.mjs > seen

cat > expected <<'TEXT'
refused by the application: invalid_scope, state s
without code_challenge: invalid_request, state null
TEXT
cat seen
diff expected seen
