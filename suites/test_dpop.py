"""Tokens that are bound to a key by DPoP: what is bound, and how it is told (RFC 9449 §5, §6 and §10)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import claims_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.models import Profile
from token_conformance.provider import Login, Provider
from token_conformance.provider.binding import binding, bound
from token_conformance.provider.dpop import new_key
from token_conformance.running.record import Record
from token_conformance.verdict import NotJudged
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class BoundTokens:
    """A login and a refresh by one key, the introspection of the first access token, and refreshes by no or another key."""

    login: Login
    thumbprint: str
    introspection: Exchange | None
    refresh: TokenResponse | None
    without: TokenResponse | None
    other_key: TokenResponse | None
    other_thumbprint: str

    @property
    def control(self) -> TokenResponse:
        """The refresh by the key of the login.

        Raises:
            NotApplicable: the profile has no refresh tokens.

        """
        return present(self.refresh)


def present(response: TokenResponse | None) -> TokenResponse:
    """The answer to a refresh.

    Raises:
        NotApplicable: the profile has no refresh tokens.

    """
    if response is None:
        raise NotApplicable("the profile has no [grants.refresh_token]")
    return response


@scenario(needs="login", reach="session")
async def proven_tokens(provider: Provider) -> BoundTokens:
    """Log in by one key, introspect, refresh by that key, by none, and by another one."""
    provider, prover = await binding(provider)
    login = await provider.login()
    if login.access_token is None:
        raise Inconclusive(f"the login with a proof yields no access token: {login.response}")
    bound(provider, login.response)
    stranger = prover.with_key(new_key(prover.algorithm))
    introspection = await introspected(provider, login)
    if provider.profile.grants.refresh_token is None:
        return BoundTokens(login, prover.thumbprint, introspection, None, None, None, stranger.thumbprint)
    refresh = await provider.refresh(login.refresh_token, client=login.client)
    newest = refresh.refresh_token or login.refresh_token
    without = await provider.proving(None).refresh(newest, client=login.client)
    newest = without.refresh_token or newest
    other = await provider.proving(stranger).refresh(newest, client=login.client)
    return BoundTokens(login, prover.thumbprint, introspection, refresh, without, other, stranger.thumbprint)


async def introspected(provider: Provider, login: Login) -> Exchange | None:
    """The introspection of the access token; None where the provider does not offer it to our client."""
    if login.client.public:
        return None
    try:
        return await provider.introspect(login.access_token, client=login.client)
    except NotJudged:
        return None


def judge_confirmation(response: TokenResponse, thumbprint: str) -> None:
    """Hold a JWT access token against the thumbprint of the key that it is bound to."""
    claims = claims_of(response.access_token)
    if claims is None:
        raise NotApplicable("the access token is opaque")
    told = confirmation(claims)
    assert told == thumbprint, f"cnf has the jkt {told!r}, where the key of the proof has {thumbprint!r}"


def confirmation(members: Mapping[str, object]) -> object:
    """The thumbprint in `cnf` (RFC 9449 §6.1); None where there is none."""
    confirmed = members.get("cnf")
    return confirmed.get("jkt") if isinstance(confirmed, dict) else None


@requirement("rfc9449-token-type")
def test_bound_token_is_called_dpop(proven_tokens: BoundTokens) -> None:
    """Answers to requests with a proof have the token_type DPoP, at a login and at a refresh."""
    for response in (proven_tokens.login.response, proven_tokens.refresh):
        if response is not None and response.accepted:
            kind = response.token_type
            assert (kind or "").lower() == "dpop", f"a request with a proof was answered with token_type {kind!r}"


@requirement("rfc9449-5.1-metadata")
def test_metadata_lists_algorithms_of_proofs(metadata: Exchange, conformance_run: Record) -> None:
    """The metadata lists asymmetric algorithms for proofs, and the one that the profile documents."""
    listed = metadata.members.get("dpop_signing_alg_values_supported")
    if listed is None:
        raise NotApplicable("the metadata does not list dpop_signing_alg_values_supported")
    assert isinstance(listed, list) and listed, f"dpop_signing_alg_values_supported is {listed!r}"
    weak = [str(algorithm) for algorithm in listed if str(algorithm) == "none" or str(algorithm).startswith("HS")]
    assert not weak, f"dpop_signing_alg_values_supported lists {', '.join(weak)}"
    wanted = conformance_run.profile.documented_dpop_algorithm
    if conformance_run.profile.dpop is not None and wanted is not None:
        assert wanted in listed, f"{wanted} is not in dpop_signing_alg_values_supported: {listed}"


@requirement("rfc9449-6.1-cnf-jkt")
def test_bound_token_tells_its_key(proven_tokens: BoundTokens) -> None:
    """A JWT access token holds the thumbprint of its key in cnf, after a login and after a refresh."""
    for response in (proven_tokens.login.response, proven_tokens.refresh):
        if response is not None and response.accepted:
            judge_confirmation(response, proven_tokens.thumbprint)


@requirement("rfc9449-6.2-introspection")
def test_introspection_tells_the_key(proven_tokens: BoundTokens) -> None:
    """The introspection of a bound access token tells the thumbprint of its key, and calls it DPoP."""
    exchange = proven_tokens.introspection
    if exchange is None:
        raise NotApplicable("the provider offers no introspection to our client")
    if exchange.members.get("active") is not True:
        raise Inconclusive(f"a living access token was introspected with {exchange.response.status}")
    told, kind = confirmation(exchange.members), exchange.members.get("token_type")
    assert told == proven_tokens.thumbprint, f"cnf has the jkt {told!r}, the key has {proven_tokens.thumbprint!r}"
    assert kind is None or str(kind).lower() == "dpop", f"a bound token is introspected with token_type {kind!r}"


@requirement("fapi2-5.3.2.1-sender-constrained")
def test_no_token_is_unbound(proven_tokens: BoundTokens, conformance_run: Record) -> None:
    """A login and a refresh yield bound access tokens, and nothing yields others."""
    if "fapi2" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim fapi2")
    for response in (proven_tokens.login.response, proven_tokens.refresh, proven_tokens.without):
        if response is not None and response.accepted:
            assert (response.token_type or "").lower() == "dpop", f"token_type is {response.token_type!r}"


@requirement("fapi2-5.3.2.1-sender-constrained")
def test_login_yields_no_bearer_token(login: Login, conformance_run: Record) -> None:
    """Under FAPI 2.0 a login yields an access token that is bound to a key, by DPoP or by a certificate."""
    profile = conformance_run.profile
    if "fapi2" not in profile.claims:
        raise NotApplicable("the profile does not claim fapi2")
    if profile.tokens.tls_client_certificate_bound_access_tokens.documented is True:
        raise NotApplicable("access tokens are bound to certificates, which other checks judge")
    if not login.response.accepted:
        raise Inconclusive(f"the login yields no access token: {login.response}")
    kind = login.response.token_type
    assert (kind or "").lower() == "dpop", (
        f"token_type is {kind!r}, and the profile documents no binding to certificates"
    )


def require_bound_refresh_tokens(login: Login, profile: Profile) -> None:
    """Raise `NotApplicable` where nothing binds refresh tokens to the key of this run (RFC 9449 §5)."""
    if not login.client.public:
        raise NotApplicable("the profile's client is confidential, and its refresh tokens are bound to itself")
    if profile.login.seeded:
        raise NotApplicable("the first refresh token was obtained before this run, and not by its key")


@requirement("rfc9449-dpop-required-proof")
def test_refresh_of_a_public_client_needs_its_key(proven_tokens: BoundTokens, conformance_run: Record) -> None:
    """A refresh token of a public client is refused with a proof by another key."""
    require_bound_refresh_tokens(proven_tokens.login, conformance_run.profile)
    answer = refusal(present(proven_tokens.other_key), control=proven_tokens.control)
    assert not answer.handed_over, "a refresh token was accepted with a proof by another key"


@requirement("rfc9449-dpop-required-proof")
def test_refresh_of_a_public_client_needs_a_proof(proven_tokens: BoundTokens, conformance_run: Record) -> None:
    """A refresh token of a public client is refused without a proof."""
    require_bound_refresh_tokens(proven_tokens.login, conformance_run.profile)
    answer = refusal(present(proven_tokens.without), control=proven_tokens.control)
    assert not answer.handed_over, "a refresh token was accepted without a proof"


@requirement("rfc9449-5-confidential-not-bound")
def test_confidential_client_may_change_its_key(proven_tokens: BoundTokens) -> None:
    """A confidential client refreshes by a new key, and the new access token is bound to that."""
    if proven_tokens.login.client.public:
        raise NotApplicable("the profile's client is public, and its refresh tokens are bound to its key")
    answer = refusal(present(proven_tokens.other_key), control=proven_tokens.control)
    assert answer.accepted, f"a refresh by a new key was answered by {answer}"
    if claims_of(answer.access_token) is not None and confirmation(claims_of(answer.access_token) or {}) is not None:
        judge_confirmation(answer, proven_tokens.other_thumbprint)


@dataclass(frozen=True)
class BoundCodes:
    """Codes asked for with dpop_jkt, exchanged by the key that it names, by another one, and without a proof."""

    control: TokenResponse
    other_key: TokenResponse
    without: TokenResponse


@scenario(needs="authorization_code unattended_login", reach="session")
async def bound_codes(provider: Provider) -> BoundCodes:
    """Ask for codes with dpop_jkt, and exchange them by the right key, by another one, and without a proof."""
    provider, prover = await binding(provider)
    named = {"dpop_jkt": prover.thumbprint}
    stranger = prover.with_key(new_key(prover.algorithm))
    control = await provider.exchange_code(await provider.authorize(parameters=named))
    bound(provider, control)
    return BoundCodes(
        control=control,
        other_key=await provider.proving(stranger).exchange_code(await provider.authorize(parameters=named)),
        without=await provider.proving(None).exchange_code(await provider.authorize(parameters=named)),
    )


@requirement("rfc9449-10-dpop-jkt", "fapi2-5.3.2.1-dpop-code-binding")
@pytest.mark.parametrize("attempt", ["other_key", "without"])
def test_code_needs_the_key_it_was_asked_for_with(bound_codes: BoundCodes, attempt: str) -> None:
    """A code that was asked for with dpop_jkt is refused with a proof by another key, and without one."""
    answer = refusal(getattr(bound_codes, attempt), control=bound_codes.control)
    assert not answer.handed_over, f"{attempt}: the code was exchanged"
