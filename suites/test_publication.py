"""What the metadata tells and where it stands, beyond what clients stumble over at once (RFC 8414, RFC 9207, RFC 9068 §4)."""

from token_conformance import Inconclusive, NotApplicable, requirement
from token_conformance.evidence.access_token import jwt_of, keeps_rfc9068
from token_conformance.evidence.jwt_reading import read
from token_conformance.evidence.transcripts import Publication, has_path, published
from token_conformance.provider import Login
from token_conformance.provider.addresses import parts_of
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SIGNING_METHODS = {"private_key_jwt", "client_secret_jwt"}
BY_THE_BROWSER = {"authorization_code", "implicit"}
"""The grants that begin at the authorization endpoint; without a list of grants these are meant (RFC 8414 §2)."""

ENCRYPTING = ("RSA-OAEP", "RSA1_5", "ECDH-ES")
"""How the algorithms begin of keys that encrypt (RFC 7518 §4.1)."""


def listed(metadata: Exchange, name: str) -> list[str]:
    """A list of the metadata; empty where it is not there."""
    value = metadata.members.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def readable(metadata: Exchange) -> None:
    """Judge nothing where the metadata could not be read; the run says why."""
    if metadata.response.status != 200 or not metadata.members:
        raise Inconclusive(f"the metadata cannot be read: status {metadata.response.status}")


def identifies(issuer: object) -> bool:
    """Whether it is an https address (http on loopback alone) without query and fragment, as issuers are."""
    parts = parts_of(issuer if isinstance(issuer, str) else "")
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return safe and bool(parts.hostname) and not parts.query and not parts.fragment


@requirement("rfc8414-2-issuer")
def test_issuer_is_an_address_without_query(metadata: Exchange) -> None:
    """The issuer of the metadata is an https address without query and fragment."""
    readable(metadata)
    issuer = metadata.members.get("issuer")
    if issuer is None:
        raise Inconclusive("the metadata has no issuer; another check says so")
    assert identifies(issuer), f"issuer is {issuer!r}"


@requirement("rfc8414-2-authorization-endpoint")
def test_authorization_endpoint_is_named(metadata: Exchange, conformance_run: Record) -> None:
    """The metadata of a server without OpenID Connect names authorization_endpoint, where a grant begins there."""
    readable(metadata)
    if conformance_run.profile.openid:
        raise NotApplicable("the server is an OpenID provider, whose required members another check judges")
    grants = BY_THE_BROWSER & set(listed(metadata, "grant_types_supported") or BY_THE_BROWSER)
    if not grants:
        raise NotApplicable("no grant that the metadata lists begins at the authorization endpoint")
    absent = metadata.absent("authorization_endpoint")
    assert not absent, f"the metadata lists {', '.join(sorted(grants))}, and has no authorization_endpoint"


@requirement("rfc8414-2-further-auth-algs")
def test_algorithms_of_further_assertions_are_listed(metadata: Exchange) -> None:
    """Metadata that lists methods by assertion for revocation or introspection lists the algorithms for that endpoint too."""
    readable(metadata)
    signing = [
        endpoint
        for endpoint in ("revocation", "introspection")
        if SIGNING_METHODS & set(listed(metadata, f"{endpoint}_endpoint_auth_methods_supported"))
    ]
    if not signing:
        raise NotApplicable("the metadata lists no method by assertion for revocation and introspection")
    for endpoint in signing:
        name = f"{endpoint}_endpoint_auth_signing_alg_values_supported"
        assert listed(metadata, name), f"{name} is {metadata.members.get(name, 'absent')!r}"


@requirement("rfc8414-2-assertions-by-rs256")
def test_assertions_may_be_signed_by_rs256(metadata: Exchange, conformance_run: Record) -> None:
    """token_endpoint_auth_signing_alg_values_supported, where it is there, lists RS256."""
    readable(metadata)
    if "fapi2" in conformance_run.profile.claims:
        raise NotApplicable("the profile claims FAPI 2.0, which forbids RS256")
    name = "token_endpoint_auth_signing_alg_values_supported"
    algorithms = listed(metadata, name)
    if not algorithms or "private_key_jwt" not in listed(metadata, "token_endpoint_auth_methods_supported"):
        raise NotApplicable("the metadata lists no algorithms for the signatures of clients' keys")
    assert "RS256" in algorithms, f"{name} is {', '.join(algorithms)}"


@requirement("rfc8414-2-scopes-supported")
def test_scope_is_listed(metadata: Exchange) -> None:
    """The metadata lists scopes_supported."""
    readable(metadata)
    absent = metadata.absent("scopes_supported")
    assert not absent, "the metadata has no scopes_supported"


@requirement("rfc8414-2.1-signed-metadata")
def test_signed_metadata_is_signed_by_somebody(metadata: Exchange) -> None:
    """signed_metadata, where it is there, is a signed JWT that names in iss who attests to it."""
    readable(metadata)
    text = metadata.members.get("signed_metadata")
    if text is None:
        raise NotApplicable("the metadata has no signed_metadata")
    token = read(text) if isinstance(text, str) else None
    assert token is not None, "signed_metadata is no JWT"
    signed = (token.algorithm or "none").lower() != "none" and not token.text.endswith(".")
    assert signed, f"signed_metadata is not signed: alg is {token.algorithm!r}"
    iss = token.claims.get("iss")
    assert isinstance(iss, str) and iss, f"iss of signed_metadata is {iss!r}"


@requirement("rfc6749-3.1-no-fragment")
def test_endpoints_have_no_fragment(metadata: Exchange) -> None:
    """authorization_endpoint and revocation_endpoint, where the metadata names them, have no fragment."""
    readable(metadata)
    names = ("authorization_endpoint", "revocation_endpoint")
    named = {name: value for name in names if isinstance(value := metadata.members.get(name), str)}
    if not named:
        raise NotApplicable("the metadata names neither authorization_endpoint nor revocation_endpoint")
    for name, address in named.items():
        assert "#" not in address, f"{name} is {address!r}"


@requirement("rfc7636-7.2-plain-not-offered")
def test_plain_is_not_advertised(metadata: Exchange, conformance_run: Record) -> None:
    """code_challenge_methods_supported, where it is there, does not list plain."""
    readable(metadata)
    grant = conformance_run.profile.grants.authorization_code
    if "code_challenge_methods_supported" not in metadata.members:
        raise NotApplicable("the metadata does not list code_challenge_methods_supported")
    if grant is not None and grant.pkce == "plain":
        raise NotApplicable("the profile documents that its client uses plain")
    methods = listed(metadata, "code_challenge_methods_supported")
    assert "plain" not in methods, f"code_challenge_methods_supported is {', '.join(methods)}"


@requirement("rfc8414-2-key-use")
def test_uses_of_keys_are_told(published_keys: Exchange) -> None:
    """Where keys for encryption are published beside those for signatures, each key says its use."""
    keys = published_keys.members.get("keys")
    found = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    encrypting = [key for key in found if key.get("use") == "enc" or str(key.get("alg", "")).startswith(ENCRYPTING)]
    if not encrypting or len(encrypting) == len(found):
        raise NotApplicable("the published keys are all of one kind")
    for key in found:
        assert key.get("use") in {"sig", "enc"}, f"the key {key.get('kid')!r} has the use {key.get('use', 'absent')!r}"


@requirement("rfc9207-2.3-advertised")
def test_issuer_of_answers_is_advertised(metadata: Exchange, login: Login) -> None:
    """Where the authorization response names its issuer in iss, the metadata says that it does."""
    readable(metadata)
    if login.authorization is None or "iss" not in login.authorization.answer:
        raise NotApplicable("no authorization response of the login has iss")
    said = metadata.members.get("authorization_response_iss_parameter_supported")
    metadata.response  # noqa: B018 - what is judged is the metadata, so that it is the last thing read
    assert said is True, f"iss comes, and authorization_response_iss_parameter_supported is {said!r}"


@requirement("rfc9207-2-address")
def test_issuer_of_answers_is_an_address_without_query(login: Login) -> None:
    """Iss of the authorization response, where it is there, is an https address without query and fragment."""
    if login.authorization is None or "iss" not in login.authorization.answer:
        raise NotApplicable("no authorization response of the login has iss")
    login.authorization.exchange.response  # noqa: B018 - the answer is this check's evidence
    told = login.authorization.answer["iss"]
    assert identifies(told), f"iss of the authorization response is {told!r}"


@requirement("rfc8414-3.1-location")
def test_metadata_stands_before_the_path_of_the_issuer(publication: Publication) -> None:
    """The metadata of RFC 8414 stands where its well-known segment comes between host and path of the issuer."""
    if not has_path(publication.issuer):
        raise NotApplicable("the issuer has no path, before which the well-known segment would stand")
    if publication.appended is None:
        publication.inserted.response  # noqa: B018 - the answer is this check's evidence
        return
    if not published(publication.appended):
        raise NotApplicable("the provider publishes no metadata as oauth-authorization-server")
    raise AssertionError(
        f"the metadata stands at {publication.appended.request.path}, and not at {publication.inserted.request.path}"
    )


@requirement("rfc9068-4-consistent-metadata")
def test_both_publications_agree(publication: Publication, login: Login) -> None:
    """The metadata of RFC 8414 and those of OpenID Connect Discovery do not contradict each other."""
    token = jwt_of(login.access_token)
    if token is None or not keeps_rfc9068(token):
        raise NotApplicable("the type of the access tokens is not at+jwt")
    if publication.found is publication.inserted or not published(publication.inserted):
        raise NotApplicable("the metadata is published in one place alone")
    one, other = publication.found.members, publication.inserted.members
    for name in sorted(one.keys() & other.keys() - {"signed_metadata"}):
        assert alike(one[name], other[name]), f"{name} is {one[name]!r} in one place, and {other[name]!r} in the other"


def alike(one: object, other: object) -> bool:
    """Whether two values mean the same; the order of a list means nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return one == other
