"""What the provider says of itself (RFC 8414, OIDC Discovery), held against what it does."""

from collections.abc import Sequence
from dataclasses import dataclass

from token_conformance import Inconclusive, NotApplicable, requirement, scenario
from token_conformance.evidence.token_response import TokenResponse
from token_conformance.evidence.transcripts import Refreshed
from token_conformance.judging.refusal import decision
from token_conformance.profile.client import Client
from token_conformance.provider import Carrier, Login, Provider, carrier
from token_conformance.provider.addresses import parts_of
from token_conformance.provider.client_authentication import post
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
METHODS_BY_DEFAULT = ["client_secret_basic"]
GRANTS_BY_DEFAULT = ["authorization_code", "implicit"]
REQUIRED_OF_OPENID_PROVIDERS = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
)
"""OIDC Discovery §3."""

REQUIRED_OF_AUTHORIZATION_SERVERS = ("issuer", "token_endpoint", "response_types_supported")
"""RFC 8414 §2."""

OTHER_ENDPOINTS = (
    "authorization_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "device_authorization_endpoint",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
)
"""Endpoints beside the token endpoint that carry credentials."""

ALGORITHMS_OF_ASSERTIONS = tuple(
    f"{endpoint}_endpoint_auth_signing_alg_values_supported" for endpoint in ("token", "revocation", "introspection")
)


def listed(metadata: Exchange, name: str, default: list[str]) -> list[str]:
    """A list of the metadata, or what its absence means (RFC 8414 §2)."""
    value = metadata.members.get(name, default)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def readable(metadata: Exchange) -> None:
    """Judge nothing where the metadata could not be read; the run says why."""
    if metadata.response.status != 200 or not metadata.members:
        raise Inconclusive(f"the metadata cannot be read: status {metadata.response.status}")


@requirement("rfc8414-issuer")
def test_issuer_is_the_one_asked(metadata: Exchange, conformance_run: Record) -> None:
    """The issuer of the metadata is the one that was asked, to the letter, or the other one that the profile documents."""
    readable(metadata)
    server, issuer = conformance_run.profile.server, metadata.members.get("issuer")
    how = "was asked" if server.metadata_issuer is None else "is documented"
    assert issuer == server.named_issuer, f"issuer is {issuer!r}; {server.named_issuer!r} {how}"


@requirement("rfc8414-token-endpoint")
def test_token_endpoint_is_a_safe_address(metadata: Exchange) -> None:
    """token_endpoint is an absolute https address without a fragment (http on loopback alone)."""
    readable(metadata)
    value = metadata.members.get("token_endpoint")
    assert safe(value) and not parts_of(str(value)).fragment, f"token_endpoint is {value!r}"


def safe(address: object) -> bool:
    """Whether it is an absolute https address, or one of http on loopback."""
    parts = parts_of(address if isinstance(address, str) else "")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


@requirement("rfc7009-2-https")
def test_other_endpoints_are_safe_addresses(metadata: Exchange) -> None:
    """Every other endpoint that the metadata names is an absolute https address (http on loopback alone)."""
    readable(metadata)
    named = [name for name in OTHER_ENDPOINTS if name in metadata.members]
    if not named:
        raise NotApplicable("the metadata names no other endpoint")
    for name in named:
        assert safe(metadata.members[name]), f"{name} is {metadata.members[name]!r}"


@requirement("rfc8414-3.2-response")
def test_metadata_says_that_it_is_json(metadata: Exchange) -> None:
    """The metadata comes with status 200 and the media type application/json."""
    readable(metadata)
    assert metadata.media_type == "application/json", f"the metadata has the media type {metadata.media_type!r}"


@requirement("rfc8414-3.2-no-empty-lists")
def test_metadata_has_no_empty_list(metadata: Exchange) -> None:
    """What the metadata lists has at least one element; an empty list is left out."""
    readable(metadata)
    empty = sorted(name for name, value in metadata.members.items() if value == [])
    assert not empty, f"{', '.join(empty)} is an empty list"


@requirement("rfc8414-2-auth-alg-none")
def test_unsigned_assertions_are_not_advertised(metadata: Exchange) -> None:
    """The algorithms of assertions, at the token, the revocation and the introspection endpoint, do not include none."""
    readable(metadata)
    for name in ALGORITHMS_OF_ASSERTIONS:
        assert "none" not in listed(metadata, name, []), f"{name} lists none"


@requirement("rfc8414-2-auth-algs-listed")
def test_algorithms_of_assertions_are_listed(metadata: Exchange) -> None:
    """Metadata that lists private_key_jwt or client_secret_jwt lists the algorithms of assertions too."""
    readable(metadata)
    methods = listed(metadata, "token_endpoint_auth_methods_supported", METHODS_BY_DEFAULT)
    if not {"private_key_jwt", "client_secret_jwt"} & set(methods):
        raise NotApplicable("the metadata lists no method by assertion")
    name = ALGORITHMS_OF_ASSERTIONS[0]
    assert listed(metadata, name, []), f"{name} is {metadata.members.get(name, 'absent')!r}"


@requirement("rfc8414-2-required")
def test_authorization_server_names_what_clients_need(metadata: Exchange, conformance_run: Record) -> None:
    """The metadata of a server without OpenID Connect has all members that RFC 8414 requires."""
    readable(metadata)
    if conformance_run.profile.openid:
        raise NotApplicable("the server is an OpenID provider, whose required members another check judges")
    absent = metadata.absent(*REQUIRED_OF_AUTHORIZATION_SERVERS)
    assert not absent, f"the metadata has no {', '.join(absent)}"


@requirement("oidc-discovery-3-required")
def test_required_members_are_there(metadata: Exchange, conformance_run: Record) -> None:
    """The metadata of an OpenID provider has all members that OpenID Connect Discovery requires."""
    readable(metadata)
    if not conformance_run.profile.openid:
        raise NotApplicable("the profile's scope does not ask for openid")
    absent = metadata.absent(*REQUIRED_OF_OPENID_PROVIDERS)
    assert not absent, f"the metadata has no {', '.join(absent)}"


@requirement("oidc-discovery-3-rs256")
def test_rs256_is_advertised(metadata: Exchange, conformance_run: Record) -> None:
    """id_token_signing_alg_values_supported lists RS256, which every client understands."""
    readable(metadata)
    if not conformance_run.profile.openid or "fapi2" in conformance_run.profile.claims:
        raise NotApplicable("the profile does not ask for openid, or claims FAPI 2.0, which forbids RS256")
    if "id_token_signing_alg_values_supported" not in metadata.members:
        raise Inconclusive("the metadata has no id_token_signing_alg_values_supported; another check says so")
    listing = listed(metadata, "id_token_signing_alg_values_supported", [])
    assert "RS256" in listing, f"id_token_signing_alg_values_supported is {', '.join(listing)}"


@requirement("rfc8414-2-jwks-uri-https")
def test_jwks_uri_is_a_safe_address(metadata: Exchange) -> None:
    """jwks_uri is an https address (http on loopback alone)."""
    readable(metadata)
    value = metadata.members.get("jwks_uri")
    if value is None:
        raise NotApplicable("the metadata has no jwks_uri")
    assert safe(value), f"jwks_uri is {value!r}"


@requirement("rfc7636-4.2-s256")
def test_s256_is_among_the_challenge_methods(metadata: Exchange) -> None:
    """code_challenge_methods_supported, where it is there, lists S256."""
    readable(metadata)
    if "code_challenge_methods_supported" not in metadata.members:
        raise NotApplicable("the metadata does not list code_challenge_methods_supported")
    methods = listed(metadata, "code_challenge_methods_supported", [])
    assert "S256" in methods, f"code_challenge_methods_supported is {', '.join(methods)}"


@requirement("rfc8414-grants-true")
def test_working_refresh_is_advertised(metadata: Exchange, refreshed: Refreshed) -> None:
    """grant_types_supported lists refresh_token, where refreshes are accepted."""
    readable(metadata)
    if not refreshed.response.accepted:
        raise Inconclusive(f"the refresh was not accepted: {refreshed.response}")
    if "grant_types_supported" not in metadata.members:
        raise NotApplicable("the metadata does not list grants")
    grants = listed(metadata, "grant_types_supported", GRANTS_BY_DEFAULT)
    assert "refresh_token" in grants, f"refreshes work, and grant_types_supported is {', '.join(grants)}"


@requirement("rfc8414-grants-true")
def test_working_response_type_is_advertised(metadata: Exchange, login: Login) -> None:
    """response_types_supported lists the response type of a login that works, its values in any order."""
    readable(metadata)
    if login.authorization is None or login.authorization.code is None:
        raise NotApplicable("the login asks the authorization endpoint for no code, or gets none")
    if "response_types_supported" not in metadata.members:
        raise Inconclusive("the metadata has no response_types_supported; another check says so")
    listing = listed(metadata, "response_types_supported", [])
    worked = login.authorization.response_type
    known = {frozenset(each.split()) for each in listing}
    assert frozenset(worked.split()) in known, f"{worked} works, and response_types_supported is {', '.join(listing)}"


@dataclass(frozen=True)
class AdvertisedGrants:
    """The grants that are listed, asked for with nothing but their name."""

    control: TokenResponse
    answers: dict[str, TokenResponse]


@scenario()
async def advertised_grants(provider: Provider) -> AdvertisedGrants:
    """Ask for each grant of the metadata without its parameters."""
    metadata, good = await provider.metadata(), await carrier(provider)
    names = [name for name in listed(metadata, "grant_types_supported", []) if name != "implicit"]
    able = {name: able_to(name, good.client, provider.profile.clients) for name in names[:12]}
    answers = {name: await provider.token({"grant_type": name}, client=client) for name, client in able.items()}
    return AdvertisedGrants(good.control, answers)


def able_to(grant_type: str, usual: Client, clients: Sequence[Client]) -> Client:
    """A client that may use a grant, as far as the profile tells: others may be told that it is unsupported for them."""
    told = [each for each in (usual, *clients) if each.grant_types is not None and grant_type in each.grant_types]
    return next(iter([*told, *(each for each in (usual, *clients) if each.grant_types is None)]), usual)


@requirement("rfc8414-grants-true")
def test_advertised_grants_are_known(advertised_grants: AdvertisedGrants) -> None:
    """No grant that the metadata lists is answered by unsupported_grant_type."""
    if not advertised_grants.control.accepted:
        raise Inconclusive(f"the control was not accepted: {advertised_grants.control}")
    for name, answer in advertised_grants.answers.items():
        assert answer.error != "unsupported_grant_type", (
            f"grant_types_supported lists {name}, which is answered by {answer}"
        )


@dataclass(frozen=True)
class AdvertisedMethods:
    """One request by HTTP Basic and in the form."""

    carrier: Carrier
    by_basic: TokenResponse
    by_post: TokenResponse


@scenario(needs="client_secret")
async def advertised_methods(provider: Provider) -> AdvertisedMethods:
    """Authenticate by HTTP Basic and in the form."""
    good = await carrier(provider)
    way = await provider.ways.way(good.client)
    by_basic = await provider.token_as(way.by_basic(good.client), good.parameters)
    good = good.after(by_basic)
    return AdvertisedMethods(good, by_basic, await provider.token_as(post(good.client), good.parameters))


@requirement("rfc8414-auth-methods-true")
def test_working_method_is_advertised(metadata: Exchange, advertised_methods: AdvertisedMethods) -> None:
    """token_endpoint_auth_methods_supported lists the method by which the profile's client is let in."""
    readable(metadata)
    if not advertised_methods.carrier.control.accepted:
        raise Inconclusive("the client was not let in")
    methods = listed(metadata, "token_endpoint_auth_methods_supported", METHODS_BY_DEFAULT)
    working = {"client_secret_basic": advertised_methods.by_basic, "client_secret_post": advertised_methods.by_post}
    for method, answer in working.items():
        assert not answer.accepted or method in methods, f"{method} works, and the metadata lists {', '.join(methods)}"


@requirement("rfc8414-auth-methods-true")
def test_advertised_method_works(metadata: Exchange, advertised_methods: AdvertisedMethods) -> None:
    """HTTP Basic works for a client that is registered for it, where the metadata lists it."""
    readable(metadata)
    if "client_secret_basic" not in listed(metadata, "token_endpoint_auth_methods_supported", METHODS_BY_DEFAULT):
        raise NotApplicable("the metadata does not list client_secret_basic")
    if advertised_methods.carrier.client.authentication != "client_secret_basic":
        raise NotApplicable("the profile's client is not registered for HTTP Basic")
    answer = decision(advertised_methods.by_basic)
    if advertised_methods.carrier.control.error == answer.error == "invalid_scope":
        raise Inconclusive(f"the client is let in, and its request refused all the same: {answer}")
    assert answer.accepted, f"the metadata lists client_secret_basic, and the client was answered by {answer}"


@requirement("rfc8414-pkce-advertised")
def test_pkce_is_advertised(metadata: Exchange, login: Login) -> None:
    """code_challenge_methods_supported lists S256, where the profile uses it."""
    readable(metadata)
    if login.authorization is None or login.authorization.code_verifier is None:
        raise NotApplicable("the profile does not use PKCE")
    methods = listed(metadata, "code_challenge_methods_supported", [])
    metadata.response  # noqa: B018 - what is judged is the metadata, so that it is the last thing read
    assert "S256" in methods, f"code_challenge_methods_supported is {', '.join(methods) or 'absent'}"


def keys_of(published_keys: Exchange) -> list[dict[str, object]]:
    """The keys of the JWKS."""
    keys = published_keys.members.get("keys")
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


@requirement("rfc7517-jwks")
def test_keys_are_published(published_keys: Exchange) -> None:
    """jwks_uri gives a JSON object with at least one key, and each key tells its type in kty."""
    status = published_keys.status
    assert status == 200 and keys_of(published_keys), (
        f"jwks_uri was answered by {status} with {len(keys_of(published_keys))} keys"
    )
    for key in keys_of(published_keys):
        assert isinstance(key.get("kty"), str), f"the key {key.get('kid')!r} has no kty"


@requirement("oidc-discovery-3-no-private-keys")
def test_no_private_key_is_published(published_keys: Exchange) -> None:
    """No published key holds its private part."""
    for key in keys_of(published_keys):
        private = sorted({"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys())
        assert not private, f"the key {key.get('kid')!r} holds {', '.join(private)}"


@requirement("rfc7517-4.5-distinct-kids")
def test_keys_can_be_told_apart(published_keys: Exchange, conformance_run: Record) -> None:
    """Published keys have different kids, or are of different types; under FAPI 2.0 they have different kids."""
    keys = keys_of(published_keys)
    if len(keys) < 2:
        raise NotApplicable("a single key needs no kid")
    told_by = ("kid",) if "fapi2" in conformance_run.profile.claims else ("kid", "kty")
    names = [" ".join(str(key.get(member)) for member in told_by) for key in keys]
    assert len(set(names)) == len(names), f"by {' and '.join(told_by)}, the keys are: {', '.join(names)}"


@requirement("rfc7518-3.3-rsa-size")
def test_rsa_keys_are_long_enough(published_keys: Exchange) -> None:
    """A published RSA key has 2048 bits or more."""
    moduli = [str(key.get("n", "")) for key in keys_of(published_keys) if key.get("kty") == "RSA"]
    if not moduli:
        raise NotApplicable("no RSA key is published")
    for modulus in moduli:
        bits = len(modulus) * 6
        assert bits >= 2048, f"an RSA key has about {bits} bits"
