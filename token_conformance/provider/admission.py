"""Finds out once in a run how each client gets in, before scenarios rely on it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.models import Profile
from token_conformance.provider.client_authentication import impostor
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.provider.requesting import Requesting
from token_conformance.provider.ways_in import (
    AS_REGISTERED,
    Always,
    Way,
    altered_by_encoding,
    ways_at_others,
    ways_of,
)
from token_conformance.verdict import Inconclusive
from token_conformance.wire.wire import Wire

SAID_TO_THE_KNOWN = frozenset(
    {"invalid_grant", "invalid_scope", "invalid_target", "unauthorized_client", "unsupported_grant_type"}
)
"""The error codes for a client that is let in (RFC 6749 §5.2, RFC 8707 §2)."""

ASKED_BY_THEMSELVES = frozenset({"revocation_endpoint", "introspection_endpoint", "device_authorization_endpoint"})
"""Endpoints where servers want assertions for another audience than at the token endpoint."""


@dataclass(frozen=True)
class Finding:
    """How a client gets in at an endpoint: `refused` says that it does not, `barred` that it may not ask in its own name.

    `proven` tells that an answer showed it.
    """

    client: Client
    endpoint: str = "token_endpoint"
    way: Way = AS_REGISTERED
    proven: bool = False
    refused: str | None = None
    barred: str | None = None

    @property
    def sentence(self) -> str | None:
        """What is unusual in how the client gets in, for people; None where nothing is."""
        where = f" at the {self.endpoint.replace('_', ' ')}" if self.endpoint != "token_endpoint" else ""
        peculiar = f'client "{self.client.name}"{where}: {self.way.peculiar}' if self.way.peculiar else None
        return self.refused or self.barred or peculiar


class Admission:
    """Answers every scenario from one request of each kind of client, and a few more where that one is refused.

    With `careful`, a client that no way lets in is not used any more, and grants that it is refused are not asked for.
    `known` is what was found out before.
    """

    def __init__(
        self,
        profile: Profile,
        wire: Wire,
        discovery: Discovery,
        *,
        careful: bool = False,
        known: Mapping[tuple[str, str], Finding] = MappingProxyType({}),
    ) -> None:
        self.wire = wire
        self.careful = careful
        self._profile = profile
        self._requesting = Requesting(profile, wire, discovery, Lineage(), LoginBudget(0))
        self._asking = asyncio.Lock()
        self._found = dict(known)

    async def way(self, client: Client, endpoint: str = "token_endpoint") -> Way:
        """The way of a client at an endpoint; whoever merely says that it is this one takes the same.

        Raises:
            Inconclusive: the client itself is known not to be let in, and the run heeds it.

        """
        registered = self._registration(client)
        if registered is None:
            return AS_REGISTERED
        finding = await self._finding(registered, endpoint)
        if finding.refused is not None and self.careful and client == registered:
            raise Inconclusive(finding.refused)
        return finding.way

    async def barred(self, client: Client) -> str | None:
        """Why a client may not ask in its own name (RFC 6749 §4.4), where that is known, and the run heeds it."""
        registered = self._registration(client)
        if registered is None or not self.careful:
            return None
        return (await self._finding(registered, "token_endpoint")).barred

    @property
    def found(self) -> Mapping[tuple[str, str], Finding]:
        """What is known by now, by the client's name and the endpoint."""
        return MappingProxyType(self._found)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What people should know of how clients get in."""
        return tuple(dict.fromkeys(found.sentence for found in self._found.values() if found.sentence is not None))

    @property
    def trouble(self) -> str | None:
        """Why the run is of little use, where a client that the profile's grants need is refused."""
        needed = self._profile.active_clients if self.careful else ()
        alone = not self._profile.has_user_login
        found = [each for each in self._found.values() if each.client in needed]
        return "; ".join(filter(None, [each.refused or (each.barred if alone else None) for each in found])) or None

    async def close(self) -> None:
        """Close the connection of its requests."""
        await self.wire.close()

    def _registration(self, client: Client) -> Client | None:
        """The client of the profile that this one is, or says that it is, by its own method."""
        said = client.client_id, client.authentication
        return next((each for each in self._profile.clients if (each.client_id, each.authentication) == said), None)

    async def _finding(self, client: Client, endpoint: str) -> Finding:
        where = endpoint if client.asserts and endpoint in ASKED_BY_THEMSELVES else "token_endpoint"
        async with self._asking:
            return await self._known(client, where)

    async def _known(self, client: Client, where: str) -> Finding:
        known = self._found.get((client.name, where))
        if known is None:
            found = self._at_tokens(client) if where == "token_endpoint" else self._elsewhere(client, where)
            known = self._found[client.name, where] = await found
        return known

    async def _at_tokens(self, client: Client) -> Finding:
        """Knock, unless there is but one way and nothing to learn, or it is known from another client of the kind."""
        service = self.careful and self._is_service(client)
        if not service and len(ways_of(client)) == 1:
            return Finding(client)
        alike = None if service else self._known_alike(client)
        return Finding(client, way=alike.way) if alike is not None else await self._knock(client)

    def _known_alike(self, client: Client) -> Finding | None:
        """What is known of another client that sends a secret alike, of characters of the same kind."""
        proven = (each for each in self._found.values() if each.proven and each.endpoint == "token_endpoint")
        return next((each for each in proven if _kind(each.client) == _kind(client)), None) if _kind(client) else None

    async def _knock(self, client: Client) -> Finding:
        """Try one request after the other, until one shows who is let in; where none does, the first finding is as good.

        Some servers look at a token before they look at the client: to whoever presents a made-up one, they say the same.
        """
        findings = list[Finding]()
        for asked in self._requests(client):
            findings.append(await self._knock_by(asked, client))
            if not findings[-1].proven or await self._tells_apart(asked, findings[-1]):
                return findings[-1]
        return replace(findings[0], proven=False)

    async def _tells_apart(self, asked: Mapping[str, str | None], found: Finding) -> bool:
        """Whether the request is refused to who has not the client's secret; asked where it matters how that is written."""
        if _kind(found.client) != ("client_secret_basic", True) or asked["grant_type"] == "client_credentials":
            return True
        stranger = impostor(found.client, self._made_up())
        return refuses_client(await self._by(found.way).token(asked, client=stranger))

    async def _knock_by(self, asked: Mapping[str, str | None], client: Client) -> Finding:
        """Try one way after the other, until an answer shows that the client is let in, or that ways do not matter."""
        answers = list[TokenResponse]()
        for way in ways_of(client):
            answer = await self._by(way).token(asked, client=client)
            answers.append(answer)
            if lets_in(answer):
                return Finding(client, way=way, proven=True, barred=self._barring(client, answer))
            if answer.exchange.answer is None or not (refuses_client(answer) or answer.error == "invalid_request"):
                break
        refused = all(refuses_client(answer) for answer in answers)
        return Finding(client, refused=_refusal(client, answers) if refused else None)

    async def _elsewhere(self, client: Client, endpoint: str) -> Finding:
        """Present a token that nobody knows, or ask for a device code, with an assertion for one audience after the other,
        which has client_id beside it where it needs that at the token endpoint.
        """
        named = (await self._known(client, "token_endpoint")).way.named
        device = self._profile.grants.device_code
        asked = {"scope": device.scope if device is not None else None}
        if endpoint != "device_authorization_endpoint":
            asked = {"token": self._made_up()}
        for way in ways_at_others(client, named=named):
            answer = TokenResponse(await self._by(way).ask(endpoint, asked, client=client))
            if not refuses_client(answer):
                return Finding(client, endpoint, way, proven=True)
        return Finding(client, endpoint)

    def _by(self, way: Way) -> Requesting:
        requesting = copy.copy(self._requesting)
        requesting.ways = Always(way)
        return requesting

    def _requests(self, client: Client) -> Iterator[dict[str, str | None]]:
        """What is asked to see whether a client is let in: its own token, or else what nobody was given."""
        grants = self._profile.grants
        if grants.client_credentials is not None and self._is_service(client):
            yield {"grant_type": "client_credentials", "scope": grants.client_credentials.scope}
            return
        if grants.refresh_token is not None or grants.authorization_code is None:
            yield {"grant_type": "refresh_token", "refresh_token": self._made_up()}
        if grants.authorization_code is not None:
            code = {"code": self._made_up(), "redirect_uri": client.redirect_uri}
            yield {"grant_type": "authorization_code", **code}

    def _made_up(self) -> str:
        return self._requesting.draw("token")

    def _is_service(self, client: Client) -> bool:
        grant = self._profile.grants.client_credentials
        return grant is not None and client == self._profile.client(grant.client)

    def _barring(self, client: Client, answer: TokenResponse) -> str | None:
        if not self._is_service(client) or answer.error != "unauthorized_client":
            return None
        return (
            f'client "{client.name}" is let in, and may not use client_credentials: {answer}; '
            "leave out [grants.client_credentials], or have the client registered for it"
        )


def lets_in(answer: TokenResponse) -> bool:
    """Whether an answer is one to a client that has proved who it is."""
    if answer.exchange.answer is None or refuses_client(answer):
        return False
    return answer.accepted or answer.error in SAID_TO_THE_KNOWN


def refuses_client(answer: TokenResponse) -> bool:
    """Whether an answer says that the client has not proved who it is: invalid_client, or 401 without another reason."""
    if answer.exchange.answer is None:
        return False
    other_reasons = SAID_TO_THE_KNOWN - {"unauthorized_client"} | {"invalid_request"}
    return answer.error == "invalid_client" or (answer.status == 401 and answer.error not in other_reasons)


def _kind(client: Client) -> tuple[str, bool] | None:
    """What clients have in common that get in alike, where they do."""
    basic = client.authentication == "client_secret_basic"
    return (client.authentication, altered_by_encoding(client)) if basic else None


def _refusal(client: Client, answers: list[TokenResponse]) -> str:
    others = f" (and in {len(answers) - 1} other ways)" if len(answers) > 1 else ""
    tried = f"{client.authentication} was tried{others}"
    return f'the token endpoint refuses client "{client.name}", {answers[0]}: check its credentials; {tried}'
