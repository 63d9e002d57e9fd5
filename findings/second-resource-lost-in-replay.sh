#!/usr/bin/env bash
# The guess: a token request that names two resources (RFC 8707 §2: "Multiple resource parameters MAY be used"), with an
# empty scope beside them, survives its recording: tools that replay a HAR, or write code from it, send what
# postData.params lists, each in its place.
#
# What happens: each tool sends something else. fetch-har 11.1.1 sends the last resource alone, and no empty parameter;
# httpsnippet 3.0.10 writes code for fetch that sends the last one alone, and for requests (Python) that sends both;
# har-to-k6 0.14.16 sends one resource, which is both addresses with a comma between them. From a HAR whose form stands
# in postData.text and not in params, which the format allows, httpsnippet writes a request without any body.
#
# Why it matters: a recording that is replayed to show a fault asks for another token than the one that was recorded,
# and a server that refuses the comma, or the missing resource, is right.
#
# The guess was written down on 2026-11-30, before these tools were tried; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init -y > /dev/null
npm install --silent --no-audit --no-fund httpsnippet@3.0.10 fetch-har@11.1.1 har-to-k6@0.14.16 > /dev/null

cat > replayed.mjs <<'JAVASCRIPT'
import { createServer } from "node:http";
import fetchHar from "fetch-har";
import harToK6 from "har-to-k6";
import { HTTPSnippet } from "httpsnippet";

let sent;
const server = createServer(async (request, answer) => {
  sent = Buffer.concat(await request.toArray()).toString();
  answer.end("{}");
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const form = new URLSearchParams([
  ["grant_type", "client_credentials"],
  ["resource", "https://a.example/"],
  ["resource", "https://b.example/"],
  ["scope", ""],
]);
const params = [...form].map(([name, value]) => ({ name, value }));
const recorded = (postData) => ({
  method: "POST",
  url: `http://127.0.0.1:${server.address().port}/token`,
  httpVersion: "HTTP/1.1",
  headers: [{ name: "Content-Type", value: "application/x-www-form-urlencoded" }],
  cookies: [],
  queryString: [],
  headersSize: -1,
  bodySize: -1,
  postData: { mimeType: "application/x-www-form-urlencoded", ...postData },
});
const har = (request) => ({ log: { version: "1.2", creator: { name: "hand", version: "1" }, entries: [{ request }] } });
const lines = async (request, ...target) =>
  String(await new HTTPSnippet(request).convert(...target)).split("\n").filter((line) => /resource|payload =/.test(line));

console.log(`recorded: ${form}`);
await fetchHar(har(recorded({ params })));
console.log(`fetch-har: ${sent}`);
const { main } = await harToK6.liHARToK6Script(har(recorded({ params })));
console.log(`har-to-k6: ${main.split("\n").find((line) => line.includes("resource")).trim()}`);
for (const line of await lines(recorded({ params }), "node", "fetch")) console.log(`httpsnippet, fetch: ${line}`);
for (const line of await lines(recorded({ params }), "python", "requests")) console.log(`httpsnippet, requests: ${line.trim()}`);
for (const line of await lines(recorded({ text: String(form) }), "python", "requests")) console.log(`httpsnippet, of text: ${line}`);
server.close();
JAVASCRIPT

cat > expected <<'SEEN'
recorded: grant_type=client_credentials&resource=https%3A%2F%2Fa.example%2F&resource=https%3A%2F%2Fb.example%2F&scope=
fetch-har: grant_type=client_credentials&resource=https%3A%2F%2Fb.example%2F
har-to-k6: 'grant_type=client_credentials&resource=https%3A%2F%2Fa.example%2F%2Chttps%3A%2F%2Fb.example%2F&scope=',
httpsnippet, fetch: encodedParams.set('resource', 'https://a.example/');
httpsnippet, fetch: encodedParams.set('resource', 'https://b.example/');
httpsnippet, requests: payload = {
httpsnippet, requests: "resource": ["https://a.example/", "https://b.example/"],
httpsnippet, of text: payload = ""
SEEN

node replayed.mjs | tee seen
diff expected seen
