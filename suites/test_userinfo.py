"""The userinfo endpoint (OIDC Core §5.3)."""

from dataclasses import dataclass
from typing import Any

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.id_token import asked
from token_conformance.evidence.jwt_reading import read
from token_conformance.judging.refusal import compare
from token_conformance.judging.resource import Protected, took
from token_conformance.provider import Login, Provider
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange

TEXTS = (
    "name given_name family_name middle_name nickname preferred_username profile picture website email gender birthdate "
    "zoneinfo locale phone_number"
)

NOT_FOUND = 404

STANDARD_CLAIMS: dict[str, Any] = {
    **dict.fromkeys(TEXTS.split(), str),
    "email_verified": bool,
    "phone_number_verified": bool,
    "updated_at": int | float,
    "address": dict,
}
"""OIDC Core §5.1 and their JSON types; sub has checks of its own."""


@dataclass(frozen=True)
class Userinfo:
    """A living session, the userinfo of its access token, and the answers to no token, a made-up and a refresh token.

    `advertised` tells that the provider itself says where its userinfo is.
    """

    login: Login
    resource: Protected
    made_up: Exchange
    by_refresh_token: Exchange | None
    advertised: bool

    @property
    def answer(self) -> Exchange:
        """The answer to the access token of the session."""
        return self.resource.right

    @property
    def without(self) -> Exchange:
        """The answer to a request without a token."""
        return self.resource.without


@scenario(needs="login openid")
async def userinfo(provider: Provider) -> Userinfo:
    """Ask for the claims of the user by an access token, by none, by a made-up one, and by a refresh token."""
    url = await provider.endpoint("userinfo_endpoint")
    login = await provider.session()
    # A mistyped address of a profile proves nothing; one that the metadata tell is the provider's word.
    told = provider.profile.server.userinfo_endpoint is None
    return Userinfo(
        login=login,
        resource=Protected(await provider.userinfo(login.access_token), await provider.get(url)),
        made_up=await provider.userinfo(provider.draw("access_token")),
        by_refresh_token=await provider.userinfo(login.refresh_token) if login.refresh_token is not None else None,
        advertised=told,
    )


@requirement("oidc-userinfo-sub")
def test_userinfo_is_of_the_same_user(userinfo: Userinfo, conformance_run: Record) -> None:
    """Sub of the userinfo is sub of the ID token."""
    asked(conformance_run.profile)
    token, status = read(userinfo.login.id_token or ""), userinfo.answer.response.status
    if token is None:
        raise Inconclusive("no ID token can be read from the answers of the session")
    if status != 200:
        raise Inconclusive(f"the userinfo endpoint answered {status}")
    if (userinfo.answer.media_type or "") == "application/jwt":
        raise Inconclusive("the userinfo is a JWT")
    sub = userinfo.answer.members.get("sub")
    assert sub == token.claims.get("sub"), f"sub of the userinfo is {'another one' if sub else 'absent'}"


@requirement("oidc-userinfo-json")
def test_userinfo_is_a_json_object_with_sub(userinfo: Userinfo) -> None:
    """The userinfo is a JSON object with sub, or a JWT where the client asked for one."""
    answer = userinfo.answer
    status = answer.response.status
    if not took(answer):
        raise Inconclusive(f"the userinfo endpoint answered {status}")
    if answer.media_type == "application/jwt":
        raise NotApplicable("the userinfo is a JWT")
    assert status == 200 and answer.media_type == "application/json", (
        f"the userinfo came with status {status} and the media type {answer.media_type!r}"
    )
    assert isinstance(answer.members.get("sub"), str), "the userinfo has no sub"


@requirement("oidc-5.3-userinfo-accepts")
def test_userinfo_takes_the_access_token(userinfo: Userinfo) -> None:
    """The userinfo endpoint takes the access token of a login that asked for openid."""
    status = userinfo.answer.response.status
    if status == 403:
        raise Inconclusive("the userinfo endpoint answered 403: the access token may lack the scope")
    missing = userinfo.advertised and status == userinfo.without.response.status == NOT_FOUND
    assert not missing, (
        "there is nothing where the metadata say that the userinfo is: 404 with an access token, and without"
    )
    if took(userinfo.without):
        raise Inconclusive("the userinfo endpoint answers a request without a token as well, which another check tells")
    assert took(userinfo.answer) and status == 200, f"the userinfo endpoint answered a good access token with {status}"


@requirement("oidc-5.1-standard-claims")
def test_standard_claims_have_their_types(userinfo: Userinfo) -> None:
    """The standard claims of userinfo and ID token are strings, booleans, a number or an object, each as OpenID Connect says."""
    token = read(userinfo.login.id_token or "")
    places = {"the ID token": token.claims if token is not None else {}, "the userinfo": userinfo.answer.members}
    if not any(STANDARD_CLAIMS.keys() & claims.keys() for claims in places.values()):
        raise NotApplicable("neither userinfo nor ID token has a standard claim")
    userinfo.answer.response  # noqa: B018 - the answer is this check's evidence
    for place, claims in places.items():
        for name in sorted(STANDARD_CLAIMS.keys() & claims.keys()):
            kind, value = STANDARD_CLAIMS[name], claims[name]
            right = value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool)))
            assert right, f"{name} of {place} is a {type(value).__name__}"


def judge_refusal(userinfo: Userinfo, attempt: Exchange, what: str) -> None:
    """Hold an answer of the userinfo endpoint against the one to a good access token."""
    compare(attempt, userinfo.answer)
    if not took(userinfo.answer):
        raise Inconclusive(f"the userinfo endpoint answered a good access token with {userinfo.answer.status}")
    assert not took(attempt), f"the userinfo endpoint answered {what} with {attempt.status}"


@requirement("oidc-5.3.3-userinfo-error")
def test_userinfo_takes_no_wrong_token(userinfo: Userinfo) -> None:
    """The userinfo endpoint refuses a request without a token, and one with a made-up token."""
    judge_refusal(userinfo, userinfo.without, "no token")
    judge_refusal(userinfo, userinfo.made_up, "a made-up token")


@requirement("oidc-5.3.3-userinfo-error")
def test_userinfo_refuses_with_a_challenge(userinfo: Userinfo) -> None:
    """A refusal of the userinfo endpoint carries a challenge to Bearer (or DPoP)."""
    for exchange, what in ((userinfo.without, "no token"), (userinfo.made_up, "a made-up token")):
        userinfo.resource.require()
        if took(exchange):
            raise Inconclusive(f"the userinfo endpoint takes {what}, which another check tells")
        status, challenge = exchange.status, exchange.header("www-authenticate") or ""
        assert "bearer" in challenge.lower() or "dpop" in challenge.lower(), (
            f"{what} was answered by {status}, WWW-Authenticate {challenge or 'absent'}"
        )


@requirement("rfc6749-1.5-refresh-token-for-itself")
def test_refresh_token_is_no_access_token(userinfo: Userinfo) -> None:
    """The userinfo endpoint refuses a refresh token in place of an access token."""
    if userinfo.by_refresh_token is None:
        raise NotApplicable("the session has no refresh token")
    answer = userinfo.resource.beside(userinfo.by_refresh_token)
    assert not took(answer), f"the userinfo endpoint answered a refresh token with {answer.status}"
