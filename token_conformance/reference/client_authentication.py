"""Who sends a request: RFC 6749 §2.3 and §3.2.1."""

# ruff: noqa: S105 - policies are named after the secrets that they concern

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import unquote, unquote_plus

from authlib.oauth2.rfc6749 import ClientMixin  # type: ignore[import-untyped]

from token_conformance.profile.client import Client
from token_conformance.reference.assertion import AssertionReader
from token_conformance.reference.clock import MovableClock
from token_conformance.reference.documented import Documented
from token_conformance.reference.grant_policies import FrontDoorPolicy
from token_conformance.reference.mutual_tls import Registrations
from token_conformance.reference.policies import ClientPolicy, MutualTLSPolicy
from token_conformance.reference.reading import Incoming, Parameters
from token_conformance.reference.refusal import Refusal, invalid_client, invalid_grant, invalid_request

DECODINGS: Mapping[str, Callable[[str], str]] = {
    "form": unquote_plus,
    "percent": unquote,
    "raw": str,
    "cut": lambda part: part.partition(":")[0],
}
"""What becomes of id and secret in HTTP Basic; who splits at each colon cuts a secret that holds one."""


class RegisteredClient(ClientMixin):  # type: ignore[misc]  # Authlib is not typed
    """A client of the profile, with the accessors that Authlib asks for."""

    def __init__(
        self,
        client: Client,
        documented: Documented,
        policy: ClientPolicy,
        *,
        redirect_uri: Literal["identical", "prefix", "caseless", "any"] = "identical",
        front_door: FrontDoorPolicy = FrontDoorPolicy(),  # noqa: B008 - immutable
    ) -> None:
        self.client = client
        self.client_id = client.client_id
        self._documented = documented
        self._policy = policy
        self._redirect_uri = redirect_uri
        self._front_door = front_door

    def get_client_id(self) -> str:
        """The client identifier."""
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        """Where answers go when a request does not say, and there is no choice (RFC 6749 §3.1.2.3)."""
        guessed = self._front_door.unnamed_redirect_uri == "first"
        return self.client.redirect_uri if guessed or not self.client.further_redirect_uris else None

    def get_allowed_scope(self, scope: str | None) -> str:
        """The scope of an authorization request, or the default."""
        return scope or self._documented.user_scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether the redirect_uri is a registered one, character by character (RFC 9700 §2.1).

        Ports of the loopback interface mean nothing (RFC 8252 §7.3).
        """
        known = (self.client.redirect_uri or "", *self.client.further_redirect_uris)
        return any(self._same_address(redirect_uri, registered) for registered in known)

    def _same_address(self, redirect_uri: str, registered: str) -> bool:
        match self._redirect_uri:
            case "any":
                return True
            case "prefix":
                return redirect_uri.startswith(registered)
            case "caseless":
                return redirect_uri.lower() == registered.lower()
            case _:
                portless = _without_loopback_port(redirect_uri)
                free = self._front_door.loopback_port_free and portless == _without_loopback_port(registered)
                return free or registered in {redirect_uri, portless}

    def check_response_type(self, response_type: str) -> bool:  # noqa: ARG002 - offered response types are open to all
        """Whether the client may use a response type."""
        return self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may use a grant."""
        return not self._policy.grants_compared or self._documented.may_use(self.client, grant_type)


@dataclass(frozen=True)
class Presented:
    """The credentials of a request."""

    client_id: str | None
    secret: str | None
    method: str
    assertion: str | None = None

    @property
    def proving(self) -> bool:
        """Whether there is a secret or an assertion, right or wrong."""
        return self.secret is not None or self.assertion is not None


def presented(request: Parameters, policy: ClientPolicy) -> Presented:
    """Read the credentials of a request.

    Raises:
        Refusal: the header is malformed, there are two sets, or they contradict each other.

    """
    header = request.headers.get("authorization", "")
    client_id, secret = request.form.get("client_id"), request.form.get("client_secret")
    assertion = request.form.get("client_assertion")
    if assertion is not None:
        if (secret is not None or header) and policy.two_methods_refused:
            raise invalid_request("The client uses more than one method of authentication.", "two_methods")
        if client_id is None and policy.assertion_needs_client_id:
            raise invalid_request("The client_id is missing.", "missing_client_id")
        return Presented(client_id, None, "assertion", assertion)
    if (header[:6].lower() if policy.basic_in_any_case else header[:6]) != (
        "basic " if policy.basic_in_any_case else "Basic "
    ):
        return Presented(client_id, secret, "none" if secret is None else "client_secret_post")
    pair = _basic(header[6:], policy)
    if pair is None:
        raise invalid_client("malformed_basic", status=401, challenge=True)
    if client_id is None and policy.basic_needs_client_id:
        raise invalid_client("missing_client_id", status=401, challenge=True)
    if secret is not None and policy.two_methods_refused:
        raise invalid_request("The client uses more than one method of authentication.", "two_methods")
    if client_id not in {None, pair[0]} and policy.contradiction_refused:
        raise invalid_request("The client_id contradicts the authentication.", "client_id_mismatch")
    return Presented(pair[0], pair[1], "client_secret_basic")


def _without_loopback_port(redirect_uri: str) -> str:
    return re.sub(r"^(http://(?:127\.0\.0\.1|\[::1\]|localhost)):\d{1,5}(?=[/?]|$)", r"\1", redirect_uri)


def _basic(encoded: str, policy: ClientPolicy) -> tuple[str, str] | None:
    try:
        client_id, colon, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    if not colon:
        return None
    decoded = DECODINGS[policy.basic_decoding]
    return decoded(client_id), decoded(secret)


class ClientAuthenticator:
    """Finds the client of a request and has it prove who it is."""

    def __init__(
        self,
        clients: Collection[Client],
        policy: ClientPolicy,
        mutual_tls: MutualTLSPolicy,
        find: Callable[[str], RegisteredClient | None],
        assertions: AssertionReader,
        clock: MovableClock,
    ) -> None:
        self._secrets = tuple(client.client_secret for client in clients if client.client_secret)
        self._clients = tuple(clients)
        self._registrations = Registrations(self._clients)
        self._policy = policy
        self._mutual_tls = mutual_tls
        self._find = find
        self._assertions = assertions
        self._clock = clock

    def authenticate(self, request: Parameters, *, required: bool = True) -> RegisteredClient:
        """The client of a request; without `required`, one that only says who it is will do.

        Raises:
            Refusal: it is unknown, or does not authenticate as it is registered.

        """
        credentials = self._named(presented(request, self._policy))
        if credentials.client_id is None and self._mutual_tls.identifies and request.incoming.certificate is not None:
            credentials = replace(credentials, client_id=self._registrations.whose(request.incoming.certificate))
        if credentials.client_id is None:
            raise self._without_authentication()
        registered = self._find(credentials.client_id) or self._found_by_secret(credentials)
        if registered is None:
            raise self._unknown(credentials)
        if credentials.assertion is not None:
            self._check_assertion(registered.client, credentials, request)
        elif registered.client.authenticates_by_certificate:
            self._check_certificate(registered.client, request.incoming, required=required)
        elif required or credentials.proving:
            self._check(registered.client, credentials)
        request.auth_method = credentials.method
        return registered

    def _named(self, credentials: Presented) -> Presented:
        """The credentials with the client that an assertion is about (RFC 7521 §4.2)."""
        if credentials.assertion is None:
            return credentials
        claimed = self._assertions.claimed_client(credentials.assertion)
        if credentials.client_id not in {None, claimed} and self._policy.contradiction_refused:
            raise self._failed("assertion_client_id", credentials)
        return replace(credentials, client_id=claimed)

    def _check_assertion(self, client: Client, credentials: Presented, request: Parameters) -> None:
        fault = (
            "method"
            if not client.asserts
            else self._assertions.fault_of(
                credentials.assertion or "",
                request.form.get("client_assertion_type"),
                client,
                self._clock.timestamp,
                asked=request.incoming.url.partition("?")[0],
            )
        )
        if fault is not None:
            raise self._failed(f"assertion_{fault}", credentials)

    def _check_certificate(self, client: Client, incoming: Incoming, *, required: bool) -> None:
        """The certificate of the connection is the client's (RFC 8705 §2)."""
        if incoming.certificate is None:
            if required and self._mutual_tls.authenticates:
                raise self._without_authentication()
        elif not self._registrations.is_of(client, incoming.certificate, self._mutual_tls):
            if self._mutual_tls.failure == "invalid_grant":
                raise invalid_grant("foreign_certificate")
            status = self._policy.body_failure_status
            raise invalid_client("foreign_certificate", status=status, challenge=status == 401)

    def _check(self, client: Client, credentials: Presented) -> None:
        if client.asserts:
            if credentials.secret is None:
                raise self._without_authentication()
            if not self._policy.other_method_accepted or credentials.secret != client.client_secret:
                raise self._failed("wrong_secret", credentials)
            return
        if client.client_secret is None:
            if credentials.secret is not None and self._policy.public_secret_refused:
                raise self._failed("wrong_secret", credentials)
            return
        if credentials.secret is None:
            if self._policy.secret != "empty":
                raise self._without_authentication()
            return
        right = self._careless_with(client, credentials) or self._right(client.client_secret, credentials.secret)
        foreign = self._policy.registered_method_alone and credentials.method != client.authentication
        if credentials.method not in self._policy.methods or foreign or not right:
            raise self._failed("wrong_secret", credentials)

    def _careless_with(self, client: Client, credentials: Presented) -> bool:
        """Whether the secret is not looked at: with some methods, or of other clients than the first."""
        first = client.client_secret == self._secrets[0]
        return credentials.method in self._policy.secret_ignored_by or not (
            first or self._policy.later_secrets_compared
        )

    def _right(self, secret: str, given: str) -> bool:
        match self._policy.secret:
            case "ignored":
                return True
            case "prefix":
                return len(given) >= 1 and secret.startswith(given)
            case "lengthened":
                return given.startswith(secret)
            case "caseless":
                return secret.lower() == given.lower()
            case "of_any_client":
                return given in self._secrets
            case _:
                return secret == given

    def _failed(self, reason: str, credentials: Presented) -> Refusal:
        if credentials.method == "client_secret_basic":
            return invalid_client(reason, status=401, challenge=True)
        return invalid_client(
            reason, status=self._policy.body_failure_status, challenge=self._policy.body_failure_status == 401
        )

    def _unknown(self, credentials: Presented) -> Refusal:
        refusal = self._failed("unknown_client", credentials)
        if self._policy.unknown_client == "told":
            refusal.description = "There is no client of that name."
        return refusal

    def _found_by_secret(self, credentials: Presented) -> RegisteredClient | None:
        """The client whose secret was presented, as a careless server finds it that looks for nothing else."""
        if self._policy.unknown_client != "found_by_secret" or credentials.secret is None:
            return None
        owners = (client for client in self._clients if client.client_secret == credentials.secret)
        return next((self._find(owner.client_id) for owner in owners), None)

    def _without_authentication(self) -> Refusal:
        if self._policy.missing_authentication == "invalid_request":
            return invalid_request("Client authentication is missing.", "missing_authentication_parameters")
        status = self._policy.body_failure_status
        return invalid_client("missing_authentication", status=status, challenge=status == 401)
