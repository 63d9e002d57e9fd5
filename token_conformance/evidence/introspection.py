"""What an introspection answer says (RFC 7662 §2.2)."""

from __future__ import annotations

from token_conformance.wire.exchange import Exchange


def says_active(exchange: Exchange) -> bool:
    """Whether an introspection answer says that the token is active, be it as a text; another check judges that."""
    active = exchange.members.get("active")
    return exchange.response.status // 100 == 2 and (active is True or active == "true")
