"""What an assertion says, compared to the letter, and how many there are (RFC 7523 §2.2 and §3)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from token_conformance import NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Provider, carrier_of
from token_conformance.provider.assertion import Assertion
from token_conformance.provider.client_authentication import Credentials


@dataclass(frozen=True)
class AssertionClaims:
    """An accepted assertion, and others that differ from it in one thing each; None where that cannot be written."""

    control: TokenResponse
    without_iss: TokenResponse
    iss_in_other_letters: TokenResponse | None
    aud_in_other_letters: TokenResponse | None
    two: TokenResponse


@scenario(needs="client_assertion")
async def assertion_claims(provider: Provider) -> AssertionClaims:
    """Send an assertion without iss, with iss and aud in other letters, and two assertions in one."""
    client = next(client for client in provider.profile.clients if client.asserts)
    good = await carrier_of(client, provider)
    control = good.control

    async def sent(proof: Credentials) -> TokenResponse:
        nonlocal good
        response = await provider.token_as(proof, good.parameters)
        good = good.after(response)
        return response

    async def fresh() -> Assertion:
        return await provider.assertion(client)

    async def respelled(claim: str) -> TokenResponse | None:
        assertion = await fresh()
        value = str(assertion.claims[claim])
        other = value.swapcase()
        return await sent(assertion.claiming(**{claim: other}).credentials()) if other != value else None

    without_iss = await sent((await fresh()).claiming(iss=None).credentials())
    iss, aud = await respelled("iss"), await respelled("aud")
    return AssertionClaims(control, without_iss, iss, aud, await sent(both_in_one(await fresh(), await fresh())))


def both_in_one(first: Assertion, second: Assertion) -> Credentials:
    """Two assertions in one client_assertion, with a blank between them."""
    *others, (name, signed) = first.credentials().parameters
    return Credentials(parameters=(*others, (name, f"{signed} {second.signed()}")))


def judge(attempt: TokenResponse | None, control: TokenResponse, what: str) -> None:
    """Hold the answer to a wrong assertion against the accepted one."""
    if attempt is None:
        raise NotApplicable("it has no letters")
    assert not refusal(attempt, control=control).handed_over, f"an assertion {what} was accepted"


@requirement("rfc7523-3-iss-required")
def test_assertion_without_issuer_is_refused(assertion_claims: AssertionClaims) -> None:
    """An assertion without iss is refused."""
    judge(assertion_claims.without_iss, assertion_claims.control, "without iss")


@requirement("rfc7523-3-letters-of-iss")
def test_letters_of_the_issuer_matter(assertion_claims: AssertionClaims) -> None:
    """An assertion with small letters for capitals in iss, and the other way round, is refused."""
    judge(assertion_claims.iss_in_other_letters, assertion_claims.control, "with iss in other letters")


@requirement("rfc7523-3-letters-of-aud")
def test_letters_of_the_audience_matter(assertion_claims: AssertionClaims) -> None:
    """An assertion with small letters for capitals in aud, and the other way round, is refused."""
    judge(assertion_claims.aud_in_other_letters, assertion_claims.control, "with aud in other letters")


@requirement("rfc7523-2.2-one-jwt")
def test_two_assertions_are_none(assertion_claims: AssertionClaims) -> None:
    """A client_assertion with two JWTs is refused."""
    judge(assertion_claims.two, assertion_claims.control, "with two JWTs in it")


LOOPBACK = {"localhost", "127.0.0.1", "::1"}
FOREIGN = "other.example"


@dataclass(frozen=True)
class ForeignHost:
    """An accepted assertion, and one for the token endpoint of another host, in a request that names this host."""

    control: TokenResponse
    attempt: TokenResponse


@scenario(needs="client_assertion")
async def foreign_host(provider: Provider) -> ForeignHost:
    """Send a short-lived assertion for another host's token endpoint, with that host in the Host header."""
    endpoint = await provider.endpoint("token_endpoint")
    if urlsplit(endpoint).hostname not in LOOPBACK and not provider.profile.server.foreign_host:
        raise NotApplicable(
            "another Host may choose another tenant: it is named on loopback, or by server.foreign_host"
        )
    client = next(client for client in provider.profile.clients if client.asserts)
    good = await carrier_of(client, provider)
    assertion = await provider.assertion(client)
    elsewhere = urlsplit(endpoint)._replace(netloc=FOREIGN).geturl()
    soon = assertion.claiming(aud=elsewhere, exp=assertion.claims["iat"] + 15)
    attempt = await provider.token_as(soon.credentials(), good.parameters, headers=(("Host", FOREIGN),))
    return ForeignHost(good.control, attempt)


@requirement("rfc7523-assertion-aud")
def test_host_of_a_request_does_not_name_the_server(foreign_host: ForeignHost) -> None:
    """An assertion for another host's token endpoint is refused, even in a request that names this host."""
    answer = refusal(foreign_host.attempt, control=foreign_host.control)
    assert not answer.handed_over, f"an assertion for {FOREIGN} was accepted in a request with Host: {FOREIGN}"
