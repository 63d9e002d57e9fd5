"""Faults of the exchange of tokens (RFC 8693)."""

from token_conformance.reference.answer import AnswerChange
from token_conformance.reference.behaviour import Change, answers, policy, together
from token_conformance.reference.faults.fault import Fault, refusals

RESPONSE = ("rfc8693-response",)
TOKEN_TYPE = ("rfc8693-2.2.1-token-type",)
INVALID = ("rfc8693-invalid-subject",)
MISSING = ("rfc8693-2.1-missing",)
VALIDATED = ("rfc8693-2.1-validated",)
SAML = "urn:ietf:params:oauth:token-type:saml2"


def exchanged(change: AnswerChange) -> Change:
    """A change of the answers to exchanges."""
    return answers(lambda answer: change(answer) if "issued_token_type" in answer.members else answer)


TOKEN_EXCHANGE = (
    Fault(
        "exchange-always-refused",
        "no token is exchanged",
        ("rfc8693-exchanged",),
        policy("token_exchange", offered=False),
    ),
    Fault(
        "exchange-issued-type-absent",
        "the answer to an exchange has no issued_token_type",
        RESPONSE,
        exchanged(lambda answer: answer.silent_about("issued_token_type")),
    ),
    Fault(
        "exchange-issued-type-no-uri",
        "issued_token_type is a word",
        RESPONSE,
        exchanged(lambda answer: answer.saying(issued_token_type="access_token")),  # noqa: S106 - a type, no token
    ),
    Fault(
        "exchange-issued-type-other",
        "issued_token_type is not the type that was asked for",
        RESPONSE,
        exchanged(
            lambda answer: answer.saying(issued_token_type="urn:ietf:params:oauth:token-type:jwt")  # noqa: S106 - a type
        ),
    ),
    Fault(
        "exchange-access-token-not-applicable",
        "token_type of an access token is N_A",
        TOKEN_TYPE,
        exchanged(lambda answer: answer.saying(token_type="N_A")),  # noqa: S106 - a type, no token
    ),
    Fault(
        "exchange-assertion-bearer",
        "token_type of a SAML assertion is Bearer",
        TOKEN_TYPE,
        exchanged(lambda answer: answer.saying(issued_token_type=SAML)),
    ),
    Fault(
        "exchange-subject-not-checked",
        "any subject_token is exchanged",
        ("rfc8693-2.1-validated",),
        policy("token_exchange", subject_checked=False),
    ),
    Fault(
        "exchange-subject-invalid-token",
        "an invalid subject_token is answered by invalid_token, which is no code of the token endpoint",
        INVALID,
        policy("token_exchange", invalid_subject="invalid_token"),
    ),
    Fault(
        "exchange-subject-type-needless",
        "subject_token_type may be absent",
        MISSING,
        policy("token_exchange", subject_type_needed=False),
    ),
    Fault(
        "exchange-subject-missing-invalid-grant",
        "a missing subject_token is answered by invalid_grant",
        MISSING,
        refusals(lambda answer: answer.saying(error="invalid_grant"), "missing_subject_token"),
    ),
    Fault(
        "exchange-expired-accepted",
        "an expired subject_token is exchanged",
        VALIDATED,
        policy("token_exchange", expiry_checked=False),
    ),
    Fault(
        "exchange-revoked-accepted",
        "a revoked subject_token is exchanged",
        VALIDATED,
        policy("token_exchange", revocation_checked=False),
    ),
    Fault(
        "exchange-unknown-type-echoed",
        "whatever requested_token_type names is said to be issued",
        ("rfc8693-2.1-requested-type",),
        policy("token_exchange", unknown_type="granted"),
    ),
    Fault(
        "exchange-unknown-type-unsupported-grant",
        "an unknown requested_token_type is answered by unsupported_grant_type",
        ("rfc8693-2.1-requested-type",),
        refusals(lambda answer: answer.saying(error="unsupported_grant_type"), "unknown_requested_type"),
    ),
    Fault(
        "exchange-actor-type-needless",
        "actor_token_type may be absent",
        ("rfc8693-2.1-actor-token-type",),
        policy("token_exchange", actor_token_type_needed=False),
    ),
    Fault(
        "exchange-scope-widened",
        "any scope that is known is granted for a narrow token",
        ("token-exchange-scope-not-widened",),
        policy("token_exchange", scope_exceeded="granted"),
    ),
    Fault(
        "exchange-scope-widened-in-silence",
        "a wider scope is granted in part, and the answer does not say what was granted",
        ("token-exchange-scope-not-widened",),
        together(
            policy("token_exchange", scope_exceeded="narrowed"), exchanged(lambda answer: answer.silent_about("scope"))
        ),
    ),
    Fault(
        "exchange-open",
        "tokens are exchanged without client authentication",
        ("token-exchange-authenticated",),
        policy("token_exchange", client_authenticated=False),
    ),
    Fault(
        "exchange-actor-unchecked",
        "an actor_token that was never issued is accepted",
        ("rfc8693-2.2.2-invalid-actor",),
        policy("token_exchange", actor_checked=False),
    ),
    Fault(
        "exchange-actor-type-alone-accepted",
        "actor_token_type without actor_token is ignored",
        ("rfc8693-2.1-actor-type-alone",),
        policy("token_exchange", actor_type_alone_refused=False),
    ),
    Fault(
        "exchange-expires-in-absent",
        "the answer to an exchange has no expires_in",
        ("rfc8693-2.2.1-expires-in",),
        exchanged(lambda answer: answer.silent_about("expires_in")),
    ),
    Fault(
        "exchange-scope-untold",
        "an exchange for a wider scope yields what the subject token allows, and the answer has no scope",
        ("rfc8693-2.2.1-scope",),
        together(
            policy("token_exchange", scope_exceeded="narrowed"),
            exchanged(lambda answer: answer.silent_about("scope")),
        ),
    ),
)
