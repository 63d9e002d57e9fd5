"""Scenarios that are sabotaged: each sends a request that differs from its control in two things."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from token_conformance.provider import Provider, refresh_carrier
from token_conformance.provider.attempt import attempted
from token_conformance.provider.binding import binding
from token_conformance.provider.client_authentication import basic, with_secret
from token_conformance.provider.spelling import encoded_as_form, sent
from token_conformance.wire.exchange import Exchange

Pair = tuple[Exchange, Exchange]

ELSEWHERE = "https://elsewhere.example/callback"
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Sabotage:
    """A scenario that gives an attempt and its control, and the two things in which they differ."""

    perform: Callable[[Provider], Awaitable[Pair]]
    differs: frozenset[str]
    profile: str = "everything"


SABOTAGES: dict[str, Sabotage] = {}


def sabotage(name: str, *differs: str, profile: str = "everything") -> Callable[..., None]:
    """Note a sabotaged scenario."""

    def note(perform: Callable[[Provider], Awaitable[Pair]]) -> None:
        SABOTAGES[name] = Sabotage(perform, frozenset(differs), profile)

    return note


@sabotage("form", "x_unknown", "scope")
async def in_its_form(provider: Provider) -> Pair:
    """Two parameters more."""
    good = await refresh_carrier(provider)
    more = {"x_unknown": "1", "scope": "openid"}
    return (await provider.token({**good.parameters, **more}, client=good.client)).exchange, good.control.exchange


@sabotage("headers", "accept", "content type")
async def in_its_headers(provider: Provider) -> Pair:
    """Another media type of the body, and of the answer."""
    good = await refresh_carrier(provider)
    headers = (("Content-Type", "text/plain"), ("Accept", "text/html"))
    return await sent(provider, good, "POST", headers, body=encoded_as_form), good.control.exchange


@sabotage("method", "method", "accept")
async def in_its_method(provider: Provider) -> Pair:
    """Another method, and another media type of the answer."""
    good = await refresh_carrier(provider)
    headers = (FORM, ("Accept", "text/html"))
    return await sent(provider, good, "PUT", headers, body=encoded_as_form), good.control.exchange


@sabotage("address", "address", "scope")
async def in_its_address(provider: Provider) -> Pair:
    """Another endpoint, and a parameter more."""
    good = await refresh_carrier(provider)
    form = {**good.parameters, "scope": "openid"}
    return await provider.ask("revocation_endpoint", form, client=good.client), good.control.exchange


@sabotage("client", "client id", "client proof")
async def in_its_client(provider: Provider) -> Pair:
    """Another client, and not by its secret."""
    good = await refresh_carrier(provider)
    other = with_secret(provider.profile.client("second"), "wrong")
    return (await provider.token(good.parameters, client=other)).exchange, good.control.exchange


@sabotage("client method", "client method", "client proof")
async def in_its_method_of_authentication(provider: Provider) -> Pair:
    """A wrong secret, by a method that the client is not registered for."""
    client = provider.profile.client("second")
    code = await provider.authorize(client=client)
    control = await provider.exchange_code(code)
    wrong = basic(with_secret(client, "wrong"))
    form = {"grant_type": "refresh_token", "refresh_token": control.refresh_token}
    right = await provider.token(form, client=client)
    newest = {**form, "refresh_token": right.refresh_token}
    return (await provider.token_as(wrong, newest)).exchange, right.exchange


@sabotage("kind", "refresh_token: kind", "scope")
async def in_the_kind_of_its_token(provider: Provider) -> Pair:
    """An access token for a refresh token, and a parameter more."""
    good = await refresh_carrier(provider)
    changes = {"refresh_token": good.control.access_token, "scope": "openid"}
    return (await provider.token({**good.parameters, **changes}, client=good.client)).exchange, good.control.exchange


@sabotage("client of a code", "code: client", "code: redirect_uri")
async def in_the_client_of_its_code(provider: Provider) -> Pair:
    """A code that another client asked for, at its own address."""
    control = await provider.exchange_code(await provider.authorize())
    other = await provider.authorize(client=provider.profile.client("second"))
    right = {"redirect_uri": dict(control.exchange.request.form)["redirect_uri"]}
    attempt = await provider.exchange_code(other, client=provider.profile.user_client, changes=right)
    return attempt.exchange, control.exchange


@sabotage("scope of a code", "code: scope", "redirect_uri")
async def in_the_scope_of_its_code(provider: Provider) -> Pair:
    """A code for less scope, and another address."""
    control = await provider.exchange_code(await provider.authorize())
    less = await provider.authorize(scope="openid offline_access")
    return (await provider.exchange_code(less, changes={"redirect_uri": ELSEWHERE})).exchange, control.exchange


@sabotage("use of a code", "code: state", "redirect_uri")
async def in_the_use_of_its_code(provider: Provider) -> Pair:
    """A code that was used, and another address."""
    authorization = await provider.authorize()
    control = await provider.exchange_code(authorization)
    return (await provider.exchange_code(authorization, changes={"redirect_uri": ELSEWHERE})).exchange, control.exchange


@sabotage("age of a code", "code: state", "redirect_uri")
async def in_the_age_of_its_code(provider: Provider) -> Pair:
    """A code that has expired, and no address."""
    control = await provider.exchange_code(await provider.authorize())
    late = await provider.authorize()
    await provider.clock.wait(3600)
    return (await provider.exchange_code(late, changes={"redirect_uri": None})).exchange, control.exchange


@sabotage("verifier", "code_verifier", "redirect_uri")
async def in_its_verifier(provider: Provider) -> Pair:
    """Another verifier, and another address."""
    control = await provider.exchange_code(await provider.authorize())
    changes = {"code_verifier": provider.draw("code_verifier"), "redirect_uri": ELSEWHERE}
    return (await provider.exchange_code(await provider.authorize(), changes=changes)).exchange, control.exchange


@sabotage("state", "state", "response_type")
async def in_its_state(provider: Provider) -> Pair:
    """An authorization request with the state of another one, for another answer."""
    control = await attempted(provider)
    parameters = {"state": control.answer.state, "response_type": "token"}
    return (await attempted(provider, parameters=parameters)).request, control.request


@sabotage("nonce", "nonce", "response_type")
async def in_its_nonce(provider: Provider) -> Pair:
    """An authorization request with the nonce of another one, for another answer."""
    control = await attempted(provider)
    parameters = {"nonce": control.answer.nonce, "response_type": "token"}
    return (await attempted(provider, parameters=parameters)).request, control.request


@sabotage("rotation", "refresh_token: state", "scope")
async def in_the_age_of_its_refresh_token(provider: Provider) -> Pair:
    """A refresh token that was used, and a parameter more."""
    login = await provider.session()
    control = await provider.refresh(login.refresh_token)
    return (await provider.refresh(login.refresh_token, scope="openid")).exchange, control.exchange


@sabotage("jti", "assertion: jti", "assertion: aud", profile="signing")
async def in_the_jti_of_its_assertion(provider: Provider) -> Pair:
    """An assertion whose jti was used, for somebody else."""
    good = await refresh_carrier(provider)
    first = await provider.assertion(good.client)
    control = await provider.token_as(first.credentials(), good.parameters)
    attempt = await provider.token_as(
        first.claiming(aud="https://other.example").credentials(), good.after(control).parameters
    )
    return attempt.exchange, control.exchange


@sabotage("iat", "assertion: iat", "assertion: iss", profile="signing")
async def in_the_iat_of_its_assertion(provider: Provider) -> Pair:
    """An assertion of another hour, and of another client."""
    good = await refresh_carrier(provider)
    old = (await provider.assertion(good.client)).claiming(
        iat=int(provider.clock.now().timestamp()) - 3600, iss="somebody"
    )
    return (await provider.token_as(old.credentials(), good.parameters)).exchange, good.control.exchange


@sabotage("proof", "proof: htm", "proof: htu", profile="dpop")
async def in_its_proof(provider: Provider) -> Pair:
    """A proof for another method and address."""
    provider, prover = await binding(provider)
    good = await refresh_carrier(provider)
    wrong = prover.changing(lambda proof: proof.claiming(htm="PUT", htu=ELSEWHERE))
    return (await provider.proving(wrong).token(good.parameters, client=good.client)).exchange, good.control.exchange


@sabotage("proofs", "proofs", "scope", profile="dpop")
async def in_having_a_proof(provider: Provider) -> Pair:
    """No proof, and a parameter more."""
    provider, _ = await binding(provider)
    good = await refresh_carrier(provider)
    form = {**good.parameters, "scope": "openid"}
    return (await provider.proving(None).token(form, client=good.client)).exchange, good.control.exchange


@sabotage("access token", "access token: state", "scheme")
async def in_its_access_token(provider: Provider) -> Pair:
    """An access token that was revoked, by its scheme in other letters."""
    login = await provider.session()
    url = await provider.resource_address()
    control = await provider.get(url, access_token=login.access_token)
    await provider.revoke(login.access_token)
    headers = (("Authorization", f"bearer {login.access_token}"),)
    return await provider.get(url, headers=headers), control
