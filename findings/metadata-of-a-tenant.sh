#!/usr/bin/env bash
# The guess: a client library that is given an issuer with a path, https://op.example/tenant, asks for its metadata at
# /.well-known/oauth-authorization-server/tenant (RFC 8414 §3.1), with or without a slash at the end of the issuer.
#
# What happens: requests_oauth2client 1.8.0 (PyPI) puts the path between the two words:
# /.well-known/tenant/oauth-authorization-server. @badgateway/oauth2-client 3.3.1 (npm) drops it and asks the host, and
# where nothing is found there it goes on to ask for tokens at /token of the host.
#
# Why it matters: where several tenants live on one host, the one library finds nobody, and the other another tenant's
# endpoints, or none; both work as long as the issuer is a bare host.
#
# The guess was written down on 2026-11-30, before these libraries were tried; no bug report was looked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check requests_oauth2client==1.8.0
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @badgateway/oauth2-client@3.3.1 > /dev/null

cat > asked.py <<'PYTHON'
from requests_oauth2client import oauth2_discovery_document_url

for path in ("", "/tenant", "/tenant/"):
    address = oauth2_discovery_document_url(f"https://op.example{path}")
    print(f"requests_oauth2client, issuer {path or '/'}: {address.removeprefix('https://op.example')}")
PYTHON

cat > asked.mjs <<'JAVASCRIPT'
import { createServer } from "node:http";
import { OAuth2Client } from "@badgateway/oauth2-client";

const asked = [];
const server = createServer((request, answer) => {
  asked.push(request.url);
  answer.writeHead(404).end();
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
for (const path of ["", "/tenant", "/tenant/"]) {
  const issuer = `http://127.0.0.1:${server.address().port}${path}`;
  await new OAuth2Client({ server: issuer, clientId: "app", clientSecret: "secret" }).clientCredentials().catch(() => {});
  console.log(`@badgateway/oauth2-client, issuer ${path || "/"}: ${asked.splice(0).join(", then ")}`);
}
server.close();
JAVASCRIPT

cat > expected <<'SEEN'
requests_oauth2client, issuer /: /.well-known/oauth-authorization-server
requests_oauth2client, issuer /tenant: /.well-known/tenant/oauth-authorization-server
requests_oauth2client, issuer /tenant/: /.well-known/tenant/oauth-authorization-server
@badgateway/oauth2-client, issuer /: /.well-known/oauth-authorization-server, then /token
@badgateway/oauth2-client, issuer /tenant: /.well-known/oauth-authorization-server, then /token
@badgateway/oauth2-client, issuer /tenant/: /.well-known/oauth-authorization-server, then /token
SEEN

{ python/bin/python -W ignore asked.py; node asked.mjs; } | tee seen
diff expected seen
