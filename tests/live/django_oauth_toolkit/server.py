"""Starts django-oauth-toolkit on loopback and prints one line of JSON with its issuer and version.

The first argument is JSON: settings of `OAUTH2_PROVIDER` beside those below. Login is the page of django.contrib.admin,
consent that of django-oauth-toolkit. The database is a file of its own, which goes when the pipe to here is closed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

CALLBACK = "https://app.example/callback"
SECRET = {
    "app": "the-secret-of-the-app-0001",
    "second": "the-secret-of-the-second-0002",
    "service": "the-secret-of-the-service-0004",
}


def signing_key() -> str:
    """A new RSA key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def configure(folder: str, provider: dict[str, object]) -> None:
    """A project of Django's own applications and oauth2_provider."""
    settings.configure(
        SECRET_KEY="a-key-of-a-test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="urls",
        STATIC_URL="/static/",
        LOGIN_URL="/admin/login/",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        # Requests come side by side: a writer waits for the one before it instead of failing.
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(Path(folder) / "database.sqlite3"),
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL", "timeout": 20},
            }
        },
        # A slow hash protects people's passwords; here it would be most of a run.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        LOGGING_CONFIG=None,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": signing_key(),
            "SCOPES": {"openid": "Who you are", "profile": "Your name", "read": "Reading", "write": "Writing"},
            "DEFAULT_SCOPES": ["read"],
            "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
            "REFRESH_TOKEN_REUSE_PROTECTION": True,
            **provider,
        },
    )


def register() -> None:
    """The user and the clients."""
    from django.contrib.auth import get_user_model
    from oauth2_provider.models import get_application_model

    get_user_model().objects.create_superuser("alice", "alice@example.com", "a-password-of-alice-0003")
    application = get_application_model().objects
    for name in ("app", "second", "service", "public"):
        application.create(
            name=name,
            client_id=name,
            client_secret=SECRET.get(name, ""),
            client_type="confidential" if name in SECRET else "public",
            authorization_grant_type="client-credentials" if name == "service" else "authorization-code",
            redirect_uris=CALLBACK,
            algorithm="RS256",
        )


def main() -> None:
    """Serve until standard input ends."""
    sys.path.insert(0, str(Path(__file__).parent))
    with tempfile.TemporaryDirectory() as folder:
        configure(folder, json.loads(sys.argv[1]) if sys.argv[1:] else {})
        django.setup()
        call_command("migrate", verbosity=0)
        register()
        from django.core.wsgi import get_wsgi_application

        server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
        server.set_app(get_wsgi_application())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{server.server_port}/o"
        print(json.dumps({"issuer": issuer, "version": version("django-oauth-toolkit")}), flush=True)
        # A test run that was killed takes its providers along: its end of the pipe closes.
        sys.stdin.read()


if __name__ == "__main__":
    main()
