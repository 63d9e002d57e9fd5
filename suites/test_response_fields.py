"""The fields and headers of every successful response (RFC 6749 §5.1)."""

import re

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement
from token_conformance.evidence.access_token import jwt_of
from token_conformance.evidence.answers import Evidence
from token_conformance.evidence.shared_tokens import Member, strays
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.unguessable import varying_bits
from token_conformance.judging.violation import violating
from token_conformance.profile.features import require
from token_conformance.profile.models import Profile
from token_conformance.provider import Login
from token_conformance.running.record import Record
from token_conformance.wire.exchange import doubled_members, header

EACH_GRANT = pytest.mark.evidence_of("login", "refreshed", "service_token")

VSCHAR = re.compile(r"[\x20-\x7e]+")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
A_YEAR = 31_536_000
AN_HOUR = 3600


def having(evidence: Evidence, member: str) -> list[TokenResponse]:
    """The successful responses that hold a member, whatever its value."""
    found = [response for response in evidence.successes if member in response.members]
    if not found:
        raise NotApplicable(f"no successful response of this run holds {member}, which may be left out")
    return found


@EACH_GRANT
@requirement("rfc6749-5.1-status-200")
def test_success_is_200(evidence: Evidence) -> None:
    """A successful response has the status 200."""
    for response in evidence.successes:
        assert response.status == 200, f"tokens came with status {response.status} to {response.exchange}"


@EACH_GRANT
@requirement("rfc6749-5.1-json", "rfc6749-3.2-duplicate-members")
def test_success_is_a_json_object(evidence: Evidence) -> None:
    """The body of a successful response is one JSON object, in which no member stands twice."""
    for response in evidence.successes:
        parsed = response.exchange.json
        twice = doubled_members(response.exchange.response.body)
        with violating("rfc6749-3.2-duplicate-members" if twice else "rfc6749-5.1-json"):
            assert isinstance(parsed, dict), (
                f"the answer to {response.exchange} is no JSON object: {response.exchange.text[:60]!r}"
            )


@EACH_GRANT
@requirement("rfc6749-5.1-content-type")
def test_success_says_that_it_is_json(evidence: Evidence) -> None:
    """The media type of a successful response is application/json."""
    for response in evidence.successes:
        kind = response.exchange.media_type
        assert kind == "application/json", f"the media type of the answer to {response.exchange} is {kind}"


@EACH_GRANT
@requirement("rfc6749-5.1-access-token")
def test_access_token_is_there(evidence: Evidence) -> None:
    """A successful response holds an access_token of visible ASCII characters."""
    for response in evidence.successes:
        value = response.members.get("access_token")
        shown = "absent" if value is None else f"a {type(value).__name__} of {len(str(value))} characters"
        good = isinstance(value, str) and VSCHAR.fullmatch(value)
        assert good, (
            f"access_token is {shown} in the answer to {response.exchange}: no string of visible ASCII characters"
        )


@EACH_GRANT
@requirement("rfc6749-5.1-token-type")
def test_token_type_is_known(evidence: Evidence) -> None:
    """A successful response tells the token_type: Bearer, DPoP after a proof, N_A of an exchange's other tokens."""
    for response in evidence.successes:
        value = response.members.get("token_type")
        proven = header(response.exchange.request.headers, "dpop") is not None
        exchanged = "issued_token_type" in response.members
        types = {"bearer", *(["dpop"] if proven else []), *(["n_a"] if exchanged else [])}
        known = isinstance(value, str) and value.lower() in types
        shown = repr(value) if "token_type" in response.members else "absent"
        assert known, f"token_type is {shown} in the answer to {response.exchange}"


@EACH_GRANT
@requirement("rfc6749-5.1-expires-in")
def test_expires_in_is_there(evidence: Evidence) -> None:
    """A successful response tells with expires_in how long the access token lives."""
    for response in evidence.successes:
        assert "expires_in" in response.members, f"expires_in is absent in the answer to {response.exchange}"


@EACH_GRANT
@requirement("rfc6749-a.14-expires-in-number")
def test_expires_in_is_a_number_of_seconds(evidence: Evidence, conformance_run: Record) -> None:
    """expires_in is a JSON integer of seconds, at most a year's."""
    if not conformance_run.profile.response.tells_expiry:
        raise NotApplicable("the profile documents that answers have no expires_in")
    for response in having(evidence, "expires_in"):
        value = response.members["expires_in"]
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= A_YEAR
        assert good, f"expires_in is {value!r} in the answer to {response.exchange}: no integer from 0 to {A_YEAR}"


@EACH_GRANT
@requirement("rfc6750-5.3-short-lived")
def test_bearer_tokens_live_an_hour_at_most(evidence: Evidence) -> None:
    """A bearer token lives for an hour or less, as far as expires_in tells."""
    told = [response for response in evidence.successes if response.expires_in is not None]
    bearer = [response for response in told if _is_bearer(response)]
    if not bearer:
        raise NotApplicable("no bearer token of this run came with expires_in")
    for response in bearer:
        seconds = response.expires_in or 0
        assert seconds <= AN_HOUR or seconds > A_YEAR, (
            f"expires_in is {seconds}, {seconds / AN_HOUR:g} hours, in the answer to {response.exchange}"
        )


def _is_bearer(response: TokenResponse) -> bool:
    """Whether a token goes by RFC 6750: one that lacks its token_type is presented so as well, where no proof came."""
    unsaid = response.token_type is None and header(response.exchange.request.headers, "dpop") is None
    return unsaid or (response.token_type or "").lower() == "bearer"


@pytest.mark.evidence_of("login", "refreshed")
@requirement("rfc6749-5.1-refresh-token-string")
def test_refresh_token_is_a_string(evidence: Evidence) -> None:
    """A refresh_token, where there is one, is a string of visible ASCII characters."""
    for response in having(evidence, "refresh_token"):
        value = response.members["refresh_token"]
        good = isinstance(value, str) and VSCHAR.fullmatch(value)
        shown = f"a string of {len(value)} characters" if isinstance(value, str) else f"a {type(value).__name__}"
        assert good, (
            f"refresh_token is {shown} in the answer to {response.exchange}: no string of visible ASCII characters"
        )


@EACH_GRANT
@requirement("rfc6749-3.3-scope-syntax")
def test_scope_is_a_list_with_single_spaces(evidence: Evidence) -> None:
    """scope, where it is told, is one string of values with single spaces between them."""
    for response in having(evidence, "scope"):
        value = response.members["scope"]
        good = isinstance(value, str) and (value == "" or SCOPE.fullmatch(value)) and "," not in value
        assert good, f"scope is {value!r} in the answer to {response.exchange}"


@EACH_GRANT
@requirement("rfc6749-5.1-cache-control")
def test_success_is_not_stored(evidence: Evidence) -> None:
    """A successful response carries Cache-Control: no-store."""
    for response in evidence.successes:
        value = response.exchange.header("cache-control")
        directives = {directive.strip().lower() for directive in (value or "").split(",")}
        assert "no-store" in directives, f"Cache-Control is {value!r} in the answer to {response.exchange}"


@EACH_GRANT
@requirement("rfc6749-5.1-pragma")
def test_success_carries_pragma(evidence: Evidence, conformance_run: Record) -> None:
    """A successful response carries Pragma: no-cache, for caches of HTTP/1.0."""
    if "oauth2.1" in conformance_run.profile.claims:
        raise NotApplicable("OAuth 2.1 does not ask for Pragma any more")
    for response in evidence.successes:
        value = response.exchange.header("pragma")
        assert "no-cache" in (value or "").lower(), f"Pragma is {value!r} in the answer to {response.exchange}"


def codes(evidence: Evidence) -> list[str]:
    """The codes that were exchanged for tokens."""
    forms = [(dict(response.exchange.request.form), response) for response in evidence.successes]
    # The status of each answer is read: the exchanges that took the codes are the evidence of them.
    found = [
        (response.exchange.started, form["code"])
        for form, response in forms
        if "code" in form
        and response.exchange.response.status // 100 == 2
        and "request" not in response.exchange.undocumented
    ]
    return [value for _, value in dict.fromkeys(found)]


BY_LOGIN = frozenset({"authorization_code", "password"})
"""The grants whose answers begin a login."""

BY_SERVICES = frozenset({"client_credentials"})

NEEDS = {"access_token": ("login",), "refresh_token": ("login", "refresh")}
"""What a profile has whose users get such a token."""


def first_tokens(evidence: Evidence, member: str, grants: frozenset[str] = BY_LOGIN) -> list[str]:
    """The values of a member in the answers to these grants."""
    granted = [
        response for response in evidence.successes if dict(response.exchange.request.form).get("grant_type") in grants
    ]
    told = [
        (response.exchange.started, value)
        for response in granted
        if isinstance(value := response.members.get(member), str)
    ]
    # A recording answers every scenario by the same exchange, which is one login all the same.
    return [value for _, value in dict.fromkeys(told) if value]


@pytest.mark.evidence_of("login", "refreshed")
@requirement("token-unique")
@pytest.mark.parametrize("member", ["access_token", "refresh_token"])
def test_no_two_logins_share_a_token(evidence: Evidence, member: str, conformance_run: Record) -> None:
    """Each login has tokens of its own; JWTs without jti may be alike, which say the same of the same user."""
    told = first_tokens(evidence, member)
    if not told:
        require(conformance_run.profile, NEEDS[member])
    values = [value for value in told if (jwt := jwt_of(value)) is None or "jti" in jwt.claims]
    if told and not values:
        raise NotApplicable(f"each {member} is a JWT without jti, which may be alike within a second")
    if len(values) < 2:
        raise Inconclusive(f"{len(values)} different logins of this run gave {member}; it takes two to compare")
    assert len(set(values)) == len(values), f"{len(values)} logins gave {len(set(values))} different values of {member}"


@pytest.mark.evidence_of("login", "refreshed")
@requirement("token-unique")
@pytest.mark.parametrize("member", ["access_token", "refresh_token"])
def test_no_refresh_hands_out_what_another_session_has(
    evidence: Evidence, member: Member, conformance_run: Record
) -> None:
    """No refresh of this run hands out a token that another session was given."""
    refreshes = [each for each in evidence.successes if "refresh_token" in dict(each.exchange.request.form)]
    if not refreshes:
        require(conformance_run.profile, NEEDS["refresh_token"])
        raise Inconclusive("no refresh of this run was accepted")
    if not any(member in each.members for each in refreshes):
        raise NotApplicable(f"no refresh of this run gave a {member}")
    for stray in strays(evidence.successes, member):
        raise AssertionError(
            f"{stray.again.exchange} hands out the {member} of another session, {stray.before.exchange}"
        )


@EACH_GRANT
@requirement("token-entropy")
@pytest.mark.parametrize("member", ["access_token", "refresh_token", "code"])
def test_tokens_cannot_be_guessed(evidence: Evidence, member: str, conformance_run: Record) -> None:
    """What differs between tokens is too much to be guessed: 128 bits at the least."""
    judge_bits(evidence, member, 128, conformance_run.profile)


@EACH_GRANT
@requirement("token-entropy-160")
@pytest.mark.parametrize("member", ["access_token", "refresh_token", "code"])
def test_tokens_are_beyond_guessing(evidence: Evidence, member: str, conformance_run: Record) -> None:
    """What differs between tokens is the 160 bits that RFC 6749 recommends."""
    judge_bits(evidence, member, 160, conformance_run.profile)


def guessable(evidence: Evidence, member: str, profile: Profile) -> list[str]:
    """The different codes, or tokens that users got; where the profile has no users, those that services got.

    Raises:
        NotApplicable: the provider issues none of that kind, as far as the profile says.

    """
    told = codes(evidence) if member == "code" else first_tokens(evidence, member)
    if not told and member == "code":
        raise NotApplicable("no authorization code came in this run")
    if not told and member == "access_token" and not profile.has_user_login:
        told = first_tokens(evidence, member, BY_SERVICES)
    elif not told:
        require(profile, NEEDS[member])
    return list(dict.fromkeys(told))


def judge_bits(evidence: Evidence, member: str, least: int, profile: Profile) -> None:
    """Hold what differs between the tokens of this run against a number of bits."""
    values = guessable(evidence, member, profile)
    if len(values) < 2:
        raise Inconclusive(f"{len(values)} different values of {member} in this run; it takes two to compare")
    bits = varying_bits(values)
    assert bits >= least, f"at most {bits:.0f} bits differ between {len(values)} values of {member}"


JUDGED_ELSEWHERE = {"access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"}
"""Members that have checks of their own."""


@requirement("answers-as-documented")
def test_answers_are_as_documented(login: Login, conformance_run: Record) -> None:
    """The answer to a login holds the members, the token type, the delimiter of scope and the caching that are documented."""
    documented, answer = conformance_run.profile.response, login.response
    facts = (documented.members, documented.token_type, documented.scope_delimiter, documented.cache_control)
    if all(fact.documented is None for fact in facts):
        raise NotApplicable("the profile's [response] documents nothing of successful answers")
    if not answer.accepted:
        raise Inconclusive(f"the login yields no access token: {answer}")
    further = [name for name in documented.members.documented or () if name not in JUDGED_ELSEWHERE]
    missing = answer.exchange.absent(*further)
    assert not missing, f"the answer has no {', '.join(missing)}, which the profile documents"
    kind, told = documented.token_type.documented, answer.token_type
    spelt = None in {kind, told} or str(told).lower() in {str(kind).lower(), "dpop"}
    assert spelt, f"token_type is {told!r}; the profile documents {kind!r}"
    judge_delimiter(answer, documented.scope_delimiter.documented)
    judge_caching(answer, documented.cache_control.documented)


def judge_delimiter(answer: TokenResponse, delimiter: str | None) -> None:
    """Hold a scope of several values against the documented delimiter."""
    scope = answer.members.get("scope")
    if delimiter is None or not isinstance(scope, str) or scope.isalnum():
        return
    others = {",", " ", ";"} - {delimiter}
    assert not others & set(scope), f"scope is {scope!r}; its values are documented to be delimited by {delimiter!r}"


def judge_caching(answer: TokenResponse, documented: str | None) -> None:
    """Hold the directives of Cache-Control against the documented ones."""
    if documented is None:
        return
    value = answer.exchange.header("cache-control") or ""
    lacking = directives(documented) - directives(value)
    assert not lacking, f"Cache-Control is {value or 'absent'}; the profile documents {documented!r}"


def directives(value: str) -> set[str]:
    """The directives of Cache-Control (RFC 9111 §5.2)."""
    return {directive.strip().lower() for directive in value.split(",") if directive.strip()}
