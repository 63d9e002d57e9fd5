"""Faults of DPoP (RFC 9449); they take hold where the profile documents it."""

# ruff: noqa: S106 - policies are named after the secrets that they concern

import re

from token_conformance.reference.answer import Answer
from token_conformance.reference.behaviour import Change, access_tokens, answers, policy, together
from token_conformance.reference.dpop import CHECKS
from token_conformance.reference.faults.fault import Fault, at, crash, refusals, tokens, without_challenge
from token_conformance.reference.unsigned import Unsigned

PROOF = ("rfc9449-proof-checks",)
AGE = ("rfc9449-11.1-proof-age",)
NORMALIZED = ("rfc9449-4.3-normalized",)
GOOD = ("rfc9449-4.3-good-proof",)
PARTS = ("rfc9449-4.3-parts-ignored",)
ERROR = ("rfc9449-5-invalid-proof-error",)
KEY = ("rfc9449-7.1-proof-by-the-key",)
REFUSALS = (
    "dpop_malformed",
    "dpop_typ",
    "dpop_alg",
    "dpop_jwk",
    "dpop_signature",
    "dpop_jti",
    "dpop_htm",
    "dpop_htu",
    "dpop_iat",
    "dpop_twice",
)
"""The reasons for which a proof is refused."""


def careless(*checks: str) -> Change:
    """Leave some checks of a proof out."""
    return policy("dpop", unchecked=frozenset(checks))


def at_endpoint(endpoint: str, change: Change) -> Change:
    """Be careless at the token endpoint alone, or at the resource alone."""
    return together(change, policy("dpop", careless_at=endpoint))


def _challenged_by_dpop(answer: Answer, said: str) -> Answer:
    """The answer with another challenge, where a resource refuses a request by the scheme DPoP."""
    tried = answer.request_headers.get("authorization", "").lower().startswith("dpop ")
    refused = answer.endpoint in {"resource", "userinfo"} and answer.status == 401
    return answer.headed("WWW-Authenticate", said) if tried and refused else answer


def _without_algorithms(answer: Answer) -> Answer:
    said = next((value for name, value in answer.headers if name == "WWW-Authenticate"), "")
    bare = re.sub(r'algs="[^"]*"(, )?', "", said)
    return answer.headed("WWW-Authenticate", bare) if bare != said else answer


def _other_thumbprint(token: Unsigned) -> Unsigned:
    bound = token.claims.get("cnf")
    return token.claiming(cnf={"jkt": bound["jkt"][::-1]}) if bound is not None else token


def _offering(answer: Answer, algorithm: str) -> Answer:
    offered = answer.members.get("dpop_signing_alg_values_supported", [])
    return answer.saying(dpop_signing_alg_values_supported=[*offered, algorithm])


def _called_bearer(answer: Answer) -> Answer:
    return answer.saying(token_type="Bearer") if "cnf" in answer.members else answer


DPOP = (
    Fault("dpop-typ-unchecked", "typ of a proof is not looked at", PROOF, careless("typ")),
    Fault("dpop-signature-unchecked", "the signature of a proof is not verified", PROOF, careless("alg", "signature")),
    Fault("dpop-alg-none", "a proof may be unsigned", PROOF, policy("dpop", further_algorithms=("none",))),
    Fault(
        "dpop-alg-symmetric",
        "a proof may be signed by a secret that stands in it",
        PROOF,
        policy("dpop", further_algorithms=("HS256",)),
    ),
    Fault(
        "dpop-jwk-missing-ignored",
        "a proof without a key is no proof, and does no harm",
        PROOF,
        careless("jwk_absent"),
    ),
    Fault("dpop-malformed-ignored", "a proof that is no JWT does no harm", PROOF, careless("malformed")),
    Fault("dpop-jwk-private", "a proof may hold the private key", PROOF, careless("jwk")),
    Fault("dpop-jti-unchecked", "a proof needs no jti", PROOF, careless("jti")),
    Fault("dpop-htm-unchecked", "htm of a proof is not compared", PROOF, careless("htm")),
    Fault("dpop-htu-unchecked", "htu of a proof is not compared", PROOF, careless("htu")),
    Fault(
        "dpop-claims-optional",
        "htm, htu and iat of a proof are looked at where they are there",
        PROOF,
        careless("htm_absent", "htu_absent", "iat_absent"),
    ),
    Fault("dpop-iat-unchecked", "a proof needs no iat", (*PROOF, *AGE), careless("iat", "age", "future")),
    Fault(
        "dpop-htu-unchecked-at-the-resource",
        "the resource does not compare htu",
        PROOF,
        at_endpoint("resource", careless("htu")),
    ),
    Fault(
        "dpop-htm-unchecked-at-the-token-endpoint",
        "the token endpoint does not compare htm",
        PROOF,
        at_endpoint("token", careless("htm")),
    ),
    Fault(
        "dpop-second-proof-ignored",
        "of two proofs the first one counts",
        PROOF,
        policy("dpop", second_proof_refused=False),
    ),
    Fault("dpop-old-proof-accepted", "proofs work for a day", AGE, policy("dpop", proof_lifetime=86_400)),
    Fault(
        "dpop-future-proof-accepted",
        "the clock of a client may be a day ahead",
        AGE,
        policy("dpop", clock_leeway=86_400),
    ),
    Fault("dpop-clock-leeway-none", "no clock may be ahead", ("fapi2-5.3.2.1-clock",), policy("dpop", clock_leeway=0)),
    Fault("dpop-htu-query-compared", "query and fragment of htu count", PARTS, policy("dpop", query_ignored=False)),
    Fault(
        "dpop-further-claims-refused",
        "a proof with other claims is refused",
        GOOD,
        policy("dpop", further_claims_refused=True),
    ),
    Fault(
        "dpop-htu-compared-as-written",
        "htu is compared character by character",
        NORMALIZED,
        policy("dpop", addresses_normalized=False),
    ),
    Fault(
        "dpop-error-invalid-request",
        "a wrong proof is an invalid_request",
        ERROR,
        refusals(lambda answer: answer.saying(error="invalid_request"), *REFUSALS),
    ),
    Fault(
        "dpop-replay-invalid-client",
        "a used proof is an invalid_client",
        ERROR,
        refusals(lambda answer: answer.with_status(401).saying(error="invalid_client"), "dpop_replay"),
    ),
    Fault(
        "dpop-replay-by-spelling",
        "a jti is remembered beside htu as it is written",
        ("rfc9449-11.1-jti-of-the-address",),
        policy("dpop", replay_by_spelling=True),
    ),
    Fault(
        "dpop-wrong-proof-crashes",
        "a wrong proof leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, *REFUSALS),
    ),
    Fault("dpop-wrong-proofs-block", "after wrong proofs by a key it is refused", PROOF, policy("dpop", patience=10)),
    Fault(
        "dpop-proof-not-required",
        "tokens are handed over without a proof",
        ("rfc9449-5.2-required",),
        policy("dpop", missing_proof_refused=False),
    ),
)

BINDING = (
    Fault("dpop-ath-unchecked", "the resource does not look at ath", ("rfc9449-4.3-ath",), careless("ath")),
    Fault("dpop-key-not-compared", "the resource takes a proof by any key", KEY, policy("dpop", key_compared=False)),
    Fault(
        "dpop-proof-optional-at-the-resource",
        "the resource needs no proof",
        KEY,
        policy("dpop", proof_demanded=False),
    ),
    Fault(
        "dpop-proof-unread-at-the-resource",
        "any JWT will do for a proof at the resource",
        (*PROOF, *AGE, *KEY, "rfc9449-4.3-ath"),
        together(
            careless(*(name for name, _ in CHECKS)),
            policy("dpop", careless_at="resource", key_compared=False),
        ),
    ),
    Fault(
        "dpop-bound-token-as-bearer",
        "the resource takes a bound token as a bearer token",
        ("rfc9449-7.2-not-as-bearer",),
        policy("dpop", bearer_accepted=True),
    ),
    Fault(
        "dpop-error-in-the-other-challenge",
        "the error of a proof stands in the challenge to Bearer",
        ("rfc9449-7.2-challenge-of-the-scheme",),
        answers(lambda answer: _challenged_by_dpop(answer, 'Bearer error="invalid_token", DPoP algs="ES256"')),
    ),
    Fault(
        "dpop-challenge-without-algorithms",
        "the challenge to DPoP does not tell the algorithms of proofs",
        ("rfc9449-7.1-algs",),
        answers(_without_algorithms),
    ),
    Fault(
        "dpop-resource-without-challenge",
        "the resource refuses a wrong proof without a challenge",
        ("rfc9449-7.1-challenge",),
        answers(without_challenge),
    ),
    Fault(
        "dpop-scheme-unknown-at-the-resource",
        "the resource does not know the scheme DPoP",
        ("rfc9449-7.1-scheme",),
        policy("dpop", scheme_known=False),
    ),
    Fault(
        "dpop-token-type-bearer",
        "bound tokens are called Bearer",
        ("rfc9449-token-type",),
        tokens(lambda answer: answer.saying(token_type="Bearer")),
    ),
    Fault(
        "dpop-tokens-not-bound",
        "proofs are checked, and tokens not bound",
        ("rfc9449-token-type",),
        policy("dpop", binds_access_tokens=False),
    ),
    Fault(
        "dpop-confirmation-absent",
        "bound tokens do not tell their key",
        ("rfc9449-6.1-cnf-jkt",),
        policy("dpop", confirmed_in_token=False),
    ),
    Fault(
        "dpop-confirmation-other",
        "bound tokens tell another hash of their key",
        ("rfc9449-6.1-cnf-jkt",),
        access_tokens(_other_thumbprint),
    ),
    Fault(
        "dpop-introspection-without-confirmation",
        "introspection does not tell the key of a bound token",
        ("rfc9449-6.2-introspection",),
        policy("dpop", confirmed_by_introspection=False),
    ),
    Fault(
        "dpop-introspection-bearer",
        "introspection calls bound tokens Bearer",
        ("rfc9449-6.2-introspection",),
        at("introspection", _called_bearer),
    ),
    Fault(
        "dpop-metadata-symmetric",
        "the metadata offers HS256 for proofs",
        ("rfc9449-5.1-metadata",),
        at("metadata", lambda answer: _offering(answer, "HS256")),
    ),
    Fault(
        "dpop-metadata-other-algorithm",
        "the metadata does not offer what proofs are signed by",
        ("rfc9449-5.1-metadata",),
        at("metadata", lambda answer: answer.saying(dpop_signing_alg_values_supported=["ES512"])),
    ),
    Fault(
        "dpop-refresh-token-unbound",
        "refresh tokens of public clients work with any key",
        ("rfc9449-dpop-required-proof",),
        policy("dpop", binds_refresh_tokens="never"),
    ),
    Fault(
        "dpop-refresh-token-of-confidential-client-bound",
        "refresh tokens of confidential clients are bound to the first key",
        ("rfc9449-5-confidential-not-bound",),
        policy("dpop", binds_refresh_tokens="always"),
    ),
    Fault(
        "dpop-code-not-bound",
        "dpop_jkt is ignored",
        ("rfc9449-10-dpop-jkt", "fapi2-5.3.2.1-dpop-code-binding"),
        policy("dpop", binds_codes=False),
    ),
    Fault(
        "dpop-refreshed-token-keeps-key",
        "a refreshed access token stays bound to the first key",
        ("rfc9449-5-confidential-not-bound",),
        policy("dpop", refresh_keeps_key=True),
    ),
)
