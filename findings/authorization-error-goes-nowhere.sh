#!/usr/bin/env bash
# The guess: a client that asks the authorization endpoint wrongly, for a scope that there is not, learns of it: the
# browser is redirected to the redirect_uri with error=invalid_scope and the state (RFC 6749 §4.1.2.1).
#
# What happens: @node-oauth/express-oauth-server 4.2.0 (npm, with @node-oauth/oauth2-server 5.3.0) writes the right
# redirect, error and state and all, into the header Location, and then sends it with the status 400 of the error. No
# browser follows that (RFC 9110 §10.2.2 gives Location a meaning with 201 and 3xx): the user is left in front of JSON,
# and the client waits. The library without its wrapper answers by 302, and so does the wrapper where it has a code.
#
# Why it matters: error handling that was written for the redirect never runs, and a test that looks for the address in
# Location, without looking at the status, is green.
#
# Seen 2026-11-29 in a report ("answered by a page"), then by running this script; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init -y > /dev/null
npm install --silent --no-audit --no-fund express@4.21.2 \
    @node-oauth/oauth2-server@5.3.0 @node-oauth/express-oauth-server@4.2.0 > /dev/null

cat > asked.mjs <<'JAVASCRIPT'
import express from "express";
import OAuthServer from "@node-oauth/express-oauth-server";
import { Request, Response } from "@node-oauth/oauth2-server";

const client = { id: "app", grants: ["authorization_code"], redirectUris: ["http://127.0.0.1:1/cb"] };
const model = {
  getClient: async () => client,
  getAccessToken: async () => null,
  saveAuthorizationCode: async (code) => ({ ...code, client, user: {} }),
  validateScope: async (user, client, scope) => (scope.includes("read") ? scope : false),
};
const authenticateHandler = { handle: () => ({ id: "alice" }) };
const wrapped = new OAuthServer({ model });
const app = express();
app.get("/wrapped", wrapped.authorize({ authenticateHandler }));
app.get("/bare", async (req, res) => {
  const response = new Response(res);
  await wrapped.server.authorize(new Request(req), response, { authenticateHandler }).catch(() => {});
  res.set(response.headers).status(response.status).end();
});
const server = app.listen(0, "127.0.0.1", async () => {
  for (const [path, scope] of [["wrapped", "read"], ["wrapped", "no-such"], ["bare", "no-such"]]) {
    const asked = new URLSearchParams({ response_type: "code", client_id: "app", state: "s", scope });
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/${path}?${asked}`, { redirect: "manual" });
    const brought = new URL(answer.headers.get("location")).searchParams;
    console.log(path, scope, answer.status, brought.get("error") ?? "a code", brought.get("state"));
  }
  server.close();
});
JAVASCRIPT
node asked.mjs > seen

cat > expected <<'TEXT'
wrapped read 302 a code s
wrapped no-such 400 invalid_scope s
bare no-such 302 invalid_scope s
TEXT
cat seen
diff expected seen
