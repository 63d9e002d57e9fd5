"""What the token endpoint takes as a request (RFC 6749 §3.2)."""

import json
from base64 import b64encode
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Carrier, Provider, carrier
from token_conformance.provider.client_authentication import Credentials, post
from token_conformance.provider.spelling import FORM, encoded_as_form, parameters_of, sent
from token_conformance.wire.exchange import Exchange, Headers

JSON: Headers = (("Content-Type", "application/json"), ("Accept", "application/json"))
TEXT: Headers = (("Content-Type", "text/plain"),)


@dataclass(frozen=True)
class Methods:
    """A good POST, and the same parameters by other HTTP methods and in other places."""

    carrier: Carrier
    get: TokenResponse
    put: TokenResponse
    head: Exchange
    in_query: TokenResponse
    credentials_in_query: TokenResponse | None
    as_json: TokenResponse
    as_text: TokenResponse


@scenario()
async def other_methods(provider: Provider) -> Methods:
    """Send a good request by POST, by GET, PUT and HEAD, in the query, as JSON and as plain text."""
    good = await carrier(provider)
    return Methods(
        carrier=good,
        get=TokenResponse(await sent(provider, good, "GET", query=encoded_as_form)),
        put=TokenResponse(await sent(provider, good, "PUT", FORM, body=encoded_as_form)),
        head=await sent(provider, good, "HEAD", query=encoded_as_form),
        in_query=TokenResponse(await sent(provider, good, "POST", FORM, query=encoded_as_form)),
        credentials_in_query=await with_credentials_in_query(provider, good),
        as_json=TokenResponse(await sent(provider, good, "POST", JSON, body=encoded_as_json)),
        as_text=TokenResponse(await sent(provider, good, "POST", TEXT, body=encoded_as_form)),
    )


def encoded_as_json(form: list[tuple[str, str]]) -> bytes:
    """The parameters as the members of a JSON object."""
    return json.dumps(dict(form)).encode()


async def with_credentials_in_query(provider: Provider, good: Carrier) -> TokenResponse | None:
    """Send a good request whose client authenticates in the query; None where it has no secret."""
    if good.client.client_secret is None:
        return None
    endpoint, body = await provider.endpoint("token_endpoint"), urlencode(parameters_of(good, Credentials()))
    address = f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(post(good.client).parameters)}"
    return TokenResponse(await provider.send("POST", address, headers=FORM, body=body.encode()))


def accepted(good: Carrier) -> None:
    """Judge nothing where even the good request was not accepted."""
    if not good.control.accepted:
        raise Inconclusive(f"the control was not accepted: {good.control} to {good.control.exchange}")


@requirement("rfc6749-3.2-post-only")
def test_get_yields_no_token(other_methods: Methods) -> None:
    """GET yields no token."""
    accepted(other_methods.carrier)
    assert not other_methods.get.accepted


@requirement("endpoint-no-server-error")
def test_get_does_not_make_the_server_fail(other_methods: Methods) -> None:
    """GET, HEAD and PUT are refused without the server failing."""
    accepted(other_methods.carrier)
    for exchange in (other_methods.get.exchange, other_methods.head, other_methods.put.exchange):
        status = exchange.response.status
        assert status < 500 or status == 501, f"{exchange.request.method} was answered by {status}"


@requirement("rfc6749-3.2-post-only")
def test_put_yields_no_token(other_methods: Methods) -> None:
    """PUT yields no token."""
    accepted(other_methods.carrier)
    assert not other_methods.put.accepted


@requirement("rfc9110-405-allow")
def test_405_tells_the_allowed_methods(other_methods: Methods) -> None:
    """A 405 lists POST among the allowed methods."""
    refused = [each for each in (other_methods.get.exchange, other_methods.put.exchange) if each.response.status == 405]
    if not refused:
        raise NotApplicable("neither GET nor PUT is answered by 405")
    for exchange in refused:
        allow = exchange.header("allow")
        assert "POST" in (allow or ""), f"Allow is {allow!r} in the 405 to {exchange}"


@requirement("rfc6749-3.2-query-ignored")
def test_parameters_in_the_query_are_not_read(other_methods: Methods) -> None:
    """Parameters in the query of a POST yield no token."""
    accepted(other_methods.carrier)
    assert not other_methods.in_query.accepted


@requirement("rfc6749-2.3.1-credentials-in-body")
def test_credentials_in_the_query_are_not_read(other_methods: Methods) -> None:
    """The client's id and secret in the query of a POST do not authenticate it."""
    accepted(other_methods.carrier)
    if other_methods.credentials_in_query is None:
        raise NotApplicable("the profile's client has no secret")
    assert not other_methods.credentials_in_query.accepted


@requirement("rfc6749-3.2-form")
def test_other_media_types_yield_no_token(other_methods: Methods) -> None:
    """A body that is not form-encoded yields no token."""
    accepted(other_methods.carrier)
    for response in (other_methods.as_text, other_methods.as_json):
        assert not response.accepted, f"tokens came for a body of {response.exchange.request.headers[0][1]}"


@requirement("endpoint-no-server-error")
def test_other_media_types_do_not_make_the_server_fail(other_methods: Methods) -> None:
    """A body that is not form-encoded is refused without the server failing."""
    accepted(other_methods.carrier)
    for response in (other_methods.as_json, other_methods.as_text):
        status = response.exchange.response.status
        assert status < 500, f"a body of {response.exchange.request.headers[0][1]} was answered by {status}"


@requirement("endpoint-no-redirect")
def test_token_endpoint_does_not_redirect(other_methods: Methods) -> None:
    """The token endpoint answers by itself and redirects nowhere."""
    answer = other_methods.carrier.control
    status = answer.exchange.response.status
    assert status not in range(300, 400), f"the token endpoint answered {status}"


@dataclass(frozen=True)
class Repetitions:
    """A good request, and the same with one parameter twice."""

    carrier: Carrier
    same_grant_type: TokenResponse
    other_grant_type: TokenResponse
    scope: TokenResponse
    client_id: TokenResponse


@scenario()
async def repetitions(provider: Provider) -> Repetitions:
    """Send a good request, then with grant_type twice, with another grant_type, and with scope and client_id twice."""
    good = await carrier(provider)
    form = [(name, value) for name, value in good.parameters.items() if value is not None]
    kind = ("grant_type", good.parameters["grant_type"] or "")

    async def sent(*added: tuple[str, str]) -> TokenResponse:
        return await provider.token([*form, *added], client=good.client)

    scope = good.parameters.get("scope")
    twice = [("scope", scope)] if scope else [("scope", "a"), ("scope", "b")]
    identifier = ("client_id", good.client.client_id)
    return Repetitions(
        carrier=good,
        same_grant_type=await sent(kind),
        other_grant_type=await sent(("grant_type", "urn:example:other")),
        scope=await sent(*twice),
        client_id=await sent(identifier, identifier),
    )


@requirement("rfc6749-3.2-duplicate")
def test_repeated_parameter_is_invalid_request(repetitions: Repetitions) -> None:
    """A request with a parameter twice is refused as invalid_request."""
    for attempt in (repetitions.same_grant_type, repetitions.other_grant_type, repetitions.scope):
        answer = refusal(attempt, control=repetitions.carrier.control)
        assert answer.error == "invalid_request"


@requirement("rfc6749-3.2-duplicate")
def test_repeated_client_id_is_refused(repetitions: Repetitions) -> None:
    """A request with client_id twice is refused, as invalid_request or because it leaves open who the client is."""
    answer = refusal(repetitions.client_id, control=repetitions.carrier.control)
    assert answer.error in {"invalid_request", "invalid_client"}


@dataclass(frozen=True)
class Oddities:
    """A good request, and strange values."""

    carrier: Carrier
    answers: tuple[TokenResponse, ...]


@scenario()
async def oddities(provider: Provider) -> Oddities:
    """Send a good request, then a very long value, a NUL, bytes that are no UTF-8, and a broken Authorization."""
    good = await carrier(provider)
    bodies = (
        b"grant_type=refresh_token&refresh_token=" + b"x" * 65536,
        b"grant_type=%00&code=%00",
        b"grant_type=%ff%fe&scope=%ff",
    )

    async def odd(body: bytes) -> TokenResponse:
        strange = replace(good, parameters={})
        return TokenResponse(
            await sent(provider, strange, "POST", FORM, body=lambda form: body + b"&" + urlencode(form).encode())
        )

    without_colon = b64encode(good.client.client_id.encode()).decode()
    broken = [Credentials(headers=(("Authorization", f"Basic {value}"),)) for value in ("%%%", without_colon)]
    answers = [
        *[await odd(body) for body in bodies],
        *[await provider.token_as(header, good.parameters) for header in broken],
    ]
    return Oddities(good, tuple(answers))


@requirement("endpoint-oversized")
def test_strange_values_are_refused_cleanly(oddities: Oddities) -> None:
    """A very long value, a NUL, broken UTF-8 and a broken Authorization are refused without the server failing."""
    accepted(oddities.carrier)
    for response in oddities.answers:
        status = response.exchange.response.status
        assert 400 <= status < 500, f"a strange value was answered by {status}"


@dataclass(frozen=True)
class CrossOrigin:
    """A good request that names an origin, and the preflight before it."""

    preflight: Exchange
    response: TokenResponse


@scenario()
async def cross_origin(provider: Provider) -> CrossOrigin:
    """Ask as a page of a foreign origin would."""
    good = await carrier(provider)
    endpoint, origin = await provider.endpoint("token_endpoint"), ("Origin", "https://foreign.example")
    asked = (origin, ("Access-Control-Request-Method", "POST"))
    preflight = await provider.send("OPTIONS", endpoint, headers=asked)
    return CrossOrigin(preflight, await provider.token(good.parameters, client=good.client, headers=(origin,)))


@requirement("metadata-cors-redirect")
def test_foreign_origins_get_no_credentials(cross_origin: CrossOrigin) -> None:
    """No foreign origin is allowed to use the token endpoint with the browser's credentials."""
    for exchange in (cross_origin.preflight, cross_origin.response.exchange):
        origin = exchange.header("access-control-allow-origin")
        allowed = (exchange.header("access-control-allow-credentials") or "").lower() == "true"
        assert not (allowed and origin in {"*", "https://foreign.example"}), f"{origin} is allowed with credentials"
