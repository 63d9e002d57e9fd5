"""Faults of metadata and published keys (RFC 8414, OIDC Discovery, RFC 7517)."""

from dataclasses import replace

from token_conformance.reference.addresses import path_of
from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import policy, together
from token_conformance.reference.faults.fault import Fault, at
from token_conformance.reference.keys import signing_key
from token_conformance.reference.unsigned import SignatureKind, Unsigned

GRANTS = ("rfc8414-grants-true",)
METHODS = ("rfc8414-auth-methods-true",)
KEYS = ("rfc7517-jwks",)


def _relative_token_endpoint(answer: Answer) -> Answer:
    return answer.saying(token_endpoint=path_of(answer.members["token_endpoint"]))


def _private_key(answer: Answer) -> Answer:
    return answer.saying(keys=[dict(signing_key("RS256").as_dict(private=True)), *answer.members["keys"][1:]])


def _with_assertions(answer: Answer) -> list[str]:
    return [*answer.members["token_endpoint_auth_methods_supported"], "private_key_jwt"]


def _same_key_id(answer: Answer) -> Answer:
    """Another key of one type by the kid of the one that signs."""
    first, *others = answer.members["keys"]
    return answer.saying(keys=[first, {**first, "n": f"x{first['n'][1:]}"}, *others])


def _without_refresh(answer: Answer) -> Answer:
    offered = answer.members["grant_types_supported"]
    return answer.saying(grant_types_supported=[grant for grant in offered if grant != "refresh_token"])


def _with_basic(answer: Answer) -> Answer:
    return answer.saying(token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"])


def _with_jwt_bearer(answer: Answer) -> Answer:
    return answer.saying(
        grant_types_supported=[*answer.members["grant_types_supported"], "urn:ietf:params:oauth:grant-type:jwt-bearer"]
    )


def _short_key(answer: Answer) -> Answer:
    short = {"kty": "RSA", "kid": "old", "use": "sig", "alg": "RS256", "e": "AQAB", "n": "v" * 171}
    return answer.saying(keys=[*answer.members["keys"], short])


def _with_uses_untold(answer: Answer) -> Answer:
    """A key for encryption beside others, one of which says no use."""
    first, *others = answer.members["keys"]
    untold = {name: value for name, value in first.items() if name != "use"}
    return answer.saying(
        keys=[{**first, "kid": "for-encryption", "use": "enc", "alg": "RSA-OAEP-256"}, untold, *others]
    )


def _signed(answer: Answer, signature: SignatureKind, **claims: str) -> Answer:
    header = {"alg": "RS256", "typ": "JWT", "kid": "reference-rs256"}
    members = {**answer.members, **claims}
    token = Unsigned("id_token", "refresh", "RS256", header, members, signature).signed()
    return answer.saying(signed_metadata=token)


METADATA = (
    Fault("jwks-short-key", "an RSA key of 1024 bits is published", ("rfc7518-3.3-rsa-size",), at("jwks", _short_key)),
    Fault(
        "metadata-revocation-endpoint-http",
        "the revocation endpoint is an http address",
        ("rfc7009-2-https",),
        at("metadata", lambda answer: answer.saying(revocation_endpoint="http://op.example/revoke")),
    ),
    Fault(
        "metadata-without-response-types",
        "there is no response_types_supported",
        ("rfc8414-2-required", "oidc-discovery-3-required"),
        at("metadata", lambda answer: answer.silent_about("response_types_supported")),
    ),
    Fault(
        "metadata-without-algorithms-of-assertions",
        "a method by assertion is listed, and no algorithm for it",
        ("rfc8414-2-auth-algs-listed",),
        at("metadata", lambda answer: answer.saying(token_endpoint_auth_methods_supported=_with_assertions(answer))),
    ),
    Fault(
        "metadata-lists-unsigned-assertions-for-revocation",
        "none is listed among the algorithms of assertions at the revocation endpoint",
        ("rfc8414-2-auth-alg-none",),
        at(
            "metadata",
            lambda answer: answer.saying(revocation_endpoint_auth_signing_alg_values_supported=["ES256", "none"]),
        ),
    ),
    Fault(
        "metadata-issuer-suffix",
        "issuer has a suffix",
        ("rfc8414-issuer",),
        at("metadata", lambda answer: answer.saying(issuer=f"{answer.members['issuer']}/v2")),
    ),
    Fault(
        "metadata-issuer-slash",
        "issuer ends in another slash",
        ("rfc8414-issuer",),
        at("metadata", lambda answer: answer.saying(issuer=f"{answer.members['issuer']}/")),
    ),
    Fault(
        "metadata-issuer-absent",
        "there is no issuer",
        ("rfc8414-issuer",),
        at("metadata", lambda answer: answer.silent_about("issuer")),
    ),
    Fault(
        "metadata-token-endpoint-relative",
        "token_endpoint is a path",
        ("rfc8414-token-endpoint",),
        at("metadata", _relative_token_endpoint),
    ),
    Fault(
        "metadata-token-endpoint-absent",
        "there is no token_endpoint",
        ("rfc8414-token-endpoint",),
        at("metadata", lambda answer: answer.silent_about("token_endpoint")),
    ),
    Fault("metadata-refresh-unlisted", "refresh works and is not listed", GRANTS, at("metadata", _without_refresh)),
    Fault(
        "metadata-grant-listed-in-vain", "a grant is listed that is refused", GRANTS, at("metadata", _with_jwt_bearer)
    ),
    Fault(
        "metadata-methods-other",
        "only tls_client_auth is listed",
        METHODS,
        at("metadata", lambda answer: answer.saying(token_endpoint_auth_methods_supported=["tls_client_auth"])),
    ),
    Fault(
        "metadata-methods-absent-post",
        "client_secret_post works and is not listed",
        METHODS,
        at("metadata", lambda answer: answer.saying(token_endpoint_auth_methods_supported=["client_secret_basic"])),
    ),
    Fault(
        "metadata-methods-lists-unsupported",
        "HTTP Basic is listed and refused",
        METHODS,
        together(policy("client", methods=("client_secret_post",)), at("metadata", _with_basic)),
    ),
    Fault(
        "metadata-without-the-response-type",
        "response_types_supported lacks the one that works",
        GRANTS,
        at("metadata", lambda answer: answer.saying(response_types_supported=["id_token"])),
    ),
    Fault(
        "metadata-relative-endpoint",
        "userinfo_endpoint is a path",
        ("rfc7009-2-https",),
        at("metadata", lambda answer: answer.saying(userinfo_endpoint="/userinfo")),
    ),
    Fault(
        "metadata-endpoint-by-http",
        "registration_endpoint is an http address",
        ("rfc7009-2-https",),
        at("metadata", lambda answer: answer.saying(registration_endpoint="http://provider.example/register")),
    ),
    Fault(
        "jwks-without-kty",
        "a published key has no kty",
        KEYS,
        at("jwks", lambda answer: answer.saying(keys=[*answer.members["keys"], {"kid": "of-no-type"}])),
    ),
    Fault(
        "metadata-pkce-absent",
        "PKCE works and is not advertised",
        ("rfc8414-pkce-advertised",),
        at("metadata", lambda answer: answer.silent_about("code_challenge_methods_supported")),
    ),
    Fault(
        "metadata-pkce-plain",
        "only the method plain is advertised",
        ("rfc8414-pkce-advertised",),
        at("metadata", lambda answer: answer.saying(code_challenge_methods_supported=["plain"])),
    ),
    Fault(
        "jwks-private",
        "the private exponent is published",
        ("oidc-discovery-3-no-private-keys",),
        at("jwks", _private_key),
    ),
    Fault("jwks-empty", "no key is published", KEYS, at("jwks", lambda answer: answer.saying(keys=[]))),
    Fault(
        "jwks-ambiguous",
        "two keys of one type have the same kid",
        ("rfc7517-4.5-distinct-kids",),
        at("jwks", _same_key_id),
    ),
    Fault(
        "jwks-html",
        "the keys are an HTML page",
        KEYS,
        at("jwks", lambda answer: replace(answer, status=404).with_body("<h1>Not found</h1>", "text/html")),
    ),
    Fault(
        "metadata-as-text",
        "the media type of the metadata is text/plain",
        ("rfc8414-3.2-response",),
        at("metadata", lambda answer: replace(answer, media_type="text/plain")),
    ),
    Fault(
        "metadata-empty-list",
        "the metadata has an empty list",
        ("rfc8414-3.2-no-empty-lists",),
        at("metadata", lambda answer: answer.saying(ui_locales_supported=[])),
    ),
    Fault(
        "metadata-lists-unsigned-assertions",
        "the metadata lists none among the algorithms of assertions",
        ("rfc8414-2-auth-alg-none",),
        at(
            "metadata", lambda answer: answer.saying(token_endpoint_auth_signing_alg_values_supported=["ES256", "none"])
        ),
    ),
    Fault(
        "metadata-without-subject-types",
        "the metadata does not tell subject_types_supported",
        ("oidc-discovery-3-required",),
        at("metadata", lambda answer: answer.silent_about("subject_types_supported")),
    ),
    Fault(
        "metadata-without-rs256",
        "RS256 is not among the algorithms of ID tokens",
        ("oidc-discovery-3-rs256",),
        at("metadata", lambda answer: answer.saying(id_token_signing_alg_values_supported=["ES256"])),
    ),
    Fault(
        "metadata-jwks-uri-without-tls",
        "jwks_uri is an http address",
        ("rfc8414-2-jwks-uri-https",),
        at(
            "metadata",
            lambda answer: answer.saying(jwks_uri=str(answer.members["jwks_uri"]).replace("https:", "http:", 1)),
        ),
    ),
    Fault(
        "metadata-plain-challenges-alone",
        "code_challenge_methods_supported lists plain alone",
        ("rfc7636-4.2-s256",),
        at("metadata", lambda answer: answer.saying(code_challenge_methods_supported=["plain"])),
    ),
    Fault(
        "metadata-issuer-with-query",
        "issuer has a query",
        ("rfc8414-2-issuer",),
        at("metadata", lambda answer: answer.saying(issuer=f"{answer.members['issuer']}?tenant=1")),
    ),
    Fault(
        "metadata-without-authorization-endpoint",
        "there is no authorization_endpoint",
        ("rfc8414-2-authorization-endpoint",),
        at("metadata", lambda answer: answer.silent_about("authorization_endpoint")),
    ),
    Fault(
        "metadata-without-algorithms-for-revocation",
        "a method by assertion is listed for revocation, and no algorithm for it",
        ("rfc8414-2-further-auth-algs",),
        at("metadata", lambda answer: answer.silent_about("revocation_endpoint_auth_signing_alg_values_supported")),
    ),
    Fault(
        "metadata-assertions-without-rs256",
        "RS256 is not among the algorithms of assertions",
        ("rfc8414-2-assertions-by-rs256",),
        at("metadata", lambda answer: answer.saying(token_endpoint_auth_signing_alg_values_supported=["ES256"])),
    ),
    Fault(
        "metadata-without-scopes",
        "there is no scopes_supported",
        ("rfc8414-2-scopes-supported",),
        at("metadata", lambda answer: answer.silent_about("scopes_supported")),
    ),
    Fault(
        "metadata-signed-by-nobody",
        "signed_metadata is not signed",
        ("rfc8414-2.1-signed-metadata",),
        at("metadata", lambda answer: _signed(answer, "none", iss=answer.members["issuer"])),
    ),
    Fault(
        "metadata-signed-without-iss",
        "signed_metadata does not say who attests to it",
        ("rfc8414-2.1-signed-metadata",),
        at("metadata", lambda answer: _signed(answer, "valid")),
    ),
    Fault(
        "metadata-endpoint-with-fragment",
        "revocation_endpoint has a fragment",
        ("rfc6749-3.1-no-fragment",),
        at(
            "metadata",
            lambda answer: answer.saying(revocation_endpoint=f"{answer.members['revocation_endpoint']}#revoke"),
        ),
    ),
    Fault(
        "metadata-offers-plain",
        "code_challenge_methods_supported lists plain beside S256",
        ("rfc7636-7.2-plain-not-offered",),
        at("metadata", lambda answer: answer.saying(code_challenge_methods_supported=["S256", "plain"])),
    ),
    Fault(
        "jwks-uses-untold",
        "there is a key for encryption, and a key for signatures does not say its use",
        ("rfc8414-2-key-use",),
        at("jwks", _with_uses_untold),
    ),
    Fault(
        "metadata-silent-about-iss",
        "iss comes with authorization responses, and the metadata does not say so",
        ("rfc9207-2.3-advertised",),
        at("metadata", lambda answer: answer.silent_about("authorization_response_iss_parameter_supported")),
    ),
    Fault(
        "metadata-behind-the-path",
        "the metadata of RFC 8414 stands behind the issuer's path",
        ("rfc8414-3.1-location",),
        policy("publication", place="behind the path"),
    ),
    Fault(
        "metadata-contradicts-itself",
        "jwks_uri is another one in the metadata of RFC 8414 than in that of OpenID Connect Discovery",
        ("rfc9068-4-consistent-metadata",),
        policy("publication", contradicts_discovery=True),
    ),
)
