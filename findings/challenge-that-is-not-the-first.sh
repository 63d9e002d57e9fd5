#!/usr/bin/env bash
# The guess: a client that gets 401 from an MCP server finds the address of the protected resource's metadata
# (RFC 9728 §5.1) in the challenge to Bearer, wherever it stands: WWW-Authenticate is a list of challenges, names of
# schemes and parameters are of any case, and spaces may stand around "=" (RFC 9110 §11.2, §11.6.1).
#
# What happens: the TypeScript SDK 1.32.2 (npm) looks at the first challenge alone, so that a server which offers DPoP
# before Bearer has no metadata for it; the Python SDK 2.3.0 (PyPI) finds it there. Neither finds a parameter with
# spaces around "=", or with a capital letter in its name.
#
# Why it matters: without that address the client guesses where the authorization server is, and asks another one or
# none; a resource that accepts DPoP as well should name Bearer first, and write as everybody does.
#
# The guess was written down on 2026-11-30, before the SDKs were tried. Pull request 1951 of the TypeScript SDK (open) is
# about answers without any challenge to Bearer; of one that is not the first nothing was found.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init -y > /dev/null
npm install --silent --no-audit --no-fund @modelcontextprotocol/sdk@1.32.2 > /dev/null
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check mcp==2.3.0 httpx==0.28.1

cat > challenges.json <<'JSON'
{
  "Bearer alone": "Bearer resource_metadata=\"https://resource.example/metadata\"",
  "Bearer before Basic": "Bearer resource_metadata=\"https://resource.example/metadata\", Basic realm=\"resource\"",
  "DPoP before Bearer": "DPoP algs=\"ES256\", Bearer resource_metadata=\"https://resource.example/metadata\"",
  "the scheme in capitals": "BEARER resource_metadata=\"https://resource.example/metadata\"",
  "the parameter with capitals": "Bearer Resource_Metadata=\"https://resource.example/metadata\"",
  "spaces around the sign": "Bearer resource_metadata = \"https://resource.example/metadata\""
}
JSON

cat > asked.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import { extractWWWAuthenticateParams } from "@modelcontextprotocol/sdk/client/auth.js";

for (const [name, challenge] of Object.entries(JSON.parse(readFileSync("challenges.json")))) {
  const answer = new Response("", { status: 401, headers: { "WWW-Authenticate": challenge } });
  console.log(`TypeScript, ${name}: ${extractWWWAuthenticateParams(answer).resourceMetadataUrl ? "found" : "not found"}`);
}
JAVASCRIPT

cat > asked.py <<'PYTHON'
import json

import httpx
from mcp.client.auth.utils import extract_resource_metadata_from_www_auth

for name, challenge in json.load(open("challenges.json")).items():
    answer = httpx.Response(401, headers={"WWW-Authenticate": challenge})
    print(f"Python, {name}: {'found' if extract_resource_metadata_from_www_auth(answer) else 'not found'}")
PYTHON

cat > expected <<'SEEN'
TypeScript, Bearer alone: found
TypeScript, Bearer before Basic: found
TypeScript, DPoP before Bearer: not found
TypeScript, the scheme in capitals: found
TypeScript, the parameter with capitals: not found
TypeScript, spaces around the sign: not found
Python, Bearer alone: found
Python, Bearer before Basic: found
Python, DPoP before Bearer: found
Python, the scheme in capitals: found
Python, the parameter with capitals: not found
Python, spaces around the sign: not found
SEEN

{ node asked.mjs; python/bin/python asked.py; } | tee seen
diff expected seen
