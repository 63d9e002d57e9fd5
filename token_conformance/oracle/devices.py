"""Device codes (RFC 8628) and the exchange of tokens (RFC 8693): what is presented there has a life as well."""

from __future__ import annotations

from collections.abc import Iterator

from token_conformance.oracle.events import Event, Granted, TokenRequest
from token_conformance.oracle.judgements import Offence
from token_conformance.oracle.lives import outlived
from token_conformance.oracle.tokens import Credential

VALIDATED = "rfc8693-2.1-validated"


def offences(event: Event, asked: TokenRequest, code: Credential) -> Iterator[Offence]:
    """What is wrong with a device code that yielded tokens."""
    before, named = code.used_before(event), asked.asker.client_id
    if before is not None:
        yield Offence("rfc8628-single-use", f"{code} yielded tokens a second time", (before,))
    if code.client_id is not None and named is not None and named != code.client_id:
        yield Offence("rfc8628-single-use", f"{code} was accepted from another client", (code.given,))
    if outlived(code, event):
        yield Offence("rfc8628-3.5-expired", f"{code} yielded tokens after it had expired", (code.given,))


def offences_of_exchange(event: Event, asked: TokenRequest, given: Granted, token: Credential) -> Iterator[Offence]:
    """What is wrong with the exchange of a token."""
    if outlived(token, event):
        yield Offence(VALIDATED, f"{token} was exchanged after its life was over", (token.given,))
    for blow in token.deadly(event):
        if not token.readable or "was revoked" in blow.told:
            yield Offence(VALIDATED, f"{token} was exchanged after it {blow.told}", (blow.event,))
            break
    told = given.scope if given.scope is not None else asked.scope  # an answer without scope grants what was asked
    wider = (told or frozenset()) - (token.scope or told or frozenset())
    if wider:
        words = f"an exchange yields scope beyond that of {token}: {', '.join(sorted(wider))}"
        yield Offence("token-exchange-scope-not-widened", words, (token.given,))
