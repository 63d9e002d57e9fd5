"""Changes of how the client shows who it is (RFC 6749 §2.3): always with what is right, once too often, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from token_conformance.exploring.requests.draft import Draft
from token_conformance.exploring.requests.of_parameters import Change
from token_conformance.provider.client_authentication import Credentials, basic, identified, in_small_letters, post

PART = "authentication"


def scheme_case(draft: Draft, number: int) -> Draft | None:
    """The scheme of HTTP Basic in other letters."""
    if not draft.by_basic:
        return None
    if number % 2 == 0:
        return draft.change(PART, "the scheme basic", proof=in_small_letters(draft.proof))
    headers = tuple((name, value.replace("Basic ", "BASIC ", 1)) for name, value in draft.proof.headers)
    return draft.change(PART, "the scheme BASIC", proof=replace(draft.proof, headers=headers))


def client_id_beside(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """client_id beside HTTP Basic."""
    pairs = (*draft.pairs, *identified(draft.client).parameters)
    return draft.change(PART, "client_id beside HTTP Basic", pairs=pairs) if draft.by_basic else None


def two_methods(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """The right secret by HTTP Basic and in the form."""
    if draft.client.client_secret is None or not draft.client.sends_secret:
        return None
    headers, parameters = basic(draft.client).headers, post(draft.client).parameters
    both = replace(draft.proof, headers=draft.proof.headers or headers, parameters=parameters)
    return draft.change(PART, "the right secret by HTTP Basic and in the form", proof=both)


def credentials_in_query(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """The client's id and secret in the query."""
    if draft.client.client_secret is None or not draft.client.sends_secret:
        return None
    query = (*draft.query, *post(draft.client).parameters)
    bare = Credentials(certificate=draft.proof.certificate)
    return draft.change(PART, "the client's id and secret in the query", proof=bare, query=query)


def unauthenticated(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """A client that has something to prove who it is by, and sends its id alone.

    Whether tokens are exchanged for such a client is a decision of the deployment (RFC 8693 §2.1).
    """
    if draft.client.public or draft.client.certificate is not None or draft.has("subject_token"):
        return None
    return draft.change(PART, "the client's id alone", proof=identified(draft.client))


def other_client_id(draft: Draft, number: int) -> Draft | None:
    """The client_id of another client of the profile beside HTTP Basic."""
    if not draft.by_basic or not draft.others:
        return None
    other = draft.others[number % len(draft.others)]
    pairs = (*draft.pairs, ("client_id", other.client_id))
    return draft.change(PART, f"the client_id of client {other.name} beside HTTP Basic", pairs=pairs)


def doubled_authorization(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """The same Authorization header twice."""
    twice = replace(draft.proof, headers=draft.proof.headers * 2)
    return draft.change(PART, "the same Authorization twice", proof=twice) if draft.by_basic else None


OF_CLIENTS: Mapping[str, Change] = {
    "scheme-case": scheme_case,
    "client-id-beside": client_id_beside,
    "two-methods": two_methods,
    "credentials-in-query": credentials_in_query,
    "unauthenticated": unauthenticated,
    "other-client-id": other_client_id,
    "doubled-authorization": doubled_authorization,
}
"""How each row of `mutations.toml` that is about the client changes a request."""
