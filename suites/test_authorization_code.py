"""The authorization code grant (RFC 6749 §4.1) and the hybrid flow (OIDC Core §3.3)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.rotation import require_race, tally
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.refusal import LATENESS
from token_conformance.judging.resource import Protected, took
from token_conformance.judging.violation import violating
from token_conformance.provider import Authorization, Login, Provider, protected
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange

MINUTE = 60
"""Seconds that a code may live at most under FAPI 2.0 (§5.3.2.1)."""

TEN_MINUTES = 600
"""Seconds that a code may live at most, as RFC 6749 §4.1.2 recommends."""


def authorization_of(login: Login) -> Authorization:
    """The authorization that a login came from.

    Raises:
        NotApplicable: the login was made by another grant.

    """
    if login.authorization is None:
        raise NotApplicable("the profile logs in without an authorization code")
    return login.authorization


@dataclass(frozen=True)
class CodeReplay:
    """The tokens of a code used; another code exchanged, and exchanged again and again, and its tokens used in between."""

    refreshed: TokenResponse | None
    first: TokenResponse
    resource: Protected | None
    replay: TokenResponse
    resource_afterwards: Exchange | None
    refreshed_afterwards: TokenResponse | None
    again: TokenResponse
    without_verifier: TokenResponse | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        return (
            *mistaken(
                self.first,
                {"a code that was used": self.replay},
                "invalid_grant",
                refused_by="rfc6749-10.5-code-single-use",
            ),
        )


@scenario(needs="authorization_code unattended_login", ends_session=True, tried_out=True, long=True)
async def code_replay(provider: Provider) -> CodeReplay:
    """Exchange a code and refresh; exchange another one, again, use the tokens of its first exchange, and replay it twice more."""
    twin = await provider.exchange_code(await provider.authorize())
    refreshed = await provider.refresh(twin.refresh_token) if twin.refresh_token is not None else None
    authorization = await provider.authorize()
    first = await provider.exchange_code(authorization)
    resource = await protected(provider, first.access_token)
    replay = await provider.exchange_code(authorization)
    bare = {"code_verifier": None}
    return CodeReplay(
        refreshed=refreshed,
        first=first,
        resource=resource,
        replay=replay,
        resource_afterwards=await provider.resource(first.access_token) if resource is not None else None,
        refreshed_afterwards=await provider.refresh(first.refresh_token) if first.refresh_token is not None else None,
        again=await provider.exchange_code(authorization),
        without_verifier=await provider.exchange_code(authorization, changes=bare)
        if authorization.code_verifier is not None
        else None,
    )


@requirement("rfc6749-4.1.3-exchange-succeeds")
def test_code_yields_an_access_token(code_replay: CodeReplay) -> None:
    """A code yields an access token to the client that it was issued to."""
    answer = code_replay.first
    if not answer.accepted and answer.exchange.response.status in {429, 503}:
        raise Inconclusive(f"neither accepted nor refused: {answer}")
    assert answer.accepted


@requirement("rfc6749-10.5-code-single-use")
def test_code_works_once(code_replay: CodeReplay) -> None:
    """A code that was used yields nothing more."""
    answer = refusal(code_replay.replay, control=code_replay.first)
    assert not answer.handed_over, "a code was exchanged twice"


def replayed(code_replay: CodeReplay) -> None:
    """Judge nothing of what a replay leads to where it was not refused, which another check tells."""
    if refusal(code_replay.replay, control=code_replay.first).handed_over:
        raise NotApplicable("the replay was not refused")


@requirement("rfc6749-10.5-code-single-use")
def test_code_is_refused_again(code_replay: CodeReplay) -> None:
    """A used code that was refused is refused when it is sent again."""
    replayed(code_replay)
    answer = refusal(code_replay.again, control=code_replay.first)
    assert not answer.handed_over, "a used code that was refused at first yields tokens at the second replay"


@requirement("rfc6749-10.5-code-single-use")
def test_code_is_refused_again_without_its_verifier(code_replay: CodeReplay) -> None:
    """A used code that was refused is refused when it is sent again without its code_verifier."""
    if code_replay.without_verifier is None:
        raise NotApplicable("the profile asks for no PKCE")
    replayed(code_replay)
    # The replay with the verifier was refused: what differs from it is the verifier.
    answer = refusal(code_replay.without_verifier, control=code_replay.first, differs=("code", "code_verifier"))
    assert not answer.handed_over, "a used code that was refused yields tokens without its code_verifier"


@requirement("rfc6749-4.1.2-replay-revokes")
def test_replay_revokes_the_refresh_token(code_replay: CodeReplay) -> None:
    """The refresh token that a code yielded is revoked when the code is used again."""
    replayed(code_replay)
    if code_replay.refreshed is None or code_replay.refreshed_afterwards is None:
        raise NotApplicable("the code yields no refresh token")
    answer = refusal(code_replay.refreshed_afterwards, control=code_replay.refreshed)
    assert not answer.handed_over, "the refresh token of a replayed code still works"


@requirement("rfc6749-10.5-replay-revokes-access-token")
def test_replay_revokes_the_access_token(code_replay: CodeReplay) -> None:
    """The access token that a code yielded is refused after the code was used again, where the resource looks it up."""
    replayed(code_replay)
    if code_replay.resource is None or code_replay.resource_afterwards is None:
        raise NotApplicable("there is no resource to use the access token at")
    if jwt_of(code_replay.first.access_token) is not None:
        raise NotApplicable("the access token is a JWT, which resources may check by themselves")
    answer = code_replay.resource.beside(code_replay.resource_afterwards)
    assert not took(answer), f"after the replay of its code the access token was answered by {answer.status}"


@dataclass(frozen=True)
class WrongReplay:
    """A code exchanged, sent again by somebody without its verifier, and refreshes before and after."""

    first: TokenResponse
    control: TokenResponse
    replay: TokenResponse
    refresh: TokenResponse


@scenario(needs="authorization_code unattended_login refresh oauth21", reach="user", tried_out=True)
async def wrong_replay(provider: Provider) -> WrongReplay:
    """Exchange a code, refresh, send the code again without what belongs to it, and refresh again."""
    authorization = await provider.authorize()
    first = await provider.exchange_code(authorization)
    control = await provider.refresh(first.refresh_token, client=authorization.client)
    changes = {"redirect_uri": "https://other.example/callback"}
    if authorization.code_verifier is not None:
        changes = {"code_verifier": provider.draw("code_verifier")}
    replay = await provider.exchange_code(authorization, changes=changes)
    newest = control.refresh_token or first.refresh_token
    return WrongReplay(first, control, replay, await provider.refresh(newest, client=authorization.client))


@requirement("oauth2.1-7.5.2-invalid-replay-harmless")
def test_wrong_replay_revokes_nothing(wrong_replay: WrongReplay) -> None:
    """Under OAuth 2.1 a replay that is wrong otherwise, too, leaves the tokens of the code alone."""
    replay = refusal(wrong_replay.replay, control=wrong_replay.first, differs=("code", "code_verifier"))
    if replay.handed_over:
        raise NotApplicable("the replay was not refused")
    answer = refusal(wrong_replay.refresh, control=wrong_replay.control)
    assert answer.accepted, f"after a replay by somebody without the code_verifier the refresh was answered by {answer}"


@dataclass(frozen=True)
class CodeRace:
    """One code sent several times at once."""

    racers: tuple[TokenResponse, ...]


@scenario(needs="authorization_code unattended_login", ends_session=True, tried_out=True)
async def code_race(provider: Provider) -> CodeRace:
    """Send the exchange of one code several times at once."""
    authorization = await provider.authorize(refreshable=False)
    racers = provider.profile.limits.race
    return CodeRace(await provider.at_once([provider.exchange_code(authorization) for _ in range(racers)]))


@requirement("rfc6749-10.5-parallel-exchange")
def test_parallel_exchanges_have_one_winner(code_race: CodeRace, conformance_run: Record) -> None:
    """Of several exchanges of one code at once, one is accepted."""
    found = tally(code_race.racers)
    if found.winners == 0:
        raise Inconclusive(f"none of {len(code_race.racers)} parallel exchanges was accepted")
    assert found.winners == 1, (
        f"{found.winners} of {len(code_race.racers)} parallel exchanges of one code were accepted"
    )
    if conformance_run.kind == "live":
        require_race(racer.exchange for racer in code_race.racers)


@dataclass(frozen=True)
class ExpiredCode:
    """A code exchanged at once, and one exchanged after it should have expired, at an age in seconds.

    `under_fapi2` says that it is FAPI 2.0 by which it should have.
    """

    control: TokenResponse
    late: TokenResponse
    age: int
    under_fapi2: bool

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        return mistaken(self.control, {"an expired code": self.late}, "invalid_grant", refused_by="rfc6749-expiry-code")


@scenario(needs="authorization_code unattended_login", waits=True, parks=True)
async def expired_code(provider: Provider) -> ExpiredCode:
    """Exchange a code at once, and another one after its documented lifetime, or after ten minutes; before that, when
    others were seen to expire.
    """
    grant = provider.profile.grants.authorization_code
    documented = grant.lifetime.documented if grant is not None else None
    seen = grant.lifetime.likely if grant is not None else None
    under_fapi2 = "fapi2" in provider.profile.claims
    age = min(documented or TEN_MINUTES, MINUTE) if under_fapi2 else documented or TEN_MINUTES
    provider.clock.check(LATENESS + (age if seen is None else min(seen, age)))
    control = await provider.exchange_code(await provider.authorize(refreshable=False))
    if seen is not None and seen < age:
        late = await exchanged_at(provider, seen + LATENESS)
        if not late.accepted:
            return ExpiredCode(control, late, seen, under_fapi2)
    return ExpiredCode(control, await exchanged_at(provider, age + LATENESS), age, under_fapi2)


async def exchanged_at(provider: Provider, age: int) -> TokenResponse:
    """The answer to the exchange of a code of that age, in seconds."""
    provider.clock.check(age)
    late = await provider.authorize(refreshable=False)
    await provider.clock.wait(age)
    return await provider.exchange_code(late)


@requirement("rfc6749-expiry-code", "fapi2-5.3.2.1-code-lifetime")
def test_code_expires(expired_code: ExpiredCode) -> None:
    """A code yields nothing after its lifetime, ten minutes at most, and one minute under FAPI 2.0."""
    answer = refusal(expired_code.late, control=expired_code.control)
    with violating("fapi2-5.3.2.1-code-lifetime" if expired_code.under_fapi2 else "rfc6749-expiry-code"):
        assert not answer.handed_over, f"a code was exchanged {expired_code.age + LATENESS} s after it was issued"


@requirement("rfc6749-4.1.2-state")
def test_state_comes_back(login: Login) -> None:
    """The authorization endpoint gives back the state that it was sent."""
    authorization = authorization_of(login)
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    returned = authorization.answer.get("state")
    assert returned == authorization.state, f"state was sent as {authorization.state} and came back as {returned}"


@requirement("rfc9207-iss")
def test_authorization_names_its_issuer(login: Login, metadata: Exchange, conformance_run: Record) -> None:
    """Where the metadata promises iss in the authorization response, it is there and is the issuer, unless an ID token names it."""
    if metadata.members.get("authorization_response_iss_parameter_supported") is not True:
        raise NotApplicable("the metadata does not promise iss in the authorization response")
    authorization = authorization_of(login)
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    given, issuer = authorization.answer.get("iss"), conformance_run.profile.server.identifier
    if given is None and "id_token" in authorization.answer:
        raise NotApplicable(
            "the ID token of the authorization response names the issuer: iss may be omitted (RFC 9207 §4)"
        )
    assert given == issuer, f"iss of the authorization response is {given!r}, the issuer {issuer!r}"


@requirement("fapi2-5.3.2.2-iss")
def test_fapi_authorization_names_its_issuer(login: Login, conformance_run: Record) -> None:
    """Under FAPI 2.0 the authorization response names the issuer in iss, whatever the metadata promise."""
    if "fapi2" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim FAPI 2.0")
    authorization, issuer = authorization_of(login), conformance_run.profile.server.identifier
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    given = authorization.answer.get("iss")
    assert given is not None and given == (issuer or given), f"iss of the authorization response is {given!r}"


@requirement("rfc6749-4.2.2-implicit-no-refresh-token")
def test_no_refresh_token_in_the_front_channel(login: Login) -> None:
    """The authorization endpoint hands over no refresh token."""
    authorization = authorization_of(login)
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert "refresh_token" not in authorization.answer, "a refresh_token came from the authorization endpoint"


@requirement("oidc-3.3.2.5-fragment")
def test_hybrid_answer_is_not_in_the_query(login: Login) -> None:
    """An answer with an ID token comes in the fragment, or as a form where that was asked for; never in the query."""
    authorization = authorization_of(login)
    if "id_token" not in authorization.response_type:
        raise NotApplicable("the profile's response_type has no id_token")
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert authorization.mode != "query", f"the answer to {authorization.response_type} came in the query"


@requirement("oidc-3.3.2.5-parameters")
def test_hybrid_answer_has_an_id_token(login: Login) -> None:
    """The answer to `code id_token` holds an ID token beside the code, and no access token."""
    authorization = authorization_of(login)
    if "id_token" not in authorization.response_type:
        raise NotApplicable("the profile's response_type has no id_token")
    authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert "id_token" in authorization.answer, "the answer of the authorization endpoint has no id_token"
    assert "access_token" not in authorization.answer, "the answer to code id_token has an access_token"
