"""What a request to the token endpoint means, however it is written (RFC 6749 §3.2 and appendix B)."""

from dataclasses import dataclass
from urllib.parse import quote

from token_conformance import Inconclusive, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Provider, carrier
from token_conformance.provider.addresses import form_encoded
from token_conformance.provider.client_authentication import Credentials
from token_conformance.provider.spelling import FORM, Encoding, encoded_as_form, parameters_of, sent
from token_conformance.wire.exchange import Headers

FORM_IN_UTF8: Headers = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"), FORM[1])
FORM_IN_CAPITALS: Headers = (("Content-Type", "Application/X-WWW-Form-URLEncoded"), FORM[1])


@dataclass(frozen=True)
class Spellings:
    """A good request, and others that mean the same."""

    control: TokenResponse
    unknown_parameter: TokenResponse
    empty_parameter: TokenResponse
    other_order: TokenResponse
    other_encoding: TokenResponse
    charset: TokenResponse
    capitals: TokenResponse
    without_accept: TokenResponse


@scenario()
async def spellings(provider: Provider) -> Spellings:
    """Send a good request with an unknown parameter, an empty one, in other orders and encodings, and with other headers."""
    good = await carrier(provider)
    control = good.control

    async def spelled(encoding: Encoding, headers: Headers = FORM) -> TokenResponse:
        return TokenResponse(await sent(provider, good, "POST", headers, body=encoding))

    unknown = await provider.token({**good.parameters, "x_unknown": "1"}, client=good.client)
    good = good.after(unknown)
    without_scope = [] if good.parameters.get("scope") else [("scope", "")]
    empty = await provider.token(
        [*parameters_of(good, Credentials()), ("resource_hint", ""), *without_scope], client=good.client
    )
    good = good.after(empty)
    order = await spelled(lambda form: form_encoded(form[::-1]).encode())
    good = good.after(order)
    encoding = await spelled(encoded_by_hand)
    good = good.after(encoding)
    charset = await spelled(encoded_as_form, FORM_IN_UTF8)
    good = good.after(charset)
    capitals = await spelled(encoded_as_form, FORM_IN_CAPITALS)
    good = good.after(capitals)
    without_accept = await spelled(encoded_as_form, FORM[:1])
    return Spellings(control, unknown, empty, order, encoding, charset, capitals, without_accept)


def encoded_by_hand(form: list[tuple[str, str]]) -> bytes:
    """A form in which blanks are %20, hexadecimal digits are small, and an underscore is encoded without need."""
    return (
        "&".join(f"{name}={quote(value, safe='', errors='surrogatepass')}" for name, value in form)
        .replace("_", "%5f")
        .encode()
    )


@requirement("rfc6749-3.2-unknown-ignored")
def test_unknown_parameter_is_ignored(spellings: Spellings) -> None:
    """A parameter that the server does not know changes nothing."""
    assert refusal(spellings.unknown_parameter, control=spellings.control).accepted


@requirement("rfc6749-3.2-empty-omitted")
def test_empty_parameter_counts_as_omitted(spellings: Spellings) -> None:
    """A parameter without a value changes nothing."""
    assert refusal(spellings.empty_parameter, control=spellings.control).accepted


@requirement("rfc6749-3.2-order-free")
def test_order_of_parameters_means_nothing(spellings: Spellings) -> None:
    """The parameters may come in any order."""
    assert refusal(spellings.other_order, control=spellings.control).accepted


@requirement("rfc6749-3.2-order-free")
def test_encoding_of_parameters_means_nothing(spellings: Spellings) -> None:
    """The parameters may be percent-encoded in any way that decodes to them."""
    assert refusal(spellings.other_encoding, control=spellings.control).accepted


@requirement("rfc6749-3.2-form")
def test_charset_of_the_form_may_be_told(spellings: Spellings) -> None:
    """The media type of a request may name the charset UTF-8, as many clients do."""
    assert refusal(spellings.charset, control=spellings.control).accepted


@requirement("rfc9110-8.3.1-media-type-case")
def test_media_type_is_read_in_any_case(spellings: Spellings) -> None:
    """The media type of a request may be written in any case."""
    assert refusal(spellings.capitals, control=spellings.control).accepted


@requirement("rfc6749-5.1-json")
def test_json_comes_unasked(spellings: Spellings) -> None:
    """A request without Accept: application/json is answered by JSON too."""
    answer, status = spellings.without_accept, spellings.without_accept.exchange.response.status
    if not spellings.control.accepted or status // 100 != 2:
        raise Inconclusive(f"the request without Accept was answered by {answer}, the control by {spellings.control}")
    kind = answer.exchange.media_type
    assert answer.accepted and kind == "application/json", f"a request without Accept was answered by {kind}"
