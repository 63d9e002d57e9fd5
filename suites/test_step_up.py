"""Requests for a fresher or a stronger login (OIDC Core §3.1.2.1, RFC 9470 §5 and §6)."""

from dataclasses import dataclass
from typing import Any

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.access_token import claims_of
from token_conformance.evidence.jwt_reading import read
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.transcripts import Publication
from token_conformance.provider import Login, Provider
from token_conformance.provider.attempt import Attempt, attempted
from token_conformance.verdict import NotJudged

UNHEARD_OF = "urn:example:no-such-authentication"
"""A context class that no server knows (OIDC Core §2, acr)."""

PASSED = 2.1
"""Seconds after which a login is older than a max_age of one."""


@dataclass(frozen=True)
class SteppedUp:
    """A login, and, in the same browser, another one that may be a second old at most, for a context class if any is listed.

    `told` is what the second access token says of itself, or introspection of it; None where nobody tells.
    """

    first: TokenResponse
    second: TokenResponse
    asked_for: str | None
    told: dict[str, Any] | None


@scenario(needs="authorization_code unattended_login openid", long=True)
async def stepped_up(provider: Provider) -> SteppedUp:
    """Log in, and two seconds later ask for a login that is a second old at most, in the first context class that is listed."""
    listed = (await contexts(provider))[:1]
    first = await provider.exchange_code(await provider.authorize(refreshable=False))
    await provider.clock.wait(PASSED)
    asked = {"max_age": "1", **({"acr_values": listed[0]} if listed else {})}
    again = await provider.authorize(refreshable=False, parameters=asked)
    second = await provider.exchange_code(again)
    told = await told_of(provider, again.client.public, second)
    return SteppedUp(first, second, next(iter(listed), None), told)


async def contexts(provider: Provider) -> list[str]:
    """The context classes that the metadata lists."""
    try:
        listed = (await provider.metadata()).members.get("acr_values_supported")
    except NotJudged:
        return []
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []


async def told_of(provider: Provider, public: bool, response: TokenResponse) -> dict[str, Any] | None:  # noqa: FBT001 - whether the client is
    """The claims of an access token, or what introspection tells of it."""
    claims = claims_of(response.access_token)
    if claims is not None or public or not response.accepted:
        return claims
    try:
        exchange = await provider.introspect(response.access_token)
    except NotJudged:
        return None
    return exchange.members if exchange.answer is not None and exchange.members.get("active") is True else None


def authenticated(response: TokenResponse) -> float:
    """When the user of an ID token logged in.

    Raises:
        Inconclusive: there is no ID token, or it does not tell; other checks say so.

    """
    token = read(response.id_token) if response.id_token is not None else None
    told = token.claims.get("auth_time") if token is not None else None
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise Inconclusive(f"no ID token tells auth_time in the answer: {response}")
    return told


@requirement("oidc-3.1.2.1-max-age")
def test_login_that_is_too_old_is_repeated(stepped_up: SteppedUp) -> None:
    """Where the login is older than max_age, the user logs in again, so that auth_time is a later one."""
    if not stepped_up.first.accepted or not stepped_up.second.accepted:
        raise Inconclusive(f"no tokens came of one of the logins: {stepped_up.first}, {stepped_up.second}")
    token = read(stepped_up.first.id_token or "")
    if token is not None and "auth_time" not in token.claims:
        raise NotApplicable("the ID token of a login without max_age does not tell auth_time to compare with")
    first, second = authenticated(stepped_up.first), authenticated(stepped_up.second)
    assert second > first, "a login of some seconds ago was taken, though max_age is one second"


def keeps_rfc9470(publication: Publication) -> None:
    """Judge nothing where the server does not say that it keeps RFC 9470.

    It says so by `acr_values_supported` in its metadata of RFC 8414 (RFC 9470 §7); in those of OpenID Connect Discovery
    that list is older, and tells of ID tokens alone.

    Raises:
        NotApplicable: it does not say so.

    """
    metadata = publication.of_rfc8414
    if metadata is None or not metadata.members.get("acr_values_supported"):
        raise NotApplicable("no metadata of RFC 8414 lists acr_values_supported, by which RFC 9470 is kept")


def promised(publication: Publication, stepped_up: SteppedUp) -> dict[str, Any]:
    """What the second access token tells, of a server that says to keep RFC 9470.

    Raises:
        NotApplicable: it does not say so, or nobody tells of the access token.
        Inconclusive: no access token came.

    """
    keeps_rfc9470(publication)
    if not stepped_up.second.accepted:
        raise Inconclusive(f"no tokens came of the second login: {stepped_up.second}")
    if stepped_up.told is None:
        raise NotApplicable("the access token is opaque, and introspection does not tell of it")
    stepped_up.second.exchange.response  # noqa: B018 - the answer is this check's evidence
    return stepped_up.told


@requirement("rfc9470-5-auth-time")
def test_access_token_tells_when_the_user_logged_in(stepped_up: SteppedUp, publication: Publication) -> None:
    """After max_age the access token, or introspection of it, tells auth_time."""
    told = promised(publication, stepped_up).get("auth_time")
    right = isinstance(told, int | float) and not isinstance(told, bool)
    assert right, f"max_age was asked for, and auth_time of the access token is {told!r}"


@requirement("rfc9470-5-acr")
def test_access_token_tells_how_the_user_logged_in(stepped_up: SteppedUp, publication: Publication) -> None:
    """After acr_values the access token, or introspection of it, tells the context class that was asked for in acr."""
    told = promised(publication, stepped_up).get("acr")
    assert told == stepped_up.asked_for, (
        f"{stepped_up.asked_for} was asked for, and acr of the access token is {told!r}"
    )


@scenario(needs="authorization_code unattended_login")
async def unmet_context(provider: Provider) -> Attempt:
    """Ask for a login in a context class that nobody knows."""
    if not await contexts(provider):
        raise NotApplicable("the metadata does not list acr_values_supported")
    return await attempted(provider, parameters={"acr_values": UNHEARD_OF})


@requirement("rfc9470-5-unmet")
def test_unmet_context_is_told(unmet_context: Attempt, login: Login, publication: Publication) -> None:
    """A login that cannot be had as it was asked for fails with unmet_authentication_requirements."""
    keeps_rfc9470(publication)
    if login.authorization is None or login.authorization.code is None:
        raise Inconclusive("the usual authorization request yields no code")
    assert unmet_context.refused, "a login in a context class that nobody knows yields a code"
    assert unmet_context.error == "unmet_authentication_requirements", f"it was answered by {unmet_context}"
