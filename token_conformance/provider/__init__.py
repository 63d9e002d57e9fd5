"""The provider under test, in the RFCs' terms."""

from token_conformance.evidence.login import Authorization, Login
from token_conformance.provider.carrier import Carrier, carrier, carrier_of, refresh_carrier
from token_conformance.provider.device import DeviceAuthorization, device_authorization, poll, verify
from token_conformance.provider.provider import Provider

__all__ = [
    "Authorization",
    "Carrier",
    "DeviceAuthorization",
    "Login",
    "Provider",
    "carrier",
    "carrier_of",
    "device_authorization",
    "poll",
    "refresh_carrier",
    "verify",
]
