"""Clients that prove who they are by signed assertions (RFC 7521, RFC 7523, OIDC Core §9)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from token_conformance import NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.refusal import decision
from token_conformance.profile.client import Client
from token_conformance.provider import Carrier, Provider, Resending, carrier_of
from token_conformance.provider.assertion import Assertion
from token_conformance.provider.client_authentication import by
from token_conformance.running.record import Record

HOUR = 3600

DATES = ("iat", "nbf", "exp")
"""What an assertion that was made at another time has otherwise: its date, and with it the end of its minute."""

REFUSED_BY = {
    "iss": "rfc7523-assertion-iss-sub",
    "sub": "rfc7523-assertion-iss-sub",
    "without sub": "rfc7523-assertion-iss-sub",
    "aud": "rfc7523-assertion-aud",
    "without aud": "rfc7523-assertion-aud",
    "exp": "rfc7523-assertion-exp",
    "without exp": "rfc7523-assertion-exp",
    "nbf": "rfc7523-assertion-nbf",
}
"""The requirements by which assertions are refused for what is wrong with them; the others are not the client's."""


@dataclass(frozen=True)
class Assertions:
    """An assertion that was accepted, and others that are wrong in one thing each.

    `alone` is the answer to one without client_id beside it, where the client is let in only with it.
    """

    carrier: Carrier
    wrong: dict[str, TokenResponse]
    replayed: TokenResponse
    without_jti: TokenResponse
    other_audience: TokenResponse | None
    again: TokenResponse
    alone: TokenResponse | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called: those whose assertion is looked at."""
        control, mistakes = self.carrier.control, self.wrong.items()
        return tuple(
            each
            for name, answer in mistakes
            if name not in {"type", "client_id"}
            for each in mistaken(
                control,
                {f"an assertion that is wrong in this: {name}": answer},
                "invalid_client",
                clause="rfc7523-assertion-error",
                refused_by=REFUSED_BY.get(name, "rfc7523-assertion-signature"),
                afterwards=self.again,
            )
        )

    def refusal(self, attempt: TokenResponse) -> TokenResponse:
        """The answer to an assertion beside that to a good one, before all of them and after."""
        return refusal(attempt, control=self.carrier.control, afterwards=self.again)


@scenario(needs="client_assertion")
async def assertions(provider: Provider) -> Assertions:
    """Send a good assertion, then assertions that are wrong in one thing each, and a good one twice."""
    client = next(client for client in provider.profile.clients if client.asserts)
    good = await carrier_of(client, provider)
    repetition, now = Resending(provider, good), int(provider.clock.now().timestamp())

    async def sent(assertion: Assertion, *named: tuple[str, str]) -> TokenResponse:
        return await repetition.sent_as(assertion.credentials(), *named)

    async def fresh() -> Assertion:
        return await provider.assertion(client)

    first = await sent(twice := await fresh())
    stranger = f"stranger-{provider.draw('client_id')}"
    wrong = {name: await sent(change(await fresh())) for name, change in wrong_ones(client, stranger, now).items()}
    wrong["client_id"] = await sent(replace(await fresh(), named=False), ("client_id", stranger))
    audience = await other_audience(provider, twice)
    return Assertions(
        carrier=Carrier(client, good.parameters, first),
        wrong=wrong,
        replayed=await sent(twice),
        without_jti=await sent((await fresh()).claiming(jti=None)),
        other_audience=await sent((await fresh()).claiming(aud=audience)) if audience is not None else None,
        again=await sent(await fresh()),
        alone=await sent(replace(await fresh(), named=False)) if twice.named else None,
    )


def wrong_ones(client: Client, stranger: str, now: int) -> dict[str, Callable[[Assertion], Assertion]]:
    """What makes an assertion of a client wrong, each in one thing; a client that signs by its secret has no public key."""
    wrong: dict[str, Callable[[Assertion], Assertion]] = {
        "type": lambda good: good.of_type("urn:example:assertion-type"),
        "iss": lambda good: good.claiming(iss=stranger),
        "sub": lambda good: good.claiming(sub=stranger),
        "without sub": lambda good: good.claiming(sub=None),
        "aud": lambda good: good.claiming(aud="https://other.example/token"),
        "without aud": lambda good: good.claiming(aud=None),
        "exp": lambda good: good.claiming(exp=now - HOUR // 2),
        "without exp": lambda good: good.claiming(exp=None),
        "nbf": lambda good: good.claiming(nbf=now + HOUR),
        "a stranger's key": lambda good: good.signed_as("a stranger"),
        "no signature": lambda good: good.signed_as("nobody"),
        "an HMAC by the public key": lambda good: good.signed_as("the public key"),
    }
    if client.authentication == "client_secret_jwt":
        del wrong["an HMAC by the public key"]
    return wrong


async def other_audience(provider: Provider, good: Assertion) -> str | None:
    """The other name of the server: its issuer, where assertions are for the token endpoint."""
    issuer = provider.profile.server.identifier
    return issuer if issuer is not None and good.claims["aud"] != issuer else None


def judge(assertions: Assertions, *names: str) -> None:
    """Hold the answers to assertions that are wrong in these things against the accepted one."""
    for name in names:
        if name in assertions.wrong:
            answer = assertions.refusal(assertions.wrong[name])
            assert not answer.handed_over, f"an assertion was accepted that is wrong in this: {name}"


@requirement("rfc7523-assertion-accepted")
def test_good_assertion_is_accepted(assertions: Assertions) -> None:
    """A well-formed assertion authenticates the client, without client_id beside it too (RFC 7521 §4.2)."""
    assert decision(assertions.carrier.control).accepted
    if (alone := assertions.alone) is not None:
        assert decision(alone).accepted, (
            f"without client_id beside it, which is unnecessary, it was answered by {alone}"
        )


@requirement("rfc7523-assertion-type")
def test_other_assertion_type_is_refused(assertions: Assertions) -> None:
    """An assertion of an unknown client_assertion_type is refused."""
    judge(assertions, "type")


@requirement("rfc7523-assertion-iss-sub")
def test_assertion_about_another_client_is_refused(assertions: Assertions) -> None:
    """An assertion is refused whose iss or sub is not the client, or that has no sub."""
    judge(assertions, "iss", "sub", "without sub")


@requirement("rfc7523-assertion-aud")
def test_assertion_for_another_server_is_refused(assertions: Assertions) -> None:
    """An assertion with the aud of another server, or without aud, is refused."""
    judge(assertions, "aud", "without aud")


@requirement("rfc7523-assertion-exp")
def test_expired_assertion_is_refused(assertions: Assertions) -> None:
    """An expired assertion, and one that never expires, are refused."""
    judge(assertions, "exp", "without exp")


@requirement("rfc7523-assertion-nbf")
def test_assertion_of_tomorrow_is_refused(assertions: Assertions) -> None:
    """An assertion is refused an hour before its nbf."""
    judge(assertions, "nbf")


@requirement("rfc7523-assertion-signature")
@pytest.mark.parametrize("name", ["a stranger's key", "no signature", "an HMAC by the public key"])
def test_signature_is_verified(assertions: Assertions, name: str) -> None:
    """An assertion is refused that the client did not sign."""
    if name not in assertions.wrong:
        raise NotApplicable("the client signs by its secret")
    answer = assertions.refusal(assertions.wrong[name])
    assert not answer.handed_over, f"an assertion with {name} was accepted"


@requirement("rfc7521-4.2-client-id")
def test_client_id_beside_an_assertion_is_compared(assertions: Assertions) -> None:
    """A client_id beside an assertion that names another client leads to a refusal."""
    judge(assertions, "client_id")


@requirement("oidc-9-assertion-jti")
def test_assertion_without_jti_is_refused(assertions: Assertions, conformance_run: Record) -> None:
    """An assertion without jti is refused, where the provider claims OpenID Connect or FAPI 2.0."""
    answer = assertions.refusal(assertions.without_jti)
    if not conformance_run.profile.claims & {"oidc", "fapi2"}:
        raise NotApplicable(f"measured, not judged: it is {'accepted' if answer.handed_over else 'refused'}")
    assert not answer.handed_over, "an assertion without jti was accepted"


@requirement("oidc-9-assertion-replay")
def test_assertion_works_once(assertions: Assertions, conformance_run: Record) -> None:
    """The same assertion is refused the second time, where the provider claims OpenID Connect or FAPI 2.0."""
    answer = assertions.refusal(assertions.replayed)
    if not conformance_run.profile.claims & {"oidc", "fapi2"}:
        raise NotApplicable(f"measured, not judged: it is {'accepted' if answer.handed_over else 'refused'}")
    assert not answer.handed_over, "the same assertion was accepted twice"


@requirement("client-assertion-aud-issuer")
def test_issuer_is_accepted_as_audience(assertions: Assertions) -> None:
    """The issuer is accepted as aud, as FAPI 2.0 and the update of RFC 7523 want it."""
    if assertions.other_audience is None:
        raise NotApplicable("the assertions of the run name the issuer already, or the profile names none")
    assert assertions.refusal(assertions.other_audience).accepted


@dataclass(frozen=True)
class FAPIAssertions:
    """Assertions as FAPI 2.0 judges them: with several audiences, and dated a little or much ahead."""

    control: TokenResponse
    audience_list: TokenResponse
    token_endpoint: TokenResponse
    a_little_ahead: TokenResponse
    far_ahead: TokenResponse
    again: TokenResponse


@scenario(needs="client_assertion fapi2")
async def fapi_assertions(provider: Provider) -> FAPIAssertions:
    """Send assertions with the issuer in a list, with the token endpoint as aud, and dated 8 and 90 seconds ahead."""
    client = next(client for client in provider.profile.clients if client.asserts)
    repetition = Resending(provider, await carrier_of(client, provider))
    issuer, now = provider.profile.server.identifier, int(provider.clock.now().timestamp())

    async def sent(**claims: object) -> TokenResponse:
        assertion = (await provider.assertion(client)).claiming(aud=issuer).claiming(**claims)
        return await repetition.sent_as(assertion.credentials())

    return FAPIAssertions(
        control=await sent(),
        audience_list=await sent(aud=[issuer]),
        token_endpoint=await sent(aud=await provider.endpoint("token_endpoint")),
        a_little_ahead=await sent(**dated(now + 8)),
        far_ahead=await sent(**dated(now + 90)),
        again=await sent(),
    )


def dated(time: int) -> dict[str, object]:
    """The claims of an assertion that was made at a time, in seconds since 1970, and is good for a minute."""
    return {"iat": time, "nbf": time, "exp": time + 60}


@requirement("fapi2-5.3.2.1-aud")
def test_fapi_audience_is_the_issuer_alone(fapi_assertions: FAPIAssertions) -> None:
    """Under FAPI 2.0 aud of an assertion is the issuer, as a string."""
    assert decision(fapi_assertions.control).accepted, f"aud is the issuer, and the answer {fapi_assertions.control}"
    for attempt in (fapi_assertions.audience_list, fapi_assertions.token_endpoint):
        answer = refusal(attempt, control=fapi_assertions.control, afterwards=fapi_assertions.again)
        assert not answer.handed_over, "another aud than the issuer was accepted"


@requirement("fapi2-5.3.2.1-clock")
def test_fapi_clocks_may_differ_a_little(fapi_assertions: FAPIAssertions) -> None:
    """Under FAPI 2.0 an assertion dated 8 seconds ahead is accepted, and one dated 90 seconds ahead is refused."""
    control, again = fapi_assertions.control, fapi_assertions.again
    assert refusal(fapi_assertions.a_little_ahead, control=control, differs=DATES).accepted
    answer = refusal(fapi_assertions.far_ahead, control=control, afterwards=again, differs=DATES)
    assert not answer.handed_over, "an assertion dated 90 seconds ahead was accepted"


@dataclass(frozen=True)
class OtherMethod:
    """A request that a client signed, and the same with its secret."""

    control: TokenResponse
    attempt: TokenResponse


@scenario(needs="client_assertion")
async def other_method(provider: Provider) -> OtherMethod:
    """Send a good request of a client that is registered to sign, and the same with its secret."""
    client = next(client for client in provider.profile.clients if client.asserts)
    if client.client_secret is None:
        raise NotApplicable("the profile's client that signs has no secret beside its key")
    good = await carrier_of(client, provider)
    return OtherMethod(good.control, await provider.token(good.parameters, client=by(client, "client_secret_post")))


@requirement("method-confusion")
def test_client_that_signs_cannot_use_a_secret(other_method: OtherMethod, conformance_run: Record) -> None:
    """A client that is registered to sign gets nothing with its secret alone."""
    answer = refusal(other_method.attempt, control=other_method.control)
    if not conformance_run.profile.claims & {"oidc", "fapi2"}:
        raise NotApplicable(f"measured, not judged: it is {'accepted' if answer.handed_over else 'refused'}")
    assert not answer.handed_over, "the client's secret was accepted in place of its signature"
