"""The authorization endpoint with login and consent (RFC 6749 §3.1, OIDC Core §3.1.2)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from token_conformance.reference.answer import Answer
from token_conformance.reference.authorization_server import ReferenceAuthorizationServer
from token_conformance.reference.browser import (
    BrowserSession,
    Interaction,
    back_to_client,
    consent_form,
    error_members,
    login_form,
    page,
    to,
)
from token_conformance.reference.client_authentication import RegisteredClient
from token_conformance.reference.contexts import context_of
from token_conformance.reference.documented import User
from token_conformance.reference.grants.resources import authorized_resources
from token_conformance.reference.grants.scope import granted_scope
from token_conformance.reference.memory import Family
from token_conformance.reference.reading import Incoming, Parameters, with_resources_joined
from token_conformance.reference.refusal import invalid_request

KNOWN_PARAMETERS = frozenset(
    {
        "acr_values",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "dpop_jkt",
        "login_hint",
        "max_age",
        "nonce",
        "prompt",
        "redirect_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "state",
    }
)

SESSION_COOKIE, INTERACTION_COOKIE = "reference_session", "reference_interaction"


class FrontDoor:
    """Leads the browser from an authorization request to its answer."""

    def __init__(self, server: ReferenceAuthorizationServer) -> None:
        self._server = server
        self._installation = server.installation
        self._sessions: dict[str, BrowserSession] = {}
        self._interactions: dict[str, Interaction] = {}

    def take_over(self, other: FrontDoor) -> None:
        """Know the browsers that another one knows."""
        self._sessions, self._interactions = other._sessions, other._interactions

    def authorize(self, incoming: Incoming) -> Answer:
        """Begin: check the request before the user sees anything."""
        source = incoming.body.decode("utf-8", "replace") if incoming.method == "POST" else incoming.query
        written = parse_qsl(source, keep_blank_values=True)
        pairs = self._read(written)
        request = Parameters(incoming, dict(pairs), pairs)
        try:
            self._check_parameters(written)
            context_of(request, self._installation.behaviour.front_door)
            self._server.get_consent_grant(request)
            self._check_prompt(request)
            authorized_resources(self._installation, request.payload.data.get("resource"))
        except OAuth2Error as error:
            return self._refused(request, error)
        interaction = Interaction(request, self._remembered(incoming))
        self._interactions[interaction.identifier] = interaction
        return self._with_cookie(self._next(interaction), INTERACTION_COOKIE, interaction.identifier)

    def _read(self, written: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The parameters that count: empty ones are omitted (RFC 6749 §3.1)."""
        pairs = with_resources_joined([(name, value) for name, value in written if value])
        return pairs if self._installation.behaviour.front_door.repetition_refused else list(dict(pairs).items())

    def _check_parameters(self, written: list[tuple[str, str]]) -> None:
        policy = self._installation.behaviour.front_door
        if not policy.empty_is_omitted and any(not value for _, value in written):
            raise invalid_request("A parameter is empty.")
        if policy.unknown_refused and not {name for name, _ in written} <= KNOWN_PARAMETERS:
            raise invalid_request("There is an unknown parameter.")

    def login_page(self, incoming: Incoming) -> Answer:
        """Show the login form, or read it."""
        interaction = self._interaction(incoming)
        if interaction is None:
            return _forgotten()
        form = dict(parse_qsl(incoming.body.decode("utf-8", "replace")))
        action = self._installation.addresses.login_page
        if incoming.method != "POST":
            return login_form(action, interaction.csrf)
        if not secrets.compare_digest(form.get("csrf", "").encode(), interaction.csrf.encode()):
            return _forgotten()
        user = self._installation.documented.known_by(form.get("username"), form.get("password"))
        if user is None:
            return login_form(action, interaction.csrf, failed=True)
        return self._logged_in(interaction, user)

    def consent_page(self, incoming: Incoming) -> Answer:
        """Show the question for consent, or read the decision."""
        interaction = self._interaction(incoming)
        if interaction is None or interaction.session is None:
            return _forgotten()
        client_id, scope = self._asked(interaction)
        form = dict(parse_qsl(incoming.body.decode("utf-8", "replace")))
        if "decision" not in form:
            return consent_form(self._installation.addresses.consent_page, interaction.csrf, client_id, scope)
        if not secrets.compare_digest(form.get("csrf", "").encode(), interaction.csrf.encode()):
            return _forgotten()
        if form.get("decision") == "allow":
            interaction.session.consents.add((client_id, scope))
        return self._decided(interaction, allowed=form.get("decision") == "allow")

    def _next(self, interaction: Interaction) -> Answer:
        """What the browser sees next: the login form, the question for consent, or the client again."""
        heeds_age = self._installation.behaviour.front_door.max_age_heeded
        login = interaction.needs_login(self._installation.now, heeds_age=heeds_age)
        consent = interaction.needs_consent(*self._asked(interaction)) or self._to_be_asked_again(interaction)
        if "none" in interaction.prompts and (login or consent):
            return self._refused(interaction.request, _silent_error(login=login))
        if login:
            return to(self._installation.addresses.login_page)
        if consent:
            return to(self._installation.addresses.consent_page)
        return self._decided(interaction, allowed=True)

    def _to_be_asked_again(self, interaction: Interaction) -> bool:
        """Whether the user has to allow a native app what was allowed before: anybody may say to be it (RFC 8252 §8.6)."""
        client = self._server.query_client(self._asked(interaction)[0])
        native = client is not None and client.client.native
        return native and self._installation.behaviour.front_door.native_app_asked_again

    def _logged_in(self, interaction: Interaction, user: User) -> Answer:
        session = BrowserSession(user, int(self._installation.now))
        if interaction.session is not None and interaction.session.user == user:
            session.consents = interaction.session.consents
        interaction.session, interaction.logged_in_anew = session, True
        self._sessions[session.identifier] = session
        onward = self._next(interaction)
        if onward.status == 303:
            onward = onward.with_status(self._installation.behaviour.code.login_redirect)
        return self._with_cookie(onward, SESSION_COOKIE, session.identifier)

    def _decided(self, interaction: Interaction, *, allowed: bool) -> Answer:
        self._interactions.pop(interaction.identifier, None)
        request = interaction.request
        try:
            grant = self._server.get_consent_grant(request)
            family = self._family(interaction) if allowed else None
            redirect_uri, members, mode = grant.create_authorization_response(grant.redirect_uri, family)
        except OAuth2Error as error:
            return self._refused(request, error)
        return self._redirected(request, redirect_uri, members, mode)

    def _family(self, interaction: Interaction) -> Family:
        client_id, scope = self._asked(interaction)
        session, data = interaction.session, interaction.request.payload.data
        auth_time = session.auth_time if session is not None else int(self._installation.now)
        resources = authorized_resources(self._installation, data.get("resource"))
        user = session.user if session is not None else self._installation.documented.user
        family = Family(client_id, user, scope, auth_time, data.get("nonce"), data.get("scope"), resources)
        family.acr = context_of(interaction.request, self._installation.behaviour.front_door)
        return family

    def _check_prompt(self, request: Parameters) -> None:
        """Refuse offline_access without `prompt=consent`, where that is demanded (OIDC Core §11)."""
        scope, prompt = (request.payload.data.get(name) or "" for name in ("scope", "prompt"))
        demanded = self._installation.behaviour.scope.offline_access_demands_consent
        if demanded and "offline_access" in scope.split() and "consent" not in prompt.split():
            raise OAuth2Error(error="invalid_request", description="offline_access needs prompt=consent.")

    def _asked(self, interaction: Interaction) -> tuple[str, str]:
        data = interaction.request.payload.data
        return data["client_id"], granted_scope(self._installation, data.get("scope"))

    def _refused(self, request: Parameters, error: Any) -> Answer:
        """An error goes to the client only where the redirect_uri is known to be its own (RFC 6749 §4.1.2.1)."""
        data = request.payload.data
        client = self._server.query_client(data.get("client_id", ""))
        redirect_uri = self._told_at(client, data.get("redirect_uri"))
        missing = "told" if "response_type" in data else self._installation.behaviour.front_door.missing_response_type
        untold = missing != "told"
        if client is None or redirect_uri is None or not client.check_redirect_uri(redirect_uri) or untold:
            return page("Bad request", f"<p>{error.error}</p>", 200 if missing == "page with 200" else 400)
        told = "state" in data and self._installation.behaviour.code.error_tells_state
        state = {"state": data["state"]} if told else {}
        members = {**error_members(error), **state, "iss": self._installation.addresses.issuer}
        usual = "fragment" if "id_token" in (data.get("response_type") or "").split() else "query"
        return self._redirected(request, redirect_uri, members, data.get("response_mode") or usual)

    def _told_at(self, client: RegisteredClient | None, asked: str | None) -> str | None:
        """Where a client is told of an error: at the address that was asked for, or else at the registered one."""
        registered = client.get_default_redirect_uri() if client is not None else None
        foreign = client is not None and asked is not None and not client.check_redirect_uri(asked)
        instead = foreign and self._installation.behaviour.front_door.mismatch_told_at_registered
        return registered if instead else asked or registered

    def _redirected(self, request: Parameters, redirect_uri: str, members: Mapping[str, Any], mode: str) -> Answer:
        answer = Answer("authorization", members=members, form=request.form)
        for change in self._installation.behaviour.answer_changes:
            answer = change(answer)
        in_query = self._installation.behaviour.code.answers_in_query
        return back_to_client(answer, redirect_uri, "query" if in_query else mode)

    def _remembered(self, incoming: Incoming) -> BrowserSession | None:
        remembered = self._installation.behaviour.code.login_remembered
        return self._sessions.get(_cookies(incoming).get(SESSION_COOKIE, "")) if remembered else None

    def _interaction(self, incoming: Incoming) -> Interaction | None:
        return self._interactions.get(_cookies(incoming).get(INTERACTION_COOKIE, ""))

    def _with_cookie(self, answer: Answer, name: str, value: str) -> Answer:
        restriction = "; Secure" if self._installation.addresses.secure else ""
        return replace(
            answer,
            headers=(*answer.headers, ("Set-Cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{restriction}")),
        )


def _silent_error(*, login: bool) -> OAuth2Error:
    return OAuth2Error(
        error="login_required" if login else "consent_required", description="The user would have to be asked."
    )


def _forgotten() -> Answer:
    return page("Start again", "<p>Go back to the application and start again.</p>", 400)


def _cookies(incoming: Incoming) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(incoming.headers.get("cookie", "")).items()}
    except CookieError:
        return {}
