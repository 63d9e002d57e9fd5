"""Faults of the nonces that a server demands in DPoP proofs (RFC 9449 §8 and §9)."""

from token_conformance.reference.behaviour import Change, answers, policy, together
from token_conformance.reference.faults.fault import Fault, refusals, without_challenge


def demanding(**changes: bool | str) -> Change:
    """Demand a nonce, and change something else of it."""
    return policy("dpop", nonce="demanded", **changes)


NONCE = (
    Fault(
        "dpop-nonce-forgotten",
        "a nonce is demanded, and never accepted",
        ("rfc9449-nonce",),
        demanding(nonce_forgotten=True, nonce_renewed=True),
    ),
    Fault(
        "dpop-nonce-not-compared",
        "any nonce does",
        ("rfc9449-8-nonce-compared",),
        demanding(nonce_compared=False),
    ),
    Fault(
        "dpop-nonce-not-insisted-on",
        "a nonce is demanded, and the next proof may do without it",
        ("rfc9449-8-nonce-compared",),
        demanding(nonce_insisted=False),
    ),
    Fault(
        "dpop-nonce-demand-401",
        "the demand for a nonce is 401",
        ("rfc9449-8-demand",),
        together(demanding(), refusals(lambda answer: answer.with_status(401), "dpop_nonce")),
    ),
    Fault(
        "dpop-nonce-not-given-out",
        "a nonce is demanded and not given out",
        ("rfc9449-8-demand",),
        together(demanding(), refusals(lambda answer: answer.bare_of("DPoP-Nonce"), "dpop_nonce")),
    ),
    Fault(
        "dpop-nonce-with-blanks",
        "the nonce that is given out has a blank in it",
        ("rfc9449-8-demand",),
        demanding(nonce_has_blank=True),
    ),
    Fault(
        "dpop-nonce-forgotten-at-the-resource",
        "the resource demands a nonce, and never accepts it",
        ("rfc9449-nonce",),
        demanding(nonce_forgotten=True, nonce_renewed=True, nonce_at="resource"),
    ),
    Fault(
        "dpop-nonce-of-success-forgotten",
        "a nonce that comes with tokens is not accepted",
        ("rfc9449-8.2-nonce-of-success",),
        demanding(nonce_renewed=True, nonce_of_success_forgotten=True),
    ),
    Fault(
        "dpop-nonce-demand-without-challenge",
        "the resource demands a nonce in its body, and without a challenge",
        ("rfc9449-8-demand",),
        together(demanding(nonce_at="resource"), answers(without_challenge)),
    ),
)
