"""Variations in the form of answers that RFC 6749, RFC 6750, RFC 7662, RFC 8414 and HTTP allow."""

from __future__ import annotations

import json
from dataclasses import replace

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import Change, access_tokens, answers, policy, together
from token_conformance.reference.faults.fault import at, refusals, tokens
from token_conformance.reference.keys import public_keys
from token_conformance.reference.unsigned import Unsigned
from token_conformance.reference.variation import Variation

AT_RESOURCES = {"resource", "userinfo"}


def _escaped(answer: Answer) -> Answer:
    """JSON as PHP writes it, with a line end behind."""
    return (
        answer if answer.body is not None else answer.with_body(json.dumps(answer.members).replace("/", "\\/") + "\n")
    )


def _media_type_in_capitals(answer: Answer) -> Answer:
    named = answer.media_type == "application/json"
    return replace(answer, media_type="Application/JSON; Charset=utf-8") if named else answer


def _challenged(challenge: str, status: int) -> Change:
    def changed(answer: Answer) -> Answer:
        concerned = answer.endpoint == "token" and answer.status == status
        return answer.headed("WWW-Authenticate", challenge) if concerned else answer

    return answers(changed)


def _barely_challenged(answer: Answer) -> Answer:
    if answer.endpoint not in AT_RESOURCES or answer.status != 401:
        return answer
    return answer.headed(
        "WWW-Authenticate", "Bearer" if answer.reason == "no_token" else 'bearer error = "invalid_token"'
    )


def _challenged_twice(answer: Answer) -> Answer:
    challenge = next((value for name, value in answer.headers if name == "WWW-Authenticate"), "")
    by_dpop = answer.endpoint in AT_RESOURCES and challenge.startswith("DPoP ") and "nonce" not in challenge
    return answer.headed("WWW-Authenticate", f'Bearer realm="resource", {challenge}') if by_dpop else answer


def _without_scope_refused(answer: Answer) -> Answer:
    if answer.form.get("grant_type") != "client_credentials" or "scope" in answer.form:
        return answer
    return replace(answer, status=400, members={"error": "invalid_scope"})


def _by_basic_alone(answer: Answer) -> Answer:
    if answer.endpoint == "metadata":
        methods = ["client_secret_basic"]
        return answer.saying(
            revocation_endpoint_auth_methods_supported=methods, introspection_endpoint_auth_methods_supported=methods
        )
    by_basic = answer.request_headers.get("authorization", "").lower().startswith("basic ")
    if answer.endpoint not in {"revocation", "introspection"} or by_basic:
        return answer
    return replace(answer, members={"error": "invalid_client"}).with_status(401)


def _too_large(answer: Answer) -> Answer:
    large = any(len(value) > 10_000 for value in answer.form.values())
    page = "<html><body><h1>413 Content Too Large</h1></body></html>"
    return answer.with_status(413).with_body(page, "text/html") if large else answer


def _named_by_id_token(answer: Answer) -> Answer:
    return answer.silent_about("iss") if "id_token" in answer.members else answer


def _active(answer: Answer) -> bool:
    return answer.endpoint == "introspection" and answer.members.get("active") is True


def _only_active(answer: Answer) -> Answer:
    return replace(answer, members={"active": True}) if _active(answer) else answer


def _signed_userinfo(answer: Answer) -> Answer:
    if answer.status != 200:
        return answer
    header = {"alg": "RS256", "typ": "JWT", "kid": "reference-rs256"}
    return answer.with_body(
        Unsigned("id_token", "refresh", "RS256", header, answer.members).signed(), "application/jwt"
    )


def _signed_metadata(answer: Answer) -> Answer:
    header = {"alg": "RS256", "typ": "JWT", "kid": "reference-rs256"}
    claims = {**answer.members, "iss": answer.members["issuer"]}
    return answer.saying(signed_metadata=Unsigned("id_token", "refresh", "RS256", header, claims).signed())


def _more_keys(answer: Answer) -> Answer:
    """A key for encryption, one of a kind that nobody knows, and members that RFC 7517 §4 allows."""
    first, *others = answer.members["keys"]
    encryption = {**first, "kid": "for-encryption", "use": "enc", "alg": "RSA-OAEP-256"}
    strange = {"kty": "AKP", "kid": "of-tomorrow", "use": "sig", "alg": "ML-DSA-44", "pub": "AAAA"}
    return answer.saying(keys=[encryption, strange, {**first, "key_ops": ["verify"], "x5t": "AAAA"}, *others])


def _one_kid_for_two_types(answer: Answer) -> Answer:
    """Before the first key another one by its name, which no verifier can take for it."""
    first, *others = answer.members["keys"]
    (curve,) = public_keys(("ES256",))["keys"]
    return answer.saying(keys=[{**curve, "kid": first["kid"]}, first, *others])


def _open_to_scripts(answer: Answer) -> Answer:
    origin = answer.request_headers.get("origin")
    return answer.headed("Access-Control-Allow-Origin", origin) if origin and answer.endpoint == "token" else answer


def _invalid_where_missing(answer: Answer) -> Answer:
    missing = "error" in answer.members and "response_type" not in answer.form
    return answer.saying(error="invalid_request") if missing else answer


def _without_iss(answer: Answer) -> Answer:
    if answer.endpoint == "metadata":
        return answer.silent_about("authorization_response_iss_parameter_supported")
    return answer.silent_about("iss") if answer.endpoint == "authorization" else answer


def _invalid_for_unsupported(answer: Answer) -> Answer:
    unsupported = answer.members.get("error") == "unsupported_response_type"
    return answer.saying(error="invalid_request") if unsupported else answer


FORMS = (
    Variation("json-escaped", "JSON escapes slashes, and a line end comes behind it", answers(_escaped)),
    Variation("media-type-capitals", "the media type is Application/JSON", answers(_media_type_in_capitals)),
    Variation(
        "challenge-lower-case",
        "a failed HTTP Basic is challenged to basic",
        _challenged('basic realm="token endpoint"', 401),
    ),
    Variation(
        "challenges-in-one-field",
        "a failed HTTP Basic is challenged to Bearer and Basic in one header",
        _challenged('Bearer realm="a, b", Basic realm="token endpoint"', 401),
    ),
    Variation(
        "challenge-beside-400",
        "a refusal with 400 has a challenge too",
        _challenged('Basic realm="token endpoint"', 400),
    ),
    Variation(
        "resource-bare-challenge", "the challenge of resources is as short as can be", answers(_barely_challenged)
    ),
    Variation(
        "challenges-to-both-schemes",
        "a wrong proof is challenged to Bearer and to DPoP, with the error in the latter (RFC 9449 §7.2)",
        answers(_challenged_twice),
    ),
    Variation(
        "error-description-empty",
        "error_description is empty",
        refusals(lambda answer: answer.saying(error_description="")),
    ),
    Variation("too-large-413", "a very large request is answered by 413 and a page", answers(_too_large)),
    Variation(
        "cookies", "answers with tokens set a cookie", tokens(lambda answer: answer.headed("Set-Cookie", "lb=7"))
    ),
    Variation(
        "cors-without-credentials",
        "scripts of any origin may use the token endpoint, without the browser's credentials",
        answers(_open_to_scripts),
    ),
    Variation("introspection-minimal", "introspection tells active alone", answers(_only_active)),
    Variation(
        "introspection-further-members",
        "introspection tells more",
        answers(lambda answer: answer.saying(ext={"tenant": 7}, groups=["a"]) if _active(answer) else answer),
    ),
    Variation("userinfo-signed", "userinfo is a JWT (OIDC Core §5.3.2)", at("userinfo", _signed_userinfo)),
    Variation("jwks-further-keys", "there are keys for other ends beside those for signatures", at("jwks", _more_keys)),
    Variation(
        "jwks-one-kid-for-two-types",
        "a key of another type has the kid of the first (RFC 7517 §4.5)",
        at("jwks", _one_kid_for_two_types),
    ),
    Variation(
        "jwks-media-type",
        "the media type of keys is application/jwk-set+json",
        at("jwks", lambda answer: replace(answer, media_type="application/jwk-set+json")),
    ),
    Variation(
        "metadata-without-grants",
        "the metadata does not list grants",
        at("metadata", lambda answer: answer.silent_about("grant_types_supported")),
    ),
    Variation(
        "certificate-aliases-of-this-machine",
        "the aliases for clients with certificates are http addresses of loopback, as all is of a server that is tried out",
        at(
            "metadata", lambda answer: answer.saying(mtls_endpoint_aliases={"token_endpoint": "http://127.0.0.1/token"})
        ),
    ),
    Variation(
        "metadata-signed",
        "the metadata comes signed too, with the issuer as who attests to it (RFC 8414 §2.1)",
        at("metadata", _signed_metadata),
    ),
    Variation(
        "metadata-at-discovery-alone",
        "the metadata stands where OpenID Connect Discovery puts it alone",
        policy("publication", place="nowhere"),
    ),
    Variation(
        "revocation-by-basic-alone",
        "the metadata lists for revocation and introspection HTTP Basic alone, and nothing else works there",
        answers(_by_basic_alone),
    ),
    Variation(
        "revocation-at-the-token-endpoint",
        "revocation has the address of the token endpoint, which tells them apart by what is asked",
        policy("request", revokes_too=True),
    ),
    Variation(
        "service-names-its-scope",
        "client_credentials without a scope is invalid_scope (RFC 6749 §3.3)",
        tokens(_without_scope_refused),
    ),
    Variation(
        "authorization-without-iss", "the authorization response does not name its issuer", answers(_without_iss)
    ),
    Variation(
        "authorization-iss-in-id-token",
        "the issuer is named by the ID token of the authorization response, where there is one (RFC 9207 §4)",
        at("authorization", _named_by_id_token),
    ),
    Variation(
        "step-up-offered",
        "clients can ask for the context class of a login, and access tokens tell it (RFC 9470)",
        policy("front_door", contexts=("urn:example:password",)),
    ),
    Variation(
        "contexts-of-openid-alone",
        "OpenID Connect Discovery lists context classes, and access tokens tell nothing of them (OIDC Core §5.5.1.1)",
        together(
            policy("front_door", contexts=("urn:example:password",), unmet_context_served=True),
            policy("publication", place="nowhere"),
            access_tokens(lambda token: token.silent_about("acr", "auth_time")),
        ),
    ),
    Variation(
        "authorization-error-without-description",
        "errors of the authorization endpoint hold no more than their code",
        at("authorization", lambda answer: answer.silent_about("error_description")),
    ),
    Variation(
        "authorization-missing-response-type-invalid-request",
        "a missing response_type is an invalid_request",
        at("authorization", _invalid_where_missing),
    ),
    Variation(
        "authorization-response-type-invalid-request",
        "a response_type that the server does not know is an invalid_request, as wrong values are",
        at("authorization", _invalid_for_unsupported),
    ),
    Variation(
        "authorization-further-parameters",
        "the authorization response has further parameters",
        at("authorization", lambda answer: answer.saying(session_state="a1.b2", expires_in="7")),
    ),
)
