"""The reference server as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from token_conformance.reference.addresses import path_of
from token_conformance.reference.answer import NO_STORE, Answer, Endpoint
from token_conformance.reference.authorization_server import ReferenceAuthorizationServer, refusal_answer
from token_conformance.reference.browser import careless
from token_conformance.reference.deeds import concerned, deeds
from token_conformance.reference.front_door import SESSION_COOKIE, FrontDoor
from token_conformance.reference.grant_policies import RefreshPolicy
from token_conformance.reference.installation import Installation
from token_conformance.reference.keys import public_keys
from token_conformance.reference.lapses import note
from token_conformance.reference.limiting import Limiter
from token_conformance.reference.memory import RefreshToken
from token_conformance.reference.metadata import metadata
from token_conformance.reference.mutual_tls import presented_certificate
from token_conformance.reference.reading import FORM, Incoming, Parameters, accepted_methods, form_of, is_about_a_token
from token_conformance.reference.refusal import Refusal, invalid_request
from token_conformance.reference.resource import resource_answer, userinfo_answer
from token_conformance.reference.verification_page import VerificationPage

TIME_OF_CHECK_TO_TIME_OF_USE = 0.02
"""Seconds that a server without atomic updates takes from looking at a token to marking it."""

Handler = Callable[[Incoming], Answer]


class Endpoints:
    """Everything that the server answers."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._server = ReferenceAuthorizationServer(installation)
        self._front_door = FrontDoor(self._server)
        self._limiter = Limiter()

    def take_over(self, other: Endpoints) -> None:
        """Know the browsers that others know."""
        self._front_door.take_over(other._front_door)

    @property
    def application(self) -> Starlette:
        """The endpoints at the paths that the profile gives them; any method reaches them."""
        addresses, door = self._installation.addresses, self._front_door
        device = self._installation.profile.grants.device_code is not None
        pages: dict[str, Handler] = {
            addresses.authorization_endpoint: door.authorize,
            addresses.login_page: door.login_page,
            addresses.consent_page: door.consent_page,
            **({addresses.verification_page: VerificationPage(self._installation).answer} if device else {}),
        }
        answered: dict[str, Handler] = {
            addresses.userinfo_endpoint: lambda incoming: userinfo_answer(self._installation, incoming),
            addresses.resource: lambda incoming: resource_answer(self._installation, incoming),
            addresses.revocation_endpoint: lambda incoming: self._at("revocation", incoming),
            addresses.introspection_endpoint: lambda incoming: self._at("introspection", incoming),
            **(
                {addresses.device_authorization_endpoint: lambda incoming: self._at("device_authorization", incoming)}
                if device
                else {}
            ),
            addresses.jwks_uri: self._jwks,
            addresses.discovery: self._metadata,
            **dict.fromkeys(self._published_at, self._published),
        }
        token_endpoints = (addresses.token_endpoint, *addresses.token_endpoint_aliases)
        return Starlette(
            routes=[
                *(_route(url, self._token) for url in token_endpoints),
                *(_route(url, self._plain(handler)) for url, handler in answered.items()),
                *(_route(url, self._page(handler)) for url, handler in pages.items()),
            ]
        )

    async def _token(self, request: Request) -> Response:
        incoming = await self._incoming(request)
        policy, now = self._installation.behaviour.request, self._installation.now
        if (refused := self._limiter.refusal(policy, now)) is not None:
            return self._changed(refused, incoming)
        if policy.revokes_too and is_about_a_token(incoming):
            return self._changed(self._at("revocation", incoming), incoming)
        try:
            answer = await self._tokens(incoming)
        except OAuth2Error as error:
            answer = refusal_answer(self._installation, error, "token")
        return self._changed(self._limiter.headed(answer, policy, now), incoming)

    async def _tokens(self, incoming: Incoming) -> Answer:
        policy = self._installation.behaviour.request
        if incoming.method not in accepted_methods(policy):
            refusal = Refusal("invalid_request", "method", "The token endpoint takes POST.", status=405)
            return refusal_answer(self._installation, refusal, "token").headed("Allow", "POST")
        if policy.origins == "known" and self._comes_from_elsewhere(incoming):
            return Answer("token", 403, {"message": "Invalid origin"})
        if not policy.browser_accepted and SESSION_COOKIE in incoming.headers.get("cookie", ""):
            raise invalid_request("A browser that is logged in has no business here.")
        form = form_of(incoming, policy)
        if policy.grant_type_guessed and (guess := _guessed(form)) is not None:
            form.setdefault("grant_type", guess)
        self._check_parameters(form)
        parameters = Parameters(incoming, form)
        parameters.raced = await self._looked_at_too_early(form)
        return self._server.token_answer(parameters)

    def _comes_from_elsewhere(self, incoming: Incoming) -> bool:
        """Whether a page sends the request whose origin no client has registered (RFC 6454 §7)."""
        known = {client.origin for client in self._installation.profile.clients}
        return incoming.headers.get("origin") not in {None, *known}

    def _check_parameters(self, form: dict[str, str]) -> None:
        policy = self._installation.behaviour.request
        if policy.order_matters and next(iter(form), "grant_type") != "grant_type":
            raise invalid_request("The first parameter is not grant_type.")
        if policy.unknown_refused and not set(form) <= KNOWN_PARAMETERS:
            raise invalid_request("There is an unknown parameter.")

    async def _looked_at_too_early(self, form: dict[str, str]) -> bool:
        """Whether the code or refresh token was unused when the request came, and others may have used it since."""
        memory, behaviour = self._installation.memory, self._installation.behaviour
        code, token = memory.codes.get(form.get("code", "")), memory.refresh_tokens.get(form.get("refresh_token", ""))
        unused = (code is not None and not behaviour.code.atomic and not code.used) or (
            token is not None and token.used is None and not _atomic(behaviour.refresh, token)
        )
        if unused:
            await asyncio.sleep(TIME_OF_CHECK_TO_TIME_OF_USE)
        return unused

    def _at(self, endpoint: Endpoint, incoming: Incoming) -> Answer:
        if endpoint == "revocation" and self._installation.behaviour.afterlife.address_read:
            incoming = replace(
                incoming,
                method="POST",
                body=b"&".join(filter(None, (incoming.query.encode(), incoming.body))),
                headers={**incoming.headers, "content-type": FORM},
            )
        if incoming.method != "POST":
            return Answer(endpoint, 405, {"error": "invalid_request"}, (*NO_STORE, ("Allow", "POST")))
        try:
            return self._server.answer_at(
                endpoint, Parameters(incoming, form_of(incoming, self._installation.behaviour.request))
            )
        except OAuth2Error as error:
            return refusal_answer(self._installation, error, endpoint)

    @property
    def _published_at(self) -> tuple[str, ...]:
        """Where the metadata of RFC 8414 stands, if anywhere."""
        addresses, place = self._installation.addresses, self._installation.behaviour.publication.place
        places = {"before the path": (addresses.published,), "behind the path": (addresses.behind_path,)}
        return places.get(place, ())

    def _published(self, incoming: Incoming) -> Answer:
        answer = self._metadata(incoming)
        differs = self._installation.behaviour.publication.contradicts_discovery
        return answer.saying(jwks_uri=f"{answer.members['jwks_uri']}/other") if differs else answer

    def _metadata(self, incoming: Incoming) -> Answer:  # noqa: ARG002 - they are the same for everybody
        return Answer("metadata", members=metadata(self._installation))

    def _jwks(self, incoming: Incoming) -> Answer:  # noqa: ARG002 - they are the same for everybody
        return Answer("jwks", members=public_keys(self._installation.behaviour.token.published_keys))

    def _plain(self, handler: Handler) -> Callable[[Request], object]:
        async def respond(request: Request) -> Response:
            incoming = await self._incoming(request)
            return self._changed(handler(incoming), incoming)

        return respond

    def _page(self, handler: Handler) -> Callable[[Request], object]:
        async def respond(request: Request) -> Response:
            answer = handler(await self._incoming(request))
            if self._installation.behaviour.code.allows_origins:
                answer = answer.headed("Access-Control-Allow-Origin", "*")
            return self._rendered(careless(answer, self._installation.behaviour.front_door))

        return respond

    def _asks_for_one(self, request: Request) -> bool:
        """Whether the host asks for certificates; that of the resource always does (RFC 8705 §5)."""
        alias_host = self._installation.behaviour.mutual_tls.alias_host
        at_resource = request.url.path == path_of(self._installation.addresses.resource)
        return at_resource or alias_host in {"", request.url.hostname}

    async def _incoming(self, request: Request) -> Incoming:
        """The request, read to its end."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        certificate = presented_certificate(request.scope.get("extensions")) if self._asks_for_one(request) else None
        if proofs := request.headers.getlist("dpop"):
            headers["dpop"] = ", ".join(proofs)
        return Incoming(request.method, str(request.url), headers, request.url.query, await request.body(), certificate)

    def _changed(self, answer: Answer, incoming: Incoming) -> Response:
        answer = replace(answer, request_headers=incoming.headers)
        if self._installation.behaviour.lapses:
            self._note(answer, incoming)
        for change in self._installation.behaviour.answer_changes:
            answer = change(answer)
        return self._rendered(answer)

    def _note(self, answer: Answer, incoming: Incoming) -> None:
        """Have a server that is careless about what was done be so."""
        installation = self._installation
        family = concerned(installation, answer, incoming)
        if family is not None:
            note(installation.memory, family, deeds(installation, answer, incoming), installation.behaviour.lapses)

    def _rendered(self, answer: Answer) -> Response:
        response = Response(answer.content, answer.status)
        if answer.content:
            response.headers["Content-Type"] = answer.media_type
        for name, value in answer.headers:
            response.headers.append(name, value)
        response.headers["Date"] = format_datetime(self._installation.clock.now(), usegmt=True)
        return response


KNOWN_PARAMETERS = frozenset(
    {
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "refresh_token",
        "scope",
        "username",
        "password",
        "code_verifier",
        "device_code",
        "subject_token",
        "subject_token_type",
        "actor_token",
        "actor_token_type",
        "requested_token_type",
        "audience",
        "resource",
    }
)


def _route(url: str, endpoint: Callable[[Request], object]) -> Route:
    return Route(path_of(url), endpoint, methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"])


def _atomic(policy: RefreshPolicy, token: RefreshToken) -> bool:
    """Whether a refresh token is looked at and marked as used in one step."""
    return policy.atomic and not policy.unsteady_in(token.generation, "race")


def _guessed(form: dict[str, str]) -> str | None:
    """The grant that a request seems to mean."""
    kinds = {"code": "authorization_code", "refresh_token": "refresh_token"}
    return next((kind for name, kind in kinds.items() if name in form), None)
