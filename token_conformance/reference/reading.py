"""Reads a form as RFC 6749 §3.2 wants it, and hands it to Authlib."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request  # type: ignore[import-untyped]
from cryptography import x509

from token_conformance.profile.client_certificate import thumbprint
from token_conformance.reference.policies import RequestPolicy
from token_conformance.reference.refusal import invalid_request, invalid_scope

FORM = "application/x-www-form-urlencoded"

_PART = re.compile(r'name="([^"]*)"\r\n\r\n(.*?)\r\n--')

_LOWER_CASE_HEX = re.compile(r"%(?=[0-9A-Fa-f]?[a-f])")


@dataclass(frozen=True)
class Incoming:
    """An HTTP request as it came, and the certificate of its client in TLS; header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: str = ""
    body: bytes = b""
    certificate: x509.Certificate | None = None

    @property
    def thumbprint(self) -> str | None:
        """The thumbprint of the certificate that the connection presented (RFC 8705 §3.1)."""
        return thumbprint(self.certificate) if self.certificate is not None else None

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class Payload(OAuth2Payload):  # type: ignore[misc]  # Authlib is not typed
    """The parameters of a request."""

    def __init__(self, parameters: Mapping[str, str], pairs: list[tuple[str, str]]) -> None:
        self._parameters = dict(parameters)
        self._pairs = pairs

    @property
    def data(self) -> dict[str, str]:
        """The parameters by name."""
        return self._parameters

    @property
    def datalist(self) -> dict[str, list[str]]:
        """All values of each parameter."""
        return {name: [value for key, value in self._pairs if key == name] for name, _ in self._pairs}


class Parameters(OAuth2Request):  # type: ignore[misc]  # Authlib is not typed
    """A request as Authlib's grants see it. The transport is not theirs to judge: loopback is plain HTTP.

    `raced` is set where the server looked at the code or refresh token too early (see `CodePolicy.atomic`);
    `resources` are those that the access token is going to be for; `thumbprint` is that of the key whose possession
    the request proves (RFC 9449 §5).
    """

    def __init__(
        self, incoming: Incoming, parameters: Mapping[str, str], pairs: list[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(incoming.method, incoming.url.replace("http:", "https:", 1), headers=dict(incoming.headers))
        self.incoming = incoming
        self.raced = False
        self.resources: tuple[str, ...] = ()
        self.thumbprint: str | None = None
        self.payload = Payload(parameters, pairs or list(parameters.items()))

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the body."""
        return dict(self.payload.data)

    @property
    def args(self) -> dict[str, str]:
        """The parameters of the query."""
        return dict(self.payload.data)


def accepted_methods(policy: RequestPolicy) -> frozenset[str]:
    """The HTTP methods that the token endpoint takes: POST alone (RFC 6749 §3.2); who takes GET as a rule takes HEAD."""
    careless = {"GET": policy.get_accepted, "HEAD": policy.get_accepted, "PUT": policy.put_accepted}
    return frozenset({"POST", *(method for method, accepted in careless.items() if accepted)})


def form_of(incoming: Incoming, policy: RequestPolicy) -> dict[str, str]:
    """The parameters of a request to the token endpoint.

    Raises:
        Refusal: the body is no form, or repeats a parameter.

    """
    pairs = with_resources_joined(_pairs(incoming, policy))
    if ("scope", "") in pairs and policy.empty_scope == "refused":
        raise invalid_scope()
    if policy.empty_is_omitted:
        kept = {"scope"} if policy.empty_scope == "no_scope" else set()
        pairs = [(name, value) for name, value in pairs if value or name in kept]
    elif any(not value for _, value in pairs):
        raise invalid_scope() if ("scope", "") in pairs else invalid_request("A parameter is empty.")
    names = [name for name, _ in pairs if name not in policy.repeatable]
    if policy.repetition == "refused" and len(set(names)) != len(names):
        raise invalid_request("A parameter is repeated.", "repeated_parameter")
    return dict(reversed(pairs)) if policy.repetition == "first" else dict(pairs)


def is_about_a_token(incoming: Incoming) -> bool:
    """Whether a request names a token and no grant: it asks for revocation (RFC 7009 §2.1), whatever its address."""
    named = {name for name, _ in parse_qsl(incoming.body.decode("utf-8", "replace"))}
    return incoming.method == "POST" and "token" in named and "grant_type" not in named


def with_resources_joined(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs with all values of `resource`, which may be repeated (RFC 8707 §2), in one, separated by blanks."""
    resources = " ".join(value for name, value in pairs if name == "resource")
    others = [(name, value) for name, value in pairs if name != "resource"]
    return [*others, ("resource", resources)] if len(others) < len(pairs) else others


def _pairs(incoming: Incoming, policy: RequestPolicy) -> list[tuple[str, str]]:
    queried = _queried(incoming, policy)
    if policy.json_accepted and incoming.media_type == "application/json":
        return [*queried, *_json_pairs(incoming.body)]
    if policy.broken_json == "traced" and incoming.media_type == "application/json" and not _is_json(incoming.body):
        raise invalid_request("Unexpected end of JSON input at JSON.parse (/usr/src/app/parse.js:92:19)", "broken_json")
    if policy.multipart_accepted and incoming.media_type == "multipart/form-data":
        return [*queried, *_PART.findall(incoming.body.decode("utf-8", "replace"))]
    told = incoming.media_type if policy.charset_taken else incoming.headers.get("content-type", "").lower()
    if not policy.media_type_in_any_case:
        told = incoming.headers.get("content-type", "").split(";")[0].strip()
    if incoming.method == "POST" and told != FORM:
        raise invalid_request("The body is not of the media type application/x-www-form-urlencoded.", "media_type")
    body = incoming.body.decode("utf-8", "replace")
    if not policy.lower_case_hex_decoded:
        body = _LOWER_CASE_HEX.sub("%25", body)
    return [*queried, *parse_qsl(body, keep_blank_values=True)]


def _queried(incoming: Incoming, policy: RequestPolicy) -> list[tuple[str, str]]:
    """The parameters that are read from the query of the address."""
    pairs = parse_qsl(incoming.query, keep_blank_values=True)
    if policy.query_read or incoming.method in {"GET", "HEAD"}:
        return pairs
    credentials = {"client_id", "client_secret"} if policy.credentials_in_query_read else set()
    return [(name, value) for name, value in pairs if name in credentials]


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _json_pairs(body: bytes) -> list[tuple[str, str]]:
    if not _is_json(body):
        raise invalid_request("The body is no JSON.", "media_type")
    members: Any = json.loads(body)
    return [(str(name), str(value)) for name, value in members.items()]
