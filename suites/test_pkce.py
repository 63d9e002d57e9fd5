"""Proof Key for Code Exchange (RFC 7636)."""

from dataclasses import dataclass

from token_conformance import NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.judging.refusal import decision
from token_conformance.provider import Authorization, Login, Provider
from token_conformance.provider.attempt import Attempt, attempted
from token_conformance.provider.authorizing import code_challenge
from token_conformance.running.record import Record
from token_conformance.verdict import Inconclusive


@dataclass(frozen=True)
class Verifiers:
    """The right verifier, and wrong ones, each with a code of its own."""

    control: TokenResponse
    lengthened: TokenResponse
    folded: TokenResponse
    missing: TokenResponse
    empty: TokenResponse
    challenge: TokenResponse
    too_short: TokenResponse

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        wrong = {
            "a code_verifier with a character more": self.lengthened,
            "a code_verifier behind the challenge in other letters": self.folded,
        }
        missing = {"a code without code_verifier": self.missing, "an empty code_verifier": self.empty}
        either = ("invalid_grant", "invalid_request")
        return (
            *mistaken(self.control, wrong, "invalid_grant", refused_by="rfc7636-4.6-verifier"),
            *mistaken(self.control, missing, *either, refused_by="rfc9700-2.1.1-verifier-required"),
            *mistaken(
                self.control,
                {"the challenge as code_verifier": self.challenge},
                *either,
                refused_by="rfc7636-4.6-method-kept",
            ),
            *mistaken(
                self.control,
                {"a part of the code_verifier": self.too_short},
                *either,
                refused_by="rfc7636-4.1-malformed-verifier",
            ),
        )


@scenario(needs="authorization_code unattended_login pkce", reach="session", long=True)
async def verifiers(provider: Provider) -> Verifiers:
    """Exchange codes with the right verifier, a longer one, one in other letters, none, an empty one, the challenge, and a part."""

    async def attempt(authorization: Authorization, code_verifier: str | None) -> TokenResponse:
        return await provider.exchange_code(authorization, changes={"code_verifier": code_verifier})

    lengthened, confused, shortened = [await provider.authorize(refreshable=False) for _ in range(3)]
    grant = provider.profile.grants.authorization_code
    method = (grant.code_challenge_method if grant else None) or "S256"
    challenge = code_challenge(confused.code_verifier or "", method)
    return Verifiers(
        control=await provider.exchange_code(await provider.authorize(refreshable=False)),
        # Of a length that is allowed: a server that cuts verifiers accepts it.
        lengthened=await attempt(lengthened, f"{lengthened.code_verifier}a"),
        folded=await folded(provider, method),
        missing=await attempt(await provider.authorize(refreshable=False), None),
        empty=await attempt(await provider.authorize(refreshable=False), ""),
        challenge=await attempt(confused, challenge if method == "S256" else f"{challenge}x"),
        too_short=await attempt(shortened, (shortened.code_verifier or "")[:42]),
    )


async def folded(provider: Provider, method: str) -> TokenResponse:
    """Exchange a code with a verifier whose challenge differs from that of the code in small letters and capitals alone."""
    verifier = provider.draw("code_verifier")
    challenge = code_challenge(verifier, method)
    # The last character stays: with another one the challenge would not be the encoding of any hash.
    changed = {"code_challenge": challenge[:-1].swapcase() + challenge[-1]}
    return await provider.exchange_code(
        await provider.authorize(refreshable=False, parameters=changed), changes={"code_verifier": verifier}
    )


@requirement("rfc7636-4.6-right-verifier")
def test_right_verifier_is_accepted(login: Login) -> None:
    """A code that was issued with a challenge is accepted with its verifier."""
    if login.authorization is None or login.authorization.code_verifier is None:
        raise NotApplicable("the profile does not ask for PKCE")
    if login.authorization.code is None:
        raise Inconclusive("the authorization endpoint gave no code")
    assert decision(login.response).accepted, f"the right code_verifier was answered by {login.response}"


@requirement("rfc7636-4.6-verifier", formerly=("suites/test_pkce.py::test_other_verifier_is_invalid_grant",))
def test_other_verifier_is_refused(verifiers: Verifiers) -> None:
    """A code yields nothing with another verifier than the one behind its challenge: one with a character more."""
    answer = refusal(verifiers.lengthened, control=verifiers.control)
    assert not answer.handed_over, "a code was exchanged with another code_verifier"


@requirement("rfc7636-4.6-verifier")
def test_case_of_a_challenge_matters(verifiers: Verifiers) -> None:
    """A code yields nothing with a verifier behind its challenge in other letters."""
    answer = refusal(verifiers.folded, control=verifiers.control)
    assert not answer.handed_over, "a code was exchanged with a code_verifier behind its challenge in other letters"


@requirement("rfc9700-2.1.1-verifier-required")
def test_missing_verifier_is_refused(verifiers: Verifiers) -> None:
    """A code that was issued with a challenge yields nothing without verifier, or with an empty one."""
    for how, attempt in (("without code_verifier", verifiers.missing), ("with an empty one", verifiers.empty)):
        answer = refusal(attempt, control=verifiers.control)
        assert not answer.handed_over, f"a code that was issued with a challenge was exchanged {how}"


@requirement("rfc7636-4.6-method-kept")
def test_challenge_is_no_verifier(verifiers: Verifiers) -> None:
    """The challenge itself, which everybody can see, yields nothing as verifier."""
    answer = refusal(verifiers.challenge, control=verifiers.control)
    assert not answer.handed_over, "a code was exchanged with its challenge as code_verifier"


@requirement("rfc7636-4.1-malformed-verifier")
def test_malformed_verifier_is_refused(verifiers: Verifiers) -> None:
    """A part of the verifier, too short to be one, yields nothing."""
    answer = refusal(verifiers.too_short, control=verifiers.control)
    assert not answer.handed_over, "a code was exchanged with a part of its code_verifier"


@dataclass(frozen=True)
class Downgrade:
    """A request without a challenge, and its code exchanged without a verifier, and another one with one."""

    unchallenged: Attempt
    control: TokenResponse | None
    attempt: TokenResponse | None


@scenario(needs="authorization_code unattended_login pkce", reach="session")
async def downgrade(provider: Provider) -> Downgrade:
    """Ask for codes without a challenge, and exchange one without a verifier and one with a made-up verifier."""
    unchallenged = await attempted(provider, pkce=False)
    if unchallenged.answer is None or unchallenged.code is None:
        return Downgrade(unchallenged, None, None)
    control = await provider.exchange_code(unchallenged.answer)
    changes = {"code_verifier": provider.draw("code_verifier")}
    another = await provider.authorize(pkce=False, refreshable=False)
    return Downgrade(unchallenged, control, await provider.exchange_code(another, changes=changes))


@requirement("rfc9700-2.1.1-pkce-downgrade")
def test_verifier_without_challenge_is_refused(downgrade: Downgrade, conformance_run: Record) -> None:
    """A verifier for a code that was issued without a challenge is refused."""
    if downgrade.control is None or downgrade.attempt is None:
        raise NotApplicable(f"the provider issues no code without a challenge: {downgrade.unchallenged}")
    if not downgrade.control.accepted:
        raise NotApplicable(f"the provider exchanges no code without a challenge: {downgrade.control}")
    if not conformance_run.profile.claims & {"bcp", "oauth2.1", "fapi2"}:
        seen = "accepted" if downgrade.attempt.handed_over else f"answered by {downgrade.attempt}"
        raise NotApplicable(f"measured, not judged: a verifier without a challenge is {seen}")
    answer = refusal(downgrade.attempt, control=downgrade.control)
    assert not answer.handed_over, "a code_verifier was accepted for a code that was issued without a challenge"


TELLING_NOTHING = {"access_denied", "server_error", "temporarily_unavailable"}
"""Errors of the authorization endpoint that have other reasons than what a request lacks (RFC 6749 §4.1.2.1)."""


def challenge_demanded(downgrade: Downgrade, login: Login) -> bool:
    """Whether the authorization endpoint refuses a request for its lack of a challenge.

    Raises:
        Inconclusive: it refuses one with a challenge too, or may have refused for another reason.

    """
    if login.authorization is None or login.authorization.code is None:
        raise Inconclusive("an authorization request with a challenge yields no code either")
    attempt = downgrade.unchallenged
    if attempt.refused and attempt.error in TELLING_NOTHING:
        raise Inconclusive(f"an authorization request without a challenge was answered by {attempt}")
    return attempt.refused


@requirement("oauth2.1-4.1.2.1-public-client-challenge")
def test_public_client_needs_a_challenge(downgrade: Downgrade, login: Login, conformance_run: Record) -> None:
    """Under OAuth 2.1 an authorization request of a public client without a challenge is refused."""
    if "oauth2.1" not in conformance_run.profile.claims or not conformance_run.profile.user_client.public:
        raise NotApplicable("the profile does not claim OAuth 2.1, or its client is confidential")
    assert challenge_demanded(downgrade, login), "a public client got a code without a challenge"


@requirement("rfc8252-8.1-native-app-challenge")
def test_native_app_needs_a_challenge(downgrade: Downgrade, login: Login, conformance_run: Record) -> None:
    """An authorization request of a native app without a challenge is refused."""
    if not conformance_run.profile.user_client.native:
        raise NotApplicable(
            "the profile's client is no native app: it is confidential, or its redirect_uri is of the web"
        )
    assert challenge_demanded(downgrade, login), "a native app got a code without a challenge"


@requirement("fapi2-5.3.2.2-pkce")
def test_fapi_code_needs_a_challenge(downgrade: Downgrade, login: Login, conformance_run: Record) -> None:
    """Under FAPI 2.0 an authorization request without a challenge yields no code."""
    if "fapi2" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim FAPI 2.0")
    assert challenge_demanded(downgrade, login), "an authorization request without a challenge got a code"


@requirement("rfc7636-4.4.1-challenge-required")
def test_lack_of_a_challenge_is_called_invalid_request(downgrade: Downgrade, login: Login) -> None:
    """Where a challenge is demanded, a request without one is refused as invalid_request."""
    if not challenge_demanded(downgrade, login):
        raise NotApplicable("the provider demands no challenge")
    attempt = downgrade.unchallenged
    assert attempt.error == "invalid_request", f"a request without a challenge was answered by {attempt}"


@dataclass(frozen=True)
class UnaskedChallenge:
    """Codes asked for with a challenge by a profile that does not, and exchanged with the right and a wrong verifier."""

    right: TokenResponse
    wrong: TokenResponse


@scenario(needs="authorization_code unattended_login bcp no_pkce", reach="session")
async def unasked_challenge(provider: Provider) -> UnaskedChallenge:
    """Ask for two codes with a challenge, and exchange one with the right verifier and one with another."""

    async def exchanged(*, right: bool) -> TokenResponse:
        verifier = provider.draw("code_verifier")
        challenge = {"code_challenge": code_challenge(verifier, "S256"), "code_challenge_method": "S256"}
        authorization = await provider.authorize(refreshable=False, parameters=challenge)
        sent = verifier if right else provider.draw("code_verifier")
        return await provider.exchange_code(authorization, changes={"code_verifier": sent})

    return UnaskedChallenge(await exchanged(right=True), await exchanged(right=False))


@requirement("rfc9700-2.1.1-pkce-supported")
def test_pkce_is_supported(unasked_challenge: UnaskedChallenge) -> None:
    """A challenge is heeded, even if the profile does not ask for PKCE."""
    answer = refusal(unasked_challenge.wrong, control=unasked_challenge.right)
    assert not answer.handed_over, (
        "another code_verifier than that of the challenge was accepted: the challenge is ignored"
    )
