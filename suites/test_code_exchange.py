"""Codes exchanged wrongly in one thing each (RFC 6749 §4.1.3)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.unguessable import with_another_end
from token_conformance.profile.client import Client
from token_conformance.provider import Authorization, Login, Provider
from token_conformance.provider.client_authentication import Credentials, impostor, unauthenticated
from token_conformance.running.record import Record


@dataclass(frozen=True)
class WrongExchanges:
    """Codes exchanged wrongly in one thing each, a fresh code each time; their accepted twin is the login's."""

    other_redirect_uris: tuple[TokenResponse, ...]
    without_redirect_uri: TokenResponse
    altered_code: TokenResponse
    folded_code: TokenResponse
    repeated_code: TokenResponse
    without_code: TokenResponse
    stranger: Client | None
    foreign: TokenResponse | None
    unproved: TokenResponse | None
    unauthenticated: TokenResponse | None


@scenario(needs="authorization_code unattended_login", reach="session")
async def wrong_exchanges(provider: Provider) -> WrongExchanges:
    """Exchange codes with another redirect_uri, with none, altered, twice, as another client, and without credentials."""

    async def attempt(client: Client | None = None, **changes: str | None) -> TokenResponse:
        return await provider.exchange_code(await provider.authorize(refreshable=False), client=client, changes=changes)

    client, stranger = provider.profile.user_client, provider.profile.second_client
    redirect_uri = client.redirect_uri or ""
    proof = impostor(client, provider.draw("client_secret")) if client.can_be_imitated else None
    altered = await provider.authorize(refreshable=False)
    code = altered.code or ""
    return WrongExchanges(
        other_redirect_uris=tuple([await attempt(redirect_uri=address) for address in unlike(redirect_uri)]),
        without_redirect_uri=await attempt(redirect_uri=None),
        altered_code=await provider.exchange_code(altered, changes={"code": with_another_end(code)}),
        folded_code=await provider.exchange_code(altered, changes={"code": code.swapcase()}),
        repeated_code=await provider.token([*pairs_of(altered), ("code", code)], client=altered.client),
        without_code=await provider.token({"grant_type": "authorization_code", "redirect_uri": redirect_uri}),
        stranger=stranger,
        foreign=await attempt(client=stranger) if stranger is not None else None,
        unproved=await attempt(client=proof) if proof is not None else None,
        unauthenticated=await attempt(client=unauthenticated(client)) if not client.public else None,
    )


def pairs_of(authorization: Authorization) -> list[tuple[str, str]]:
    """The parameters of a right exchange."""
    verifier = authorization.code_verifier
    return [
        ("grant_type", "authorization_code"),
        ("code", authorization.code or ""),
        ("redirect_uri", authorization.redirect_uri),
        *([("code_verifier", verifier)] if verifier is not None else []),
    ]


def unlike(redirect_uri: str) -> tuple[str, ...]:
    """Addresses that careless comparisons take for the redirect_uri: on another host, with more behind it, in capitals."""
    parts = urlsplit(redirect_uri)
    elsewhere = parts._replace(netloc="other.example").geturl()
    longer = f"{redirect_uri}{'/' if parts.path.strip('/') and not parts.path.endswith('/') else 'further'}"
    query = f"{redirect_uri}{'&' if parts.query else '?'}more=1"
    capitals = parts._replace(path=parts.path.swapcase()).geturl()
    others = (elsewhere, longer, query, capitals)
    return tuple(address for address in others if address != redirect_uri)


@requirement("rfc6749-4.1.3-redirect-uri")
def test_other_redirect_uri_is_refused(wrong_exchanges: WrongExchanges, login: Login) -> None:
    """A code is refused with another redirect_uri than it was issued for: on another host, longer, with a query, in other letters."""
    for attempt in wrong_exchanges.other_redirect_uris:
        answer = refusal(attempt, control=login.response)
        sent = dict(attempt.exchange.request.form).get("redirect_uri")
        assert answer.error in {"invalid_grant", "invalid_request"}, f"redirect_uri={sent} was answered by {answer}"


@requirement("rfc6749-4.1.3-unknown-code")
def test_altered_code_is_invalid_grant(wrong_exchanges: WrongExchanges, login: Login) -> None:
    """A code that differs in its last character from one that was issued is refused as invalid_grant."""
    assert refusal(wrong_exchanges.altered_code, control=login.response).error == "invalid_grant"


@requirement("rfc6749-1.9-case-sensitive")
def test_case_of_a_code_matters(wrong_exchanges: WrongExchanges, login: Login) -> None:
    """A code with small letters for capitals, and the other way round, is another one, and refused."""
    attempt = wrong_exchanges.folded_code
    sent = dict(attempt.exchange.request.form).get("code", "")
    if sent == sent.swapcase():
        raise NotApplicable("the code has no letters")
    answer = refusal(attempt, control=login.response)
    assert not answer.accepted, "a code in other letters was accepted"


@requirement("rfc6749-3.2-duplicate")
def test_repeated_code_is_invalid_request(wrong_exchanges: WrongExchanges, login: Login) -> None:
    """An exchange that names its code twice is refused as invalid_request."""
    assert refusal(wrong_exchanges.repeated_code, control=login.response).error == "invalid_request"


@requirement("rfc6749-4.1.3-redirect-uri-present")
def test_missing_redirect_uri_is_refused(
    wrong_exchanges: WrongExchanges, login: Login, conformance_run: Record
) -> None:
    """A code that was issued for a redirect_uri is refused without it, where OpenID Connect and OAuth 2.1 do not let that go."""
    answer = refusal(wrong_exchanges.without_redirect_uri, control=login.response)
    if conformance_run.profile.claims & {"oidc", "oauth2.1"}:
        seen = "accepted" if answer.accepted else f"answered by {answer}"
        raise NotApplicable(f"measured, not judged: without redirect_uri a code is {seen}")
    assert answer.error in {"invalid_grant", "invalid_request"}


@requirement("rfc6749-4.1.3-missing-code")
def test_missing_code_is_invalid_request(wrong_exchanges: WrongExchanges, login: Login) -> None:
    """An exchange without code is refused as invalid_request."""
    assert refusal(wrong_exchanges.without_code, control=login.response).error == "invalid_request"


@requirement("rfc6749-4.1.3-code-bound-to-client")
def test_code_is_bound_to_its_client(wrong_exchanges: WrongExchanges, login: Login) -> None:
    """A code of one client is refused as invalid_grant when another client presents it."""
    if wrong_exchanges.foreign is None:
        raise NotApplicable("the profile has no second confidential client")
    answer = refusal(wrong_exchanges.foreign, control=login.response)
    if answer.error in {"invalid_client", "unauthorized_client"}:
        raise Inconclusive(f"the second client was not let in: {answer}")
    assert answer.error == "invalid_grant"


@requirement("rfc6749-4.1.3-client-authentication-required", "rfc6749-3.2.1-wrong-secret")
def test_code_needs_the_client_s_credentials(wrong_exchanges: WrongExchanges, login: Login) -> None:
    """A confidential client's code is refused with a wrong secret, as invalid_client, and without any."""
    if wrong_exchanges.unauthenticated is None:
        raise NotApplicable("the profile's client is public")
    without = refusal(wrong_exchanges.unauthenticated, control=login.response)
    assert without.error in {"invalid_client", "invalid_request", "unauthorized_client"}
    if wrong_exchanges.unproved is not None:
        assert refusal(wrong_exchanges.unproved, control=login.response).error == "invalid_client"


@dataclass(frozen=True)
class SecondClientExchanges:
    """Codes of the second client: exchanged rightly, with a wrong secret, and by the client of the others."""

    control: TokenResponse
    wrong_secret: TokenResponse
    foreign: TokenResponse


@scenario(needs="authorization_code unattended_login second_client", reach="session")
async def second_client_exchanges(provider: Provider) -> SecondClientExchanges:
    """Log in to the second client, and exchange its codes rightly, with a wrong secret, and as the first client."""
    client = provider.profile.second_client
    if client is None or client.redirect_uri is None or "authorization_code" not in allowed(client):
        raise NotApplicable("the second client may not use codes, or the profile does not tell its redirect_uri")
    if not client.can_be_imitated:
        raise NotApplicable(f"the second client authenticates by {client.authentication}")

    async def attempt(by: Client) -> TokenResponse:
        return await provider.exchange_code(await provider.authorize(client=client, refreshable=False), client=by)

    wrong = impostor(client, provider.draw("client_secret"))
    return SecondClientExchanges(
        await attempt(client), await attempt(wrong), await attempt(provider.profile.user_client)
    )


def allowed(client: Client) -> tuple[str, ...]:
    """The grants that a client is registered for: all of them where the profile does not tell."""
    return tuple(client.grant_types) if client.grant_types is not None else ("authorization_code",)


@requirement("rfc6749-4.1.3-client-authentication-required", "rfc6749-3.2.1-wrong-secret")
def test_second_client_must_authenticate(second_client_exchanges: SecondClientExchanges) -> None:
    """The second client's code is refused as invalid_client with a wrong secret."""
    answer = refusal(second_client_exchanges.wrong_secret, control=second_client_exchanges.control)
    assert answer.error == "invalid_client"


@requirement("rfc6749-4.1.3-code-bound-to-client")
def test_code_of_the_second_client_is_bound_to_it(second_client_exchanges: SecondClientExchanges) -> None:
    """The second client's code is refused as invalid_grant when the first client presents it."""
    answer = refusal(second_client_exchanges.foreign, control=second_client_exchanges.control)
    assert answer.error == "invalid_grant"


@dataclass(frozen=True)
class PublicExchanges:
    """A public client's code, presented by a client that does not say who it is, and by one that names another."""

    control: TokenResponse
    nameless: TokenResponse
    misnamed: TokenResponse


@scenario(needs="authorization_code unattended_login public_client", reach="session")
async def public_exchanges(provider: Provider) -> PublicExchanges:
    """Exchange a code as the public client, another one without client_id, and one with that of another client."""
    control = await provider.exchange_code(await provider.authorize(refreshable=False))
    stranger = provider.profile.second_client
    other_name = stranger.client_id if stranger is not None else f"unknown-{provider.draw('client_id')}"

    async def attempt(client_id: str | None) -> TokenResponse:
        form = {**dict(pairs_of(await provider.authorize(refreshable=False))), "client_id": client_id}
        return await provider.token_as(Credentials(), form)

    return PublicExchanges(control, await attempt(None), await attempt(other_name))


@requirement("rfc6749-3.2.1-public-client-id")
def test_public_client_says_who_it_is(public_exchanges: PublicExchanges) -> None:
    """A code of a public client is refused without client_id."""
    answer = refusal(public_exchanges.nameless, control=public_exchanges.control)
    assert not answer.accepted


@requirement("rfc6749-3.2.1-public-client-id")
def test_public_client_cannot_name_another(public_exchanges: PublicExchanges) -> None:
    """A code of a public client is refused with the client_id of another client."""
    answer = refusal(public_exchanges.misnamed, control=public_exchanges.control)
    assert not answer.accepted, "a code was exchanged in the name of another client, without its credentials"
