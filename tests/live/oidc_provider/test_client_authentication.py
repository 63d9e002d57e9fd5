"""Clients that authenticate by signatures and certificates, and tokens that are bound to keys, at a certified provider."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.certificates import certificates
from tests.live.running import among, command_line, red, run, serving, verdicts
from token_conformance.layout import ROOT

pytestmark = pytest.mark.node

HERE = Path(__file__).parent

KNOWN = {
    "401_names_a_challenge": "it challenges only after an Authorization header (RFC 9110 §15.5.2; client_auth.js)",
    "success_carries_pragma": "it sends no Pragma, as OAuth 2.1 has it (RFC 6749 §5.1)",
    "refreshed_id_token_has_no_nonce": "it repeats the nonce of the login (OIDC Core §12.2: should not have one; grants/refresh_token.js)",
    "unregistered_grant_is_unauthorized_client": "invalid_request, where §5.2 of RFC 6749 has unauthorized_client (actions/token.js)",
}
"""What oidc-provider 9 departs from, read by hand in its answers and in its code, whoever the client is."""

PAGES = {
    "pages_cannot_be_framed": "its pages, which are for development, may be framed (RFC 9700 §4.16: must prevent clickjacking; views/layout.js)",
    "pages_load_nothing_of_others": "its pages, which are for development, import a font (RFC 9700 §4.2.4: should not; views/layout.js)",
    "pages_have_a_policy": "its pages, which are for development, have no policy (RFC 9700 §4.16: should use one; views/layout.js)",
}
"""What it departs from, whoever the client is, where RFC 9700 or FAPI 2.0 is claimed: a deployment has pages of its own."""

OF_SIGNERS = {
    "host_of_a_request_does_not_name_the_server": "its endpoints are what the Host of the request says, and so is whom an assertion may be for (RFC 7523 §3; a proxy in front of it has to set Host)"
}
"""What it departs from where clients sign assertions."""

UNDER_FAPI = {
    "clock_may_be_a_little_ahead": "it takes proofs from 300 s ahead, not from 60 s (FAPI 2.0 §5.3.2.1; validate_dpop.js)"
}
"""What it departs from under FAPI 2.0 besides."""

WITH_JWT = {
    "living_token_is_active": "it introspects no JWT, and says so by an error (RFC 7662 §2.2; reject_structured_tokens.js)"
}
"""What it departs from where the access tokens of users are JWTs."""

SERVICE = """
[profile]
name = "A service that signs"
claims = ["oidc"]

[server]
issuer = "${{ISSUER}}"
ca_bundle = "${{CERTIFICATES}}/ca.pem"

[[clients]]
name = "service"
client_id = "{algorithm}-service"
{credentials}

[grants.client_credentials]
"""

SIGNED = (
    "client_assertion",
    "assertion_claims",
    "code_exchange",
    "refresh_strangers",
    "introspection",
    "hybrid_flow",
    "access_token",
    "resource_indicators",
    "revocation",
    "dpop_resource",
    "authorization_code",
)
"""What differs where clients sign, codes come beside ID tokens, and access tokens are JWTs for resources."""

BY_SECRET = 'authentication = "client_secret_jwt"\nclient_secret = "the-secret-of-a-client-that-signs-0004"'
BY_KEY = """authentication = "private_key_jwt"\nsigning_key = '${RS256}'"""

PUBLIC = {
    'client_id = "app"': 'client_id = "public"',
    'authentication = "tls_client_auth"\ncertificate = "${CERTIFICATES}/app.pem"': 'authentication = "none"\ncertificate = "${CERTIFICATES}/public.pem"',
    "/app.key": "/public.key",
}
"""The changes that make a public client with a certificate of the profile's client."""


@pytest.fixture(scope="module")
def said(installed):
    """Starts a provider with the given settings of server.mjs, once, and gives the variables of its profiles."""
    with ExitStack() as running:

        @cache
        def said(**settings):
            given = json.dumps({"certificates": certificates()["CERTIFICATES"], **settings})
            return running.enter_context(serving(["node", "server.mjs", given], HERE)) | certificates()

        yield said


def changed(name: str, folder: Path, changes: dict[str, str]) -> Path:
    """A profile of this folder in which some words are others."""
    text = (HERE / f"{name}.toml").read_text("utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def passed(results, *checks: str) -> None:
    """Hold that these checks had something to judge, and found nothing."""
    seen = verdicts(results)
    assert {check: seen[f"test_{check}"] for check in checks} == dict.fromkeys(checks, "pass")


def test_signatures_and_the_hybrid_flow(said, topics, tmp_path):
    """Clients that sign by PS256, RS256 and ES256; codes beside ID tokens; resources; JWTs of RFC 9068 for services."""
    results = run(HERE / "hybrid.toml", tmp_path, *topics(*SIGNED), said=said())
    assert set(red(results)) == among(results, KNOWN | PAGES | OF_SIGNERS), red(results)
    passed(
        results,
        "good_assertion_is_accepted",
        "signature_is_verified[an HMAC by the public key]",
        "assertion_works_once",
        "second_client_must_authenticate",
        "wrong_secret_does_not_refresh",
        "wrong_credentials_are_refused_with_401",
        "c_hash_is_of_the_code",
        "both_id_tokens_agree",
        "jwt_access_token_has_its_claims",
        "tokens_for_two_resources_differ",
        "living_token_is_active",
        "revocation_ends_the_access_token_too",
        "resource_takes_a_bound_token",
    )
    assert verdicts(results)["test_authorization_names_its_issuer"] == "not_applicable"


@pytest.mark.parametrize(
    ("algorithm", "credentials"), [("HS256", BY_SECRET), ("RS256", BY_KEY)], ids=["HS256", "RS256"]
)
def test_a_service_signs(said, tmp_path, algorithm, credentials):
    """Assertions that are wrong in one thing are refused, by a secret and by a key, and the secret alone is too."""
    profile = tmp_path / "service.toml"
    profile.write_text(SERVICE.format(algorithm=algorithm, credentials=credentials))
    results = run(profile, tmp_path, "-k", "test_client_assertion or failed_authentication", said=said())
    assert red(results) == {}
    passed(
        results,
        "good_assertion_is_accepted",
        "failed_authentication_is_invalid_client",
        "issuer_is_accepted_as_audience",
    )
    by_secret = verdicts(results)["test_client_that_signs_cannot_use_a_secret"]
    assert by_secret == ("pass" if algorithm == "HS256" else "not_applicable")


def test_mutual_tls(said, topics, tmp_path):
    """Clients are known by the subject of a certificate, or by one of their own, and their tokens are bound to it."""
    concerned = topics("mutual_tls", "error_codes", "transport", "client_authentication")
    results = run(HERE / "mutual-tls.toml", tmp_path, *concerned, said=said())
    assert set(red(results)) == among(results, KNOWN | PAGES), red(results)
    passed(
        results,
        "client_is_refused_without_its_certificate",
        "client_is_refused_with_the_certificate_of_another",
        "client_is_refused_with_an_imitated_certificate",
        "failed_authentication_is_invalid_client",
        "introspection_names_the_certificate",
        "resource_refuses_a_bound_token_without_its_certificate",
        "resource_refuses_a_bound_token_with_another_certificate",
        "bad_access_token_is_invalid_token",
        "bound_tokens_are_advertised",
    )


def test_a_public_client_with_a_certificate(said, tmp_path):
    """Its refresh tokens are bound to what it has made for itself."""
    profile = changed("mutual-tls", tmp_path, PUBLIC)
    results = run(profile, tmp_path, "-k", "test_mutual_tls", said=said())
    assert red(results) == {}
    passed(results, "bound_refresh_token_needs_its_certificate")


def test_users_get_jwts(said, tmp_path):
    """Access tokens of RFC 9068 hold the certificate; userinfo, which they are not for, is not blamed."""
    profile = changed("mutual-tls", tmp_path, {"[tokens]": '[tokens]\naccess_token_format = "at+jwt"'})
    topics = "test_access_token or test_mutual_tls or living_token or renewed_access_token"
    results = run(profile, tmp_path, "-k", topics, said=said(jwt=True))
    assert set(red(results)) == set(WITH_JWT), red(results)
    passed(
        results,
        "access_token_says_what_it_is",
        "jwt_access_token_is_signed",
        "jwt_access_token_has_its_claims",
        "jwt_access_token_names_the_certificate",
    )
    assert verdicts(results)["test_resource_takes_the_access_token"] == "inconclusive"


def test_fapi_2(said, topics, tmp_path):
    """Under FAPI 2.0 the issuer alone is audience, tokens are bound by DPoP, and refresh tokens stay the same."""
    claims = ("--require", "fapi2", "--require", "oidc")
    concerned = topics("client_assertion", "assertion_claims", "rotation", "dpop", "id_token", "authorization_pages")
    results = run(HERE / "fapi.toml", tmp_path, *claims, *concerned, said=said(fapi=True))
    assert set(red(results)) == among(results, KNOWN | PAGES | UNDER_FAPI), red(results)
    passed(
        results,
        "fapi_audience_is_the_issuer_alone",
        "fapi_clocks_may_differ_a_little",
        "fapi2_does_not_rotate_for_the_sake_of_it",
        "fapi2_rotates_by_way_of_exception",
        "fapi_id_token_is_signed_by_a_new_algorithm",
        "no_token_is_unbound",
        "request_without_proof_gets_no_tokens",
        "code_needs_the_key_it_was_asked_for_with[other_key]",
        "code_needs_the_key_it_was_asked_for_with[without]",
    )


def test_pushed_requests_alone(said, tmp_path):
    """A provider that takes pushed authorization requests alone is one sentence; what needs no login is judged."""
    ended = subprocess.run(
        command_line(HERE / "mutual-tls.toml", "-k", "login or service_gets"),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | {name.upper(): value for name, value in said(pushed=True).items()},
        capture_output=True,
        text=True,
        check=False,
    )
    (error,) = [line for line in ended.stdout.splitlines() if line.startswith("ERROR")]
    assert "the user cannot log in: the provider takes pushed authorization requests alone" in error
    assert (ended.returncode, "Traceback" in ended.stdout + ended.stderr) == (4, False)
    (path,) = tmp_path.glob("reports/mutual-tls/*/results.json")
    passed(json.loads(path.read_text()), "service_gets_a_token")
