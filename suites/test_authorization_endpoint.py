"""The authorization endpoint, as far as codes depend on it (RFC 6749 §3.1 and §4.1.2.1, RFC 9700 §2 and §4)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.answers import Evidence
from token_conformance.provider import Authorization, Login, Provider
from token_conformance.running.record import Record
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange

UNREGISTERED = "https://unregistered.example/callback"


@dataclass(frozen=True)
class WrongAuthorizations:
    """Authorization requests that are wrong in one thing each; None where no answer reached the client."""

    unknown_response_type: Authorization | None
    unregistered: Authorization | None
    similar: dict[str, Authorization | None]
    from_other_origin: Exchange


@scenario(needs="authorization_code unattended_login", reach="session")
async def wrong_authorizations(provider: Provider) -> WrongAuthorizations:
    """Ask for a response_type that nobody knows, and for answers at addresses that are not registered."""
    redirect_uri = provider.profile.user_client.redirect_uri or ""

    async def answer(redirect_uri: str | None = None, **parameters: str) -> Authorization | None:
        try:
            return await provider.authorize(redirect_uri=redirect_uri, refreshable=False, parameters=parameters)
        except NotJudged:
            return None

    endpoint = await provider.endpoint("authorization_endpoint")
    return WrongAuthorizations(
        unknown_response_type=await answer(response_type="urn:example:response-type"),
        unregistered=await answer(UNREGISTERED),
        similar={address: await answer(address) for address in similar_to(redirect_uri)},
        from_other_origin=await provider.get(endpoint, headers=(("Origin", "https://foreign.example"),)),
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
    answered = wrong_authorizations.unknown_response_type
    if answered is None:
        raise NotApplicable("the provider shows the user a page, and tells the client nothing")
    answered.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert answered.error, "a response_type that nobody knows led to no error"
    returned = answered.answer.get("state")
    assert returned == answered.state, f"state was sent as {answered.state} and came back as {returned}"


@requirement("rfc6749-4.1.2.1-no-open-redirect")
def test_nobody_is_sent_to_an_unregistered_address(wrong_authorizations: WrongAuthorizations, login: Login) -> None:
    """A request with a redirect_uri that is not registered sends the user nowhere."""
    judge_address(wrong_authorizations.unregistered, login)


@requirement("rfc9700-2.1-exact-redirect-uri")
def test_redirect_uri_is_compared_to_the_letter(wrong_authorizations: WrongAuthorizations, login: Login) -> None:
    """A redirect_uri with a longer path than the registered one, with another query, or in other letters is refused."""
    for answered in wrong_authorizations.similar.values():
        judge_address(answered, login)


def judge_address(answered: Authorization | None, login: Login) -> None:
    """Hold what an authorization with a wrong redirect_uri led to against one with the right one."""
    if login.authorization is None or login.authorization.code is None:
        raise Inconclusive("the login with the registered redirect_uri yields no code")
    if answered is not None:
        answered.exchange.response  # noqa: B018 - the answer is this check's evidence
        brought = "a code" if answered.code else f"the error {answered.error}"
        raise AssertionError(f"{answered.redirect_uri} is not registered, and {brought} came to it")


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
