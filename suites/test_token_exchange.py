"""The exchange of tokens (RFC 8693), where the profile has it."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import WITHOUT_CREDENTIALS, Mistake, mistaken
from token_conformance.judging.refusal import LATENESS
from token_conformance.provider import Provider
from token_conformance.provider.addresses import parts_of
from token_conformance.provider.client_authentication import unauthenticated
from token_conformance.provider.exchanging import TOKEN_TYPE, exchange_of, exchanging_client

UNKNOWN_TYPE = f"{TOKEN_TYPE}no-such-token"
NOT_BORNE = {f"{TOKEN_TYPE}{kind}" for kind in ("refresh_token", "saml1", "saml2")}
"""The types of tokens that are never used as access tokens, so that token_type does not apply (RFC 8693 §2.2.1)."""

NOBODY = "https://nobody.example/things"
"""A resource that no server of tokens knows."""

INDISPENSABLE = {"openid", "offline_access"}
"""Scope values without which a login is another one."""


@dataclass(frozen=True)
class Exchanges:
    """A token that is exchanged as documented, and the same request with one thing wrong at a time."""

    control: TokenResponse
    requested_type: str | None
    invalid_subject: TokenResponse
    without_subject: TokenResponse
    without_subject_type: TokenResponse
    unknown_type: TokenResponse
    untyped_actor: TokenResponse
    unknown_target: TokenResponse
    unproved: TokenResponse | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        unknown = {"an unknown subject_token": self.invalid_subject}
        missing = {"no subject_token": self.without_subject, "no subject_token_type": self.without_subject_type}
        strange = {"an unknown requested_token_type": self.unknown_type}
        actor, target = {"an actor_token without type": self.untyped_actor}, {"an unknown target": self.unknown_target}
        kind, typed = "rfc8693-2.1-requested-type", "rfc8693-2.1-actor-token-type"
        called = "rfc8693-invalid-subject"
        return (
            *mistaken(
                self.control,
                unknown,
                "invalid_request",
                "invalid_grant",
                clause=called,
                refused_by="rfc8693-2.1-validated",
            ),
            *mistaken(self.control, missing, "invalid_request", clause="rfc8693-2.1-missing"),
            *mistaken(self.control, strange, "invalid_request", clause=kind, refused_by=kind),
            *mistaken(self.control, actor, "invalid_request", clause=typed, refused_by=typed),
            *mistaken(
                self.control,
                target,
                "invalid_target",
                clause="rfc8693-2.2.2-invalid-target",
                refused_by="rfc8693-2.2.2-invalid-target",
            ),
            *mistaken(
                self.control,
                {"an exchange without the client's credentials": self.unproved},
                *WITHOUT_CREDENTIALS,
                refused_by="token-exchange-authenticated",
            ),
        )


@scenario(needs="token_exchange login")
async def exchanges(provider: Provider) -> Exchanges:
    """Log in, exchange a token of the login, and try the same with one thing wrong at a time."""
    client, login = exchanging_client(provider.profile), await provider.login()
    right = exchange_of(provider.profile, login)

    async def attempt(**changes: str | None) -> TokenResponse:
        return await provider.token({**right, **changes}, client=client)

    return Exchanges(
        control=await attempt(),
        requested_type=right["requested_token_type"],
        invalid_subject=await attempt(subject_token=provider.draw("token")),
        without_subject=await attempt(subject_token=None),
        without_subject_type=await attempt(subject_token_type=None),
        unknown_type=await attempt(requested_token_type=UNKNOWN_TYPE),
        untyped_actor=await attempt(actor_token=login.access_token),
        unknown_target=await attempt(**{"audience" if right["audience"] else "resource": NOBODY}),
        unproved=None if client.public else await provider.token(right, client=unauthenticated(client)),
    )


def exchanged(answer: TokenResponse) -> TokenResponse:
    """Give back a successful exchange; nothing is judged of one that was refused, which another check tells."""
    if not answer.accepted:
        raise Inconclusive(f"the exchange was not accepted: {answer} to {answer.exchange}")
    return answer


@requirement("rfc8693-exchanged")
def test_exchange_yields_a_token(exchanges: Exchanges) -> None:
    """The documented exchange of a token of a login yields a token."""
    answer = exchanges.control
    if not answer.accepted and not answer.refused:
        raise Inconclusive(f"neither accepted nor refused: {answer}")
    assert answer.accepted


@requirement("rfc8693-response")
def test_issued_token_type_is_told(exchanges: Exchanges) -> None:
    """The answer to an exchange tells in issued_token_type, a URI, what was issued."""
    value = exchanged(exchanges.control).members.get("issued_token_type")
    assert isinstance(value, str) and parts_of(value).scheme, f"issued_token_type is {value!r}"


@requirement("rfc8693-response")
def test_issued_token_type_is_the_requested_one(exchanges: Exchanges) -> None:
    """Where the documented exchange names a requested_token_type, that is what is issued."""
    if exchanges.requested_type is None:
        raise NotApplicable("the profile's exchange names no requested_token_type")
    value = exchanged(exchanges.control).members.get("issued_token_type")
    assert value in (None, exchanges.requested_type), (
        f"issued_token_type is {value!r}; {exchanges.requested_type} was asked"
    )


@requirement("rfc8693-2.2.1-token-type")
def test_token_type_says_how_the_token_is_used(exchanges: Exchanges) -> None:
    """The answer to an exchange has token_type: N_A for what is no access token, and another for what is one."""
    members = exchanged(exchanges.control).members
    value, issued = members.get("token_type"), members.get("issued_token_type")
    assert isinstance(value, str) and value, f"token_type is {value!r}"
    useless = value.upper() == "N_A"
    assert not (useless and issued == f"{TOKEN_TYPE}access_token"), "token_type is N_A, and an access token was issued"
    if isinstance(issued, str) and issued in NOT_BORNE:
        assert useless, f"token_type is {value!r}, and a token was issued that is no access token: {issued}"


@requirement(
    "rfc8693-2.1-validated", formerly=("suites/test_token_exchange.py::test_unknown_subject_token_is_invalid_request",)
)
def test_unknown_subject_token_is_refused(exchanges: Exchanges) -> None:
    """A subject_token that was never issued yields nothing."""
    answer = refusal(exchanges.invalid_subject, control=exchanges.control)
    assert not answer.handed_over, "a subject_token was exchanged that was never issued"


@requirement("rfc8693-2.1-requested-type")
def test_unknown_type_is_not_issued(exchanges: Exchanges) -> None:
    """A requested_token_type that nobody knows is refused, or answered by another type that is told."""
    answer = refusal(exchanges.unknown_type, control=exchanges.control)
    if answer.handed_over:
        issued = answer.members.get("issued_token_type")
        assert issued not in (None, UNKNOWN_TYPE), f"issued_token_type is {issued!r}, which nobody knows"


@requirement("rfc8693-2.1-actor-token-type")
def test_actor_token_without_type_is_refused(exchanges: Exchanges) -> None:
    """An actor_token without actor_token_type yields nothing."""
    answer = refusal(exchanges.untyped_actor, control=exchanges.control)
    assert not answer.handed_over, "an actor_token without actor_token_type was accepted"


@requirement("token-exchange-authenticated")
def test_exchange_needs_credentials(exchanges: Exchanges) -> None:
    """A confidential client exchanges no token without its credentials."""
    if exchanges.unproved is None:
        raise NotApplicable("the profile's client is public")
    answer = refusal(exchanges.unproved, control=exchanges.control)
    assert not answer.handed_over, "a confidential client exchanged a token without its credentials"


@dataclass(frozen=True)
class WiderExchange:
    """The exchange of a narrow token, as it is, and for a scope value that its login did not ask for."""

    withheld: str
    control: TokenResponse
    wider: TokenResponse


@scenario(needs="token_exchange authorization_code")
async def wider_exchange(provider: Provider) -> WiderExchange:
    """Log in without one value of the usual scope, exchange a token of the login, and ask for that value."""
    profile = provider.profile
    grant = profile.grants.authorization_code
    usual = ((grant.scope if grant else None) or "").split()
    withheld = next((value for value in reversed(usual) if value not in INDISPENSABLE), None)
    if withheld is None or len(usual) < 2:
        raise NotApplicable("the profile's scope has no value that a login can do without")
    login = await provider.login(scope=" ".join(value for value in usual if value != withheld))
    if login.response.scope is not None and withheld in login.response.scope:
        raise NotApplicable("the provider grants the scope value to logins that do not ask for it")
    client, right = exchanging_client(profile), exchange_of(profile, login)
    control = await provider.token({**right, "scope": None}, client=client)
    return WiderExchange(withheld, control, await provider.token({**right, "scope": withheld}, client=client))


@requirement("token-exchange-scope-not-widened")
def test_exchange_does_not_widen_the_scope(wider_exchange: WiderExchange) -> None:
    """An exchange does not grant a scope value that the subject token does not have."""
    answer = refusal(wider_exchange.wider, control=wider_exchange.control)
    if answer.handed_over:
        granted = answer.scope
        widened = granted is None or wider_exchange.withheld in granted
        assert not widened, f"a token without the scope {wider_exchange.withheld} was exchanged for one with it"


@dataclass(frozen=True)
class DeadSubject:
    """A token that is exchanged while it lives, and after its end."""

    control: TokenResponse
    dead: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        dead, called = {"a dead subject_token": self.dead}, "rfc8693-invalid-subject"
        codes = ("invalid_request", "invalid_grant")
        return mistaken(self.control, dead, *codes, clause=called, refused_by="rfc8693-2.1-validated")


@scenario(needs="token_exchange login", ends_session=True, tried_out=True)
async def revoked_subject(provider: Provider) -> DeadSubject:
    """Log in, exchange a token of the login, revoke it, and exchange it again."""
    await provider.endpoint("revocation_endpoint")
    login, client = await provider.login(), exchanging_client(provider.profile)
    right = exchange_of(provider.profile, login)
    hint = (right["subject_token_type"] or "").removeprefix(TOKEN_TYPE)
    if hint == "id_token":
        raise NotApplicable("an ID token cannot be revoked")
    control = await provider.token(right, client=client)
    revocation = await provider.revoke(right["subject_token"], client=login.client)
    if revocation.members.get("error") == "unsupported_token_type":
        raise NotApplicable("the provider says that it does not revoke such tokens")
    if revocation.response.status != 200:
        raise Inconclusive(f"the revocation was answered by {revocation.response.status}")
    return DeadSubject(control, await provider.token(right, client=client))


@requirement("rfc8693-2.1-validated")
def test_revoked_subject_token_is_refused(revoked_subject: DeadSubject) -> None:
    """A subject token that its client has revoked yields nothing."""
    answer = refusal(revoked_subject.dead, control=revoked_subject.control)
    assert not answer.handed_over, "a revoked token was exchanged"


@scenario(needs="token_exchange login", waits=True, parks=True)
async def expired_subject(provider: Provider) -> DeadSubject:
    """Log in, exchange the access token, wait until it has expired, and exchange it again."""
    login, client = await provider.login(), exchanging_client(provider.profile)
    right = exchange_of(provider.profile, login)
    if right["subject_token"] != login.access_token:
        raise NotApplicable("the profile's exchange is not that of an access token")
    lifetime = login.response.expires_in
    if lifetime is None or not 0 < lifetime <= 31_536_000:
        raise Inconclusive("the answer does not tell when the access token expires")
    provider.clock.check(lifetime + LATENESS)
    control = await provider.token(right, client=client)
    await provider.clock.wait(lifetime + LATENESS)
    return DeadSubject(control, await provider.token(right, client=client))


@requirement("rfc8693-2.1-validated")
def test_expired_subject_token_is_refused(expired_subject: DeadSubject) -> None:
    """A subject token that has expired yields nothing."""
    answer = refusal(expired_subject.dead, control=expired_subject.control)
    assert not answer.handed_over, "an expired token was exchanged"
