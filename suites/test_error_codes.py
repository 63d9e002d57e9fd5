"""What a refusal is called: one check for each error code (RFC 6749 §5.2 and its extensions).

That something is refused is judged beside the scenarios that try it, and the form of refusals in `test_errors.py`.
"""

import pytest

from token_conformance import requirement
from token_conformance.judging.gathered import gathered
from token_conformance.judging.mistakes import judge_codes, mistakes_in
from token_conformance.judging.resource import judge_invalid_token
from token_conformance.running.record import Record

MALFORMED = (
    "bad_refreshes",
    "bad_requests",
    "device_polls",
    "exchanges",
    "expired_subject",
    "password_requests",
    "repetitions",
    "revoked_subject",
    "spelled_refreshes",
    "wrong_exchanges",
)
UNAUTHENTICATED = (
    "assertions",
    "certified_clients",
    "device_polls",
    "exchanges",
    "second_client_exchanges",
    "strangers_refresh",
    "unauthenticated_service",
    "wrong_credentials",
    "wrong_exchanges",
)
NO_GRANT = (
    "approved_device",
    "bad_refreshes",
    "code_replay",
    "device_polls",
    "expired_code",
    "expired_refresh_token",
    "foreign_device",
    "grandparent",
    "password_requests",
    "reuse",
    "revoked",
    "second_client_exchanges",
    "strangers_refresh",
    "verifiers",
    "wrong_exchanges",
)
DEAD = ("access_token_life", "at_resource", "certified_tokens")
TOO_MUCH = ("foreign_scope", "scoped_refreshes", "wider_refresh")
ELSEWHERE = ("exchanges", "resource_requests")


def judge(run: Record, scenarios: tuple[str, ...], code: str) -> None:
    """Hold the answers to all mistakes of these scenarios against the code that fits best."""
    judge_codes(mistakes_in(run.outcomes, scenarios, code))


@pytest.mark.evidence_of(*MALFORMED)
@requirement(
    "rfc6749-5.2-invalid-request",
    "rfc6749-3.2-duplicate",
    "rfc6749-5.2-missing-grant-type",
    "rfc6749-4.1.3-missing-code",
    "rfc6749-6-missing-refresh-token",
    "rfc6749-4.3-missing",
    "rfc8628-unknown-code",
    "rfc8693-invalid-subject",
    "rfc8693-2.1-missing",
    "rfc8693-2.1-requested-type",
    "rfc8693-2.1-actor-token-type",
    formerly=(
        "suites/test_code_exchange.py::test_missing_code_is_invalid_request",
        "suites/test_device_grant.py::test_polling_without_code_is_invalid_request",
        "suites/test_errors.py::test_request_without_grant_type_is_invalid_request",
        "suites/test_password.py::test_missing_password_is_invalid_request",
        "suites/test_password.py::test_missing_username_is_invalid_request",
        "suites/test_refresh.py::test_empty_refresh_token_counts_as_missing",
        "suites/test_refresh.py::test_missing_refresh_token_is_invalid_request",
        "suites/test_token_exchange.py::test_exchange_without_subject_token_is_invalid_request",
        "suites/test_token_exchange.py::test_exchange_without_subject_token_type_is_invalid_request",
    ),
)
def test_malformed_request_is_invalid_request(conformance_run: Record) -> None:
    """A request that lacks a parameter, repeats one or has one of a wrong kind is called invalid_request."""
    judge(conformance_run, MALFORMED, "invalid_request")


@pytest.mark.evidence_of(*UNAUTHENTICATED)
@requirement(
    "rfc6749-5.2-invalid-client",
    "rfc7523-assertion-error",
    "rfc8705-2-invalid-client",
    formerly=(
        "suites/test_client_assertion.py::test_refused_assertion_is_invalid_client",
        "suites/test_mutual_tls.py::test_another_certificate_is_invalid_client",
    ),
)
def test_failed_authentication_is_invalid_client(conformance_run: Record) -> None:
    """A client that is unknown, or does not prove who it is, is told invalid_client."""
    judge(conformance_run, UNAUTHENTICATED, "invalid_client")


@pytest.mark.evidence_of(*NO_GRANT)
@requirement(
    "rfc6749-5.2-invalid-grant",
    "rfc8628-unknown-code",
    formerly=("suites/test_device_grant.py::test_unknown_device_code_is_invalid_grant",),
)
def test_bad_grant_is_invalid_grant(conformance_run: Record) -> None:
    """A code, refresh token, device code or password that is wrong, used, expired, revoked or another client's is called invalid_grant."""
    judge(conformance_run, NO_GRANT, "invalid_grant")


@pytest.mark.evidence_of("forbidden_grants")
@requirement("rfc6749-5.2-unauthorized-client")
def test_unregistered_grant_is_unauthorized_client(conformance_run: Record) -> None:
    """A client that asks for a grant it is not registered for is told unauthorized_client, or unsupported_grant_type."""
    judge(conformance_run, ("forbidden_grants",), "unauthorized_client")


@pytest.mark.evidence_of("bad_requests")
@requirement("rfc6749-5.2-unsupported-grant", formerly=("suites/test_errors.py::test_unknown_grant_is_unsupported",))
def test_unknown_grant_is_unsupported_grant_type(conformance_run: Record) -> None:
    """A grant_type that nobody knows is called unsupported_grant_type."""
    judge(conformance_run, ("bad_requests",), "unsupported_grant_type")


@pytest.mark.evidence_of(*TOO_MUCH)
@requirement(
    "rfc6749-5.2-invalid-scope",
    "rfc6749-3.3-default-scope",
    formerly=(
        "suites/test_scope.py::test_request_without_scope_is_answered_clearly",
        "suites/test_scope.py::test_refused_scope_is_called_invalid",
    ),
)
def test_refused_scope_is_invalid_scope(conformance_run: Record) -> None:
    """A request that is refused for its scope, or for the lack of one, is called invalid_scope."""
    judge(conformance_run, TOO_MUCH, "invalid_scope")


@pytest.mark.evidence_of(*ELSEWHERE)
@requirement(
    "rfc8707-target",
    "rfc8693-2.2.2-invalid-target",
    formerly=("suites/test_token_exchange.py::test_unknown_target_is_called_so",),
)
def test_unknown_target_is_invalid_target(conformance_run: Record) -> None:
    """A request for a resource that nobody knows, where it is refused, is called invalid_target."""
    judge(conformance_run, ELSEWHERE, "invalid_target")


@pytest.mark.evidence_of("proofs_at_token_endpoint")
@requirement(
    "rfc9449-5-invalid-proof-error",
    formerly=(
        "suites/test_dpop_proofs.py::test_used_proof_does_not_blame_the_client",
        "suites/test_dpop_proofs.py::test_wrong_proof_is_called_so",
    ),
)
def test_wrong_proof_is_invalid_dpop_proof(conformance_run: Record) -> None:
    """A request with a proof that is wrong is called invalid_dpop_proof."""
    judge(conformance_run, ("proofs_at_token_endpoint",), "invalid_dpop_proof")


@pytest.mark.evidence_of(*DEAD)
@requirement(
    "rfc6750-3.1-invalid-token",
    "rfc8705-3-invalid-token",
    formerly=(
        "suites/test_access_token.py::test_made_up_token_is_called_invalid",
        "suites/test_expiry.py::test_expired_access_token_is_called_invalid",
        "suites/test_mutual_tls.py::test_mismatch_is_answered_by_invalid_token",
    ),
)
def test_bad_access_token_is_invalid_token(conformance_run: Record) -> None:
    """A resource answers an access token that is made up, expired or comes with another certificate by 401 and invalid_token."""
    judge_invalid_token(gathered(conformance_run.outcomes, DEAD, "bad_tokens"))
