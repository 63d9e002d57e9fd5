"""Codes exchanged wrongly in one thing each (RFC 6749 §4.1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from token_conformance import NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.unguessable import with_another_end
from token_conformance.judging.mistakes import WITHOUT_CREDENTIALS, Mistake, mistaken
from token_conformance.judging.refusal import NOT_LET_IN, stranger
from token_conformance.profile.client import Client
from token_conformance.provider import Authorization, Provider, own_exchange
from token_conformance.provider.client_authentication import Credentials, certificate_of, impostor, unauthenticated
from token_conformance.running.record import Record


@dataclass(frozen=True)
class WrongExchanges:
    """A code exchanged rightly, and others exchanged wrongly in one thing each, a fresh code each time."""

    control: TokenResponse
    other_redirect_uris: tuple[TokenResponse, ...]
    without_redirect_uri: TokenResponse
    altered_code: TokenResponse
    folded_code: TokenResponse
    made_up_code: TokenResponse
    repeated_code: TokenResponse
    without_code: TokenResponse
    foreign: TokenResponse | None
    let_in: TokenResponse | None
    unproved: TokenResponse | None
    unauthenticated: TokenResponse | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        addresses = {f"redirect_uri={sent(answer, 'redirect_uri')}": answer for answer in self.other_redirect_uris}
        return (
            *called_grant(self.control, {"a code with another end": self.altered_code}, "rfc6749-4.1.3-unknown-code"),
            *called_grant(
                self.control, {"a made-up code": self.made_up_code}, "rfc6749-4.1.3-unknown-code", "invalid_request"
            ),
            *called_grant(self.control, addresses, "rfc6749-4.1.3-redirect-uri", "invalid_request"),
            *called_grant(
                self.control,
                {"a code without its redirect_uri": self.without_redirect_uri},
                "rfc6749-4.1.3-redirect-uri-present",
                "invalid_request",
            ),
            *called_grant(
                self.control,
                {"a code of another client": self.foreign},
                "rfc6749-4.1.3-code-bound-to-client",
                *NOT_LET_IN,
            ),
            *mistaken(
                self.control,
                {"an exchange without code": self.without_code},
                "invalid_request",
                clause="rfc6749-4.1.3-missing-code",
            ),
            *mistaken(
                self.control,
                {"a repeated code": self.repeated_code},
                "invalid_request",
                clause="rfc6749-3.2-duplicate",
                refused_by="rfc6749-3.2-duplicate",
            ),
            *mistaken(
                self.control,
                {"a code with a wrong secret": self.unproved},
                "invalid_client",
                refused_by="rfc6749-4.1.3-client-authentication-required",
            ),
            *mistaken(
                self.control,
                {"a code without the client's credentials": self.unauthenticated},
                *WITHOUT_CREDENTIALS,
                refused_by="rfc6749-4.1.3-client-authentication-required",
            ),
        )


@scenario(needs="authorization_code unattended_login", reach="session", long=True)
async def wrong_exchanges(provider: Provider) -> WrongExchanges:
    """Exchange codes rightly, with another redirect_uri, with none, altered, twice, as another client, and without credentials."""

    async def attempt(client: Client | None = None, **changes: str | None) -> TokenResponse:
        return await provider.exchange_code(await provider.authorize(refreshable=False), client=client, changes=changes)

    client, second = provider.profile.user_client, provider.profile.second_client
    proof = impostor(client, provider.draw("client_secret")) if client.can_be_imitated else None
    altered = await provider.authorize(refreshable=False)
    code = altered.code or ""
    return WrongExchanges(
        control=await attempt(),
        other_redirect_uris=tuple(
            [await attempt(redirect_uri=address) for address in unlike(client.redirect_uri or "")]
        ),
        without_redirect_uri=await attempt(redirect_uri=None),
        altered_code=await provider.exchange_code(altered, changes={"code": with_another_end(code)}),
        folded_code=await provider.exchange_code(altered, changes={"code": code.swapcase()}),
        made_up_code=await provider.exchange_code(altered, changes={"code": provider.draw("code")}),
        repeated_code=await with_code_twice(provider),
        without_code=await provider.exchange_code(altered, changes={"code": None}),
        foreign=await attempt(client=second) if second is not None else None,
        let_in=await own_exchange(provider, second),
        unproved=await attempt(client=proof) if proof is not None else None,
        unauthenticated=await attempt(client=unauthenticated(client)) if not client.public else None,
    )


async def with_code_twice(provider: Provider) -> TokenResponse:
    """Exchange a code that is named twice."""
    authorization = await provider.authorize(refreshable=False)
    twice = [*pairs_of(authorization), ("code", authorization.code or "")]
    return await provider.token(twice, client=authorization.client)


def called_grant(
    control: TokenResponse, attempts: Mapping[str, TokenResponse | None], refused_by: str, *more: str
) -> tuple[Mistake, ...]:
    """Codes that are not good, which are called invalid_grant, or by one of the codes that fit as well."""
    return mistaken(control, attempts, "invalid_grant", *more, refused_by=refused_by)


def sent(answer: TokenResponse, name: str) -> str | None:
    """The value of a parameter of the request."""
    return dict(answer.exchange.request.form).get(name)


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
def test_other_redirect_uri_is_refused(wrong_exchanges: WrongExchanges) -> None:
    """A code yields nothing with another redirect_uri than it was issued for: on another host, longer, with a query, in other letters."""
    for attempt in wrong_exchanges.other_redirect_uris:
        answer = refusal(attempt, control=wrong_exchanges.control)
        assert not answer.handed_over, f"a code was exchanged with redirect_uri={sent(attempt, 'redirect_uri')}"


@requirement(
    "rfc6749-4.1.3-unknown-code",
    formerly=(
        "suites/test_code_exchange.py::test_altered_code_is_invalid_grant",
        "suites/test_errors.py::test_unknown_code_is_invalid_grant",
    ),
)
def test_altered_code_is_refused(wrong_exchanges: WrongExchanges) -> None:
    """A code that differs in its last character from one that was issued, or is made up, yields nothing."""
    for attempt in (wrong_exchanges.altered_code, wrong_exchanges.made_up_code):
        answer = refusal(attempt, control=wrong_exchanges.control)
        assert not answer.handed_over, "a code was exchanged that was never issued"


@requirement("rfc6749-1.9-case-sensitive")
def test_case_of_a_code_matters(wrong_exchanges: WrongExchanges) -> None:
    """A code with small letters for capitals, and the other way round, is another one, and yields nothing."""
    attempt = wrong_exchanges.folded_code
    code = sent(attempt, "code") or ""
    if code == code.swapcase():
        raise NotApplicable("the code has no letters")
    answer = refusal(attempt, control=wrong_exchanges.control)
    assert not answer.handed_over, "a code in other letters was accepted"


@requirement("rfc6749-3.2-duplicate", formerly=("suites/test_code_exchange.py::test_repeated_code_is_invalid_request",))
def test_repeated_code_is_refused(wrong_exchanges: WrongExchanges) -> None:
    """An exchange that names its code twice yields nothing."""
    answer = refusal(wrong_exchanges.repeated_code, control=wrong_exchanges.control)
    assert not answer.handed_over, "an exchange that named its code twice was accepted"


@requirement("rfc6749-4.1.3-redirect-uri-present")
def test_missing_redirect_uri_is_refused(wrong_exchanges: WrongExchanges, conformance_run: Record) -> None:
    """A code that was issued for a redirect_uri yields nothing without it, where OpenID Connect and OAuth 2.1 do not let that go."""
    answer = refusal(wrong_exchanges.without_redirect_uri, control=wrong_exchanges.control)
    if conformance_run.profile.claims & {"oidc", "oauth2.1"}:
        seen = "accepted" if answer.handed_over else f"answered by {answer}"
        raise NotApplicable(f"measured, not judged: without redirect_uri a code is {seen}")
    assert not answer.handed_over, "a code was exchanged without its redirect_uri"


@requirement("rfc6749-4.1.3-code-bound-to-client")
def test_code_is_bound_to_its_client(wrong_exchanges: WrongExchanges) -> None:
    """A code of one client yields nothing to another client."""
    if wrong_exchanges.foreign is None:
        raise NotApplicable("the profile has no second confidential client")
    answer = stranger(wrong_exchanges.foreign, control=wrong_exchanges.control, let_in=wrong_exchanges.let_in)
    assert not answer.handed_over, "another client exchanged the code"


@requirement("rfc6749-4.1.3-client-authentication-required", "rfc6749-3.2.1-wrong-secret")
def test_code_needs_the_client_s_credentials(wrong_exchanges: WrongExchanges) -> None:
    """A confidential client's code yields nothing with a wrong secret, nor without any."""
    if wrong_exchanges.unauthenticated is None:
        raise NotApplicable("the profile's client is public")
    attempts = {"without credentials": wrong_exchanges.unauthenticated, "with a wrong secret": wrong_exchanges.unproved}
    for how, attempt in attempts.items():
        if attempt is not None:
            answer = refusal(attempt, control=wrong_exchanges.control)
            assert not answer.handed_over, f"a confidential client's code was exchanged {how}"


@dataclass(frozen=True)
class SecondClientExchanges:
    """Codes of the second client: exchanged rightly, with a wrong secret, and by the client of the others."""

    control: TokenResponse
    wrong_secret: TokenResponse
    foreign: TokenResponse
    let_in: TokenResponse | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        return (
            *mistaken(
                self.control,
                {"a code of the second client with a wrong secret": self.wrong_secret},
                "invalid_client",
                refused_by="rfc6749-4.1.3-client-authentication-required",
            ),
            *called_grant(
                self.control,
                {"a code of the second client": self.foreign},
                "rfc6749-4.1.3-code-bound-to-client",
                *NOT_LET_IN,
            ),
        )


@scenario(needs="authorization_code unattended_login second_client", reach="session", long=True)
async def second_client_exchanges(provider: Provider) -> SecondClientExchanges:
    """Log in to the second client, and exchange its codes rightly, with a wrong secret, and as the first client."""
    client = provider.profile.second_client
    if client is None or client.redirect_uri is None or "authorization_code" not in allowed(client):
        raise NotApplicable("the second client may not use codes, or the profile does not tell its redirect_uri")
    if not client.can_be_imitated:
        raise NotApplicable(f"the second client authenticates by {client.authentication}")

    async def attempt(by: Client) -> TokenResponse:
        return await provider.exchange_code(await provider.authorize(client=client, refreshable=False), client=by)

    wrong, first = impostor(client, provider.draw("client_secret")), provider.profile.user_client
    return SecondClientExchanges(
        control=await attempt(client),
        wrong_secret=await attempt(wrong),
        foreign=await attempt(first),
        let_in=await own_exchange(provider, first),
    )


def allowed(client: Client) -> tuple[str, ...]:
    """The grants that a client is registered for: all of them where the profile does not tell."""
    return tuple(client.grant_types) if client.grant_types is not None else ("authorization_code",)


@requirement("rfc6749-4.1.3-client-authentication-required", "rfc6749-3.2.1-wrong-secret")
def test_second_client_must_authenticate(second_client_exchanges: SecondClientExchanges) -> None:
    """The second client's code yields nothing with a wrong secret."""
    answer = refusal(second_client_exchanges.wrong_secret, control=second_client_exchanges.control)
    assert not answer.handed_over, "the second client's code was exchanged with a wrong secret"


@requirement("rfc6749-4.1.3-code-bound-to-client")
def test_code_of_the_second_client_is_bound_to_it(second_client_exchanges: SecondClientExchanges) -> None:
    """The second client's code yields nothing to the first client."""
    answer = stranger(
        second_client_exchanges.foreign,
        control=second_client_exchanges.control,
        let_in=second_client_exchanges.let_in,
    )
    assert not answer.handed_over, "the first client exchanged the second client's code"


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
        return await provider.token_as(Credentials(certificate=certificate_of(provider.profile.user_client)), form)

    return PublicExchanges(control, await attempt(None), await attempt(other_name))


@requirement("rfc6749-3.2.1-public-client-id")
def test_public_client_says_who_it_is(public_exchanges: PublicExchanges) -> None:
    """A code of a public client is refused without client_id."""
    answer = refusal(public_exchanges.nameless, control=public_exchanges.control)
    assert not answer.handed_over, "a code was exchanged by nobody knows whom"


@requirement("rfc6749-3.2.1-public-client-id")
def test_public_client_cannot_name_another(public_exchanges: PublicExchanges) -> None:
    """A code of a public client is refused with the client_id of another client."""
    # Nobody who is not that client has its credentials: naming it and not proving to be it is one thing.
    differs = ("client id", "client proof")
    answer = refusal(public_exchanges.misnamed, control=public_exchanges.control, differs=differs)
    assert not answer.handed_over, "a code was exchanged in the name of another client, without its credentials"
