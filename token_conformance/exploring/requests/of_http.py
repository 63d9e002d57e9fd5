"""Changes of what carries the parameters: method, place, media type and encoding (RFC 6749 appendix B, RFC 9110)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping

from token_conformance.exploring.requests.draft import Draft, Pairs, as_form
from token_conformance.exploring.requests.of_parameters import OTHER_GRANT, UNKNOWN, Change, chosen, required
from token_conformance.provider.spelling import FORM
from token_conformance.wire.exchange import Headers

ACCEPT: Headers = FORM[1:]
FORM_TYPE = FORM[0][1]
BOUNDARY = "a-boundary-that-no-value-holds"

CHARSETS = (f"{FORM_TYPE}; charset=UTF-8", f"{FORM_TYPE};charset=utf-8", f'{FORM_TYPE}; charset="utf-8"')
OTHER_CHARSETS = (
    f"{FORM_TYPE}; charset=ISO-8859-1",
    f"{FORM_TYPE}; charset=utf-16",
    f"{FORM_TYPE}; charset=none-such",
    f"{FORM_TYPE}; x=1",
)
CAPITALS = ("Application/X-WWW-Form-URLEncoded", FORM_TYPE.upper())
OTHER_TYPES = ("text/plain", "application/json", "application/xml", "application/octet-stream", "form", "*/*")
ACCEPTED = (None, "*/*", "text/html", "application/xml", "application/json;q=0", "none such")


def method(draft: Draft, number: int) -> Draft | None:
    """Another method than POST; GET has its parameters in the query, also where a header says that POST is meant."""
    name = ("GET", "PUT", "PATCH", "GET", "DELETE")[number % 5]
    if name != "GET":
        return draft.change("body", f"the method {name}", method=name)
    meant = number % 5 == 3
    headers = (*ACCEPT, *([("X-HTTP-Method-Override", "POST")] if meant else []))
    told = "the method GET, and a header that would have it taken for POST" if meant else "the method GET"
    return draft.change("body", told, method=name, headers=headers, in_query=True)


def query(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """All parameters in the query of a POST."""
    return draft.change("body", "all parameters in the query", in_query=True)


def query_in_part(draft: Draft, number: int) -> Draft | None:
    """One parameter that the grant requires in the query, and not in the body; no name or password of a user is."""
    name = chosen([each for each in required(draft) if each != "username"], number)
    if name is None:
        return None
    moved = (*draft.query, (name, draft.value(name)))
    return draft.change(name, f"{name} in the query alone", pairs=draft.without(name), query=moved)


def query_beside(draft: Draft, number: int) -> Draft | None:
    """Something in the query beside a whole body."""
    more = ((UNKNOWN, "1"), ("grant_type", draft.value("grant_type")), ("grant_type", OTHER_GRANT))[number % 3]
    told = ("an unknown parameter", "grant_type too", "another grant_type")[number % 3]
    return draft.change("query", f"{told} in the query", beside=more[0], query=(*draft.query, more))


def as_json(draft: Draft, number: int) -> Draft | None:
    """The parameters as the members of a JSON object."""
    kind = ("application/json", "application/json; charset=utf-8", "application/vnd.api+json")[number % 3]
    return draft.change("body", f"a body of {kind}", headers=_typed(kind), encoded=_json)


def media_type_other(draft: Draft, number: int) -> Draft | None:
    """A form that is said to be something else."""
    kind = OTHER_TYPES[number % len(OTHER_TYPES)]
    return draft.change("body", f"a form that is said to be {kind}", headers=_typed(kind))


def multipart(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """The parameters as multipart/form-data (RFC 7578)."""
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return draft.change("body", "a body of multipart/form-data", headers=_typed(kind), encoded=_multipart)


def media_type_missing(draft: Draft, number: int) -> Draft | None:
    """A form without a media type, or with an empty one."""
    told = ("no Content-Type", "an empty Content-Type")[number % 2]
    return draft.change("body", told, headers=ACCEPT if number % 2 == 0 else _typed(""))


def of_types(told: str, *kinds: str) -> Change:
    """A form with one of these media types."""

    def changed(draft: Draft, number: int) -> Draft | None:
        kind = kinds[number % len(kinds)]
        return draft.change("body", f"{told} {kind}", headers=_typed(kind))

    return changed


def encoding(draft: Draft, number: int) -> Draft | None:
    """The same parameters, percent-encoded in another way."""
    ways = (("small hexadecimal digits", _small), ("every character percent-encoded", _all), ("blanks as %20", _blanks))
    told, encoded = ways[number % 3]
    return draft.change("body", told, encoded=encoded) if encoded(draft.form) != as_form(draft.form) else None


def accept(draft: Draft, number: int) -> Draft | None:
    """Another Accept, or none."""
    kind = ACCEPTED[number % len(ACCEPTED)]
    others = tuple(each for each in draft.headers if each[0] != "Accept")
    more = (("Accept", kind),) if kind is not None else ()
    return draft.change("body", f"Accept: {kind}" if kind else "no Accept", headers=(*others, *more))


def compressed(draft: Draft, number: int) -> Draft | None:  # noqa: ARG001 - there is one way
    """The body by gzip."""
    headers = (*draft.headers, ("Content-Encoding", "gzip"))
    return draft.change("body", "a body by gzip", headers=headers, encoded=lambda pairs: gzip.compress(as_form(pairs)))


def long_header(draft: Draft, number: int) -> Draft | None:
    """A header field that is longer than many servers read."""
    length = (8_192, 20_000)[number % 2]
    headers = (*draft.headers, ("X-Padding", "x" * length))
    return draft.change("body", f"a header field of {length:,} characters", headers=headers)


def _typed(kind: str) -> Headers:
    return (("Content-Type", kind), *ACCEPT)


def _json(pairs: Pairs) -> bytes:
    return json.dumps(dict(pairs)).encode()


def _multipart(pairs: Pairs) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    parts = [f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in pairs]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode("utf-8", "surrogatepass")


def _small(pairs: Pairs) -> bytes:
    return as_form(pairs).replace(b"_", b"%5f").replace(b"-", b"%2d")


def _all(pairs: Pairs) -> bytes:
    return b"&".join(_percent(name) + b"=" + _percent(value) for name, value in pairs)


def _percent(text: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass")).encode()


def _blanks(pairs: Pairs) -> bytes:
    return as_form(pairs).replace(b"+", b"%20")


OF_HTTP: Mapping[str, Change] = {
    "encoding": encoding,
    "charset-utf-8": of_types("the media type", *CHARSETS),
    "charset-other": of_types("the media type", *OTHER_CHARSETS),
    "media-type-case": of_types("the media type", *CAPITALS),
    "media-type-missing": media_type_missing,
    "json": as_json,
    "media-type-other": media_type_other,
    "multipart": multipart,
    "method": method,
    "query": query,
    "query-in-part": query_in_part,
    "query-beside": query_beside,
    "accept": accept,
    "compressed": compressed,
    "long-header": long_header,
}
"""How each row of `mutations.toml` that is about HTTP changes a request."""
