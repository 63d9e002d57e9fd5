"""Which resources an access token is for (RFC 8707)."""

from __future__ import annotations

from urllib.parse import urlsplit

from token_conformance.reference.installation import Installation
from token_conformance.reference.refusal import Refusal, invalid_request, invalid_target


def granted_resources(installation: Installation, asked: str | None, granted: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The resources that are granted for what is asked; all of the grant where nothing is asked.

    A provider that documents no resource indicators knows nothing of the parameter, and ignores it (RFC 6749 §3.2).

    Raises:
        Refusal: one of them is malformed or unknown, or was not granted.

    """
    known = installation.profile.tokens.resource_indicators
    if not known or not asked:
        return granted
    if len(asked.split()) > 1 and installation.behaviour.target.several == "refused":
        raise invalid_request("A parameter is repeated.", "repeated_parameter")
    judged = (_acceptable(installation, value, granted) for value in asked.split())
    return tuple(value for value in judged if value is not None) or granted


def authorized_resources(installation: Installation, asked: str | None) -> tuple[str, ...]:
    """Which resources a user is asked to grant access to; see `granted_resources`."""
    if installation.behaviour.target.checked_at_authorization:
        return granted_resources(installation, asked)
    known = installation.profile.tokens.resource_indicators
    return tuple(value for value in (asked or "").split() if value in known)


def _acceptable(installation: Installation, value: str, granted: tuple[str, ...]) -> str | None:
    """The resource, None where it is ignored."""
    policy, known = installation.behaviour.target, installation.profile.tokens.resource_indicators
    if _malformed(value) and policy.malformed != "ignored":
        raise Refusal(policy.malformed, "malformed_resource", "The resource is no absolute URI without a fragment.")
    if _malformed(value) or (value not in known and policy.unknown == "ignored"):
        return None
    if value not in known and policy.unknown == "refused":
        raise invalid_target("unknown_resource")
    if value in known and not policy.known_granted:
        raise invalid_target("unwelcome_resource")
    if granted and value not in granted and policy.beyond != "granted":
        if policy.beyond == "ignored":
            return None
        raise invalid_target("foreign_resource")
    if len(granted) > 1 and policy.narrowed == "refused":
        raise invalid_target("narrowed_resource")
    return None if len(granted) > 1 and policy.narrowed == "ignored" else value


def _malformed(value: str) -> bool:
    """Whether it is no absolute URI, or has a fragment (RFC 8707 §2)."""
    return not urlsplit(value).scheme or "#" in value
