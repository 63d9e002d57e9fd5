"""Faults of client assertions (RFC 7523, OIDC Core §9)."""

from token_conformance.reference.behaviour import policy
from token_conformance.reference.faults.fault import Fault, refusals

SIGNATURE = ("rfc7523-assertion-signature",)
ISSUER_AND_SUBJECT = ("rfc7523-assertion-iss-sub",)

CLIENT_ASSERTION = (
    Fault(
        "assertion-for-the-host-that-is-named",
        "the audience of an assertion is compared with the Host header",
        ("rfc7523-assertion-aud",),
        policy("assertion", host_believed=True),
    ),
    Fault(
        "assertion-refused",
        "no assertion authenticates",
        ("rfc7523-assertion-accepted",),
        policy("assertion", audience_list_accepted=False, audiences="nowhere"),
    ),
    Fault(
        "assertion-needs-client-id",
        "an assertion is refused without client_id beside it in the form",
        ("rfc7523-assertion-accepted",),
        policy("client", assertion_needs_client_id=True),
    ),
    Fault(
        "assertion-type-ignored",
        "client_assertion_type is not compared",
        ("rfc7523-assertion-type",),
        policy("assertion", type_compared=False),
    ),
    Fault(
        "assertion-issuer-ignored",
        "iss of an assertion is not compared",
        ISSUER_AND_SUBJECT,
        policy("assertion", issuer_compared=False),
    ),
    Fault(
        "assertion-without-issuer-accepted",
        "an assertion without iss authenticates",
        ("rfc7523-3-iss-required",),
        policy("assertion", issuer_required=False),
    ),
    Fault(
        "assertion-issuer-in-any-case",
        "small letters and capitals of iss are the same",
        ("rfc7523-3-letters-of-iss",),
        policy("assertion", letters_of_issuer_compared=False),
    ),
    Fault(
        "assertion-audience-in-any-case",
        "small letters and capitals of aud are the same",
        ("rfc7523-3-letters-of-aud",),
        policy("assertion", letters_of_audience_compared=False),
    ),
    Fault(
        "assertion-first-of-several",
        "of several assertions in one the first counts",
        ("rfc7523-2.2-one-jwt",),
        policy("assertion", first_of_several_taken=True),
    ),
    Fault(
        "assertion-subject-ignored",
        "sub of an assertion is not compared",
        ISSUER_AND_SUBJECT,
        policy("assertion", subject_compared=False),
    ),
    Fault(
        "assertion-audience-ignored",
        "aud of an assertion is not compared",
        ("rfc7523-assertion-aud",),
        policy("assertion", audience_compared=False),
    ),
    Fault(
        "assertion-expiry-ignored",
        "an expired assertion authenticates",
        ("rfc7523-assertion-exp",),
        policy("assertion", expiry_checked=False),
    ),
    Fault(
        "assertion-without-expiry-accepted",
        "an assertion without exp authenticates",
        ("rfc7523-assertion-exp",),
        policy("assertion", expiry_required=False),
    ),
    Fault(
        "assertion-not-before-ignored",
        "an assertion authenticates before its nbf",
        ("rfc7523-assertion-nbf",),
        policy("assertion", not_before_checked=False),
    ),
    Fault(
        "assertion-signature-ignored",
        "the signature of an assertion is not verified",
        SIGNATURE,
        policy("assertion", signature_verified=False),
    ),
    Fault(
        "assertion-unsigned-accepted",
        "an assertion with alg none authenticates",
        SIGNATURE,
        policy("assertion", unsigned_accepted=True),
    ),
    Fault(
        "assertion-algorithm-believed",
        "the public key is taken for the secret of an HMAC",
        SIGNATURE,
        policy("assertion", algorithm_believed=True),
    ),
    Fault(
        "assertion-without-jti-accepted",
        "an assertion without jti authenticates",
        ("oidc-9-assertion-jti",),
        policy("assertion", jti_required=False),
    ),
    Fault(
        "assertion-replay-accepted",
        "an assertion authenticates again and again",
        ("oidc-9-assertion-replay",),
        policy("assertion", replay_refused=False),
    ),
    Fault(
        "assertion-issuer-refused-as-audience",
        "the issuer is refused as aud of an assertion",
        ("client-assertion-aud-issuer",),
        policy("assertion", audiences="token_endpoint"),
    ),
    Fault(
        "assertion-contradiction-ignored",
        "a client_id beside an assertion is not compared",
        ("rfc7521-4.2-client-id",),
        policy("client", contradiction_refused=False),
    ),
    Fault(
        "assertion-failure-invalid-grant",
        "a refused assertion is answered by invalid_grant",
        ("rfc7523-assertion-error",),
        refusals(
            lambda answer: (
                answer.saying(error="invalid_grant") if str(answer.reason).startswith("assertion_") else answer
            )
        ),
    ),
    Fault(
        "assertion-replaced-by-secret",
        "a client that is registered to sign is let in with its secret",
        ("method-confusion",),
        policy("client", other_method_accepted=True),
    ),
    Fault(
        "assertion-audience-list-accepted",
        "aud of an assertion may be a list",
        ("fapi2-5.3.2.1-aud",),
        policy("assertion", audience_list_accepted=True),
    ),
    Fault(
        "assertion-token-endpoint-accepted",
        "the token endpoint is accepted as aud beside the issuer",
        ("fapi2-5.3.2.1-aud",),
        policy("assertion", audiences="both"),
    ),
    Fault(
        "assertion-no-clock-tolerance",
        "an assertion dated a few seconds ahead is refused",
        ("fapi2-5.3.2.1-clock",),
        policy("assertion", tolerance=0),
    ),
    Fault(
        "assertion-far-ahead-accepted",
        "an assertion dated two minutes ahead authenticates",
        ("fapi2-5.3.2.1-clock",),
        policy("assertion", tolerance=150),
    ),
)
