"""A profile is drafted from what a recording shows of a provider and of the client that it granted most."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import urlencode

import pytest

from token_conformance.profile_writing import UnusableProviderError, rendered
from token_conformance.profile_writing.recordings import recorded
from token_conformance.servers.captured.exchanges import captured
from token_conformance.servers.har import Recording

TOKEN = "https://op.example/token"
FORM = "application/x-www-form-urlencoded"
GRANTED = {"access_token": "one", "token_type": "Bearer"}
BASIC = "Basic " + b64encode(b"app:the-secret-of-the-app").decode()
CODE = {"grant_type": "authorization_code", "code": "c", "code_verifier": "v"}
METADATA = {"issuer": "https://op.example", "token_endpoint": TOKEN, "grant_types_supported": ["authorization_code"]}


def entry(answer, *, url=TOKEN, method="POST", authorization=None, **form):
    """An entry of a HAR file."""
    request = {"method": method, "url": url, "headers": []}
    if authorization:
        request["headers"] = [{"name": "Authorization", "value": authorization}]
    if form:
        request["postData"] = {"mimeType": FORM, "text": urlencode(form)}
    response = {"status": 200, "headers": [], "content": {"text": json.dumps(answer)}}
    return {"startedDateTime": "2026-01-01T12:00:00Z", "time": 5, "request": request, "response": response}


def asked(**changes):
    """An authorization request."""
    query = {"response_type": "code", "client_id": "app", "redirect_uri": "https://app.example/cb", "scope": "openid a"}
    return entry({}, url=f"https://op.example/authorize?{urlencode(query | changes)}", method="GET")


def draft(*entries):
    """The draft of a profile."""
    return recorded(captured(Recording.model_validate({"version": "1.2", "entries": entries})))


def test_a_client_is_drafted_as_it_was_seen():
    """How it asks, what it sends, and by which grants it got tokens."""
    found = draft(
        entry(METADATA, url="https://op.example/.well-known/openid-configuration", method="GET"),
        asked(state="s", code_challenge="x", code_challenge_method="S256", prompt="consent"),
        entry(GRANTED, authorization=BASIC, **CODE),
        entry(GRANTED, authorization=BASIC, grant_type="refresh_token", refresh_token="r"),
        entry(GRANTED, grant_type="client_credentials", client_id="other", client_secret="of-the-other"),
    )
    assert (found.issuer, found.endpoints) == ("https://op.example", {})
    assert (found.client_id, found.client_secret) == ("app", "the-secret-of-the-app")
    assert (found.authentication, found.grants) == ("client_secret_basic", ("authorization_code", "refresh_token"))
    assert (found.scope, found.pkce, found.prompt) == ("openid a", "S256", "consent")
    assert found.redirect_uri == "https://app.example/cb"
    assert 'strategy = "form"' in rendered(found)


@pytest.mark.parametrize(
    ("form", "authentication", "secret"),
    [
        ({"client_id": "app", "client_secret": "posted-secret"}, "client_secret_post", "posted-secret"),
        ({"client_id": "app"}, "none", ""),
        ({"client_id": "app", "client_assertion": "signed"}, "client_secret_basic", "not-recorded"),
        ({}, "client_secret_basic", "not-recorded"),
    ],
)
def test_how_a_client_authenticates_is_read_from_its_requests(form, authentication, secret):
    """What a draft cannot tell is not recorded, and answers are judged all the same."""
    found = draft(entry(GRANTED, **CODE, **form))
    assert (found.authentication, found.client_secret) == (authentication, secret)
    assert rendered(found)


@pytest.mark.parametrize(
    ("written", "client"),
    [
        ("my.app%2Ffirst:a%2Bsecret", ("my.app/first", "a+secret")),
        ("my.app/first:a/secret", ("my.app/first", "a/secret")),
    ],
)
def test_credentials_are_what_is_meant_by_them(written, client):
    """They are form-encoded in Basic (RFC 6749 §2.3.1), which not all clients know."""
    found = draft(entry(GRANTED, authorization=f"Basic {b64encode(written.encode()).decode()}", **CODE))
    assert (found.client_id, found.client_secret) == client


def test_without_metadata_the_endpoints_are_those_that_were_asked():
    """And the issuer is who signs its ID tokens."""
    parts = ({"alg": "RS256"}, {"iss": "https://issuer.example"})
    token = ".".join([*(b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "sig"])
    found = draft(asked(), entry({**GRANTED, "id_token": token}, authorization=BASIC, **CODE))
    assert found.issuer == "https://issuer.example"
    assert found.endpoints == {"token_endpoint": TOKEN, "authorization_endpoint": "https://op.example/authorize"}
    assert draft(entry(GRANTED, authorization=BASIC, **CODE)).issuer is None


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([asked()], "no token request"),
        ([entry({"error": "invalid_grant"}, authorization=BASIC, **CODE)], "no granted token request"),
        ([entry(GRANTED, authorization=BASIC, grant_type="urn:odd")], "no granted token request"),
    ],
)
def test_a_recording_without_a_granted_request_makes_no_profile(entries, reason):
    """There is nothing to judge."""
    with pytest.raises(UnusableProviderError, match=reason):
        draft(*entries)
