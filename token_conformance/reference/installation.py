"""One server's configuration, clock and memory, which its grants and endpoints share."""

from __future__ import annotations

from token_conformance.profile.client import Client
from token_conformance.profile.models import Profile
from token_conformance.reference.addresses import Addresses
from token_conformance.reference.assertion import AssertionReader
from token_conformance.reference.behaviour import Behaviour
from token_conformance.reference.client_authentication import ClientAuthenticator, RegisteredClient
from token_conformance.reference.clock import MovableClock
from token_conformance.reference.documented import Documented
from token_conformance.reference.memory import Family, Memory, RefreshToken


class Installation:
    """What is set up for a profile, and what happened since."""

    def __init__(self, profile: Profile, behaviour: Behaviour, clock: MovableClock) -> None:
        self.profile = profile
        self.behaviour = behaviour
        self.clock = clock
        self.documented = Documented(profile)
        self.addresses = Addresses.of(profile)
        self.memory = Memory()
        self.authenticator = ClientAuthenticator(
            profile.clients,
            behaviour.client,
            behaviour.mutual_tls,
            self.client,
            AssertionReader(behaviour.assertion, self.addresses.issuer, self.addresses.token_endpoint),
            clock,
        )
        self._clients = {client.client_id: client for client in profile.clients}
        self._issue_known_refresh_token()

    def client(self, client_id: str) -> RegisteredClient | None:
        """The client of that identifier."""
        client = self._clients.get(client_id)
        return self._registered(client) if client is not None else None

    def _registered(self, client: Client) -> RegisteredClient:
        compared, front_door = self.behaviour.code.registered_redirect_uri, self.behaviour.front_door
        return RegisteredClient(
            client, self.documented, self.behaviour.client, redirect_uri=compared, front_door=front_door
        )

    @property
    def now(self) -> float:
        """The present in seconds since 1970."""
        return self.clock.timestamp

    def _issue_known_refresh_token(self) -> None:
        value = self.profile.login.seed
        if not self.profile.login.seeded or value is None:
            return
        now = int(self.now)
        family = Family(
            self.profile.user_client.client_id, self.documented.user, self.documented.user_scope, auth_time=now
        )
        lifetime = self.behaviour.refresh.lifetime
        self.memory.refresh_tokens[value] = RefreshToken(value, family, family.scope, now, now + lifetime)
