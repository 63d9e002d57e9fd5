"""When a refresh token that was used is dead: one rule for the grant and for introspection."""

from __future__ import annotations

from token_conformance.reference.installation import Installation
from token_conformance.reference.memory import RefreshToken


def used_up(installation: Installation, token: RefreshToken) -> bool:
    """Whether a refresh by this token would count as reuse: it was used, and no grace lets it go on."""
    policy = installation.behaviour.refresh
    if token.used is None:
        return False
    if token.dead and policy.revocation_checked:
        return True
    if not policy.reuse_refused or policy.unsteady_in(token.generation, "reuse") or _forgotten(installation, token):
        return False
    if policy.grace_until_used:
        return token.family.confirmed > token.generation
    return policy.reuse_grace == 0 or installation.now > token.used + policy.reuse_grace


def _forgotten(installation: Installation, token: RefreshToken) -> bool:
    """Whether a careless server knows no longer that the token was used: later generations came, or time passed."""
    policy, newest = installation.behaviour.refresh, installation.memory.newest(token.family)
    remembered, forgotten = policy.remembers_generations, policy.use_forgotten_after
    if remembered is not None and newest is not None and newest.generation - token.generation > remembered:
        return True
    return forgotten is not None and token.used is not None and installation.now > token.used + forgotten
