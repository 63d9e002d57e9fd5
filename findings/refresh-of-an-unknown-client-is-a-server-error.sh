#!/usr/bin/env bash
# The guess: a client that an authorization server does not know is told invalid_client, whatever grant it comes with
# (RFC 6749 §5.2), so that it stops asking; 500 and server_error are for what may work a minute later.
#
# What happens: zitadel/oidc 3.52.0 (Go), a library for OpenID Providers, answers an unknown client that comes by
# client_credentials with 401, invalid_client, and one that refreshes with 500, server_error: the error of the storage is
# handed on as it is.
#
# Why it matters: a client that was deleted, or whose id is mistyped, is told to come again. Clients that retry after a 5xx
# do so with each refresh, and whoever looks at the server's alarms sees a server that fails.
#
# Seen 2026-11-30 in a report ("status 500 to POST /oauth/token"), then by running this script; no bug report was looked
# for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

func main() {
	issuer := "http://localhost/"
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	provider := exampleop.SetupServer(issuer, storage.NewStorage(storage.NewUserStore(issuer)), quiet, false)
	for _, grant := range []string{"client_credentials", "refresh_token"} {
		form := url.Values{"grant_type": {grant}, "refresh_token": {"a-token"}}
		request := httptest.NewRequest("POST", "/oauth/token", strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth("nobody", "a-secret")
		answer := httptest.NewRecorder()
		provider.ServeHTTP(answer, request)
		fmt.Print(grant, " ", answer.Code, " ", answer.Body.String())
	}
}
GO
go mod init example.invalid/asked 2> /dev/null
go get github.com/zitadel/oidc/v3/example/server/{exampleop,storage}@v3.52.0 2> /dev/null
go run . > seen

cat > expected <<'TEXT'
client_credentials 401 {"error":"invalid_client"}
refresh_token 500 {"error":"server_error","error_description":"client not found"}
TEXT
cat seen
diff expected seen
