"""Faults of PKCE (RFC 7636, RFC 9700 §2.1.1)."""

from token_conformance.reference.answer import Answer, AnswerChange
from token_conformance.reference.behaviour import policy, together
from token_conformance.reference.faults.fault import Fault, at, crash, refusals
from token_conformance.reference.refusal import BASIC_CHALLENGE

VERIFIER = ("rfc7636-4.6-verifier",)


def _calling_unknown_methods(error: str) -> AnswerChange:
    def changed(answer: Answer) -> Answer:
        known = answer.form.get("code_challenge_method") in {None, "S256", "plain"}
        return answer if known or "error" not in answer.members else answer.saying(error=error)

    return changed


def _calling_missing_challenges(answer: Answer) -> Answer:
    missing = "error" in answer.members and "code_challenge" not in answer.form
    return answer.saying(error="unauthorized_client") if missing else answer


PROOF_KEY = (
    Fault(
        "pkce-missing-verifier-accepted",
        "PKCE is not checked when code_verifier is absent",
        ("rfc9700-2.1.1-verifier-required",),
        policy("code", missing_verifier_refused=False),
    ),
    Fault(
        "pkce-wrong-verifier-accepted",
        "a code_verifier is demanded and not compared",
        (
            "rfc7636-4.6-verifier",
            "rfc9700-2.1.1-pkce-supported",
        ),
        policy("code", verifier_compared=False),
    ),
    Fault(
        "pkce-challenge-as-verifier",
        "the code_challenge itself is accepted as the verifier of S256",
        ("rfc7636-4.6-method-kept",),
        policy("code", challenge_as_verifier=True),
    ),
    Fault(
        "pkce-long-verifier-truncated",
        "a verifier is cut to the length of the right one before it is compared",
        VERIFIER,
        policy("code", verifier_characters=43),
    ),
    Fault(
        "pkce-challenge-case-ignored",
        "small letters and capitals of a challenge are the same",
        VERIFIER,
        policy("code", challenge_case_ignored=True),
    ),
    Fault(
        "pkce-short-verifier-accepted",
        "a verifier of less than 43 characters is not compared",
        ("rfc7636-4.1-malformed-verifier",),
        policy("code", short_verifier_refused=False),
    ),
    Fault(
        "pkce-unexpected-verifier-accepted",
        "a verifier without a challenge is ignored",
        ("rfc9700-2.1.1-pkce-downgrade",),
        policy("code", unexpected_verifier_refused=False),
    ),
    Fault(
        "pkce-wrong-verifier-crashes",
        "a wrong verifier leads to 500",
        ("endpoint-no-server-error",),
        refusals(crash, "wrong_verifier", "malformed_verifier"),
    ),
    Fault(
        "pkce-wrong-verifier-invalid-client",
        "a wrong verifier is answered by 401 invalid_client",
        ("rfc6749-5.2-invalid-grant",),
        refusals(
            lambda answer: (
                answer.with_status(401).saying(error="invalid_client").headed("WWW-Authenticate", BASIC_CHALLENGE)
            ),
            "wrong_verifier",
        ),
    ),
    Fault(
        "pkce-right-verifier-refused",
        "the right code_verifier is refused",
        ("rfc7636-4.6-right-verifier",),
        policy("code", right_verifier_refused=True),
    ),
    Fault(
        "pkce-unknown-method-accepted",
        "a challenge by an unknown method is taken for one without a method",
        ("rfc7636-4.4.1-unknown-method",),
        policy("code", methods_compared=False, plain_accepted=True),
    ),
    Fault(
        "pkce-unknown-method-wrong-error",
        "a challenge by an unknown method is called an unauthorized_client",
        ("rfc7636-4.4.1-invalid-request",),
        at("authorization", _calling_unknown_methods("unauthorized_client")),
    ),
    Fault(
        "pkce-unnamed-method-s256",
        "a challenge without a method is taken for one by S256",
        ("rfc7636-4.3-plain-by-default",),
        policy("code", unnamed_method="S256"),
    ),
    Fault(
        "pkce-missing-challenge-wrong-error",
        "a challenge is demanded, and its absence called an unauthorized_client",
        ("rfc7636-4.4.1-challenge-required",),
        together(policy("code", pkce_required="always"), at("authorization", _calling_missing_challenges)),
    ),
    Fault(
        "pkce-plain-accepted",
        "a challenge by the method plain is taken",
        ("fapi2-5.3.2.2-plain",),
        policy("code", plain_accepted=True),
    ),
)
