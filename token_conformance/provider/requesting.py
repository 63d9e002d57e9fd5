"""A client of the provider: how a request is written, authenticated and proved before it leaves."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Self
from urllib.parse import unquote_plus

from token_conformance.evidence.token_response import TokenResponse
from token_conformance.profile.client import Client
from token_conformance.profile.client_certificate import ClientCertificate
from token_conformance.profile.models import Profile
from token_conformance.profile.signing_key import SigningAlgorithm
from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.assertion import Assertion
from token_conformance.provider.client_authentication import Credentials, certificate_of
from token_conformance.provider.discovery import Discovery
from token_conformance.provider.dpop import Prover, known_algorithm, new_prover, without_query
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login_budget import LoginBudget
from token_conformance.provider.ways_in import Always, Audience, Ways
from token_conformance.wire.connection import Clock
from token_conformance.wire.exchange import Exchange, Headers, Request, header
from token_conformance.wire.wire import Wire

Form = Mapping[str, str | None] | Iterable[tuple[str, str]]

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Accept", "application/json")


class Requesting:
    """Sends requests as one client or another; every method gives what came back and judges nothing."""

    def __init__(
        self,
        profile: Profile,
        wire: Wire,
        discovery: Discovery,
        lineage: Lineage,
        logins: LoginBudget,
        clock: Clock | None = None,
        ways: Ways | None = None,
    ) -> None:
        self.profile = profile
        self.wire = wire
        self.discovery = discovery
        self.lineage = lineage
        self.logins = logins
        self.clock = clock or wire.connection.clock
        self.ways = ways or Always()
        if profile.dpop and lineage.prover is None:
            lineage.prover = new_prover(_proof_algorithm(profile, discovery))
        self.prover = lineage.prover.without_nonces() if lineage.prover is not None else None
        self.token_type = "DPoP" if profile.dpop else "Bearer"
        self._usual = True

    def proving(self, prover: Prover | None) -> Self:
        """The same with other proofs at the token endpoint and at resources (RFC 9449), or with none."""
        other = copy.copy(self)
        other.prover, other._usual = prover, False  # noqa: SLF001 - of its own kind
        return other

    def new_prover(self, algorithm: SigningAlgorithm) -> Prover:
        """A client's way to prove that it holds a new key, which signs by an algorithm."""
        return new_prover(algorithm)

    @property
    def user(self) -> str:
        """The name of the user who logs in; empty where nobody knows it."""
        return self.profile.login.username or ""

    def draw(self, kind: str) -> str:
        """An unpredictable value of 43 unreserved characters: a nonce, a state, a made-up token."""
        return self.wire.draw(kind)

    async def endpoint(self, name: str, *, mutual_tls: bool = False) -> str:
        """The address of an endpoint by its name in RFC 8414 §2; see `Discovery.endpoint`."""
        return await self.discovery.endpoint(name, mutual_tls=mutual_tls)

    async def credentials(self, client: Client, endpoint: str = "token_endpoint") -> Credentials:
        """What proves that a request is the client's, in the way that lets it in; an assertion is good for one request.

        Raises:
            Inconclusive: the client is known not to be let in.

        """
        way = await self.ways.way(client, endpoint)
        if not client.asserts:
            return way.credentials(client)
        audience = await self._audience(way.audience or client.assertion_audience, endpoint)

        def signed() -> Credentials:
            made = self._assertion(client, audience, named=way.named).credentials()
            return replace(made, certificate=certificate_of(client), anew=signed)

        return signed()

    async def methods_at(self, endpoint: str) -> list[str]:
        """The methods of client authentication that the metadata lists for an endpoint, if any (RFC 8414 §2)."""
        await self.discovery.ask()
        methods = self.discovery.metadata.get(f"{endpoint}_auth_methods_supported")
        return [str(method) for method in methods] if isinstance(methods, list) else []

    async def assertion(self, client: Client) -> Assertion:
        """The next assertion of a client at the token endpoint, in the way that lets it in (RFC 7523 §3)."""
        way = await self.ways.way(client)
        audience = await self._audience(way.audience or client.assertion_audience)
        return self._assertion(client, audience, named=way.named)

    async def token(self, parameters: Form, *, client: Client | None = None, headers: Headers = ()) -> TokenResponse:
        """Send a request to the token endpoint (RFC 6749 §3.2); parameters that are None are left out."""
        client = client or self.profile.user_client
        response = await self._token(await self.credentials(client), parameters, headers)
        self.lineage.saw(dict(parameters), response, own=self._usual and client == self.profile.user_client)
        return response

    async def token_as(self, proof: Credentials, parameters: Form, *, headers: Headers = ()) -> TokenResponse:
        """Send a request to the token endpoint with the given credentials, which may be none or too many."""
        response = await self._token(proof, parameters, headers)
        self.lineage.saw(dict(parameters), response, own=self._usual)
        return response

    async def at_once(self, attempts: Collection[Awaitable[TokenResponse]]) -> tuple[TokenResponse, ...]:
        """The answers to attempts that are made at the same moment, while no other scenario sends anything."""
        await self.ways.way(self.profile.user_client)  # which nobody could find out while the others keep still
        async with self.wire.alone():
            return tuple(await asyncio.gather(*attempts))

    async def ask(self, endpoint: str, parameters: Form, *, client: Client) -> Exchange:
        """Send a form to an endpoint by its name in RFC 8414 §2, as a client that proves who it is."""
        return await self._post(endpoint, await self.credentials(client, endpoint), parameters, ())

    async def get(
        self, url: str, *, access_token: str | None = None, headers: Headers = (), proof: Credentials | None = None
    ) -> Exchange:
        """Send a GET, with the access token in its header where one is given, by the scheme of the last token_type.

        The certificate of the user's client is presented, where it has one, or else that of `proof` (RFC 8705 §3).
        """
        bearer = (("Authorization", f"{self.token_type} {access_token}"),) if access_token is not None else ()
        certificate = certificate_of(self.profile.user_client) if proof is None else proof.certificate
        return await self._send(Request("GET", url, (JSON, *bearer, *headers), certificate=certificate))

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Headers = (),
        body: bytes = b"",
        certificate: ClientCertificate | None = None,
    ) -> Exchange:
        """Send any request, right or wrong."""
        self.lineage.touched(unquote_plus(f"{url} {body.decode(errors='replace')}"))
        return await self._send(Request(method, url, headers, body, certificate))

    async def _send(self, request: Request, anew: Callable[[], Request] | None = None) -> Exchange:
        """Send a request, with a proof where it needs one, and once more where the answer demands a nonce for it.

        `anew` makes the request again, where it holds what is good for one request.
        """
        prover = self.prover
        if prover is None or prover.change is None or not await self._needs_proof(request):
            return await self.wire.send(request, anew=anew)
        exchange = await self.wire.send(request, complete=prover.proven, anew=anew)
        if prover.learn(exchange):
            again = anew() if anew is not None else request
            exchange = await self.wire.send(again, complete=prover.proven, anew=anew)
            prover.learn(exchange)
        return exchange

    async def _needs_proof(self, request: Request) -> bool:
        """Whether a request asks for tokens, or uses one that is bound (RFC 9449 §5 and §7)."""
        if header(request.headers, "dpop") is not None:
            return False
        if (header(request.headers, "authorization") or "").lower().startswith("dpop "):
            return True
        endpoint = await self.endpoint("token_endpoint")
        return without_query(request.url) in {endpoint, *self.profile.server.token_endpoint_aliases}

    async def _token(self, proof: Credentials, parameters: Form, headers: Headers) -> TokenResponse:
        self.wire.admit()  # what cannot leave does not put a stored session in doubt
        self.lineage.sends(dict(parameters))
        response = TokenResponse(await self._post("token_endpoint", proof, parameters, headers))
        self._heed_token_type(response)
        return response

    def _heed_token_type(self, response: TokenResponse) -> None:
        """Present access tokens from now on as the answer says (RFC 9449 §5)."""
        if self.prover is not None and response.exchange.answer is not None and response.accepted:
            self.token_type = "Bearer" if (response.token_type or "").lower() == "bearer" else "DPoP"

    async def _post(self, endpoint: str, proof: Credentials, parameters: Form, headers: Headers) -> Exchange:
        url = await self.endpoint(endpoint, mutual_tls=self._by_mutual_tls(proof))
        pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
        given = [(name, value) for name, value in pairs if value is not None]

        def written(proof: Credentials) -> Request:
            body = form_encoded([*given, *proof.parameters]).encode()
            heads = (FORM, JSON, *proof.headers, *self._origin(proof, headers), *headers)
            return Request("POST", url, heads, body, proof.certificate)

        anew = proof.anew
        return await self._send(written(proof), (lambda: written(anew())) if anew is not None else None)

    async def _audience(self, audience: Audience, endpoint: str = "token_endpoint") -> str:
        if audience == "issuer":
            return self.profile.server.identifier or ""
        return await self.endpoint(endpoint if audience == "endpoint_asked" else "token_endpoint")

    def _assertion(self, client: Client, audience: str, *, named: bool) -> Assertion:
        made = Assertion.of(client, audience=audience, now=self.clock.now(), jti=self.draw("jti"))
        return replace(made, named=named)

    def _origin(self, proof: Credentials, headers: Headers) -> Headers:
        """The origin that the browser adds to the requests of a client which is a page in it (RFC 6454 §7.3)."""
        if header(headers, "origin") is not None:
            return ()
        client_ids = {value for name, value in proof.parameters if name == "client_id"}
        origins = (each.origin for each in self.profile.clients if each.client_id in client_ids)
        return tuple(("Origin", origin) for origin in origins if origin is not None)[:1]

    def _by_mutual_tls(self, proof: Credentials) -> bool:
        """Whether a request goes where certificates are asked for, even if it comes without the one that it should have."""
        client_ids = {value for name, value in proof.parameters if name == "client_id"}
        known = (client for client in self.profile.clients if client.client_id in client_ids)
        return proof.certificate is not None or any(client.certificate is not None for client in known)


def _proof_algorithm(profile: Profile, discovery: Discovery) -> SigningAlgorithm:
    """What proofs are signed by: as the profile documents, or else as usual, or by what the metadata list instead."""
    usual = profile.tokens.dpop_algorithm
    listed = discovery.metadata.get("dpop_signing_alg_values_supported")
    return profile.documented_dpop_algorithm or known_algorithm(usual, listed) or usual
