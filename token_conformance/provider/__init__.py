"""The provider under test, in the RFCs' terms."""

from token_conformance.provider.carrier import Carrier, carrier, refresh_carrier
from token_conformance.provider.device import DeviceAuthorization, device_authorization, poll, verify
from token_conformance.provider.provider import Authorization, Login, Provider

__all__ = [
    "Authorization",
    "Carrier",
    "DeviceAuthorization",
    "Login",
    "Provider",
    "carrier",
    "device_authorization",
    "poll",
    "refresh_carrier",
    "verify",
]
