"""Proofs of possession, right and wrong ones, at the token endpoint (RFC 9449 §4.3 and §5)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.jwt_reading import read
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.provider import Provider, Resending, carrier
from token_conformance.provider.binding import binding, bound, demand, nonce_in
from token_conformance.provider.proof_changes import (
    CLOCKS,
    MISTIMED,
    NONCES,
    NORMALIZED,
    RIGHT,
    WITH_PARTS,
    WRONG,
    with_used_jti,
)
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange, header


@dataclass(frozen=True)
class AtTokenEndpoint:
    """A good token request with its good proof, with others, without one, with used ones, and in the end again."""

    control: TokenResponse
    attempts: Mapping[str, TokenResponse]
    malformed: TokenResponse
    without: TokenResponse
    used: TokenResponse
    used_jti: TokenResponse
    again: TokenResponse
    demand: Exchange | None
    nonces: bool

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        refused_by, named = "rfc9449-proof-checks", ("invalid_dpop_proof", "use_dpop_nonce")
        wrong = {f"a proof with {part}": self.attempts[part] for part in WRONG if part != "two-proofs"}
        twice, used = {"two proofs": self.attempts["two-proofs"]}, {"a used proof": self.used}
        return (
            *mistaken(
                self.control,
                {**wrong, "a DPoP header that holds no JWT": self.malformed},
                *named,
                refused_by=refused_by,
                afterwards=self.again,
            ),
            *mistaken(self.control, twice, *named, "invalid_request", refused_by=refused_by, afterwards=self.again),
            *mistaken(
                self.attempts["further-claims"],
                used,
                *named,
                "invalid_grant",
                "invalid_request",
                refused_by=refused_by,
                afterwards=self.again,
            ),
        )

    def refusal(self, attempt: TokenResponse, *differs: str) -> TokenResponse:
        """The answer to another proof beside that to a good one, before all of them and after."""
        return refusal(attempt, control=self.control, afterwards=self.again, differs=differs)


@scenario()
async def proofs_at_token_endpoint(provider: Provider) -> AtTokenEndpoint:
    """Send one token request with a good proof, and again with proofs that differ from it in one part each."""
    provider, prover = await binding(provider)
    good = await carrier(provider)
    bound(provider, good.control)
    repetition, demanded = Resending(provider, good), demand(provider, await provider.endpoint("token_endpoint"))

    async def attempt(tried: Provider, *proofs: str) -> TokenResponse:
        headers = tuple(("DPoP", proof) for proof in proofs)
        answer = await tried.token(repetition.good.parameters, client=good.client, headers=headers)
        return repetition.follow(answer)

    control = good.control
    changes = {**WRONG, **MISTIMED, **RIGHT, **WITH_PARTS, **NORMALIZED, **CLOCKS}
    attempts = {part: await attempt(provider.proving(prover.changing(change))) for part, change in changes.items()}
    if demanded is not None:
        for part, change in NONCES.items():
            attempts[part] = await attempt(provider.proving(prover.changing(change)))
    last = header(attempts["further-claims"].exchange.request.headers, "dpop") or ""
    return AtTokenEndpoint(
        control=control,
        attempts=attempts,
        malformed=await attempt(provider, "no.proof"),
        without=await attempt(provider.proving(None)),
        used=await attempt(provider, last),
        used_jti=await attempt(provider.proving(prover.changing(with_used_jti(jti_of(last))))),
        again=await attempt(provider),
        demand=demanded,
        nonces=bool(prover.nonces),
    )


def jti_of(proof: str) -> str:
    """The jti of a proof, empty where it is none."""
    token = read(proof)
    return str(token.claims.get("jti", "")) if token is not None else ""


@requirement("rfc9449-proof-checks")
@pytest.mark.parametrize("part", WRONG)
def test_wrong_proof_gets_no_tokens(proofs_at_token_endpoint: AtTokenEndpoint, part: str) -> None:
    """The token endpoint refuses a proof that is wrong in one part."""
    attempt = proofs_at_token_endpoint.attempts[part]
    assert not proofs_at_token_endpoint.refusal(attempt).handed_over, f"{part}: the proof was accepted"


@requirement("rfc9449-proof-checks")
def test_what_is_no_proof_gets_no_tokens(proofs_at_token_endpoint: AtTokenEndpoint) -> None:
    """The token endpoint refuses a DPoP header that holds no JWT."""
    answer = proofs_at_token_endpoint.refusal(proofs_at_token_endpoint.malformed)
    assert not answer.handed_over, "a DPoP header that holds no JWT was accepted"


@requirement("rfc9449-11.1-proof-age")
@pytest.mark.parametrize("part", MISTIMED)
def test_proof_of_another_hour_gets_no_tokens(proofs_at_token_endpoint: AtTokenEndpoint, part: str) -> None:
    """The token endpoint refuses a proof that was made an hour ago, or will be in an hour."""
    if proofs_at_token_endpoint.nonces:
        raise NotApplicable("the provider gives out nonces, which tell the age of a proof")
    attempt = proofs_at_token_endpoint.attempts[part]
    assert not proofs_at_token_endpoint.refusal(attempt).handed_over, f"{part}: the proof was accepted"


@requirement("rfc9449-11.1-jti-of-the-address")
def test_used_jti_is_known_again(proofs_at_token_endpoint: AtTokenEndpoint) -> None:
    """Where a proof works once, a new one with its jti gets no tokens either, with a query behind the address."""
    attempts = proofs_at_token_endpoint.attempts
    beside_query = attempts["htu-with-query"]
    if refusal(proofs_at_token_endpoint.used, control=attempts["further-claims"]).handed_over:
        raise NotApplicable("a proof is accepted a second time, which RFC 9449 §11.1 leaves to the server")
    if not beside_query.accepted:
        raise NotApplicable("no proof is accepted with a query in htu")
    attempt = proofs_at_token_endpoint.used_jti
    answer = refusal(attempt, control=beside_query, afterwards=proofs_at_token_endpoint.again)
    assert not answer.handed_over, "the jti of a used proof was accepted again, with a query behind htu"


@requirement("rfc9449-4.3-good-proof")
@pytest.mark.parametrize("part", RIGHT)
def test_unusual_proof_gets_tokens(proofs_at_token_endpoint: AtTokenEndpoint, part: str) -> None:
    """The token endpoint ignores claims that it does not know."""
    answer = proofs_at_token_endpoint.refusal(proofs_at_token_endpoint.attempts[part], "exp", "further")
    assert answer.accepted, f"{part}: the proof was answered by {answer}"


@requirement("rfc9449-4.3-parts-ignored")
@pytest.mark.parametrize("part", WITH_PARTS)
def test_parts_of_the_address_are_ignored(proofs_at_token_endpoint: AtTokenEndpoint, part: str) -> None:
    """The token endpoint ignores query and fragment of htu."""
    answer = proofs_at_token_endpoint.refusal(proofs_at_token_endpoint.attempts[part])
    assert answer.accepted, f"{part}: the proof was answered by {answer}"


@requirement("rfc9449-4.3-normalized")
@pytest.mark.parametrize("part", NORMALIZED)
def test_address_is_compared_by_its_meaning(proofs_at_token_endpoint: AtTokenEndpoint, part: str) -> None:
    """The token endpoint takes htu with its host in capitals, and with the port that goes without saying."""
    answer = proofs_at_token_endpoint.refusal(proofs_at_token_endpoint.attempts[part])
    assert answer.accepted, f"{part}: the proof was answered by {answer}"


@requirement("fapi2-5.3.2.1-clock")
def test_clock_may_be_a_little_ahead(proofs_at_token_endpoint: AtTokenEndpoint, conformance_run: Record) -> None:
    """A proof from 8 seconds ahead is accepted, and one from 90 seconds ahead refused."""
    attempts = proofs_at_token_endpoint.attempts
    seen = {part: proofs_at_token_endpoint.refusal(attempts[part]).accepted for part in CLOCKS}
    shown = ", ".join(f"{part} {'accepted' if accepted else 'refused'}" for part, accepted in seen.items())
    if "fapi2" not in conformance_run.profile.claims:
        raise NotApplicable(f"measured, not judged: {shown}")
    assert seen == {"8-seconds-ahead": True, "90-seconds-ahead": False}, f"proofs were met so: {shown}"


@requirement("rfc9449-proof-checks")
def test_wrong_proofs_do_no_lasting_harm(proofs_at_token_endpoint: AtTokenEndpoint) -> None:
    """After wrong proofs the same request with a good one is accepted."""
    answer = refusal(proofs_at_token_endpoint.again, control=proofs_at_token_endpoint.control)
    assert answer.accepted, f"after wrong proofs a good one was answered by {answer}"


@requirement("rfc9449-8-demand")
def test_demand_gives_out_a_nonce(proofs_at_token_endpoint: AtTokenEndpoint) -> None:
    """The token endpoint demands a nonce by 400, and gives it out in one header DPoP-Nonce."""
    demanded = proofs_at_token_endpoint.demand
    assert nonce_in(demanded)
    assert demanded is None or demanded.status == 400, f"a nonce is demanded with {demanded and demanded.status}"


@requirement("rfc9449-nonce")
def test_nonce_that_was_given_out_gets_tokens(proofs_at_token_endpoint: AtTokenEndpoint) -> None:
    """The token endpoint accepts the nonce that it gave out."""
    if proofs_at_token_endpoint.demand is None:
        raise NotApplicable("no nonce is demanded for proofs")
    answer = proofs_at_token_endpoint.control
    if not proofs_at_token_endpoint.nonces or not (answer.accepted or answer.error == "use_dpop_nonce"):
        raise Inconclusive(f"a request with a nonce was answered by {answer}")
    assert answer.accepted, f"the nonce that was given out was answered by {answer}"


@requirement("rfc9449-8-nonce-compared")
@pytest.mark.parametrize("part", NONCES)
def test_other_nonce_gets_no_tokens(proofs_at_token_endpoint: AtTokenEndpoint, part: str) -> None:
    """Once it demands a nonce, the token endpoint refuses a proof with another one, and without one."""
    if proofs_at_token_endpoint.demand is None or part not in proofs_at_token_endpoint.attempts:
        raise NotApplicable("no nonce is demanded for proofs")
    answer = proofs_at_token_endpoint.refusal(proofs_at_token_endpoint.attempts[part])
    assert not answer.handed_over, f"{part}: the proof was accepted"


@requirement("rfc9449-5.2-required", "fapi2-5.3.2.1-sender-constrained")
def test_request_without_proof_gets_no_tokens(
    proofs_at_token_endpoint: AtTokenEndpoint, conformance_run: Record
) -> None:
    """Where DPoP is required, a token request without a proof is refused."""
    answer = proofs_at_token_endpoint.refusal(proofs_at_token_endpoint.without)
    profile = conformance_run.profile
    if profile.dpop != "required" and "fapi2" not in profile.claims:
        kind = answer.token_type if answer.handed_over else answer.error
        raise NotApplicable(f"the profile does not require DPoP; without a proof the answer is {kind}")
    assert not answer.handed_over, f"a request without a proof was answered by {answer}"
