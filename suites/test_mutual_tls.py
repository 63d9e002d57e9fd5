"""Mutual TLS (RFC 8705): clients that authenticate by certificate, and tokens that are bound to one."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import claims_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.resource import BadToken, Protected, took
from token_conformance.profile.client import Client
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.hosts import LOOPBACK
from token_conformance.provider import Carrier, Provider, Resending, refresh_carrier
from token_conformance.provider.client_authentication import Credentials, certificate_of, presenting
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange, header

OF_TLS = {495, 496}
"""How nginx answers a wrong certificate, and a missing one, to itself."""


@dataclass(frozen=True)
class Certified:
    """A client's request that is accepted, and the same without its certificate and with others."""

    client: Client
    control: TokenResponse
    without: TokenResponse
    imitated: TokenResponse
    foreign: TokenResponse | None
    again: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called, but for what terminates TLS says for itself."""
        attempts = {"an imitated certificate": self.imitated, "the certificate of another client": self.foreign}
        told = {what: answer for what, answer in attempts.items() if answer and not turned_away(answer.exchange)}
        refused_by = "rfc8705-2-tls-client-auth"
        return mistaken(self.control, told, "invalid_client", clause="rfc8705-2-invalid-client", refused_by=refused_by)


@scenario(needs="client_certificate", reach="session")
async def certified_clients(provider: Provider) -> tuple[Certified, ...]:
    """Send a good request of each client with a certificate, then without it, with an imitation, and with another client's."""
    profile = provider.profile
    clients = [client for client in profile.active_clients if client.authenticates_by_certificate]
    if profile.grants.refresh_token is None:
        clients = [client for client in clients if client == in_its_own_name(provider)]
    if not clients:
        raise NotApplicable("the profile has no grant whose request can be repeated")
    return tuple([await attempts_of(provider, client) for client in clients])


def in_its_own_name(provider: Provider) -> Client | None:
    """The client that gets tokens in its own name, where one does."""
    return provider.service_client if provider.profile.grants.client_credentials is not None else None


async def attempts_of(provider: Provider, client: Client) -> Certified:
    """The attempts to be one client."""
    good = await carrier_of(provider, client)
    repetition, own, other = (
        Resending(provider, good),
        own_certificate(client),
        certificate_of_another(provider, client),
    )

    async def sent(certificate: ClientCertificate | None) -> TokenResponse:
        return await repetition.sent_as(presenting(client, certificate))

    return Certified(
        client=client,
        control=good.control,
        without=await sent(None),
        imitated=await sent(own.imitation()),
        foreign=await sent(other) if other is not None else None,
        again=await sent(own),
    )


async def carrier_of(provider: Provider, client: Client) -> Carrier:
    """A request of that client which can be repeated: for a token in its own name, or else a refresh."""
    grant = provider.profile.grants.client_credentials
    if grant is not None and client == in_its_own_name(provider):
        parameters = {"grant_type": "client_credentials", "scope": grant.scope}
        return Carrier(client, parameters, await provider.token(parameters, client=client))
    return await refresh_carrier(provider)


def own_certificate(client: Client) -> ClientCertificate:
    """The certificate of a client that has one."""
    certificate = certificate_of(client)
    if certificate is None:
        raise NotApplicable("the profile's client has no certificate")
    return certificate


def certificate_of_another(provider: Provider, client: Client) -> ClientCertificate | None:
    """The certificate of another client of the profile, where one has another; one of the same kind first."""
    own = certificate_of(client)
    others = sorted(provider.profile.clients, key=lambda other: other.authentication != client.authentication)
    return next((each for other in others if (each := certificate_of(other)) not in {None, own}), None)


def let_in(
    attempt: TokenResponse, control: TokenResponse, afterwards: TokenResponse | None = None
) -> TokenResponse | None:
    """The answer to an attempt, once it can be judged; None where what terminates TLS turned it away."""
    if control.accepted and turned_away(attempt.exchange):
        return None
    return refusal(attempt, control=control, afterwards=afterwards)


def turned_away(exchange: Exchange) -> bool:
    """Whether what terminates TLS ended the connection, or answered with a page of its own."""
    if exchange.answer is None:
        return exchange.hung_up
    page = (header(exchange.answer.headers, "content-type") or "").startswith("text/html")
    return exchange.answer.status in OF_TLS or (exchange.answer.status in {400, 403} and page)


@requirement("rfc8705-2-tls-client-auth")
def test_client_is_refused_without_its_certificate(certified_clients: tuple[Certified, ...]) -> None:
    """A client that authenticates by certificate is refused on a connection without one."""
    for each in certified_clients:
        answer = let_in(each.without, each.control, each.again)
        assert answer is None or not answer.handed_over, f"{each.client.name} was let in without its certificate"


@requirement("rfc8705-2-tls-client-auth")
def test_client_is_refused_with_the_certificate_of_another(certified_clients: tuple[Certified, ...]) -> None:
    """A client is refused on a connection with the certificate of another client."""
    attempts = [(each, each.foreign) for each in certified_clients if each.foreign is not None]
    if not attempts:
        raise NotApplicable("no other client of the profile has a certificate")
    for each, attempt in attempts:
        answer = let_in(attempt, each.control, each.again)
        assert answer is None or not answer.handed_over, (
            f"{each.client.name} was let in with another client's certificate"
        )


@requirement("rfc8705-2-imitation")
def test_client_is_refused_with_an_imitated_certificate(certified_clients: tuple[Certified, ...]) -> None:
    """A client is refused with a certificate of its subject that somebody else has made and signed."""
    for each in certified_clients:
        answer = let_in(each.imitated, each.control, each.again)
        assert answer is None or not answer.handed_over, f"{each.client.name} was let in with an imitated certificate"


@dataclass(frozen=True)
class Bound:
    """A token that is bound to the client's certificate, what is known of it, and what it is good for."""

    certificate: ClientCertificate
    response: TokenResponse
    refreshed: TokenResponse | None
    introspection: Exchange | None
    resource: Protected | None
    without: Exchange | None
    foreign: Exchange | None

    @property
    def bad_tokens(self) -> tuple[BadToken, ...]:
        """The tokens that should be called invalid, but for what terminates TLS says for itself."""
        if self.resource is None or self.foreign is None or turned_away(self.foreign):
            return ()
        mismatch = "an access token with another certificate than its own"
        return (BadToken(mismatch, self.foreign, self.resource, clause="rfc8705-3-invalid-token"),)


@scenario(needs="certificate_bound_tokens")
async def certified_tokens(provider: Provider) -> Bound:
    """Get a token over a connection with the client's certificate, refresh it, introspect it, and use it with and without."""
    client = next(client for client in provider.profile.active_clients if client.certificate is not None)
    own = own_certificate(client)
    response, refreshed = await tokens_of(provider, client)
    newest = refreshed if refreshed is not None and refreshed.accepted else response
    other = certificate_of_another(provider, client) or own.imitation()
    right, none = await used(provider, newest, own), await unborne(provider, own)
    return Bound(
        certificate=own,
        response=response,
        refreshed=refreshed,
        introspection=await introspected(provider, newest, client),
        resource=Protected(right, none) if right is not None and none is not None else None,
        without=await used(provider, newest, None),
        foreign=await used(provider, newest, other),
    )


async def tokens_of(provider: Provider, client: Client) -> tuple[TokenResponse, TokenResponse | None]:
    """A client's tokens: a user's, and those of a refresh, or one in its own name."""
    if client != provider.profile.user_client or not provider.profile.has_user_login:
        return await provider.client_credentials(client=client), None
    login = await provider.login()
    if provider.profile.grants.refresh_token is None or login.refresh_token is None:
        return login.response, None
    return login.response, await provider.refresh(login.refresh_token, client=client)


async def introspected(provider: Provider, tokens: TokenResponse, client: Client) -> Exchange | None:
    """What introspection tells of a token; None where it is not there, or closed to the client."""
    try:
        return None if client.public else await provider.introspect(tokens.access_token, client=client)
    except NotJudged:
        return None


async def used(provider: Provider, tokens: TokenResponse, certificate: ClientCertificate | None) -> Exchange | None:
    """The answer of the resource to a token on a connection with a certificate, or without; None where there is none."""
    try:
        return await provider.resource(tokens.access_token, proof=Credentials(certificate=certificate))
    except NotJudged:
        return None


async def unborne(provider: Provider, certificate: ClientCertificate | None) -> Exchange | None:
    """The answer of the resource to no access token; None where there is none."""
    try:
        return await provider.get(await provider.resource_address(), proof=Credentials(certificate=certificate))
    except NotJudged:
        return None


def confirmation(members: dict[str, Any] | None) -> object:
    """The thumbprint of a certificate in `cnf` (RFC 8705 §3.1)."""
    confirmed = (members or {}).get("cnf")
    return confirmed.get("x5t#S256") if isinstance(confirmed, dict) else None


@requirement("rfc8705-3.1-cnf-x5t")
def test_jwt_access_token_names_the_certificate(certified_tokens: Bound) -> None:
    """A JWT access token carries the thumbprint of the client's certificate in cnf, after a refresh too."""
    if not certified_tokens.response.accepted:
        raise Inconclusive(f"there is no access token: {certified_tokens.response}")
    for when, tokens in (("", certified_tokens.response), (" after a refresh", certified_tokens.refreshed)):
        if tokens is None or not tokens.accepted:
            continue
        claims = claims_of(tokens.access_token)
        if claims is None:
            raise NotApplicable("the access token is opaque")
        named = confirmation(claims)
        assert named == certified_tokens.certificate.thumbprint, f"x5t#S256 of cnf is {named or 'absent'}{when}"


@requirement("rfc8705-3.2-introspection")
def test_introspection_names_the_certificate(certified_tokens: Bound) -> None:
    """Introspection of a bound access token tells the thumbprint of the client's certificate in cnf."""
    introspection = certified_tokens.introspection
    if introspection is None:
        raise NotApplicable("the profile's client cannot introspect its token")
    if introspection.status != 200 or introspection.members.get("active") is not True:
        raise Inconclusive(f"the access token was introspected with {introspection.status}, not as active")
    named = confirmation(introspection.members)
    assert named == certified_tokens.certificate.thumbprint, f"x5t#S256 of cnf is {named or 'absent'}"


def at_resource(bound: Bound, attempt: Exchange | None) -> Exchange | None:
    """The answer of the resource to a misplaced token, once it can be judged; None where TLS itself refused it."""
    if bound.resource is None or attempt is None:
        raise NotApplicable("there is no resource to try the access token at")
    bound.resource.require()
    return None if turned_away(attempt) else bound.resource.beside(attempt)


@requirement("rfc8705-cnf")
def test_resource_refuses_a_bound_token_without_its_certificate(certified_tokens: Bound) -> None:
    """A bound access token is refused on a connection without a certificate."""
    answer = at_resource(certified_tokens, certified_tokens.without)
    assert answer is None or not took(answer), f"without the certificate the token got {answer.status}"


@requirement("rfc8705-cnf")
def test_resource_refuses_a_bound_token_with_another_certificate(certified_tokens: Bound) -> None:
    """A bound access token is refused on a connection with another certificate."""
    answer = at_resource(certified_tokens, certified_tokens.foreign)
    assert answer is None or not took(answer), f"with another certificate the token got {answer.status}"


@requirement("rfc8705-3.3-advertised")
def test_bound_tokens_are_advertised(metadata: Exchange, certified_tokens: Bound) -> None:
    """The metadata says tls_client_certificate_bound_access_tokens, where access tokens are bound."""
    known = (claims_of(certified_tokens.response.access_token), _told(certified_tokens.introspection))
    if all(confirmation(members) is None for members in known):
        raise NotApplicable("no access token is seen to be bound")
    if metadata.status != 200 or not metadata.members:
        raise Inconclusive(f"the metadata cannot be read: status {metadata.status}")
    said = metadata.members.get("tls_client_certificate_bound_access_tokens")
    assert said is True, f"tls_client_certificate_bound_access_tokens is {said!r}"


def _told(introspection: Exchange | None) -> dict[str, Any]:
    answered = introspection is not None and introspection.answer is not None
    return introspection.members if introspection is not None and answered else {}


@requirement("rfc8705-5-aliases")
def test_aliases_are_safe_addresses(metadata: Exchange) -> None:
    """Every member of mtls_endpoint_aliases is an absolute https address (http on loopback alone)."""
    aliases = metadata.members.get("mtls_endpoint_aliases")
    if aliases is None:
        raise NotApplicable("the metadata has no mtls_endpoint_aliases")
    assert isinstance(aliases, dict), f"mtls_endpoint_aliases is {type(aliases).__name__}, not an object"
    for name, address in aliases.items():
        assert safe(address), f"the alias {name} is {address!r}"


def safe(address: object) -> bool:
    """Whether it is an absolute https address, or one of http on loopback, where all of a server may be tried out."""
    try:
        parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


@dataclass(frozen=True)
class BoundRefreshes:
    """A refresh over a connection with the client's certificate, and others without it and with another one."""

    control: TokenResponse
    without: TokenResponse
    foreign: TokenResponse
    again: TokenResponse


@scenario(needs="certificate_bound_tokens public_client login refresh", reach="session")
async def bound_refreshes(provider: Provider) -> BoundRefreshes:
    """Log in as a public client with a certificate, refresh with it, then with another one and without."""
    own = own_certificate(provider.profile.user_client)
    good = await refresh_carrier(provider)
    repetition = Resending(provider, good)
    foreign = await repetition.sent_as(presenting(good.client, own.imitation()))
    without = await repetition.sent_as(presenting(good.client, None))
    return BoundRefreshes(good.control, without, foreign, again=await repetition.sent())


@requirement("rfc8705-4-refresh-token-bound")
def test_bound_refresh_token_needs_its_certificate(bound_refreshes: BoundRefreshes) -> None:
    """A public client's refresh token is refused without the certificate that it is bound to, and with another one."""
    attempts = {"without a certificate": bound_refreshes.without, "with another certificate": bound_refreshes.foreign}
    for how, attempt in attempts.items():
        answer = let_in(attempt, bound_refreshes.control, bound_refreshes.again)
        assert answer is None or not answer.handed_over, f"{how} the refresh token was accepted"
