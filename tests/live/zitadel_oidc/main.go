// Serves the provider of zitadel/oidc with the storage and the login page of its example, on a free port of loopback, and
// prints one line of JSON: its issuer and version. The server of the example itself listens to every address.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

const (
	library  = "github.com/zitadel/oidc/v3"
	callback = "https://app.example/callback"
)

// version tells which release of the library is built in.
func version() string {
	built, _ := debug.ReadBuildInfo()
	for _, module := range built.Deps {
		if module.Path == library {
			return module.Version
		}
	}
	return "unknown"
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	issuer := fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)
	storage.RegisterClients(
		storage.WebClient("app", "the-secret-of-the-app-0001", callback),
		storage.WebClient("second", "the-secret-of-the-second-0002", callback),
		storage.NativeClient("public", callback),
	)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	handler := exampleop.SetupServer(issuer, storage.NewStorage(storage.NewUserStore(issuer)), quiet, false)
	go func() { log.Fatal(http.Serve(listener, handler)) }()

	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"issuer": issuer, "version": version()}); err != nil {
		log.Fatal(err)
	}
	// A test run that was killed takes its providers along: its end of the pipe closes.
	_, _ = io.Copy(io.Discard, os.Stdin)
}
