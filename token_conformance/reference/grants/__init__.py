"""The grants: Authlib's, extended where it falls short of the specifications or of what a fault needs."""

from token_conformance.reference.grants.authorization_code import CodeGrant
from token_conformance.reference.grants.client_credentials import ServiceGrant
from token_conformance.reference.grants.device_code import DeviceGrant
from token_conformance.reference.grants.exchange import ExchangeGrant
from token_conformance.reference.grants.password import PasswordGrant
from token_conformance.reference.grants.proof_key import ProofKey
from token_conformance.reference.grants.refresh_token import RefreshGrant

__all__ = [
    "CodeGrant",
    "DeviceGrant",
    "ExchangeGrant",
    "PasswordGrant",
    "ProofKey",
    "RefreshGrant",
    "ServiceGrant",
]
