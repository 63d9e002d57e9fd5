"""How a user logged in, and whether that is what the client asked for (OIDC Core §2 and §3.1.2.1, RFC 9470 §5)."""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from token_conformance.reference.grant_policies import FrontDoorPolicy
from token_conformance.reference.reading import Parameters


def context_of(request: Parameters, policy: FrontDoorPolicy) -> str | None:
    """The context class that a login satisfies: the first that is asked for and known; None where none is asked for.

    Raises:
        OAuth2Error: none of those asked for can be met.

    """
    asked = (request.payload.data.get("acr_values") or "").split()
    met = next((each for each in asked if each in policy.contexts), None)
    if asked and policy.contexts and met is None and not policy.unmet_context_served:
        raise OAuth2Error(error="unmet_authentication_requirements", description="The context class is not known.")
    return met
