"""Native apps, and the addresses that codes are sent to (RFC 8252, RFC 9700 §2.6, RFC 6749 §3.1.2.3 and §10.6)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.provider import Login, Provider
from token_conformance.provider.attempt import Attempt, attempted

LOOPBACK = {"127.0.0.1", "::1"}
OTHER_PORTS = (51004, 61023)
"""Ports that an operating system may give to an app, one of which is not the registered one."""


def with_another_port(redirect_uri: str) -> str:
    """The address of the loopback interface with another port.

    Raises:
        NotApplicable: it is none of the loopback interface by its number.

    """
    parts = urlsplit(redirect_uri)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise NotApplicable(
            "the profile's redirect_uri is none of the loopback interface, http://127.0.0.1 or http://[::1]"
        )
    port = next(port for port in OTHER_PORTS if port != parts.port)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(netloc=f"{host}:{port}").geturl()


@scenario(needs="authorization_code unattended_login")
async def another_port(provider: Provider) -> Attempt:
    """Ask for a code at another port of the loopback interface than the registered one."""
    if not provider.profile.user_client.public:
        raise NotApplicable(
            "the profile's client has credentials, so that it is not known to be a native app (RFC 8252 §8.4)"
        )
    other = with_another_port(provider.profile.user_client.redirect_uri or "")
    return await attempted(provider, redirect_uri=other)


@requirement("rfc8252-7.3-any-port")
def test_any_port_of_the_loopback_interface_is_taken(another_port: Attempt, login: Login) -> None:
    """A code comes to another port of the loopback interface than the registered one."""
    usual(login)
    assert not another_port.refused, f"another port of the loopback interface was answered by {another_port}"


def usual(login: Login) -> None:
    """Judge nothing where nobody logs in by an authorization request, or even the usual one yields no code."""
    if login.authorization is None:
        raise NotApplicable("the profile's user does not log in by an authorization request")
    if login.authorization.code is None:
        raise Inconclusive("the usual authorization request yields no code")


@requirement("rfc8252-8.4-reverse-domain-name")
def test_private_scheme_is_a_reversed_domain_name(login: Login) -> None:
    """No code comes to an address of a private-use scheme without a full stop."""
    usual(login)
    authorization = login.authorization
    scheme = urlsplit(authorization.redirect_uri).scheme if authorization is not None else ""
    if authorization is None or scheme in {"http", "https"}:
        raise NotApplicable("the profile's redirect_uri is of no private-use scheme")
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert "." in scheme, f"a code came to an address of the scheme {scheme}, which anybody's app may claim"


@requirement("rfc9700-2.6-no-http")
def test_no_code_goes_over_plain_http(login: Login) -> None:
    """No code comes to an http address but those of the loopback interface."""
    usual(login)
    authorization = login.authorization
    parts = urlsplit(authorization.redirect_uri if authorization is not None else "")
    if authorization is None or parts.scheme != "http" or parts.hostname in {*LOOPBACK, "localhost"}:
        raise NotApplicable("the profile's redirect_uri is no http address, or one of the loopback interface")
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    raise AssertionError(f"a code came to {authorization.redirect_uri}, over the network and in the open")


@dataclass(frozen=True)
class SecondConsent:
    """Two authorizations of a native app in one browser, the second of which showed some pages, or none."""

    first: Attempt
    second: Attempt
    pages: int


@scenario(needs="authorization_code unattended_login public_client")
async def second_consent(provider: Provider) -> SecondConsent:
    """Ask for two codes for a native app, in one browser, and count the pages that the second one shows."""
    if not provider.profile.user_client.native:
        raise NotApplicable("the profile's redirect_uri is an https address, which may prove who the client is")
    first = await attempted(provider)
    before = len(provider.wire.exchanges)
    second = await attempted(provider)
    answers = [exchange.answer for exchange in provider.wire.exchanges[before:]]
    pages = sum(1 for answer in answers if answer is not None and answer.status // 100 != 3)
    return SecondConsent(first, second, pages)


@requirement("rfc8252-8.6-consent-again")
def test_native_app_is_consented_to_again(second_consent: SecondConsent) -> None:
    """A native app gets no second code without the user being asked."""
    if second_consent.first.refused or second_consent.second.refused:
        raise Inconclusive("an authorization request yields no code")
    assert second_consent.pages, "a second code came, and no page was shown to the user"


@dataclass(frozen=True)
class FurtherAddresses:
    """A request that names none of several registered addresses, and a code exchanged with another than its own."""

    unnamed: Attempt
    control: TokenResponse
    exchanged_with_another: TokenResponse


@scenario(needs="authorization_code unattended_login", reach="session")
async def further_addresses(provider: Provider) -> FurtherAddresses:
    """Ask for a code without redirect_uri, and exchange codes with their redirect_uri and with another registered one."""
    further = provider.profile.user_client.further_redirect_uris
    if not further:
        raise NotApplicable("the profile's client has no further_redirect_uris")
    unnamed = await attempted(provider, parameters={"redirect_uri": ""})
    control = await provider.exchange_code(await provider.authorize(refreshable=False, redirect_uri=further[0]))
    changes = {"redirect_uri": further[0]}
    another = await provider.exchange_code(await provider.authorize(refreshable=False), changes=changes)
    return FurtherAddresses(unnamed, control, another)


@requirement("rfc6749-3.1.2.3-redirect-uri-named")
def test_redirect_uri_is_not_guessed(further_addresses: FurtherAddresses) -> None:
    """With several registered addresses, an authorization request without redirect_uri yields no code."""
    if not further_addresses.control.accepted:
        raise Inconclusive(f"a code for another registered address was answered by {further_addresses.control}")
    assert further_addresses.unnamed.refused, "several addresses are registered, none is named, and a code came to one"


@requirement("rfc6749-10.6-redirect-uri-of-the-code")
def test_another_registered_address_is_another(further_addresses: FurtherAddresses) -> None:
    """A code is refused with another registered redirect_uri than that of its authorization request."""
    answer = refusal(further_addresses.exchanged_with_another, control=further_addresses.control)
    assert not answer.handed_over, "a code was exchanged with another registered redirect_uri than its own"
