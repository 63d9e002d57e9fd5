"""All faults, topic by topic."""

from __future__ import annotations

from collections.abc import Mapping

from token_conformance.reference.faults.access_token import ACCESS_TOKEN
from token_conformance.reference.faults.authorization_code import AUTHORIZATION_CODE
from token_conformance.reference.faults.client_assertion import CLIENT_ASSERTION
from token_conformance.reference.faults.client_authentication import CLIENT_AUTHENTICATION
from token_conformance.reference.faults.conjunctions import CONJUNCTIONS
from token_conformance.reference.faults.device_code import DEVICE_CODE
from token_conformance.reference.faults.dpop import BINDING, DPOP
from token_conformance.reference.faults.dpop_nonce import NONCE
from token_conformance.reference.faults.endpoint import ENDPOINT
from token_conformance.reference.faults.errors import ERRORS
from token_conformance.reference.faults.fault import Fault
from token_conformance.reference.faults.front_channel import FRONT_CHANNEL
from token_conformance.reference.faults.grants import GRANTS
from token_conformance.reference.faults.id_token import ID_TOKEN
from token_conformance.reference.faults.introspection import INTROSPECTION
from token_conformance.reference.faults.metadata import METADATA
from token_conformance.reference.faults.mutual_tls import MUTUAL_TLS
from token_conformance.reference.faults.proof_key import PROOF_KEY
from token_conformance.reference.faults.refresh import REFRESH
from token_conformance.reference.faults.refresh_token_expiration import REFRESH_TOKEN_EXPIRATION
from token_conformance.reference.faults.refreshed_id_token import REFRESHED_ID_TOKEN
from token_conformance.reference.faults.resource_indicators import RESOURCE_INDICATORS
from token_conformance.reference.faults.response import RESPONSE
from token_conformance.reference.faults.revocation import REVOCATION
from token_conformance.reference.faults.rotation import ROTATION
from token_conformance.reference.faults.scope import SCOPE
from token_conformance.reference.faults.session import SESSION
from token_conformance.reference.faults.step_up import STEP_UP
from token_conformance.reference.faults.token_exchange import TOKEN_EXCHANGE

__all__ = ["FAULTS", "TOPICS"]

TOPICS: tuple[tuple[Fault, ...], ...] = (
    REFRESH,
    ROTATION,
    REFRESH_TOKEN_EXPIRATION,
    SESSION,
    CONJUNCTIONS,
    AUTHORIZATION_CODE,
    FRONT_CHANNEL,
    STEP_UP,
    PROOF_KEY,
    GRANTS,
    DEVICE_CODE,
    TOKEN_EXCHANGE,
    RESOURCE_INDICATORS,
    RESPONSE,
    SCOPE,
    ENDPOINT,
    ERRORS,
    CLIENT_AUTHENTICATION,
    CLIENT_ASSERTION,
    MUTUAL_TLS,
    ID_TOKEN,
    REFRESHED_ID_TOKEN,
    METADATA,
    REVOCATION,
    INTROSPECTION,
    ACCESS_TOKEN,
    DPOP,
    BINDING,
    NONCE,
)

FAULTS: Mapping[str, Fault] = {fault.name: fault for topic in TOPICS for fault in topic}
"""All faults by their names."""
