"""How the authorization endpoint reads a request, and how it refuses one (RFC 6749 §3.1 and §4.1.2.1, RFC 9207 §2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.answers import Evidence
from token_conformance.profile.models import Profile
from token_conformance.provider import Login, Provider
from token_conformance.provider.addresses import same_place
from token_conformance.provider.attempt import Attempt, attempted, denied
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange, header

UNKNOWN = {"x_unknown": "1"}
EMPTY: dict[str, tuple[str, ...]] = {"max_age": ("",), "login_hint": ("",)}
"""Parameters that OpenID Connect defines, without a value: omitted, as RFC 6749 §3.1 has it."""

CHARACTERS = {
    "error": re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*"),
    "error_description": re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*"),
    "error_uri": re.compile(r"[\x21\x23-\x5b\x5d-\x7e]*"),
}
"""What the members of an error may hold (RFC 6749 §4.1.2.1)."""

EACH_ERROR = pytest.mark.evidence_of("odd_authorizations")


@dataclass(frozen=True)
class OddAuthorizations:
    """Authorization requests that are right in an odd way, or wrong in one thing each.

    `odd` has an unknown and an empty parameter; `unknown` and `empty` have one of them, where `odd` yields no code.
    """

    odd: Attempt
    unknown: Attempt | None
    empty: Attempt | None
    repeated: Attempt
    without_response_type: Attempt


@scenario(needs="authorization_code unattended_login", reach="session")
async def odd_authorizations(provider: Provider) -> OddAuthorizations:
    """Ask for codes with unknown and empty parameters, with one parameter twice, and without response_type."""
    grant = provider.profile.grants.authorization_code
    scope = grant.scope if grant is not None else None
    odd = await attempted(provider, parameters={**UNKNOWN, **EMPTY})
    unknown = empty = None
    if odd.code is None:
        unknown, empty = await attempted(provider, parameters=UNKNOWN), await attempted(provider, parameters=EMPTY)
    twice: dict[str, tuple[str, ...]] = {"scope": (scope, scope)} if scope else {"response_type": ("code", "code")}
    return OddAuthorizations(
        odd=odd,
        unknown=unknown,
        empty=empty,
        repeated=await attempted(provider, parameters=twice),
        without_response_type=await attempted(provider, parameters={"response_type": ""}),
    )


def control(login: Login) -> None:
    """Judge nothing where even the usual request yields no code."""
    if login.authorization is None or login.authorization.code is None:
        raise Inconclusive("the usual authorization request yields no code")


@requirement("rfc6749-3.1-unknown-ignored")
def test_unknown_parameter_of_an_authorization_is_ignored(odd_authorizations: OddAuthorizations, login: Login) -> None:
    """A parameter that the authorization endpoint does not know changes nothing."""
    control(login)
    attempt = odd_authorizations.unknown or odd_authorizations.odd
    assert not attempt.refused, f"an unknown parameter was answered by {attempt}"


@requirement("rfc6749-3.1-empty-omitted")
def test_empty_parameter_of_an_authorization_counts_as_omitted(
    odd_authorizations: OddAuthorizations, login: Login
) -> None:
    """A parameter without a value changes nothing at the authorization endpoint."""
    control(login)
    attempt = odd_authorizations.empty or odd_authorizations.odd
    assert not attempt.refused, f"parameters without a value ({', '.join(EMPTY)}) were answered by {attempt}"


@requirement("rfc6749-3.1-duplicate")
def test_repeated_parameter_yields_no_code(odd_authorizations: OddAuthorizations, login: Login) -> None:
    """An authorization request with a parameter twice yields no code."""
    control(login)
    assert odd_authorizations.repeated.refused, "an authorization request with a parameter twice yields a code"


@requirement("rfc6749-3.1.1-missing-response-type")
def test_missing_response_type_comes_back_as_an_error(odd_authorizations: OddAuthorizations, login: Login) -> None:
    """An authorization request without response_type comes back to the client as an error."""
    control(login)
    attempt = odd_authorizations.without_response_type
    assert attempt.refused, "an authorization request without response_type yields a code"
    assert attempt.error, (
        f"an authorization request without response_type was answered by {attempt}: no error came back"
    )


@requirement("rfc6749-4.1.2.1-error-code")
def test_mistake_in_an_authorization_is_called_so(odd_authorizations: OddAuthorizations, login: Login) -> None:
    """A missing response_type and a repeated parameter are called invalid_request, where the client is told."""
    control(login)
    told = (
        (
            odd_authorizations.without_response_type,
            "no response_type",
            {"invalid_request", "unsupported_response_type"},
        ),
        (odd_authorizations.repeated, "a repeated parameter", {"invalid_request"}),
    )
    errors = [(attempt, what, fitting) for attempt, what, fitting in told if attempt.refused and attempt.error]
    if not errors:
        raise NotApplicable("the provider shows the user pages, and tells the client nothing")
    for attempt, what, fitting in errors:
        assert attempt.error in fitting, f"{what} was answered by {attempt.error}"


@dataclass(frozen=True)
class DeniedAuthorization:
    """What the client learns where the user denies; None where no page asks for consent."""

    attempt: Attempt | None


@scenario(needs="authorization_code unattended_login", reach="user")
async def denied_authorization(provider: Provider) -> DeniedAuthorization:
    """Send the user to consent, and have the user deny."""
    return DeniedAuthorization(await denied(provider))


@requirement("rfc6749-4.1.2.1-access-denied")
def test_denial_is_told_to_the_client(denied_authorization: DeniedAuthorization, login: Login) -> None:
    """Where the user denies, the client gets access_denied."""
    control(login)
    attempt = denied_authorization.attempt
    if attempt is None or attempt.answer is None:
        raise NotApplicable("no page of the login has a button that denies")
    assert attempt.refused, "the user has denied, and a code came"
    assert attempt.error == "access_denied", f"the user has denied, and error is {attempt.error}"


def errors_told(evidence: Evidence, profile: Profile) -> Iterator[tuple[Exchange, dict[str, str]]]:
    """The errors of this run that the authorization endpoint sent to a client by a redirect, and their parameters."""
    own = [client.redirect_uri for client in profile.clients if client.redirect_uri]
    for exchange in evidence.exchanges:
        location = header(exchange.answer.headers, "location") if exchange.answer is not None else None
        if location is None or not any(leads_to(location, address) for address in own):
            continue
        parts = urlsplit(location)
        parameters = dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))
        if "error" in parameters:
            yield exchange, parameters


def leads_to(location: str, redirect_uri: str) -> bool:
    """Whether a redirect leads to a client's address."""
    try:
        return same_place(location, redirect_uri)
    except ValueError:
        return False


def some_errors(evidence: Evidence, run: Record) -> list[tuple[Exchange, dict[str, str]]]:
    """These errors; nothing is judged where there is none."""
    found = list(errors_told(evidence, run.profile))
    if not found:
        raise NotApplicable("no error of the authorization endpoint came to the client by a redirect in this run")
    return found


@EACH_ERROR
@requirement("rfc6749-4.1.2.1-error-charset")
def test_errors_of_authorizations_keep_to_their_characters(evidence: Evidence, conformance_run: Record) -> None:
    """error, error_description and error_uri in a redirect hold the characters that RFC 6749 allows."""
    for exchange, parameters in some_errors(evidence, conformance_run):
        for name, characters in CHARACTERS.items():
            exchange.response  # noqa: B018 - the answer is this check's evidence
            value = parameters.get(name, "")
            assert characters.fullmatch(value), f"{name} is {value!r} in the answer to {exchange}"


@EACH_ERROR
@requirement("rfc9207-2-errors")
def test_errors_of_authorizations_name_the_issuer(
    evidence: Evidence, metadata: Exchange, login: Login, conformance_run: Record
) -> None:
    """Where the metadata promises iss in authorization responses, it is in those with an error too, as in others."""
    if metadata.members.get("authorization_response_iss_parameter_supported") is not True:
        raise NotApplicable("the metadata does not promise iss in the authorization response")
    beside_codes = login.authorization.answer.get("iss") if login.authorization is not None else None
    issuer = beside_codes or conformance_run.profile.server.identifier
    for exchange, parameters in some_errors(evidence, conformance_run):
        exchange.response  # noqa: B018 - the answer is this check's evidence
        told = parameters.get("iss")
        assert told == issuer, f"iss is {told!r} beside the error {parameters['error']} in the answer to {exchange}"
