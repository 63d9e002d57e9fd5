"""The provider under test, in the RFCs' terms."""

from token_conformance.provider.provider import Authorization, Login, Provider

__all__ = ["Authorization", "Login", "Provider"]
