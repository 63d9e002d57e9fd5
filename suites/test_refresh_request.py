"""How a refresh may be written, and what is no refresh token (RFC 6749 §3.2 and §6)."""

from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.provider import Provider


@dataclass(frozen=True)
class SpelledRefreshes:
    """Refreshes that mean the same as the control, one with its refresh token twice, and two with other tokens."""

    control: TokenResponse
    other_order: TokenResponse
    empty_scope: TokenResponse
    repeated: TokenResponse
    by_access_token: TokenResponse
    by_id_token: TokenResponse | None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        twice = {"a repeated refresh_token": self.repeated}
        return mistaken(
            self.control, twice, "invalid_request", clause="rfc6749-3.2-duplicate", refused_by="rfc6749-3.2-duplicate"
        )


@scenario(needs="login refresh")
async def spelled_refreshes(provider: Provider) -> SpelledRefreshes:
    """Refresh, in another order, with an empty scope, with the token twice, and with an access and an ID token for it."""
    login = await provider.session()
    control = await provider.refresh(login.refresh_token, client=login.client)
    newest = control.refresh_token or login.refresh_token or ""
    grant, token = ("grant_type", "refresh_token"), ("refresh_token", newest)
    order = await provider.token([token, grant], client=login.client)
    token = ("refresh_token", order.refresh_token or newest)
    empty = await provider.token([grant, token, ("scope", "")], client=login.client)
    token = ("refresh_token", empty.refresh_token or token[1])
    repeated = await provider.token([grant, token, token], client=login.client)
    bearer = empty.access_token or control.access_token
    identity = empty.id_token or order.id_token or control.id_token or login.id_token
    return SpelledRefreshes(
        control=control,
        other_order=order,
        empty_scope=empty,
        repeated=repeated,
        by_access_token=await provider.refresh(bearer, client=login.client),
        by_id_token=await provider.refresh(identity, client=login.client) if identity is not None else None,
    )


@requirement("rfc6749-3.2-order-free")
def test_parameters_of_a_refresh_come_in_any_order(spelled_refreshes: SpelledRefreshes) -> None:
    """A refresh is accepted with grant_type behind refresh_token."""
    assert refusal(spelled_refreshes.other_order, control=spelled_refreshes.control).accepted


@requirement("rfc6749-3.2-empty-omitted")
def test_empty_scope_of_a_refresh_counts_as_omitted(spelled_refreshes: SpelledRefreshes) -> None:
    """A refresh with an empty scope is accepted as one without it."""
    assert refusal(spelled_refreshes.empty_scope, control=spelled_refreshes.control).accepted


@requirement("rfc6749-3.2-empty-omitted")
def test_empty_scope_of_a_refresh_asks_for_no_less(spelled_refreshes: SpelledRefreshes) -> None:
    """A refresh with an empty scope yields the scope that one without it yields."""
    control, empty = spelled_refreshes.control, spelled_refreshes.empty_scope
    if control.scope is None:
        raise NotApplicable("the answer to a refresh tells no scope")
    if not refusal(empty, control=control).accepted:
        raise Inconclusive("a refresh with an empty scope was refused", stopped_by="rfc6749-3.2-empty-omitted")
    told = "none" if empty.scope is None else " ".join(sorted(empty.scope))
    assert empty.scope == control.scope, f"a refresh with an empty scope yields another scope: {told}"


@requirement(
    "rfc6749-3.2-duplicate",
    formerly=("suites/test_refresh_request.py::test_repeated_refresh_token_is_invalid_request",),
)
def test_repeated_refresh_token_is_refused(spelled_refreshes: SpelledRefreshes) -> None:
    """A refresh that names its refresh token twice yields nothing."""
    answer = refusal(spelled_refreshes.repeated, control=spelled_refreshes.control)
    assert not answer.handed_over, "a refresh that named its refresh token twice was accepted"


@requirement("rfc6749-6-other-token-refused")
def test_access_token_does_not_refresh(spelled_refreshes: SpelledRefreshes) -> None:
    """An access token in place of the refresh token yields nothing."""
    answer = refusal(spelled_refreshes.by_access_token, control=spelled_refreshes.control)
    assert not answer.handed_over, "an access token was accepted in place of a refresh token"


@requirement("rfc6749-6-other-token-refused")
def test_id_token_does_not_refresh(spelled_refreshes: SpelledRefreshes) -> None:
    """An ID token in place of the refresh token yields nothing."""
    if spelled_refreshes.by_id_token is None:
        raise NotApplicable("the login yields no ID token")
    answer = refusal(spelled_refreshes.by_id_token, control=spelled_refreshes.control)
    assert not answer.handed_over, "an ID token was accepted in place of a refresh token"
