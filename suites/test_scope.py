"""Scope that was asked for and scope that was granted (RFC 6749 §3.3)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.access_token import scope_of
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.profile.client import Client
from token_conformance.provider import Authorization, Login, Provider
from token_conformance.provider.attempt import attempted
from token_conformance.running.record import Record
from token_conformance.verdict import NotJudged

FOREIGN = "urn:example:a-scope-that-nobody-registered"


@dataclass(frozen=True)
class ForeignScope:
    """The scope of the profile, a request for it, and requests for more, for none, and for the same in another spelling."""

    scope: str | None
    control: TokenResponse
    attempt: TokenResponse
    granted: frozenset[str] | None
    unnamed: TokenResponse
    unnamed_granted: frozenset[str] | None
    reordered: TokenResponse | None
    folded: TokenResponse | None
    folded_granted: frozenset[str] | None
    alone: TokenResponse
    alone_granted: frozenset[str] | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called, where they are refused."""
        foreign, none = {"a scope that nobody registered": self.attempt}, {"a request without scope": self.unnamed}
        clause = "rfc6749-3.3-default-scope"
        return (
            *mistaken(self.control, foreign, "invalid_scope", refused_by="rfc6749-3.3-invalid-scope"),
            *mistaken(self.control, none, "invalid_scope", clause=clause, refused_by=clause),
        )


@scenario(needs="client_credentials")
async def foreign_scope(provider: Provider) -> ForeignScope:
    """Ask for a foreign scope beside the usual one and alone, for none, and for the usual one in other spellings."""
    grant = provider.profile.grants.client_credentials
    scope = grant.scope if grant else None
    control = await provider.client_credentials()
    attempt = await provider.client_credentials(scope=f"{scope} {FOREIGN}" if scope else FOREIGN)
    granted = await granted_scope(provider, attempt, provider.service_client)
    unnamed = await provider.token({"grant_type": "client_credentials"}, client=provider.service_client)
    values = (scope or "").split()
    capital = values[0].swapcase() if values else ""
    service = provider.service_client
    folded = await provider.client_credentials(scope=capital) if values and capital != values[0] else None
    alone = await provider.client_credentials(scope=FOREIGN)
    return ForeignScope(
        scope=scope,
        control=control,
        attempt=attempt,
        granted=granted,
        unnamed=unnamed,
        unnamed_granted=await granted_scope(provider, unnamed, provider.service_client),
        reordered=await provider.client_credentials(scope=" ".join(values[::-1])) if len(values) > 1 else None,
        folded=folded,
        folded_granted=await granted_scope(provider, folded, service) if folded is not None else None,
        alone=alone,
        alone_granted=await granted_scope(provider, alone, service),
    )


async def granted_scope(provider: Provider, answer: TokenResponse, client: Client) -> frozenset[str] | None:
    """The scope of an access token by its answer, by itself or by introspection; None where nobody tells."""
    told = answer.scope or scope_of(answer.access_token)
    if told is not None or not answer.accepted:
        return told
    try:
        exchange = await provider.introspect(answer.access_token, client=client)
    except NotJudged:
        return None
    return TokenResponse(exchange).scope if exchange.answer is not None else None


@requirement("rfc6749-3.3-invalid-scope")
def test_foreign_scope_is_not_granted(foreign_scope: ForeignScope) -> None:
    """A scope that nobody registered is refused, or left out of what is granted."""
    answer = refusal(foreign_scope.attempt, control=foreign_scope.control)
    if answer.handed_over:
        granted = foreign_scope.granted or frozenset()
        assert FOREIGN not in granted, f"the foreign scope was granted: {' '.join(sorted(granted))}"


@requirement("rfc6749-5.1-scope-told")
def test_narrower_scope_than_asked_is_told(foreign_scope: ForeignScope) -> None:
    """Where less is granted than was asked for, the answer tells the scope."""
    answer = refusal(foreign_scope.attempt, control=foreign_scope.control)
    if not answer.accepted:
        raise NotApplicable("the foreign scope was refused, so that there is nothing to tell")
    if foreign_scope.granted is not None and FOREIGN in foreign_scope.granted:
        raise NotApplicable(
            "all that was asked for was granted, the foreign scope too, so that there is nothing to tell"
        )
    assert "scope" in answer.members, "a foreign scope was asked for and tokens came without scope"


@requirement("rfc6749-5.1-scope-told")
def test_other_scope_than_asked_is_told(foreign_scope: ForeignScope) -> None:
    """Where a foreign scope alone, or the usual one in other letters, is granted as something else, the answer tells it."""
    asked = {FOREIGN: (foreign_scope.alone, foreign_scope.alone_granted)}
    if foreign_scope.folded is not None:
        folded = dict(foreign_scope.folded.exchange.request.form).get("scope", "")
        asked[folded] = (foreign_scope.folded, foreign_scope.folded_granted)
    answers = {scope: refusal(answer, control=foreign_scope.control) for scope, (answer, _) in asked.items()}
    if not any(answer.accepted for answer in answers.values()):
        raise NotApplicable("these scopes were refused, so that there is nothing to tell")
    for scope, (answer, granted) in asked.items():
        other = granted is not None and granted != frozenset(scope.split())
        silent = answer.accepted and "scope" not in answer.members
        assert not (silent and other), (
            f"{scope} was asked for, {' '.join(sorted(granted or ())) or 'no scope'} granted, and the answer has no scope"
        )


@requirement("rfc6749-5.1-scope-told")
def test_scope_of_a_request_without_scope_is_told(foreign_scope: ForeignScope) -> None:
    """Where no scope was asked for and one was granted, the answer tells it."""
    answer = refusal(foreign_scope.unnamed, control=foreign_scope.control)
    if not answer.accepted:
        raise NotApplicable("a request without scope is refused, which RFC 6749 §3.3 allows")
    if "scope" in answer.members:
        return
    granted = foreign_scope.unnamed_granted
    if not granted:
        raise NotApplicable("no scope is seen to be granted to a request without scope")
    raise AssertionError(f"no scope was asked for, {' '.join(sorted(granted))} granted, and the answer has no scope")


@requirement("rfc6749-3.3-scope-order")
def test_order_of_scope_means_nothing(foreign_scope: ForeignScope) -> None:
    """The same scope in another order is granted likewise."""
    if foreign_scope.reordered is None:
        raise NotApplicable("the profile's scope has one value, or none")
    answer, usual = refusal(foreign_scope.reordered, control=foreign_scope.control), foreign_scope.control.scope
    assert answer.accepted, f"the usual scope in another order was answered by {answer}"
    if answer.scope is not None and usual is not None:
        assert answer.scope == usual, "the usual scope in another order was granted in part"


@requirement("rfc6749-3.3-scope-order")
def test_case_of_scope_matters(foreign_scope: ForeignScope) -> None:
    """A scope in other letters is another scope: it is refused, or nothing of the usual one is granted for it."""
    if foreign_scope.folded is None:
        raise NotApplicable("the profile's scope has no letters, or is not there")
    answer = refusal(foreign_scope.folded, control=foreign_scope.control)
    if not answer.handed_over:
        return
    granted = foreign_scope.folded_granted
    if granted is None:
        raise Inconclusive("what scope was granted cannot be seen")
    usual = frozenset((foreign_scope.scope or "").split())
    if granted == foreign_scope.unnamed_granted:
        raise NotApplicable("what is not known is left out, and the default scope granted")
    assert not granted & usual, f"{' '.join(sorted(granted))} was granted for the same in other letters"


@requirement("oauth2.1-3.2.3-scope")
def test_scope_is_always_told(login: Login, conformance_run: Record) -> None:
    """Under OAuth 2.1 the answer names the scope even where it is what was asked for."""
    if "oauth2.1" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim OAuth 2.1")
    if not login.response.accepted:
        raise Inconclusive(f"the login yields no access token: {login.response}")
    assert "scope" in login.response.members, "the answer has no scope"


@dataclass(frozen=True)
class ForeignUserScope:
    """A login for the usual scope, and one for a foreign scope beside it: its answer, or the error of its refusal."""

    control: TokenResponse
    refused: Authorization | None
    answer: TokenResponse | None
    granted: frozenset[str] | None


@scenario(needs="authorization_code unattended_login")
async def foreign_user_scope(provider: Provider) -> ForeignUserScope:
    """Send the user to grant the usual scope, and a foreign scope beside it, and exchange the codes, where there are some."""
    grant = provider.profile.grants.authorization_code
    scope = f"{(grant.scope if grant else None) or ''} {FOREIGN}".strip()
    control = await provider.exchange_code(await provider.authorize(refreshable=False))
    attempt = await attempted(provider, scope=scope)
    authorization = attempt.answer
    if authorization is None and attempt.last is None:
        raise Inconclusive(attempt.why)
    if authorization is None:
        return ForeignUserScope(control, None, None, None)
    if authorization.code is None:
        return ForeignUserScope(control, authorization, None, None)
    answer = await provider.exchange_code(authorization)
    return ForeignUserScope(control, None, answer, await granted_scope(provider, answer, authorization.client))


@requirement("rfc6749-3.3-invalid-scope")
def test_user_grants_no_foreign_scope(foreign_user_scope: ForeignUserScope) -> None:
    """A scope that nobody registered is refused, or left out of what the user grants."""
    if foreign_user_scope.answer is None:
        raise NotApplicable("the authorization endpoint refuses the foreign scope, so that nothing can be granted")
    answer = refusal(foreign_user_scope.answer, control=foreign_user_scope.control)
    granted = foreign_user_scope.granted or frozenset()
    assert FOREIGN not in granted or not answer.handed_over, "the foreign scope was granted"


@requirement("rfc6749-5.2-invalid-scope")
def test_scope_refused_to_a_user_is_called_invalid(foreign_user_scope: ForeignUserScope) -> None:
    """An authorization request that is refused for its scope is refused as invalid_scope."""
    refused = foreign_user_scope.refused
    if refused is None:
        raise NotApplicable("the foreign scope was not refused, or by a page that tells the client nothing")
    refused.exchange.response  # noqa: B018 - the answer is this check's evidence
    assert refused.error == "invalid_scope", f"the error is {refused.error}"


@requirement("rfc6749-5.1-scope-told")
def test_narrower_scope_than_the_user_was_asked_is_told(foreign_user_scope: ForeignUserScope) -> None:
    """Where a login grants less than it asked for, the answer tells the scope."""
    if foreign_user_scope.answer is None:
        raise NotApplicable("the foreign scope was refused, so that there is nothing to tell")
    answer = refusal(foreign_user_scope.answer, control=foreign_user_scope.control)
    if not answer.accepted:
        raise NotApplicable("the foreign scope was refused, so that there is nothing to tell")
    if foreign_user_scope.granted is not None and FOREIGN in foreign_user_scope.granted:
        raise NotApplicable("all that was asked for was granted, the foreign scope too")
    assert "scope" in answer.members, "a foreign scope was asked for and tokens came without scope"
