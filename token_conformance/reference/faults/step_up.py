"""Faults of logins that are to be fresher or stronger (OIDC Core §3.1.2.1, RFC 9470)."""

from token_conformance.reference.behaviour import Change, access_tokens, policy, together
from token_conformance.reference.faults.fault import Fault

OFFERED = policy("front_door", contexts=("urn:example:password",))
"""The server says that it keeps RFC 9470 (§7)."""


def offering(change: Change) -> Change:
    """A change of a server that says to keep RFC 9470."""
    return together(OFFERED, change)


STEP_UP = (
    Fault(
        "max-age-ignored",
        "a login is taken, however old it is",
        ("oidc-3.1.2.1-max-age",),
        policy("front_door", max_age_heeded=False),
    ),
    Fault(
        "step-up-without-auth-time",
        "the access token does not tell when the user logged in",
        ("rfc9470-5-auth-time",),
        offering(access_tokens(lambda token: token.silent_about("auth_time"))),
    ),
    Fault(
        "step-up-without-acr",
        "the access token does not tell how the user logged in",
        ("rfc9470-5-acr",),
        offering(access_tokens(lambda token: token.silent_about("acr"))),
    ),
    Fault(
        "step-up-unmet-served",
        "a context class that nobody knows is ignored",
        ("rfc9470-5-unmet",),
        offering(policy("front_door", unmet_context_served=True)),
    ),
)
