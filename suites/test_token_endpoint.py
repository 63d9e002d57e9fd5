"""What the token endpoint takes as a request (RFC 6749 §3.2)."""

import json
from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.answers import FOREIGN_ORIGIN
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.refusal import compare
from token_conformance.provider import Carrier, Provider, Resending, carrier
from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.client_authentication import Credentials, post
from token_conformance.provider.spelling import FORM, Encoding, encoded_as_form, parameters_of, sent
from token_conformance.wire.exchange import Exchange, Headers

JSON: Headers = (("Content-Type", "application/json"), ("Accept", "application/json"))
TEXT: Headers = (("Content-Type", "text/plain"), JSON[1])


@dataclass(frozen=True)
class Methods:
    """A good POST before and after the same parameters by other HTTP methods and in other places."""

    carrier: Carrier
    get: TokenResponse
    put: TokenResponse
    in_query: TokenResponse
    credentials_in_form: TokenResponse | None
    credentials_in_query: TokenResponse | None
    as_json: TokenResponse
    as_text: TokenResponse
    again: TokenResponse
    head: Exchange

    def served(self, attempt: TokenResponse, *differs: str) -> bool:
        """Whether a request that is none yielded a token.

        Raises:
            Inconclusive: the good request yields none either, before or afterwards.

        """
        compare(attempt.exchange, self.carrier.control.exchange, *differs)
        for control in (self.carrier.control, self.again):
            if not control.accepted and not attempt.handed_over:
                raise Inconclusive(f"the control was not accepted: {control} to {control.exchange}")
        return attempt.handed_over


@scenario()
async def other_methods(provider: Provider) -> Methods:
    """Send a good request by POST, by GET and PUT, in the query, as JSON, as plain text and by HEAD."""
    good = await carrier(provider)
    repetition = Resending(provider, good)

    async def by(method: str, headers: Headers = (), **places: Encoding) -> TokenResponse:
        return repetition.follow(TokenResponse(await sent(provider, repetition.good, method, headers, **places)))

    methods = Methods(
        carrier=good,
        get=await by("GET", JSON[1:], query=encoded_as_form),
        put=await by("PUT", FORM, body=encoded_as_form),
        in_query=await by("POST", FORM, query=encoded_as_form),
        credentials_in_form=await repetition.sent_as(post(good.client)) if good.client.client_secret else None,
        credentials_in_query=await with_credentials_in_query(provider, repetition),
        as_json=await by("POST", JSON, body=encoded_as_json),
        as_text=await by("POST", TEXT, body=encoded_as_form),
        again=await repetition.sent(),
        # Last: who serves it has used up what it presents, and the answer has no place for what comes next.
        head=(await by("HEAD", JSON[1:], query=encoded_as_form)).exchange,
    )
    if "refresh_token" in good.parameters:
        await repetition.sent()  # who goes on with the session learns whether HEAD has ended it
    return methods


def encoded_as_json(form: list[tuple[str, str]]) -> bytes:
    """The parameters as the members of a JSON object."""
    return json.dumps(dict(form)).encode()


async def with_credentials_in_query(provider: Provider, repetition: Resending) -> TokenResponse | None:
    """Send a good request whose client authenticates in the query; None where it has no secret."""
    client = repetition.good.client
    if client.client_secret is None:
        return None
    endpoint, body = (
        await provider.endpoint("token_endpoint"),
        form_encoded(parameters_of(repetition.good, Credentials())),
    )
    address = f"{endpoint}{'&' if '?' in endpoint else '?'}{form_encoded(post(client).parameters)}"
    answer = TokenResponse(await provider.send("POST", address, headers=FORM, body=body.encode()))
    return repetition.follow(answer)


@requirement("rfc6749-3.2-post-only")
def test_get_yields_no_token(other_methods: Methods) -> None:
    """GET yields no token."""
    assert not other_methods.served(other_methods.get, "method", "place"), "a token came for GET"


def accepted(good: Carrier) -> None:
    """Judge nothing where even the good request was not accepted."""
    if not good.control.accepted:
        raise Inconclusive(f"the control was not accepted: {good.control} to {good.control.exchange}")


@requirement("endpoint-no-server-error")
def test_get_does_not_make_the_server_fail(other_methods: Methods) -> None:
    """GET, HEAD and PUT are refused without the server failing."""
    accepted(other_methods.carrier)
    for answer in (other_methods.get, TokenResponse(other_methods.head), other_methods.put):
        exchange, failed = answer.exchange, answer.failed
        assert not failed or exchange.status == 501, f"{exchange.request.method} was answered by {exchange.status}"


@requirement("rfc6749-3.2-post-only")
def test_put_yields_no_token(other_methods: Methods) -> None:
    """PUT yields no token."""
    assert not other_methods.served(other_methods.put), "a token came for PUT"


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
    assert not other_methods.served(other_methods.in_query), "a token came for parameters in the query"


@requirement("rfc6749-2.3.1-credentials-in-body")
def test_credentials_in_the_query_are_not_read(other_methods: Methods) -> None:
    """The client's id and secret in the query of a POST do not authenticate it."""
    attempt, control = other_methods.credentials_in_query, other_methods.credentials_in_form
    if attempt is None or control is None:
        raise NotApplicable("the profile's client has no secret")
    if not control.accepted and not attempt.handed_over:
        raise NotApplicable("the profile's client is not let in with its secret in the form")
    answer = refusal(attempt, control=control, afterwards=other_methods.again)
    assert not answer.handed_over, "a client authenticated in the query"


@requirement("rfc6749-3.2-form")
def test_other_media_types_yield_no_token(other_methods: Methods) -> None:
    """A body that is not form-encoded yields no token."""
    for response in (other_methods.as_text, other_methods.as_json):
        served = other_methods.served(response)
        assert not served, f"tokens came for a body of {response.exchange.request.headers[0][1]}"


@requirement("endpoint-no-server-error")
def test_other_media_types_do_not_make_the_server_fail(other_methods: Methods) -> None:
    """A body that is not form-encoded is refused without the server failing."""
    accepted(other_methods.carrier)
    for response in (other_methods.as_json, other_methods.as_text):
        kind, status = response.exchange.request.headers[0][1], response.exchange.status
        assert not response.failed, f"a body of {kind} was answered by {status}"


@requirement("endpoint-no-redirect")
def test_token_endpoint_does_not_redirect(other_methods: Methods) -> None:
    """The token endpoint answers by itself and redirects nowhere."""
    answer = other_methods.carrier.control
    status = answer.exchange.response.status
    assert status not in range(300, 400), f"the token endpoint answered {status}"


@dataclass(frozen=True)
class Repeated:
    """A good request, before and after the same with one parameter twice."""

    carrier: Carrier
    same_grant_type: TokenResponse
    other_grant_type: TokenResponse
    scope: TokenResponse | None
    client_id: TokenResponse
    again: TokenResponse

    @property
    def parameters(self) -> dict[str, TokenResponse]:
        """What stood twice, and the answers."""
        other = {"grant_type twice, with another value": self.other_grant_type}
        return {**self.alike, **other}

    @property
    def alike(self) -> dict[str, TokenResponse]:
        """What stood twice with the same value; scope only where it is known what the client may ask for."""
        scope = {"scope twice": self.scope} if self.scope is not None else {}
        return {"grant_type twice": self.same_grant_type, **scope}

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        control, named = self.carrier.control, {"client_id twice": self.client_id}
        other = {"grant_type twice, with another value": self.other_grant_type}
        clause = "rfc6749-3.2-duplicate"
        return (
            *mistaken(control, self.alike, "invalid_request", clause=clause, refused_by=clause, afterwards=self.again),
            *mistaken(
                control,
                other,
                "invalid_request",
                "unsupported_grant_type",
                clause=clause,
                refused_by=clause,
                afterwards=self.again,
            ),
            *mistaken(
                control,
                named,
                "invalid_request",
                "invalid_client",
                clause=clause,
                refused_by=clause,
                afterwards=self.again,
            ),
        )


@scenario()
async def repetitions(provider: Provider) -> Repeated:
    """Send a good request, then with grant_type twice, with another grant_type, and with scope and client_id twice."""
    good = await carrier(provider)
    repetition, kind = Resending(provider, good), ("grant_type", good.parameters["grant_type"] or "")
    identifier = ("client_id", good.client.client_id)
    return Repeated(
        carrier=good,
        same_grant_type=await repetition.sent_with(kind),
        other_grant_type=await repetition.sent_with(("grant_type", "urn:example:other")),
        scope=await repetition.sent_with(*twice) if (twice := scope_twice(good, provider)) else None,
        client_id=await repetition.sent_with(identifier, identifier),
        again=await repetition.sent(),
    )


def scope_twice(good: Carrier, provider: Provider) -> list[tuple[str, str]]:
    """What makes scope stand twice in a request, with values that the client may ask for; nothing where none is known."""
    if stated := good.parameters.get("scope"):
        return [("scope", stated)]
    grant = provider.profile.grants.authorization_code if "refresh_token" in good.parameters else None
    granted = " ".join(sorted(good.control.scope or ())) or (grant.scope if grant is not None else None)
    return [("scope", granted), ("scope", granted)] if granted else []


@requirement(
    "rfc6749-3.2-duplicate", formerly=("suites/test_token_endpoint.py::test_repeated_parameter_is_invalid_request",)
)
def test_repeated_parameter_is_refused(repetitions: Repeated) -> None:
    """A request with a parameter twice yields nothing."""
    for what, attempt in repetitions.parameters.items():
        answer = refusal(attempt, control=repetitions.carrier.control, afterwards=repetitions.again)
        assert not answer.handed_over, f"a request with {what} was served"


@requirement("rfc6749-3.2-duplicate")
def test_repeated_client_id_is_refused(repetitions: Repeated) -> None:
    """A request with client_id twice yields nothing."""
    control = repetitions.carrier.control
    answer = refusal(repetitions.client_id, control=control, afterwards=repetitions.again)
    assert not answer.handed_over, "a request with client_id twice was served"


@dataclass(frozen=True)
class CrossOrigin:
    """A good request that names an origin, and the preflight before it."""

    preflight: Exchange
    response: TokenResponse


@scenario()
async def cross_origin(provider: Provider) -> CrossOrigin:
    """Ask as a page of a foreign origin would."""
    good = await carrier(provider)
    endpoint, origin = await provider.endpoint("token_endpoint"), ("Origin", FOREIGN_ORIGIN)
    asked = (origin, ("Access-Control-Request-Method", "POST"))
    preflight = await provider.send("OPTIONS", endpoint, headers=asked)
    return CrossOrigin(preflight, await provider.token(good.parameters, client=good.client, headers=(origin,)))


@requirement("metadata-cors-redirect")
def test_foreign_origins_get_no_credentials(cross_origin: CrossOrigin) -> None:
    """No foreign origin is allowed to use the token endpoint with the browser's credentials."""
    for exchange in (cross_origin.preflight, cross_origin.response.exchange):
        origin = exchange.header("access-control-allow-origin")
        allowed = (exchange.header("access-control-allow-credentials") or "").lower() == "true"
        assert not (allowed and origin in {"*", FOREIGN_ORIGIN}), f"{origin} is allowed with credentials"
