"""The shape of every refusal (RFC 6749 §5.2)."""

import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

import pytest

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.answers import SAID_BY_HTTP, Evidence
from token_conformance.evidence.error_codes import DECISIONS, NO_DECISIONS, POLLING_GRANTS
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.provider import Carrier, Provider, Resending, carrier
from token_conformance.wire.exchange import Exchange, Request, header

EACH_REFUSAL = pytest.mark.evidence_of("bad_requests", "wrong_credentials", all_refusals=True)

REGISTERED = DECISIONS | NO_DECISIONS | {"interaction_required", "login_required"}
"""The codes of the OAuth Extensions Error registry that a token endpoint may use."""

OF_OTHER_PLACES = {"access_denied", "interaction_required", "login_required"}
"""Registered for the authorization endpoint; at the token endpoint they belong to polling grants only."""

CHARACTERS = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
ADDRESS_CHARACTERS = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]*")
INTERNALS = re.compile(
    r"Traceback \(most recent|^\s+at [\w.$]+\(|\bat [\w.$<>]+ ?\([\w./\\:-]+:\d+|File \"[^\"]+\", line \d+|"
    r"^goroutine \d+ \[|\b(?-i:[A-Z]\w+Exception)\b|\bjava\.\w+\.|"
    r"(?-i:\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|\bDELETE FROM\b|\bUPDATE \w+ SET\b)|\bselect \* from\b|(?-i:\bORA-\d{5}\b|\bSQLSTATE\b)|"
    r"(?<![\w.:/-])/(usr|srv|var|opt)/[\w.-]+/|\b[A-Z]:\\",
    re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True)
class BadRequests:
    """One accepted request, and the same with one thing wrong at a time."""

    carrier: Carrier
    without_grant_type: TokenResponse
    unknown_grant_type: TokenResponse
    unknown_grant_type_again: TokenResponse
    folded_grant_type: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        control, capitals = self.carrier.control, {"a grant_type in capitals": self.folded_grant_type}
        return (
            *mistaken(
                control,
                {"a request without grant_type": self.without_grant_type},
                "invalid_request",
                clause="rfc6749-5.2-missing-grant-type",
            ),
            *mistaken(control, {"a grant_type that nobody knows": self.unknown_grant_type}, "unsupported_grant_type"),
            *mistaken(
                control,
                capitals,
                "unsupported_grant_type",
                "invalid_request",
                refused_by="rfc6749-1.9-case-sensitive",
            ),
        )


@scenario()
async def bad_requests(provider: Provider) -> BadRequests:
    """Send a good request, and bad ones that differ from it in their grant_type alone."""
    good = await carrier(provider)
    repetition, right = Resending(provider, good), good.parameters["grant_type"] or ""
    unknown = {"grant_type": "urn:example:no-such-grant"}
    return BadRequests(
        carrier=good,
        without_grant_type=await repetition.sent({"grant_type": None}),
        unknown_grant_type=await repetition.sent(unknown),
        unknown_grant_type_again=await repetition.sent(unknown),
        folded_grant_type=await repetition.sent({"grant_type": right.upper()}),
    )


@requirement("rfc6749-1.9-case-sensitive")
def test_grant_type_is_compared_exactly(bad_requests: BadRequests) -> None:
    """A grant_type in capitals is another one, and yields no token."""
    answer = refusal(bad_requests.folded_grant_type, control=bad_requests.carrier.control)
    assert not answer.handed_over, "a grant_type in capitals was accepted"


@requirement("errors-repeatable")
def test_same_mistake_gets_the_same_error(bad_requests: BadRequests) -> None:
    """A grant_type that nobody knows gets the same answer twice."""
    control = bad_requests.carrier.control
    first, second = (
        refusal(attempt, control=control)
        for attempt in (bad_requests.unknown_grant_type, bad_requests.unknown_grant_type_again)
    )
    if first.failed or second.failed:
        raise Inconclusive("the server fails at an unknown grant_type, which another check tells")
    assert (first.status, first.error) == (second.status, second.error), f"first it was {first}, then {second}"


@dataclass(frozen=True)
class ForbiddenGrants:
    """A service's own grant, a refresh that it is not registered for, and a password by the client that may and by the service."""

    let_in: TokenResponse
    refresh: TokenResponse | None
    by_user: TokenResponse | None
    password: TokenResponse | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called: who presents a token that is none may be told that, too."""
        codes, clause = ("unauthorized_client", "unsupported_grant_type"), "rfc6749-5.2-unauthorized-client"
        refresh = {"a refresh of a client that is not registered for it": self.refresh}
        password = {"a client that is not registered for password": self.password}
        other = ("grant_type", "refresh_token", "scope")
        return (
            *mistaken(self.let_in, refresh, *codes, "invalid_grant", clause=clause, differs=other),
            *(mistaken(self.by_user, password, *codes, refused_by=clause) if self.by_user is not None else ()),
        )


@scenario(needs="client_credentials")
async def forbidden_grants(provider: Provider) -> ForbiddenGrants:
    """As a client that is registered for client_credentials alone, refresh, and ask with the user's password beside who may."""
    service, profile = provider.service_client, provider.profile
    if service.grant_types is None or {"refresh_token", "password"} <= set(service.grant_types):
        raise NotApplicable("the profile does not say which grants the service is registered for: clients.grant_types")
    let_in, refresh, by_user, password = await provider.client_credentials(), None, None, None
    if "refresh_token" not in service.grant_types:
        refresh = await provider.refresh(provider.draw("refresh_token"), client=service)
    if "password" not in service.grant_types and profile.grants.password and profile.login.username is not None:
        by_user, password = await provider.password(), await provider.password(client=service)
    return ForbiddenGrants(let_in, refresh, by_user, password)


@requirement("rfc6749-5.2-unauthorized-client")
def test_unregistered_grant_is_refused(forbidden_grants: ForbiddenGrants) -> None:
    """A client gets no token by a grant that it is not registered for."""
    if forbidden_grants.by_user is None or forbidden_grants.password is None:
        raise NotApplicable("the profile has no [grants.password], which the service could try")
    answer = refusal(forbidden_grants.password, control=forbidden_grants.by_user)
    if not answer.handed_over and not forbidden_grants.let_in.accepted:
        raise Inconclusive(f"the client is not let in with its own grant either: {forbidden_grants.let_in}")
    assert not answer.handed_over, "a client got a token by password, unregistered for it"


def refusals_with_body(evidence: Evidence) -> list[TokenResponse]:
    """The refusals that hold a JSON object; where there is none, another check says so."""
    found = [response for response in evidence.refusals if response.members]
    if not found:
        raise Inconclusive("no refusal of this run holds a JSON object")
    return found


def answered(evidence: Evidence) -> tuple[TokenResponse, ...]:
    """All answers of the token endpoint."""
    if not evidence.token_responses:
        raise Inconclusive("the token endpoint answered no request of this run")
    return evidence.token_responses


def said_by_purpose(refusals: Sequence[TokenResponse]) -> list[TokenResponse]:
    """The refusals but for a server that fails in words of its own, which is a finding of another check."""
    told = REGISTERED - {"server_error", "temporarily_unavailable"}
    return [each for each in refusals if each.exchange.response.status < 500 or each.error in told]


@EACH_REFUSAL
@requirement(
    "rfc6749-5.2-status-400",
    formerly=(
        "suites/test_device_grant.py::test_pending_is_400",
        "suites/test_expiry.py::test_expired_refresh_token_is_refused_with_400",
    ),
)
def test_refusal_is_400_or_401(evidence: Evidence) -> None:
    """A refusal has the status 400; invalid_client may have 401, and what HTTP itself refuses a status of its own."""
    for response in said_by_purpose(evidence.refusals):
        allowed = {400, 401} if response.error == "invalid_client" or response.error is None else {400}
        assert response.status in allowed | SAID_BY_HTTP, (
            f"{response.error or 'a refusal'} came with status {response.status} to {response.exchange}"
        )


@EACH_REFUSAL
@requirement("endpoint-no-server-error")
def test_no_request_makes_the_server_fail(evidence: Evidence) -> None:
    """No request that this run sent makes the token endpoint fail with 5xx."""
    for response in answered(evidence):
        assert not response.failed, f"status {response.exchange.status} to {response.exchange}"


@EACH_REFUSAL
@requirement("endpoint-no-redirect")
def test_no_request_is_redirected(evidence: Evidence) -> None:
    """No request that this run sent is redirected by the token endpoint, as to a page for logging in."""
    for response in answered(evidence):
        status = response.exchange.status
        assert status not in range(300, 400), f"the token endpoint redirected: {status} to {response.exchange}"


@EACH_REFUSAL
@requirement("rfc6749-5.2-json-error")
def test_refusal_is_a_json_object_with_error(evidence: Evidence) -> None:
    """A refusal is a JSON object that holds error, a string."""
    for response in evidence.refusals:
        value = response.members.get("error")
        shown = f"error is {value!r}" if response.members else f"no JSON object: {response.exchange.text[:60]!r}"
        assert isinstance(value, str), f"the answer to {response.exchange} has no error code: {shown}"


@EACH_REFUSAL
@requirement("rfc6749-5.2-content-type")
def test_refusal_says_that_it_is_json(evidence: Evidence) -> None:
    """The media type of a refusal is application/json."""
    for response in refusals_with_body(evidence):
        kind = response.exchange.media_type
        assert kind == "application/json", f"the media type of the refusal of {response.exchange} is {kind}"


@EACH_REFUSAL
@requirement("rfc6749-5.2-registered-code")
def test_error_code_is_registered(evidence: Evidence) -> None:
    """The error code of a refusal is a registered one, meant for the token endpoint."""
    for response in said_by_purpose(refusals_with_body(evidence)):
        if response.error is not None:
            asked = dict(response.exchange.request.form).get("grant_type")
            known = response.error in (REGISTERED if asked in POLLING_GRANTS else REGISTERED - OF_OTHER_PLACES)
            assert known, f"error is {response.error!r} in the answer to {response.exchange}"


@EACH_REFUSAL
@requirement("rfc6749-5.2-error-charset")
def test_error_keeps_to_its_characters(evidence: Evidence) -> None:
    """The error code holds no other characters than RFC 6749 §5.2 allows."""
    for response in refusals_with_body(evidence):
        error = response.members.get("error")
        if isinstance(error, str):
            assert CHARACTERS.fullmatch(error), f"error is {error!r} in the answer to {response.exchange}"


@EACH_REFUSAL
@requirement("rfc6749-5.2-description-charset")
def test_description_keeps_to_its_characters(evidence: Evidence) -> None:
    """error_description holds visible ASCII and blanks, without quote and backslash."""
    for response in refusals_with_body(evidence):
        value = response.members.get("error_description", "")
        good = isinstance(value, str) and CHARACTERS.fullmatch(value)
        assert good, f"error_description is {value!r} in the answer to {response.exchange}"


@EACH_REFUSAL
@requirement("rfc6749-5.2-error-uri")
def test_error_uri_keeps_to_its_characters(evidence: Evidence) -> None:
    """error_uri holds the characters of an address."""
    for response in refusals_with_body(evidence):
        value = response.members.get("error_uri", "")
        good = isinstance(value, str) and ADDRESS_CHARACTERS.fullmatch(value)
        assert good, f"error_uri is {value!r} in the answer to {response.exchange}"


@EACH_REFUSAL
@requirement("errors-no-token")
def test_refusal_holds_no_token(evidence: Evidence) -> None:
    """A refusal hands over no token."""
    for response in evidence.refusals:
        if "error" in response.members:
            held = {"access_token", "refresh_token", "id_token"} & response.members.keys()
            assert not held, f"a refusal holds {', '.join(sorted(held))} in the answer to {response.exchange}"


def secrets_of(request: Request) -> list[tuple[str, str]]:
    """What a request holds that nobody else may see; a value that is short enough to be a word is left out."""
    secret_names = {"client_secret", "password", "code", "refresh_token", "code_verifier"}
    sent = [(name, value) for name, value in request.form if name in secret_names]
    encoded = (header(request.headers, "authorization") or "").partition(" ")[2]
    sent += [("Authorization", encoded), ("client_secret", secret_in_basic(encoded))]
    return [(name, value) for name, value in sent if len(value) >= 8]


def secret_in_basic(encoded: str) -> str:
    """The client's secret in HTTP Basic; empty where the credentials are broken."""
    try:
        return unquote_plus(b64decode(encoded).decode().partition(":")[2])
    except ValueError:
        return ""


def repeated(exchange: Exchange) -> str | None:
    """The name of a secret that the answer repeats, as it is or encoded; what is masked in a recording is none."""
    if "request" in exchange.undocumented:
        return None
    values = [exchange.text, *map(str, exchange.members.values()), *(value for _, value in exchange.response.headers)]
    answer = " ".join(values)
    return next(
        (
            name
            for name, value in secrets_of(exchange.request)
            if value in answer or quote(value, safe="", errors="surrogatepass") in answer
        ),
        None,
    )


@EACH_REFUSAL
@requirement("errors-no-reflection")
def test_refusal_repeats_no_secret(evidence: Evidence) -> None:
    """A refusal repeats no secret, token or code of the request."""
    for response in evidence.refusals:
        name = repeated(response.exchange)
        assert name is None, f"the answer to {response.exchange} repeats the value of {name}"


@EACH_REFUSAL
@requirement("errors-no-stack-trace")
def test_refusal_shows_no_internals(evidence: Evidence) -> None:
    """No answer shows a stack trace, a path of the server or a statement of its database."""
    for response in answered(evidence):
        text = response.exchange.text.replace("\\n", "\n").replace('\\"', '"')
        # Tokens are random, and may read like anything.
        for token in filter(None, (response.access_token, response.refresh_token, response.id_token)):
            text = text.replace(token, "")
        found = INTERNALS.search(text)
        assert found is None, f"the answer to {response.exchange} shows {found[0][:60] if found else ''!r}"


@EACH_REFUSAL
@requirement("errors-cache-control")
def test_refusal_is_not_stored(evidence: Evidence) -> None:
    """A refusal carries Cache-Control: no-store."""
    for response in said_by_purpose(evidence.refusals):
        value = response.exchange.header("cache-control")
        assert "no-store" in (value or "").lower(), f"Cache-Control is {value!r} in the answer to {response.exchange}"


@EACH_REFUSAL
@requirement("rfc9110-401-challenge")
def test_401_names_a_challenge(evidence: Evidence) -> None:
    """A 401 of the token endpoint carries WWW-Authenticate."""
    unauthorized = [response for response in evidence.token_responses if response.exchange.response.status == 401]
    if not unauthorized:
        raise NotApplicable("no answer of this run had the status 401")
    for response in unauthorized:
        assert response.exchange.header("www-authenticate"), f"401 without WWW-Authenticate to {response.exchange}"
