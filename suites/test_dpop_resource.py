"""Access tokens that are bound to a key, at the resource (RFC 9449 §4.3 and §7)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.judging.resource import Protected, took
from token_conformance.provider import Provider
from token_conformance.provider.binding import binding, bound, demand, nonce_in
from token_conformance.provider.dpop import demands_nonce, new_key, without_query
from token_conformance.provider.proof_changes import (
    MISTIMED,
    NONCES,
    NORMALIZED,
    OF_THE_TOKEN,
    RIGHT,
    WITH_PARTS,
    WRONG,
)
from token_conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class AtResource:
    """A resource asked with a bound token and its good proof, with others, without one, as a bearer, and again."""

    resource: Protected
    attempts: Mapping[str, Exchange]
    other_key: Exchange
    without: Exchange
    as_bearer: Exchange
    again: Exchange
    demand: Exchange | None
    nonces: bool

    @property
    def control(self) -> Exchange:
        """The answer to the bound token with its good proof."""
        return self.resource.right


@scenario(needs="login")
async def proofs_at_resource(provider: Provider) -> AtResource:
    """Log in, and use the access token with a good proof, and with proofs that differ from it in one part each."""
    provider, prover = await binding(provider)
    url = provider.profile.server.resource or await provider.endpoint("userinfo_endpoint")
    login = await provider.login()
    if login.access_token is None:
        raise Inconclusive(f"the login yields no access token: {login.response}")
    bound(provider, login.response)
    by_dpop = (("Authorization", f"DPoP {login.access_token}"),)
    by_bearer = (("Authorization", f"Bearer {login.access_token}"),)
    control = await provider.get(url, headers=by_dpop)
    changes = {**WRONG, **MISTIMED, **OF_THE_TOKEN, **RIGHT, **WITH_PARTS, **NORMALIZED}
    demanded = demand(provider, url)
    changes |= NONCES if demanded is not None else {}
    stranger = prover.with_key(new_key(prover.algorithm))
    return AtResource(
        resource=Protected(control, await provider.get(url)),
        attempts={
            part: await provider.proving(prover.changing(change)).get(url, headers=by_dpop)
            for part, change in changes.items()
        },
        other_key=await provider.proving(stranger).get(url, headers=by_dpop),
        without=await provider.proving(None).get(url, headers=by_dpop),
        as_bearer=await provider.proving(None).get(url, headers=by_bearer),
        again=await provider.get(url, headers=by_dpop),
        demand=demanded,
        nonces=without_query(url) in prover.nonces,
    )


def refused(exchange: Exchange, at_resource: AtResource, *differs: str) -> bool:
    """Whether the resource said no, which it did not to a good proof, before all others and after."""
    answer = at_resource.resource.beside(exchange, *differs)
    if not took(answer) and not took(at_resource.again):
        raise Inconclusive(f"after wrong proofs the resource answered a good one with {at_resource.again.status}")
    return not took(answer)


@requirement("rfc9449-7.1-scheme")
def test_resource_takes_a_bound_token(proofs_at_resource: AtResource) -> None:
    """The resource takes a bound access token by the scheme DPoP with its proof, before and after wrong ones."""
    if took(proofs_at_resource.resource.without):
        raise Inconclusive("the resource is open: it answers a request without an access token as well")
    for exchange in (proofs_at_resource.control, proofs_at_resource.again):
        status = exchange.response.status
        if status == 403:
            raise Inconclusive("the resource answered 403: the access token may lack the scope")
        assert took(exchange), f"the resource answered a bound token with its proof by {status}"


@requirement("rfc9449-proof-checks")
@pytest.mark.parametrize("part", WRONG)
def test_wrong_proof_opens_no_resource(proofs_at_resource: AtResource, part: str) -> None:
    """The resource refuses a proof that is wrong in one part."""
    assert refused(proofs_at_resource.attempts[part], proofs_at_resource), f"{part}: the proof was accepted"


@requirement("rfc9449-11.1-proof-age")
@pytest.mark.parametrize("part", MISTIMED)
def test_proof_of_another_hour_opens_no_resource(proofs_at_resource: AtResource, part: str) -> None:
    """The resource refuses a proof that was made an hour ago, or will be in an hour."""
    if proofs_at_resource.nonces:
        raise NotApplicable("the provider gives out nonces, which tell the age of a proof")
    assert refused(proofs_at_resource.attempts[part], proofs_at_resource), f"{part}: the proof was accepted"


@requirement("rfc9449-4.3-ath")
@pytest.mark.parametrize("part", OF_THE_TOKEN)
def test_proof_belongs_to_its_token(proofs_at_resource: AtResource, part: str) -> None:
    """The resource refuses a proof without the hash of the access token, or with that of another one."""
    assert refused(proofs_at_resource.attempts[part], proofs_at_resource), f"{part}: the proof was accepted"


@requirement("rfc9449-4.3-good-proof")
@pytest.mark.parametrize("part", RIGHT)
def test_unusual_proof_opens_the_resource(proofs_at_resource: AtResource, part: str) -> None:
    """The resource ignores claims that it does not know."""
    attempt = proofs_at_resource.attempts[part]
    assert not refused(attempt, proofs_at_resource, "exp", "further"), f"{part}: the proof was refused"


@requirement("rfc9449-4.3-parts-ignored")
@pytest.mark.parametrize("part", WITH_PARTS)
def test_resource_ignores_parts_of_its_address(proofs_at_resource: AtResource, part: str) -> None:
    """The resource ignores query and fragment of htu."""
    assert not refused(proofs_at_resource.attempts[part], proofs_at_resource), f"{part}: the proof was refused"


@requirement("rfc9449-4.3-normalized")
@pytest.mark.parametrize("part", NORMALIZED)
def test_resource_compares_its_address_by_its_meaning(proofs_at_resource: AtResource, part: str) -> None:
    """The resource takes htu with its host in capitals, and with the port that goes without saying."""
    assert not refused(proofs_at_resource.attempts[part], proofs_at_resource), f"{part}: the proof was refused"


@requirement("rfc9449-7.1-proof-by-the-key")
def test_proof_by_another_key_opens_no_resource(proofs_at_resource: AtResource) -> None:
    """The resource refuses a good proof by another key than the token's."""
    assert refused(proofs_at_resource.other_key, proofs_at_resource), "a proof by another key was accepted"


@requirement("rfc9449-7.1-proof-by-the-key")
def test_bound_token_needs_a_proof(proofs_at_resource: AtResource) -> None:
    """The resource refuses a bound access token without a proof."""
    assert refused(proofs_at_resource.without, proofs_at_resource), "no proof was needed"


@requirement("rfc9449-7.2-not-as-bearer")
def test_bound_token_is_no_bearer_token(proofs_at_resource: AtResource) -> None:
    """The resource refuses a bound access token that comes as a bearer token."""
    # A bearer token comes without a proof, or it would be none.
    as_bearer = refused(proofs_at_resource.as_bearer, proofs_at_resource, "scheme", "proofs")
    assert as_bearer, "the bound token was accepted as a bearer token"


@requirement("rfc9449-7.1-challenge")
def test_resource_says_what_is_wrong(proofs_at_resource: AtResource) -> None:
    """The resource refuses a wrong proof by 401 and a challenge to DPoP that names an error."""
    judged = False
    for part in WRONG:
        exchange = proofs_at_resource.attempts[part]
        if not refused(exchange, proofs_at_resource):
            continue
        judged = True
        challenge = (exchange.header("www-authenticate") or "").lower()
        good = (
            exchange.status == 401 and "dpop" in challenge.replace("invalid_dpop_proof", "") and "error=" in challenge
        )
        assert good, f"{part}: the answer is {exchange.status}, WWW-Authenticate {challenge or 'absent'}"
    if not judged:
        raise Inconclusive("the resource refuses no wrong proof, which other checks tell")


@requirement("rfc9449-8-demand")
def test_demand_of_the_resource_gives_out_a_nonce(proofs_at_resource: AtResource) -> None:
    """The resource demands a nonce by 401 and a challenge to DPoP, and gives it out in one header DPoP-Nonce."""
    demanded = proofs_at_resource.demand
    assert nonce_in(demanded)
    challenge = (demanded.header("www-authenticate") or "").lower() if demanded is not None else ""
    good = demanded is not None and demanded.status == 401 and "dpop" in challenge.replace("use_dpop_nonce", "")
    assert good, f"a nonce is demanded with {demanded and demanded.status}, WWW-Authenticate {challenge or 'absent'}"


@requirement("rfc9449-nonce")
def test_nonce_that_was_given_out_opens_the_resource(proofs_at_resource: AtResource) -> None:
    """The resource accepts the nonce that it gave out."""
    if proofs_at_resource.demand is None:
        raise NotApplicable("no nonce is demanded for proofs")
    control = proofs_at_resource.control
    if not proofs_at_resource.nonces or not (took(control) or demands_nonce(control)):
        raise Inconclusive(f"the resource answered a proof with a nonce by {control.response.status}")
    assert not demands_nonce(control), "the nonce that was given out was answered by the demand for another one"


@requirement("rfc9449-8-nonce-compared")
@pytest.mark.parametrize("part", NONCES)
def test_other_nonce_opens_no_resource(proofs_at_resource: AtResource, part: str) -> None:
    """Once it demands a nonce, the resource refuses a proof with another one, and without one."""
    if proofs_at_resource.demand is None or part not in proofs_at_resource.attempts:
        raise NotApplicable("no nonce is demanded for proofs")
    assert refused(proofs_at_resource.attempts[part], proofs_at_resource), f"{part}: the proof was accepted"
