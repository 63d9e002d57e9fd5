"""How a challenge is made, and what becomes of methods that the server does not know (RFC 7636 §4.3 and §4.4.1)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Login, Provider
from token_conformance.provider.attempt import Attempt, attempted

UNKNOWN = "urn:example:no-such-method"


@dataclass(frozen=True)
class ChallengeMethods:
    """Challenges by a method that nobody knows, and by none; the code of the latter exchanged with the challenge itself."""

    unknown: Attempt
    unnamed: Attempt
    exchange: TokenResponse | None


@scenario(needs="authorization_code unattended_login pkce", reach="session")
async def challenge_methods(provider: Provider) -> ChallengeMethods:
    """Ask for codes with a challenge by an unknown method, and by none, and exchange the latter by the challenge itself."""
    verifier, exchange = provider.draw("code_verifier"), None
    unnamed = await attempted(provider, parameters={"code_challenge": verifier, "code_challenge_method": ""})
    if unnamed.answer is not None and unnamed.code is not None:
        exchange = await provider.exchange_code(unnamed.answer, changes={"code_verifier": verifier})
    unknown = await attempted(provider, parameters={"code_challenge_method": UNKNOWN})
    return ChallengeMethods(unknown, unnamed, exchange)


def control(login: Login) -> None:
    """Judge nothing where even the usual challenge yields no code."""
    if login.authorization is None or login.authorization.code is None:
        raise Inconclusive("the usual authorization request yields no code")


@requirement("rfc7636-4.4.1-unknown-method")
def test_unknown_method_yields_no_code(challenge_methods: ChallengeMethods, login: Login) -> None:
    """A challenge by a method that nobody knows yields no code."""
    control(login)
    assert challenge_methods.unknown.refused, "a challenge by an unknown method yields a code"


@requirement("rfc7636-4.4.1-invalid-request")
def test_unknown_method_is_called_invalid_request(challenge_methods: ChallengeMethods, login: Login) -> None:
    """A challenge by a method that nobody knows is refused as invalid_request."""
    control(login)
    attempt = challenge_methods.unknown
    if not attempt.refused:
        raise Inconclusive("a challenge by an unknown method yields a code; another check says so")
    assert attempt.error == "invalid_request", f"an unknown method was answered by {attempt}"


@requirement("rfc7636-4.3-plain-by-default")
def test_challenge_without_method_is_plain(challenge_methods: ChallengeMethods, login: Login) -> None:
    """A challenge without a method, where it yields a code at all, is the verifier itself."""
    control(login)
    if challenge_methods.unnamed.refused or challenge_methods.exchange is None:
        raise NotApplicable(f"the provider takes no challenge without a method: {challenge_methods.unnamed}")
    answer = refusal(challenge_methods.exchange, control=login.response)
    assert answer.accepted, f"the verifier of a challenge without a method was answered by {answer}"


@scenario(needs="authorization_code unattended_login pkce fapi2")
async def plain_challenge(provider: Provider) -> Attempt:
    """Ask for a code with a challenge by the method plain."""
    plain = {"code_challenge": provider.draw("code_verifier"), "code_challenge_method": "plain"}
    return await attempted(provider, parameters=plain)


@requirement("fapi2-5.3.2.2-plain")
def test_fapi_takes_no_plain_challenge(plain_challenge: Attempt, login: Login) -> None:
    """Under FAPI 2.0 a challenge by the method plain yields no code."""
    control(login)
    assert plain_challenge.refused, "a challenge by the method plain yields a code"
