"""Bodies and values that no client of OAuth sends, and what browsers ask for: multipart, broken JSON, 150 kB, a NUL, a page."""

from base64 import b64encode
from dataclasses import dataclass, replace

from token_conformance import Inconclusive, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.refusal import compare
from token_conformance.provider import Carrier, Provider, carrier
from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.client_authentication import Credentials
from token_conformance.provider.spelling import FORM, sent
from token_conformance.wire.exchange import Headers

BOUNDARY = "a-boundary-that-no-value-holds"
MULTIPART: Headers = (("Content-Type", f"multipart/form-data; boundary={BOUNDARY}"), ("Accept", "application/json"))
JSON: Headers = (("Content-Type", "application/json"), ("Accept", "application/json"))
LARGE = 150_000
"""Bytes of a large body: several frameworks stop at 100 kB."""

OF_A_BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
"""What a browser accepts; JSON is among it."""


@dataclass(frozen=True)
class OddBodies:
    """A good request, the same as multipart and with a large parameter beside it, JSON that breaks off, and an error."""

    carrier: Carrier
    multipart: TokenResponse
    large: TokenResponse
    broken: TokenResponse
    wrong: TokenResponse
    wrong_by_browser: TokenResponse


@scenario()
async def odd_bodies(provider: Provider) -> OddBodies:
    """Send a good request, as multipart, with 150 kB beside it, as JSON that breaks off, and a wrong one as a browser would."""
    good = await carrier(provider)
    multipart = TokenResponse(await sent(provider, good, "POST", MULTIPART, body=encoded_as_multipart))
    good = good.after(multipart) if multipart.accepted else good
    wrong = {"grant_type": "urn:example:no-such-grant"}
    large = TokenResponse(
        await sent(provider, good, "POST", FORM, body=lambda form: form_encoded([*form, LARGER]).encode())
    )
    return OddBodies(
        carrier=good,
        multipart=multipart,
        large=large,
        broken=TokenResponse(await sent(provider, good, "POST", JSON, body=lambda _form: b'{"grant_type": ')),
        wrong=await provider.token(wrong, client=good.client),
        wrong_by_browser=await provider.token(wrong, client=good.client, headers=(("Accept", OF_A_BROWSER),)),
    )


LARGER = ("padding", "x" * LARGE)


def encoded_as_multipart(form: list[tuple[str, str]]) -> bytes:
    """The parameters as multipart/form-data (RFC 7578)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode("utf-8", "surrogatepass")


def controlled(odd_bodies: OddBodies, attempt: TokenResponse) -> TokenResponse:
    """Give back an attempt beside the good request, where that was accepted."""
    compare(attempt.exchange, odd_bodies.carrier.control.exchange)
    return afterwards(odd_bodies, attempt)


def afterwards(odd_bodies: OddBodies, answer: TokenResponse) -> TokenResponse:
    """Give back an answer, where the good request was accepted before: the endpoint does not fail at everything."""
    control = odd_bodies.carrier.control
    if not control.accepted:
        raise Inconclusive(f"the control was not accepted: {control} to {control.exchange}")
    return answer


@requirement("rfc6749-3.2-form")
def test_multipart_body_yields_no_token(odd_bodies: OddBodies) -> None:
    """The parameters of a good request as multipart/form-data yield no token."""
    assert not controlled(odd_bodies, odd_bodies.multipart).handed_over, "tokens came for a body of multipart/form-data"


@requirement("endpoint-oversized")
def test_large_body_does_not_make_the_server_fail(odd_bodies: OddBodies) -> None:
    """A good request with 150 kB beside it is accepted, or refused without the server failing."""
    answer = controlled(odd_bodies, odd_bodies.large)
    assert not answer.failed, f"a body of {LARGE} bytes was answered by {answer.exchange.status}"


@requirement("endpoint-no-server-error")
def test_broken_json_does_not_make_the_server_fail(odd_bodies: OddBodies) -> None:
    """JSON that breaks off is refused without the server failing."""
    answer = afterwards(odd_bodies, odd_bodies.broken)
    assert not answer.failed, f"JSON that breaks off was answered by {answer.exchange.status}"


@requirement("rfc6749-5.2-content-type")
def test_error_is_json_for_browsers_too(odd_bodies: OddBodies) -> None:
    """A refusal that is JSON for clients is JSON for who would rather have HTML."""
    control, answer = odd_bodies.wrong, odd_bodies.wrong_by_browser
    if not control.refused or control.exchange.media_type != "application/json":
        raise Inconclusive(f"the same mistake of a client is answered by {control}, {control.exchange.media_type}")
    kind = answer.exchange.media_type
    assert kind == "application/json", f"the same refusal came as {kind} to Accept: {OF_A_BROWSER}"


ORDINARY = b"unknown"
STRANGE = {
    "a refresh_token of 64 kB": b"x" * 65536,
    "a NUL in refresh_token": b"%00",
    "a refresh_token that is no UTF-8": b"%ff%fe",
}
"""Strange values of a refresh token, and an ordinary one: all of them wrong."""


@dataclass(frozen=True)
class Oddities:
    """A good request, and by what is strange about it a request and the same with an ordinary value."""

    carrier: Carrier
    answers: dict[str, tuple[TokenResponse, TokenResponse]]


@scenario()
async def oddities(provider: Provider) -> Oddities:
    """Send a good request, then wrong ones with strange and ordinary values, and a broken Authorization.

    A public client has nothing to prove, so that a server may overlook what it says in Authorization.
    """
    good = await carrier(provider)
    wrong = replace(good, parameters={})

    async def answer(refresh_token: bytes) -> TokenResponse:
        body = b"grant_type=refresh_token&refresh_token=" + refresh_token + b"&"
        return TokenResponse(
            await sent(provider, wrong, "POST", FORM, body=lambda form: body + form_encoded(form).encode())
        )

    ordinary = await answer(ORDINARY)
    answers = {what: (await answer(strange), ordinary) for what, strange in STRANGE.items()}
    name = good.client.client_id
    broken = {
        "HTTP Basic that is no Base64": "%%%",
        "HTTP Basic without a colon": b64encode(name.encode()).decode(),
        "HTTP Basic whose secret is a percent sign alone": b64encode(f"{name}:%".encode()).decode(),
    }
    for what, value in broken.items() if not good.client.public else ():
        header = Credentials(headers=(("Authorization", f"Basic {value}"),))
        answers[what] = (await provider.token_as(header, good.parameters), good.control)
    return Oddities(good, answers)


@requirement("endpoint-oversized", formerly=("suites/test_token_endpoint.py::test_strange_values_are_refused_cleanly",))
def test_strange_values_are_refused_cleanly(oddities: Oddities) -> None:
    """A very long value, a NUL, broken UTF-8 and a broken Authorization are refused without the server failing."""
    if not oddities.carrier.control.accepted:
        raise Inconclusive(f"the good request was not accepted: {oddities.carrier.control}")
    judged = {what: pair for what, pair in oddities.answers.items() if pair[1].accepted or is_clean(pair[1])}
    if not judged:
        raise Inconclusive("ordinary wrong values are not refused cleanly either, which other checks tell")
    for what, (answer, ordinary) in judged.items():
        assert is_clean(answer), f"{what} was answered by {answer.status}, an ordinary value by {ordinary.status}"


def is_clean(answer: TokenResponse) -> bool:
    """Whether a request was refused, by whatever status, without the server failing or leading elsewhere."""
    return not answer.failed and (answer.exchange.response.status >= 400 or answer.error is not None)
