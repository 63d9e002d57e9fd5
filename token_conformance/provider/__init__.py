"""The provider as a scenario talks to it, in the RFCs' terms; it sends and judges nothing.

Suites use what is named here, `binding`, `dpop`, `proof_changes`, `assertion` and `spelling`; `lineage` and `discovery`
are for `running/` and `sessions/`. May import `servers/`, `evidence/`, `wire/` and what lies below.
"""

from token_conformance.evidence.login import Authorization, Login
from token_conformance.provider.carrier import Carrier, Resending, carrier, carrier_of, may_log_in, refresh_carrier
from token_conformance.provider.device import DeviceAuthorization, device_authorization, poll, poll_patiently, verify
from token_conformance.provider.provider import Provider
from token_conformance.provider.resource import protected
from token_conformance.provider.stranger import own_exchange, own_refresh

__all__ = [
    "Authorization",
    "Carrier",
    "DeviceAuthorization",
    "Login",
    "Provider",
    "Resending",
    "carrier",
    "carrier_of",
    "device_authorization",
    "may_log_in",
    "own_exchange",
    "own_refresh",
    "poll",
    "poll_patiently",
    "protected",
    "refresh_carrier",
    "verify",
]
