"""The draft of a profile of which there is nothing but a recording: who asked for what, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote_plus, unquote_plus

from token_conformance.evidence.jwt_reading import read
from token_conformance.profile_writing.draft import TESTED_GRANTS, Draft, drafted, undiscovered
from token_conformance.profile_writing.metadata import Metadata, UnusableProviderError
from token_conformance.servers.captured.endpoints import endpoints
from token_conformance.servers.captured.exchanges import Captured, is_metadata, members
from token_conformance.servers.captured.requests import Sent
from token_conformance.wire.exchange import Exchange

NOT_RECORDED = "not-recorded"
"""What stands for a user of whom nothing is needed, as nobody logs in to a recording, and for a client not known."""


@dataclass(frozen=True)
class _Seen:
    """A token request that was granted: the client, how it authenticated, and by which grant."""

    client_id: str
    client_secret: str
    authentication: str
    grant: str


def recorded(captured: Captured) -> Draft:
    """Draft a profile of the provider in a recording, with the client that was granted most.

    Raises:
        UnusableProviderError: it holds no token request, or none of a grant that a profile can describe.

    """
    addresses = endpoints(captured)
    if "token_endpoint" not in addresses:
        raise UnusableProviderError("the recording holds no token request: there is nothing to judge")
    pairs = list(zip(captured.sent, captured.exchanges, strict=True))
    seen = [found for sent, exchange in pairs if (found := _seen(sent, exchange)) is not None]
    if not seen:
        raise UnusableProviderError(
            f"the recording holds no granted token request by {', '.join(TESTED_GRANTS)}: there is nothing to judge"
        )
    client = Counter(replace(each, grant="") for each in seen).most_common(1)[0][0]
    grants = {each.grant for each in seen if replace(each, grant="") == client}
    return _with_client(_provider(captured, addresses), client, grants, _asked(captured, client.client_id))


def _provider(captured: Captured, addresses: Mapping[str, str]) -> Draft:
    """What the recording tells of the provider: its metadata, or its endpoints and who signs its ID tokens."""
    told = next((members(each) for each in captured.exchanges if is_metadata(each)), None)
    issuer = told.get("issuer") if told is not None else None
    if told is not None and isinstance(issuer, str):
        return drafted(Metadata(issuer, told))
    plain = undiscovered(addresses["token_endpoint"])
    return replace(plain, issuer=next(_issuers(captured), None), endpoints=addresses)


def _issuers(captured: Captured) -> Iterator[str]:
    tokens = (members(each).get("id_token") for each in captured.exchanges)
    claims = (token.claims for each in tokens if isinstance(each, str) and (token := read(each)) is not None)
    return (issuer for each in claims if isinstance(issuer := each.get("iss"), str))


def _with_client(draft: Draft, client: _Seen, grants: set[str], asked: Mapping[str, str]) -> Draft:
    scope = asked.get("scope", "")
    return replace(
        draft,
        openid="openid" in scope.split(),
        offered=tuple(grant for grant in TESTED_GRANTS if grant in grants),
        grants=tuple(grant for grant in TESTED_GRANTS if grant in grants),
        methods=(client.authentication,),
        authentication=client.authentication,
        client_id=client.client_id,
        client_secret=client.client_secret,
        redirect_uri=asked.get("redirect_uri", "https://app.example/not-recorded"),
        scope=scope,
        pkce=_pkce(asked),
        prompt=asked.get("prompt"),
        username=NOT_RECORDED,
        password=NOT_RECORDED,
    )


def _asked(captured: Captured, client_id: str) -> Mapping[str, str]:
    """The authorization request that a client made most often, without what it made up."""
    asked = (sent.parameters for sent in captured.sent if sent.asks_the_user)
    kept = ("scope", "redirect_uri", "prompt", "code_challenge_method", "code_challenge")
    shapes = Counter(
        tuple((name, each[name] if name != "code_challenge" else "") for name in kept if name in each)
        for each in asked
        if each["client_id"] == client_id
    )
    return dict(shapes.most_common(1)[0][0]) if shapes else {}


def _pkce(asked: Mapping[str, str]) -> Literal["S256", "plain", False]:
    """How a code_challenge was made (RFC 7636 §4.3: plain, where it does not say)."""
    if "code_challenge" not in asked:
        return False
    return "S256" if asked.get("code_challenge_method") == "S256" else "plain"


def _meant(written: str) -> str:
    """A half of credentials that are form-encoded, as they are to be (RFC 6749 §2.3.1); one that is not, as it is written."""
    meant = unquote_plus(written)
    return meant if quote_plus(meant) == written else written


def _seen(sent: Sent, exchange: Exchange) -> _Seen | None:
    """A token request that was granted, by a grant that a draft can describe.

    Of a client that authenticates as no draft can tell, or by what was left out, answers are judged all the same.
    """
    grant, granted = sent.parameters.get("grant_type"), "access_token" in members(exchange)
    if grant not in TESTED_GRANTS or not granted:
        return None
    presented = {part.name: _meant(part.value) for part in sent.parts if part.place == "basic" and part.value}
    if presented:
        return _Seen(presented["client_id"], presented.get("client_secret", ""), "client_secret_basic", grant)
    form = sent.parameters
    if "client_id" not in form or "client_assertion" in form:
        return _Seen(form.get("client_id", NOT_RECORDED), NOT_RECORDED, "client_secret_basic", grant)
    secret = form.get("client_secret", "")
    return _Seen(form["client_id"], secret, "client_secret_post" if secret else "none", grant)
