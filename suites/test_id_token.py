"""ID tokens in the answers to a login and to a refresh (OIDC Core §2, §3.1.3.7 and §12.2)."""

from dataclasses import dataclass
from datetime import timedelta

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.id_token import (
    SKEW,
    asked,
    id_token_in,
    judge_expiry,
    judge_hash,
    judge_issue,
    judge_signature,
)
from token_conformance.evidence.jwt_reading import Token, read, signing_keys
from token_conformance.evidence.transcripts import Refreshed, TwoLogins
from token_conformance.provider import Login, Provider
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange


def first(login: Login, run: Record) -> Token:
    """The ID token of a login that asked for one."""
    asked(run.profile)
    return id_token_in(login.response)


def renewed(refreshed: Refreshed, run: Record) -> tuple[Token, Token]:
    """The ID tokens of a login and of the refresh after it."""
    asked(run.profile)
    if not refreshed.response.accepted:
        raise Inconclusive(f"the refresh was not accepted: {refreshed.response}")
    if "id_token" not in refreshed.response.members:
        raise NotApplicable("the answer to a refresh has no ID token, which OIDC Core §12.2 allows")
    return id_token_in(refreshed.login.response), id_token_in(refreshed.response)


@requirement("oidc-3.1.3.3-id-token")
def test_login_yields_an_id_token(login: Login, conformance_run: Record) -> None:
    """A login with the scope openid yields an ID token."""
    asked(conformance_run.profile)
    if login.response.refused or not (login.response.accepted or login.response.members):
        raise Inconclusive(f"the login yields no tokens: {login.response}")
    assert login.response.id_token is not None, "the login asked for openid, and the answer has no id_token"
    assert read(login.response.id_token) is not None, "id_token is no JWT with a JSON header and JSON claims"


@requirement("oidc-3.1.3.7-signature")
def test_signature_is_of_a_published_key(login: Login, published_keys: Exchange, conformance_run: Record) -> None:
    """The signature of the ID token verifies with a published key."""
    judge_signature(first(login, conformance_run), published_keys, conformance_run.profile, login.response.exchange)


@requirement("oidc-3.1.3.7-alg")
def test_algorithm_is_advertised(login: Login, metadata: Exchange, conformance_run: Record) -> None:
    """Alg is one of those that the metadata lists, where it lists any."""
    algorithm = first(login, conformance_run).algorithm
    listing = metadata.members.get("id_token_signing_alg_values_supported")
    if not isinstance(listing, list):
        raise NotApplicable("the metadata lists no algorithms of ID tokens")
    known = ", ".join(f"{each}" for each in listing)
    assert algorithm in listing, f"alg is {algorithm!r}, and id_token_signing_alg_values_supported is {known}"


@requirement("oidc-10.1-kid")
def test_key_is_named_among_several(login: Login, published_keys: Exchange, conformance_run: Record) -> None:
    """Where several keys for signatures are published, the ID token names its own by kid."""
    token = first(login, conformance_run)
    several = len(signing_keys(published_keys.json))
    if several < 2 or (token.algorithm or "").startswith("HS"):
        raise NotApplicable("at most one key is published, or the key is the client's secret")
    login.response.exchange.response  # noqa: B018 - the answer that holds the ID token is what is judged
    assert "kid" in token.header, f"{several} keys are published, and the ID token names none"


@requirement("oidc-2-alg-none")
def test_id_token_is_not_unsigned(login: Login, conformance_run: Record) -> None:
    """An ID token is signed: alg is not none, however it is spelled."""
    token = first(login, conformance_run)
    assert (token.algorithm or "").lower() != "none", "alg of the ID token is none"


@requirement("oidc-2-key-headers")
def test_id_token_does_not_bring_its_key(login: Login, conformance_run: Record) -> None:
    """An ID token does not name its key by x5u, x5c, jku or jwk: the key is the issuer's published one."""
    brought = sorted({"x5u", "x5c", "jku", "jwk"} & first(login, conformance_run).header.keys())
    assert not brought, f"the ID token brings {', '.join(brought)}"


@requirement("oidc-2-optional-claims")
def test_acr_and_amr_have_their_types(login: Login, conformance_run: Record) -> None:
    """Where they are there, acr is a string, and amr a list of strings."""
    claims = first(login, conformance_run).claims
    methods = claims.get("amr", [])
    assert isinstance(claims.get("acr", ""), str), f"acr is {claims['acr']!r}"
    assert isinstance(methods, list) and all(isinstance(each, str) for each in methods), f"amr is {methods!r}"


@requirement("fapi2-5.4.1-algorithms")
def test_fapi_id_token_is_signed_by_a_new_algorithm(login: Login, conformance_run: Record) -> None:
    """Under FAPI 2.0 an ID token is signed by PS256, ES256 or EdDSA."""
    if "fapi2" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim FAPI 2.0")
    algorithm = first(login, conformance_run).algorithm
    assert algorithm in {"PS256", "ES256", "EdDSA", "Ed25519"}, f"alg of the ID token is {algorithm!r}"


@requirement("oidc-3.1.3.7-iss")
def test_iss_is_the_issuer(login: Login, conformance_run: Record) -> None:
    """Iss is the issuer, to the letter."""
    token, issuer = first(login, conformance_run), conformance_run.profile.server.identifier
    if issuer is None:
        raise NotApplicable("the profile names no issuer")
    assert token.claims.get("iss") == issuer, f"iss is {token.claims.get('iss')!r}; the issuer is {issuer!r}"


@requirement("oidc-3.1.3.7-aud")
def test_aud_is_the_client(login: Login, conformance_run: Record) -> None:
    """Aud holds the client_id."""
    token, client_id = first(login, conformance_run), login.client.client_id
    assert client_id in token.audience, f"aud is {token.claims.get('aud')!r}; the client_id is {client_id!r}"


@requirement("id-token-azp-beside-audiences")
def test_one_of_several_audiences_is_the_authorized_party(login: Login, conformance_run: Record) -> None:
    """Where aud has several values, azp says which of them asked for the token."""
    token = first(login, conformance_run)
    if len(set(token.audience)) < 2:
        raise NotApplicable("aud has one value")
    assert token.claims.get("azp") == login.client.client_id, f"aud is {token.claims.get('aud')!r} without azp"


@requirement("oidc-3.1.3.7-azp")
def test_azp_is_the_client(login: Login, conformance_run: Record) -> None:
    """azp, where it is there, is the client_id."""
    token = first(login, conformance_run)
    if "azp" not in token.claims:
        raise NotApplicable("the ID token has no azp")
    assert token.claims["azp"] == login.client.client_id, f"azp is {token.claims['azp']!r}"


@requirement("oidc-2-exp-iat")
def test_exp_lies_ahead(login: Login, conformance_run: Record) -> None:
    """Exp is a number, and lies ahead of the answer."""
    judge_expiry(first(login, conformance_run), login.response.exchange)


@requirement("oidc-2-exp-iat")
def test_iat_is_now(login: Login, conformance_run: Record) -> None:
    """Iat is a number, and the time of the answer."""
    judge_issue(first(login, conformance_run), login.response.exchange)


@requirement("oidc-2-sub")
def test_sub_names_the_user(login: Login, conformance_run: Record) -> None:
    """Sub is a string of at most 255 ASCII characters."""
    sub = first(login, conformance_run).claims.get("sub")
    good = isinstance(sub, str) and 0 < len(sub) <= 255 and sub.isascii()
    shown = f"{len(sub)} characters" if isinstance(sub, str) else repr(sub)
    assert good, f"sub is {shown}, no string of 1 to 255 ASCII characters"


@requirement("oidc-3.1.3.7-nonce")
def test_nonce_comes_back(login: Login, conformance_run: Record) -> None:
    """Nonce is the one that the authorization request sent."""
    token = first(login, conformance_run)
    if login.authorization is None or login.authorization.nonce is None:
        raise NotApplicable("the login sent no nonce")
    assert token.claims.get("nonce") == login.authorization.nonce, (
        "nonce is not the one that was sent" if "nonce" in token.claims else "nonce is absent"
    )


@requirement("oidc-3.1.3.8-at-hash")
def test_at_hash_is_of_the_access_token(login: Login, conformance_run: Record) -> None:
    """at_hash, where it is there, is the hash of the access token beside it."""
    judge_hash(first(login, conformance_run), "at_hash", login.response.access_token)


@dataclass(frozen=True)
class MaximumAge:
    """A login that asked for a maximum age of the authentication."""

    login: Login


@scenario(needs="authorization_code unattended_login openid")
async def maximum_age(provider: Provider) -> MaximumAge:
    """Log in with max_age, so that auth_time is required."""
    authorization = await provider.authorize(refreshable=False, parameters={"max_age": "3600"})
    response = await provider.exchange_code(authorization)
    return MaximumAge(Login(response, authorization.client, authorization, authorization.scope))


@requirement("oidc-auth-time")
def test_auth_time_is_told_when_asked_for(maximum_age: MaximumAge, conformance_run: Record) -> None:
    """auth_time is there when max_age was asked for, and lies between the maximum age and now."""
    token = first(maximum_age.login, conformance_run)
    when, answered = token.time("auth_time"), maximum_age.login.response.exchange.date
    assert when is not None, f"auth_time is {token.claims.get('auth_time', 'absent')!r} though max_age was asked for"
    assert answered - timedelta(hours=1) - SKEW <= when <= answered + SKEW, (
        f"auth_time is {when:%Y-%m-%d %H:%M:%S}; the answer came {answered:%Y-%m-%d %H:%M:%S}"
    )


@requirement("oidc-auth-time")
def test_auth_time_is_plausible(login: Login, conformance_run: Record) -> None:
    """auth_time, where it is there, lies in the past, and in this year."""
    token = first(login, conformance_run)
    if "auth_time" not in token.claims:
        raise NotApplicable("the ID token has no auth_time")
    when, answered = token.time("auth_time"), login.response.exchange.date
    assert when is not None, f"auth_time is {token.claims['auth_time']!r}, no time"
    assert answered - timedelta(days=366) <= when <= answered + SKEW, f"auth_time is {when:%Y-%m-%d %H:%M:%S}"


@requirement("fapi1-5.1.1-s-hash")
def test_s_hash_is_of_the_state(login: Login, conformance_run: Record) -> None:
    """s_hash, where it is there, is the hash of the state that was sent."""
    token = first(login, conformance_run)
    judge_hash(token, "s_hash", login.authorization.state if login.authorization else None)


@requirement("oidc-12.2-iss-sub-aud")
def test_refreshed_id_token_is_of_the_same_user(refreshed: Refreshed, conformance_run: Record) -> None:
    """A refreshed ID token keeps iss and sub, and the client stays in aud."""
    before, after = renewed(refreshed, conformance_run)
    for claim in ("iss", "sub"):
        assert before.claims.get(claim) == after.claims.get(claim), f"{claim} of the refreshed ID token is another one"
    assert set(before.audience) == set(after.audience), (
        f"aud was {before.claims.get('aud')!r} and is {after.claims.get('aud')!r}"
    )


@requirement("oidc-12.2-iat")
def test_refreshed_id_token_has_a_new_iat(refreshed: Refreshed, conformance_run: Record) -> None:
    """Iat of a refreshed ID token is the time of the refresh."""
    before, after = renewed(refreshed, conformance_run)
    old, new = before.time("iat"), after.time("iat")
    assert new is not None, f"iat is {after.claims.get('iat')!r}, no time"
    assert old is None or new > old, (
        f"iat is {new:%Y-%m-%d %H:%M:%S}, not after that of the login's ID token, {old:%Y-%m-%d %H:%M:%S}"
    )
    judge_issue(after, refreshed.response.exchange)


@requirement("oidc-12.2-auth-time")
def test_refreshed_id_token_keeps_auth_time(refreshed: Refreshed, conformance_run: Record) -> None:
    """auth_time of a refreshed ID token is that of the login's, or before its iat where that has none."""
    before, after = renewed(refreshed, conformance_run)
    if "auth_time" not in after.claims:
        raise NotApplicable("the refreshed ID token has no auth_time")
    if "auth_time" not in before.claims:
        logged_in, issued = after.time("auth_time"), before.time("iat")
        if logged_in is None or issued is None:
            raise NotApplicable("the ID token of the login has neither auth_time nor iat, or the refreshed one no time")
        assert logged_in <= issued, (
            f"auth_time is {logged_in:%Y-%m-%d %H:%M:%S}, after the first ID token was issued: {issued:%Y-%m-%d %H:%M:%S}"
        )
        return
    assert after.claims["auth_time"] == before.claims["auth_time"], "auth_time of the refreshed ID token is another one"


@requirement("oidc-12.2-nonce")
def test_refreshed_id_token_brings_no_new_nonce(refreshed: Refreshed, conformance_run: Record) -> None:
    """A nonce of a refreshed ID token, where there is one, is that of the login."""
    before, after = renewed(refreshed, conformance_run)
    if "nonce" not in after.claims:
        raise NotApplicable("the refreshed ID token has no nonce, as OIDC Core §12.2 recommends")
    assert after.claims["nonce"] == before.claims.get("nonce"), "nonce of the refreshed ID token is another one"


@requirement("oidc-12.2-no-nonce")
def test_refreshed_id_token_has_no_nonce(refreshed: Refreshed, conformance_run: Record) -> None:
    """A refreshed ID token has no nonce."""
    _, after = renewed(refreshed, conformance_run)
    assert "nonce" not in after.claims, "the refreshed ID token has a nonce, which nobody has asked for anew"


@requirement("oidc-12.2-azp")
def test_refreshed_id_token_keeps_azp(refreshed: Refreshed, conformance_run: Record) -> None:
    """Azp of a refreshed ID token is as in the ID token of the login, or absent in both."""
    before, after = renewed(refreshed, conformance_run)
    assert after.claims.get("azp") == before.claims.get("azp"), (
        f"azp was {before.claims.get('azp', 'absent')!r} and is {after.claims.get('azp', 'absent')!r}"
    )


@requirement("oidc-12-signature")
def test_refreshed_id_token_is_signed(refreshed: Refreshed, published_keys: Exchange, conformance_run: Record) -> None:
    """The signature of a refreshed ID token verifies with a published key."""
    _, after = renewed(refreshed, conformance_run)
    judge_signature(after, published_keys, conformance_run.profile, refreshed.response.exchange)


@requirement("oidc-12.2-exp")
def test_refreshed_id_token_lies_ahead(refreshed: Refreshed, conformance_run: Record) -> None:
    """Exp of a refreshed ID token lies ahead of the answer."""
    _, after = renewed(refreshed, conformance_run)
    judge_expiry(after, refreshed.response.exchange)


@requirement("oidc-12.2-at-hash")
def test_refreshed_at_hash_is_of_the_new_access_token(refreshed: Refreshed, conformance_run: Record) -> None:
    """at_hash of a refreshed ID token, where it is there, is the hash of the renewed access token."""
    _, after = renewed(refreshed, conformance_run)
    judge_hash(after, "at_hash", refreshed.response.access_token)


@requirement("oidc-12.2-auth-time")
def test_refreshed_auth_time_is_not_of_the_newest_login(two_logins: TwoLogins) -> None:
    """auth_time of a refreshed ID token is that of its login, and not that of a later login of the same user."""
    own, other = read(two_logins.login.id_token or ""), read(two_logins.other_login.id_token or "")
    after = read(two_logins.first.id_token or "")
    if own is None or other is None or after is None:
        raise NotApplicable("a login, or the refresh, brings no ID token")
    times = [token.claims.get("auth_time") for token in (own, other, after)]
    if None in times or times[0] == times[1]:
        raise NotApplicable("the ID tokens have no auth_time, or both logins the same one")
    assert times[2] != times[1], "auth_time of the refreshed ID token is that of the user's newest login"
