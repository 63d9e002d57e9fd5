"""Faults of the authorization code grant (RFC 6749 §4.1)."""

# ruff: noqa: S106 - policies and members are named after the secrets that they concern

from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, at, crash, refusals

AUTHORIZATION_CODE = (
    Fault(
        "code-replay-without-verifier-accepted",
        "a used code yields tokens again where it comes without its code_verifier",
        ("rfc6749-10.5-code-single-use",),
        policy("code", replay_without_verifier_accepted=True),
    ),
    Fault(
        "code-replay-spares-renewals",
        "the replay of a code whose session was renewed since is refused, and revokes nothing",
        ("rfc6749-4.1.2-replay-revokes",),
        policy("code", replay_spares_renewals=True),
    ),
    Fault(
        "code-replay-spares-older-access-tokens",
        "the replay of a code ends the session, and of its access tokens the newest alone",
        ("rfc6749-10.5-replay-revokes-access-token",),
        policy("code", replay_spares_older_access_tokens=True),
    ),
    Fault(
        "code-replay-refused-once",
        "a used code is refused once, and yields tokens after that",
        ("rfc6749-10.5-code-single-use",),
        policy("code", replay_refused_once=True),
    ),
    Fault(
        "code-any-registered-redirect-uri",
        "a code is exchanged with any registered redirect_uri",
        ("rfc6749-10.6-redirect-uri-of-the-code",),
        policy("code", redirect_uri="registered"),
    ),
    Fault(
        "code-replay-accepted",
        "an authorization code works again and again",
        ("rfc6749-10.5-code-single-use",),
        policy("code", single_use=False),
    ),
    Fault(
        "code-race",
        "codes are deleted only after the answer was sent: a parallel exchange wins twice",
        ("rfc6749-10.5-parallel-exchange",),
        policy("code", atomic=False),
    ),
    Fault(
        "code-replay-server-error",
        "the replay of a code leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "used_code"),
    ),
    Fault(
        "code-replay-wrong-error",
        "the replay of a code is answered by invalid_request",
        ("rfc6749-5.2-invalid-grant",),
        refusals(lambda answer: answer.saying(error="invalid_request"), "used_code"),
    ),
    Fault(
        "code-replay-revokes-nothing",
        "the replay of a code is refused, and the tokens of its first use live on",
        ("rfc6749-4.1.2-replay-revokes",),
        policy("code", replay_revokes=False),
    ),
    Fault(
        "code-never-expires",
        "codes live until they are used",
        ("rfc6749-expiry-code",),
        policy("code", expiry_checked=False),
    ),
    Fault(
        "code-lives-a-day",
        "codes live a day",
        ("rfc6749-expiry-code",),
        policy("code", lifetime=24 * 3600),
    ),
    Fault(
        "code-other-redirect-uri-accepted",
        "the redirect_uri of the exchange is not compared",
        ("rfc6749-4.1.3-redirect-uri",),
        policy("code", redirect_uri="any"),
    ),
    Fault(
        "code-redirect-uri-optional",
        "the redirect_uri of the exchange may be left out although the authorization request had one",
        ("rfc6749-4.1.3-redirect-uri-present",),
        policy("code", redirect_uri="optional"),
    ),
    Fault(
        "code-redirect-uri-prefix",
        "a redirect_uri that begins like the one of the authorization request is accepted",
        ("rfc6749-4.1.3-redirect-uri",),
        policy("code", redirect_uri="prefix"),
    ),
    Fault(
        "code-other-client-accepted",
        "the client of a code is not compared",
        ("rfc6749-4.1.3-code-bound-to-client", "rfc6749-3.2.1-public-client-id"),
        policy("code", client_compared=False),
    ),
    Fault(
        "code-without-client-authentication",
        "client authentication is skipped for grant_type=authorization_code",
        ("rfc6749-3.2.1-wrong-secret",),
        policy("code", client_authenticated=False),
    ),
    Fault(
        "code-missing-crashes",
        "an exchange without code leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "missing_code"),
    ),
    Fault(
        "code-missing-access-denied",
        "an exchange without code is answered by access_denied",
        ("rfc6749-4.1.3-missing-code", "rfc6749-5.2-registered-code"),
        refusals(lambda answer: answer.saying(error="access_denied"), "missing_code"),
    ),
    Fault(
        "code-unknown-wrong-error",
        "an unknown code is answered by invalid_code",
        ("rfc6749-5.2-registered-code",),
        refusals(lambda answer: answer.saying(error="invalid_code"), "unknown_code"),
    ),
    Fault(
        "refresh-token-in-front-channel",
        "the answer of the authorization endpoint holds a refresh token",
        ("rfc6749-4.2.2-implicit-no-refresh-token",),
        at("authorization", lambda answer: answer.saying(refresh_token="cmVmcmVzaC10b2tlbi1pbi10aGUtb3Blbg")),
    ),
    Fault(
        "code-replay-spares-access-token",
        "the replay of a code leaves its access token alone",
        ("rfc6749-10.5-replay-revokes-access-token",),
        policy("code", replay_spares_access_token=True),
    ),
    Fault(
        "code-wrong-replay-revokes",
        "whoever has seen a code can end its session, even without the code_verifier",
        ("oauth2.1-7.5.2-invalid-replay-harmless",),
        policy("code", wrong_replay_revokes=True),
    ),
    Fault(
        "code-lives-five-minutes",
        "a code lives for five minutes, whatever is documented",
        ("fapi2-5.3.2.1-code-lifetime", "rfc6749-expiry-code"),
        policy("code", lifetime=300),
    ),
    Fault(
        "code-prefix-accepted",
        "only the first characters of a code are looked up",
        ("rfc6749-4.1.3-unknown-code",),
        policy("code", significant_characters=20),
    ),
    Fault(
        "code-last-character-ignored",
        "a code whose last character was changed is accepted",
        ("rfc6749-4.1.3-unknown-code",),
        policy("code", significant_characters=42),
    ),
    Fault(
        "code-case-ignored",
        "codes are compared without regard to case, as many databases do",
        ("rfc6749-1.9-case-sensitive",),
        policy("code", case_ignored=True),
    ),
    Fault("codes-counted", "codes are counted", ("token-entropy",), policy("code", predictable=True)),
    Fault(
        "code-redirect-uri-query-ignored",
        "the query of the redirect_uri of the exchange is not compared",
        ("rfc6749-4.1.3-redirect-uri",),
        policy("code", redirect_uri="without_query"),
    ),
    Fault(
        "code-redirect-uri-host-ignored",
        "the host of the redirect_uri of the exchange is not compared",
        ("rfc6749-4.1.3-redirect-uri",),
        policy("code", redirect_uri="without_host"),
    ),
    Fault(
        "code-redirect-uri-slash-ignored",
        "the redirect_uri of the exchange may end with a slash that the one of the authorization request does not have",
        ("rfc6749-4.1.3-redirect-uri",),
        policy("code", redirect_uri="slashed"),
    ),
    Fault(
        "code-redirect-uri-case-ignored",
        "the redirect_uri of the exchange is compared without regard to case",
        ("rfc6749-4.1.3-redirect-uri",),
        policy("code", redirect_uri="caseless"),
    ),
)
