"""The authorization endpoint, as far as codes depend on it (RFC 6749 §3.1 and §4.1.2.1, RFC 9700 §2 and §4)."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.answers import FOREIGN_ORIGIN, Evidence
from token_conformance.evidence.error_codes import NO_DECISIONS
from token_conformance.evidence.login import Authorization
from token_conformance.judging.refusal import compare
from token_conformance.provider import Login, Provider
from token_conformance.provider.attempt import Attempt, attempted
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange

UNREGISTERED = "https://unregistered.example/callback"

OF_A_RESPONSE_TYPE = {"invalid_request", "unauthorized_client", "unsupported_response_type"}
"""What a response_type may be called: unknown, a wrong value, or not for this client (RFC 6749 §4.1.2.1)."""


@dataclass(frozen=True)
class WrongAuthorizations:
    """An authorization request, and others that are wrong in one thing each."""

    control: Attempt
    unknown_response_type: Attempt
    unregistered: Attempt
    similar: dict[str, Attempt]
    from_other_origin: Exchange


@scenario(needs="authorization_code unattended_login", reach="session")
async def wrong_authorizations(provider: Provider) -> WrongAuthorizations:
    """Ask rightly, for a response_type that nobody knows, and for answers at addresses that are not registered."""
    redirect_uri = provider.profile.user_client.redirect_uri or ""

    async def answer(redirect_uri: str | None = None, **parameters: str) -> Attempt:
        return await attempted(provider, redirect_uri=redirect_uri, parameters=parameters)

    endpoint = await provider.endpoint("authorization_endpoint")
    return WrongAuthorizations(
        control=await answer(),
        unknown_response_type=await answer(response_type="urn:example:response-type"),
        unregistered=await answer(UNREGISTERED),
        similar={address: await answer(address) for address in similar_to(redirect_uri)},
        from_other_origin=await provider.get(endpoint, headers=(("Origin", FOREIGN_ORIGIN),)),
    )


def similar_to(redirect_uri: str) -> tuple[str, ...]:
    """Addresses that careless comparisons take for a registered one (RFC 9700 §4.1.1)."""
    parts = urlsplit(redirect_uri)
    longer = parts._replace(path=f"{parts.path}/further").geturl()
    capitals = parts._replace(path=parts.path.swapcase()).geturl()
    similar = (longer, f"{redirect_uri}{'&' if parts.query else '?'}more=1", capitals)
    return tuple(address for address in similar if address != redirect_uri)


@requirement("rfc6749-4.1.2.1-error-state")
def test_error_comes_back_with_its_state(wrong_authorizations: WrongAuthorizations) -> None:
    """An error of the authorization endpoint that reaches the client has an error code and the state."""
    answered = wrong_authorizations.unknown_response_type.answer
    if answered is None:
        raise NotApplicable("the provider shows the user a page, and tells the client nothing")
    answered.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert answered.error, "a response_type that nobody knows led to no error"
    returned = answered.answer.get("state")
    assert returned == answered.state, f"state was sent as {answered.state} and came back as {returned}"


@requirement("rfc6749-3.1.1-unknown-response-type")
def test_unknown_response_type_is_called_so(wrong_authorizations: WrongAuthorizations) -> None:
    """A response_type that nobody knows is called unsupported, a wrong request, or not for this client, where the client is told."""
    attempt, control = wrong_authorizations.unknown_response_type, wrong_authorizations.control
    if control.code is None:
        raise Inconclusive(f"the usual authorization request is answered by {control}")
    if not attempt.refused:
        raise Inconclusive("a response_type that nobody knows yields a code; another check says so")
    if attempt.error is None:
        raise NotApplicable("the provider shows the user a page, and tells the client nothing")
    if attempt.error in NO_DECISIONS:
        raise Inconclusive(
            f"a response_type that nobody knows was answered by {attempt.error}, which may be of the hour"
        )
    assert attempt.error in OF_A_RESPONSE_TYPE, f"a response_type that nobody knows was answered by {attempt.error}"


@requirement("rfc6749-4.1.2.1-no-open-redirect")
def test_nobody_is_sent_to_an_unregistered_address(wrong_authorizations: WrongAuthorizations) -> None:
    """A request with a redirect_uri that is not registered sends the user nowhere, with an error neither."""
    somewhere = brought(wrong_authorizations, wrong_authorizations.unregistered)
    assert somewhere is None, f"{UNREGISTERED} is not registered, and {somewhere} came to it"
    for address, answered in wrong_authorizations.similar.items():
        somewhere = brought(wrong_authorizations, answered)
        assert somewhere in {None, A_CODE}, f"{address} is not registered, and {somewhere} came to it"


@requirement("rfc9700-2.1-exact-redirect-uri")
def test_redirect_uri_is_compared_to_the_letter(wrong_authorizations: WrongAuthorizations) -> None:
    """No code goes to an address with a longer path than the registered one, with another query, or in other letters."""
    for address, answered in wrong_authorizations.similar.items():
        somewhere = brought(wrong_authorizations, answered)
        assert somewhere != A_CODE, f"{address} is not registered, and {somewhere} came to it"


A_CODE = "a code"


def brought(wrong: WrongAuthorizations, attempt: Attempt) -> str | None:
    """What an authorization with a wrong redirect_uri brought to that address, None where the user was shown a page.

    Raises:
        Inconclusive: one with the right redirect_uri brought no code.

    """
    if wrong.control.code is None:
        raise Inconclusive(f"with the registered redirect_uri the authorization endpoint answers {wrong.control}")
    if attempt.request is None or wrong.control.request is None or attempt.last is None:
        raise Inconclusive(f"the authorization request got no answer: {attempt.why}")
    compare(attempt.request, wrong.control.request)
    status = attempt.last.response.status
    if attempt.answer is None and (status == 429 or status >= 500):
        raise Inconclusive(f"the authorization request was answered by {status}")
    if attempt.answer is None or answers_elsewhere(attempt.answer):
        return None
    return A_CODE if attempt.code else f"the error {attempt.error}"


def answers_elsewhere(answer: Authorization) -> bool:
    """Whether an answer lacks the query of the address that was asked for, so that it went to the registered one."""
    own = parse_qsl(urlsplit(answer.redirect_uri).query)
    return answer.mode == "query" and not set(own) <= set(answer.answer.items())


@requirement("rfc9700-2.6-authorization-no-cors")
def test_scripts_cannot_read_the_authorization_endpoint(wrong_authorizations: WrongAuthorizations) -> None:
    """The authorization endpoint allows no foreign origin to read its answers."""
    allowed = wrong_authorizations.from_other_origin.header("access-control-allow-origin")
    assert allowed is None, f"Access-Control-Allow-Origin is {allowed!r}"


@requirement("front-channel-no-access-token")
def test_no_access_token_in_the_front_channel(login: Login) -> None:
    """The answer to response_type code, or code id_token, holds no access token."""
    authorization = login.authorization
    if authorization is None:
        raise NotApplicable("the profile logs in without an authorization code")
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert "access_token" not in authorization.answer, "an access_token came from the authorization endpoint"


@pytest.mark.evidence_of("login")
@requirement("rfc9700-4.12-no-307")
def test_login_form_is_not_sent_on(evidence: Evidence, conformance_run: Record) -> None:
    """The answer to the user's password does not make the browser send it to the next address too."""
    password = conformance_run.profile.login.password
    typed = [
        exchange
        for exchange in evidence.exchanges
        if exchange.request.method == "POST"
        and exchange.request.url != evidence.token_endpoint
        and password in dict(exchange.request.form).values()
    ]
    if not typed:
        raise NotApplicable("no password was typed into a form")
    for exchange in typed:
        status = exchange.response.status
        assert status not in {307, 308}, f"the login form was answered by {status}, which repeats the password"
