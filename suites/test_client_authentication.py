"""How clients prove who they are (RFC 6749 §2.3 and §3.2.1)."""

import re
from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, refusal, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.judging.mistakes import Mistake, mistaken
from token_conformance.profile.client import Client
from token_conformance.provider import Carrier, Login, Provider, Resending, carrier, carrier_of
from token_conformance.provider.carrier import carrier_by_plain_basic
from token_conformance.provider.client_authentication import Credentials, in_small_letters, post, with_secret
from token_conformance.provider.ways_in import Way, altered_by_encoding
from token_conformance.running.record import Record

CHALLENGE_TO_BASIC = re.compile(r"(^|,)\s*Basic(\s|,|$)", re.IGNORECASE)


@dataclass(frozen=True)
class WrongCredentials:
    """A request that is accepted, and the same with credentials that are wrong in one way each."""

    carrier: Carrier
    other_secret: TokenResponse
    shortened_secret: TokenResponse
    lengthened_secret: TokenResponse
    folded_secret: TokenResponse | None
    empty_secret: TokenResponse
    empty_by_other_method: TokenResponse
    foreign_secret: TokenResponse | None
    unknown_client: TokenResponse
    right_by_other_method: TokenResponse
    wrong_by_other_method: TokenResponse
    again: TokenResponse

    @property
    def wrong_by_basic(self) -> TokenResponse | None:
        """The answer to a wrong secret in HTTP Basic; None where the client gets in by the form alone, against its registration."""
        both = (self.other_secret, self.wrong_by_other_method)
        return next((answer for answer in both if answer.exchange.request.by_basic), None)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What the requests should be called."""
        control, refused_by = self.carrier.control, "rfc6749-3.2.1-wrong-secret"
        wrong = {what: answer for what, answer in self.secret_attempts.items() if answer is not self.empty_secret}
        empty, unknown = {"an empty secret": self.empty_secret}, {"an unknown client": self.unknown_client}
        return (
            *mistaken(control, wrong, "invalid_client", refused_by=refused_by, afterwards=self.again),
            *mistaken(
                control, empty, "invalid_client", "invalid_request", refused_by=refused_by, afterwards=self.again
            ),
            *mistaken(
                control,
                unknown,
                "invalid_client",
                refused_by="rfc6749-3.2.1-unknown-client",
                afterwards=self.again,
            ),
        )

    def refusal(self, attempt: TokenResponse) -> TokenResponse:
        """The answer to one of the attempts beside that to the good request, before all of them and after."""
        return refusal(attempt, control=self.carrier.control, afterwards=self.again)

    @property
    def secret_attempts(self) -> dict[str, TokenResponse]:
        """What was sent instead of the secret, and the answers."""
        attempts = {
            "another secret": self.other_secret,
            "a shortened secret": self.shortened_secret,
            "a lengthened secret": self.lengthened_secret,
            "the secret in other letters": self.folded_secret,
            "an empty secret": self.empty_secret,
            "the secret of another client": self.foreign_secret,
        }
        return {sent: answer for sent, answer in attempts.items() if answer is not None}


@scenario(needs="client_secret")
async def wrong_credentials(provider: Provider) -> WrongCredentials:
    """Send a good request, then with wrong secrets and as a client that nobody knows."""
    good = await carrier(provider)
    repetition, client, secret = Resending(provider, good), good.client, good.client.client_secret or ""
    stranger = next((each for each in provider.profile.clients if each.client_secret not in {None, secret}), None)

    async def sent_by(other: Client) -> TokenResponse:
        return await repetition.sent(client=other)

    async def sent_as(proof: Credentials) -> TokenResponse:
        return await repetition.sent_as(proof)

    folded, way = secret.swapcase(), await provider.ways.way(client)
    other = post if client.authentication == "client_secret_basic" else way.by_basic
    empty, wrong = with_secret(client, ""), with_secret(client, provider.draw("client_secret"))
    unknown = client.model_copy(update={"client_id": f"unknown-{provider.draw('client_id')}"})
    return WrongCredentials(
        carrier=good,
        other_secret=await sent_by(with_secret(client, provider.draw("client_secret"))),
        shortened_secret=await sent_by(with_secret(client, secret[:-1])),
        lengthened_secret=await sent_by(with_secret(client, f"{secret}x")),
        folded_secret=await sent_by(with_secret(client, folded)) if folded != secret else None,
        empty_secret=await sent_by(empty),
        empty_by_other_method=await sent_as(other(empty)),
        foreign_secret=await sent_by(with_secret(client, stranger.client_secret or "")) if stranger else None,
        unknown_client=await sent_as(way.credentials(unknown)),
        right_by_other_method=await sent_as(other(client)),
        wrong_by_other_method=await sent_as(other(wrong)),
        again=await repetition.sent(),
    )


@requirement(
    "rfc6749-3.2.1-wrong-secret",
    formerly=("suites/test_client_authentication.py::test_wrong_secret_is_invalid_client",),
)
def test_wrong_secret_is_refused(wrong_credentials: WrongCredentials) -> None:
    """Another secret than the client's, a part of it, or none, yields nothing."""
    for what, attempt in wrong_credentials.secret_attempts.items():
        assert not wrong_credentials.refusal(attempt).handed_over, f"{what} was accepted"


def by_other_method(wrong_credentials: WrongCredentials, attempt: TokenResponse) -> TokenResponse:
    """The answer to wrong credentials by the method that the client is not registered for, where that lets it in at all."""
    right = wrong_credentials.right_by_other_method
    if not right.accepted and not attempt.handed_over:
        raise NotApplicable(f"the client is let in by its registered method alone: {right}")
    return refusal(attempt, control=right, afterwards=wrong_credentials.again)


@requirement("rfc6749-3.2.1-wrong-secret")
def test_wrong_secret_is_refused_by_either_method(wrong_credentials: WrongCredentials) -> None:
    """A wrong secret yields nothing by the method that the client is not registered for, HTTP Basic or the form."""
    answer = by_other_method(wrong_credentials, wrong_credentials.wrong_by_other_method)
    assert not answer.handed_over, f"a wrong secret was accepted by {answer.exchange}"


@requirement("rfc6749-3.2.1-empty-secret")
def test_empty_secret_does_not_authenticate(wrong_credentials: WrongCredentials) -> None:
    """A client that has a secret gets nothing with an empty one."""
    answer = wrong_credentials.refusal(wrong_credentials.empty_secret)
    assert not answer.handed_over, f"an empty secret was accepted by {answer.exchange}"


@requirement("rfc6749-3.2.1-empty-secret")
def test_empty_secret_does_not_authenticate_by_the_other_method(wrong_credentials: WrongCredentials) -> None:
    """A client that has a secret gets nothing with an empty one by the method that it is not registered for."""
    answer = by_other_method(wrong_credentials, wrong_credentials.empty_by_other_method)
    assert not answer.handed_over, f"an empty secret was accepted by {answer.exchange}"


@requirement(
    "rfc6749-3.2.1-unknown-client",
    formerly=("suites/test_client_authentication.py::test_unknown_client_is_invalid_client",),
)
def test_unknown_client_is_refused(wrong_credentials: WrongCredentials) -> None:
    """A client that was never registered gets nothing."""
    answer = wrong_credentials.refusal(wrong_credentials.unknown_client)
    assert not answer.handed_over, "a client that was never registered got a token"


@requirement("rfc6749-5.2-basic-401")
def test_failed_basic_is_challenged_to_basic(wrong_credentials: WrongCredentials) -> None:
    """A wrong secret by HTTP Basic is refused with 401 and a challenge to Basic."""
    wrong = wrong_credentials.wrong_by_basic
    if wrong is None:
        raise Inconclusive("the client gets in by the form alone, and not by HTTP Basic, which another check tells")
    # A client that is registered for the form fails by HTTP Basic whatever its secret: the answer is the same.
    differs = ("client method", "client proof")
    answer = refusal(wrong, control=wrong_credentials.carrier.control, differs=differs)
    if answer.handed_over or answer.status >= 500:
        raise Inconclusive(f"a wrong secret by HTTP Basic is not refused as such, which another check tells: {answer}")
    challenge = answer.exchange.header("www-authenticate") or ""
    seen = f"status {answer.status}, WWW-Authenticate {challenge or 'absent'}"
    assert answer.status == 401, f"a wrong secret by HTTP Basic was answered by {seen}"
    assert CHALLENGE_TO_BASIC.search(challenge), f"a wrong secret by HTTP Basic was answered by {seen}"


@requirement("errors-no-oracle")
def test_unknown_client_and_wrong_secret_look_alike(wrong_credentials: WrongCredentials) -> None:
    """A stranger cannot learn from the answers which clients exist."""
    wrong, unknown = wrong_credentials.other_secret, wrong_credentials.unknown_client
    if any(wrong_credentials.refusal(attempt).handed_over for attempt in (wrong, unknown)):
        raise Inconclusive("one of the two was not refused")
    if max(wrong.status, unknown.status) >= 500:
        raise Inconclusive("the server fails at one of the two, which another check tells")
    same = (wrong.status, wrong.error, wrong.error_description) == (
        unknown.status,
        unknown.error,
        unknown.error_description,
    )
    assert same, f"a wrong secret is answered by {wrong}, an unknown client by {unknown}"


@dataclass(frozen=True)
class Methods:
    """One request by HTTP Basic alone and as the server wants it, in the form, by both, and by the registered one in the end."""

    carrier: Carrier
    by_basic: TokenResponse
    by_basic_as_wanted: TokenResponse
    by_lower_case: TokenResponse
    by_post: TokenResponse
    post_listed: bool
    by_both: TokenResponse
    contradicting: TokenResponse | None
    again: TokenResponse


@scenario(needs="client_secret")
async def authentication_methods(provider: Provider) -> Methods:
    """Authenticate by HTTP Basic, in the form, by both at once, and as two clients at once."""
    good = await carrier(provider)
    repetition, way = Resending(provider, good), await provider.ways.way(good.client)
    wanted, form = way.by_basic(good.client), post(good.client)
    header = Credentials(wanted.headers)
    stranger = next((each for each in provider.profile.clients if each.client_id != good.client.client_id), None)
    named = ("client_id", stranger.client_id) if stranger is not None else None
    by_basic = await repetition.sent_as(header)
    return Methods(
        carrier=good,
        by_basic=by_basic,
        by_basic_as_wanted=await repetition.sent_as(wanted) if way.named else by_basic,
        by_lower_case=await repetition.sent_as(in_small_letters(wanted)),
        by_post=await repetition.sent_as(form),
        post_listed=provider.discovery.lists("token_endpoint_auth_methods_supported", "client_secret_post"),
        by_both=await repetition.sent_as(header, *form.parameters),
        contradicting=await repetition.sent_as(header, named) if named is not None else None,
        again=await repetition.sent(),
    )


@requirement("rfc6749-2.3.1-basic-supported")
def test_basic_is_accepted(authentication_methods: Methods) -> None:
    """A client with a secret is accepted by HTTP Basic alone, where it is registered for that."""
    if authentication_methods.carrier.client.authentication != "client_secret_basic":
        raise NotApplicable("the profile's client is not registered for HTTP Basic")
    answer, control = authentication_methods.by_basic, authentication_methods.carrier.control
    if control.error == answer.error == "invalid_scope":
        raise Inconclusive(f"the client is let in, and its request refused all the same: {answer}")
    beside = ", and accepted with client_id beside it" if authentication_methods.by_basic_as_wanted.accepted else ""
    assert answer.accepted, f"HTTP Basic alone was answered by {answer}{beside}"


@requirement("rfc9110-11.1-scheme-case")
def test_basic_is_known_in_any_case(authentication_methods: Methods) -> None:
    """The token endpoint takes the scheme basic in small letters too."""
    answer = refusal(authentication_methods.by_lower_case, control=authentication_methods.by_basic_as_wanted)
    assert answer.accepted


@dataclass(frozen=True)
class Encoded:
    """A client's request with id and secret form-encoded in HTTP Basic, as the server lets the client in, and another's."""

    client: Client
    way: Way
    attempt: TokenResponse
    control: TokenResponse
    another: TokenResponse | None = None


@scenario()
async def encoded_secrets(provider: Provider) -> tuple[Encoded, ...]:
    """Send requests of each client whose id or secret the form encoding changes, form-encoded and as the server wants it."""
    clients = [each for each in provider.profile.clients if each.authentication == "client_secret_basic"]
    concerned = [client for client in clients if altered_by_encoding(client)]
    if not concerned:
        raise NotApplicable("no client by HTTP Basic has an id or a secret that the encoding changes")
    return tuple([each for client in concerned if (each := await encoded(client, provider)) is not None])


async def encoded(client: Client, provider: Provider) -> Encoded | None:
    """Both requests of one client; None where the profile gives it no grant to try."""
    way = await provider.ways.way(client)
    try:
        good = await carrier_of(client, provider)
    except NotApplicable:
        return None
    if way.decodes:
        return Encoded(client, way, good.control, good.control)
    attempt = await provider.token_as(Way(named=way.named).by_basic(client), good.parameters)
    another = await carrier_by_plain_basic(provider) if way.in_the_form else None
    return Encoded(client, way, attempt, good.control, another.control if another is not None else None)


@requirement("rfc6749-2.3.1-basic-form-encoding")
def test_basic_is_form_decoded(encoded_secrets: tuple[Encoded, ...]) -> None:
    """The id and the secret of HTTP Basic are form-decoded before they are compared, for each client that shows it."""
    if not encoded_secrets:
        raise NotApplicable("the profile gives no grant to a client whose id or secret the encoding changes")
    for each in encoded_secrets:
        if each.way.in_the_form and (each.another is None or not each.another.accepted):
            raise Inconclusive(f'client "{each.client.name}" is not let in by HTTP Basic, however it is written')
        answer = refusal(each.attempt, control=each.control)
        seen = f'client "{each.client.name}" was answered by {answer} with id and secret form-encoded'
        assert answer.accepted, f"{seen}, and is let in as follows: {each.way.peculiar}"


@requirement("oauth2.1-2.4.1-post-supported")
def test_secret_in_the_form_is_accepted(authentication_methods: Methods, conformance_run: Record) -> None:
    """Under OAuth 2.1 a client with a secret is accepted with id and secret in the form."""
    if "oauth2.1" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim OAuth 2.1")
    answer = refusal(authentication_methods.by_post, control=authentication_methods.carrier.control)
    if not answer.accepted and authentication_methods.post_listed:
        raise Inconclusive(
            f"the metadata list client_secret_post, which may be for clients registered for it: {answer}"
        )
    assert answer.accepted


@requirement("fapi2-5.3.2.1-client-authentication")
def test_fapi_clients_do_not_send_secrets(login: Login, conformance_run: Record) -> None:
    """Under FAPI 2.0 no client is let in by a secret that it sends."""
    if "fapi2" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim FAPI 2.0")
    if not login.client.sends_secret:
        raise NotApplicable(f"the profile's client authenticates by {login.client.authentication}")
    assert not login.response.handed_over, f"a client was let in by {login.client.authentication}"


@requirement("fapi2-5.3.2.1-confidential-clients")
def test_fapi_clients_are_confidential(login: Login, conformance_run: Record) -> None:
    """Under FAPI 2.0 a public client gets no tokens."""
    if "fapi2" not in conformance_run.profile.claims:
        raise NotApplicable("the profile does not claim FAPI 2.0")
    if not login.client.public:
        raise NotApplicable("the profile's client is confidential")
    assert not login.response.handed_over, "a public client got tokens"


@requirement("rfc6749-2.3-one-method")
def test_two_methods_at_once_are_refused(authentication_methods: Methods) -> None:
    """A request that authenticates by HTTP Basic and in the form yields nothing."""
    methods = authentication_methods
    control = methods.by_basic if methods.by_basic.accepted else methods.by_post
    answer = refusal(methods.by_both, control=control, afterwards=methods.again)
    assert not answer.handed_over, "a client was let in that authenticated by two methods at once"


@requirement("client-id-mismatch")
def test_contradicting_client_id_is_refused(authentication_methods: Methods) -> None:
    """A client_id in the form that is not the authenticated client's yields nothing."""
    methods = authentication_methods
    if methods.contradicting is None:
        raise NotApplicable("the profile has no second client")
    control = methods.by_basic if methods.by_basic.accepted else methods.by_basic_as_wanted
    answer = refusal(methods.contradicting, control=control, afterwards=methods.again)
    assert not answer.handed_over, "a request was served that names two clients"
