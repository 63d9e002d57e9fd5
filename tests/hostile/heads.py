"""Status lines and headers that are not what they should be."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.hostile.answer import Answer, Honest

ADDRESSES = (
    "",
    "/",
    "//elsewhere.example/",
    "https://elsewhere.example/callback?code=a-code-of-the-corpus",
    "https://op.example:99999/",
    "https://op.example:0/",
    "https://[op.example/",
    "https://user:word@op.example/",
    "javascript:void(0)",
    "data:text/html,hello",
    "file:///etc/hostname",
    "about:blank",
    "mailto:alice@op.example",
    "https:op.example",
    "https://op.example/\u00e4?\u00fc=\u00f6",
    "https://xn--a/",
    "https://op.example/" + "a/" * 20_000,
    "https://app.example/callback?" + "&".join(f"code=code-{n}" for n in range(200)),
    "https://app.example/callback#" + "a=b&" * 2000,
    "?",
    "#",
    "%",
    "https://",
    ":",
)

CHALLENGES = (
    "",
    "Bearer,",
    'Bearer error="' + "a" * 5000,
    'Basic realm="a", Basic realm="b", Bearer',
    "Bearer " + ", ".join(f'p{n}="{n}"' for n in range(300)),
    "=" * 300,
    ", " * 300,
    'Bearer error="invalid_token" error_description="\\"\\\\"',
    "DPoP algs=ES256, error=use_dpop_nonce",
    "Negotiate " + "A" * 3000,
)

LATER = ("-1", "0", "1", "99999999999999999999", "1e9", "soon", "", "Fri, 31 Dec 9999 23:59:59 GMT", "0.5", "\u0661")
DATES = (
    "",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Mon, 00 Jan 0000 00:00:00 GMT",
    "Sun, 06 Nov 1994 25:61:61 GMT",
    "now",
    "0",
    "99999999999999999999999",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 +9999",
)
KINDS = (
    "",
    "text/html",
    "text/plain; charset=none",
    "multipart/form-data; boundary=a",
    "application/x-www-form-urlencoded",
    "application/json;" + "a=b;" * 3000,
    "application/jwt",
    "APPLICATION/JSON",
    "json",
    "/",
    ";charset=utf-8",
    "application/json, text/html",
    "application/json; charset=\u00e4",
)
STATUSES = (
    100,
    101,
    199,
    201,
    203,
    204,
    205,
    206,
    207,
    226,
    299,
    300,
    304,
    308,
    399,
    400,
    401,
    402,
    403,
    404,
    405,
    406,
)
FURTHER = (407, 408, 409, 410, 413, 415, 418, 421, 422, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504, 511, 599, 999)


def odd_status(random: Random, said: Honest) -> Answer:
    status = random.choice(STATUSES + FURTHER)
    return replace(said.answer, status=f"{status} {random.choice(('', 'OK', 'a' * 300, 'é'))}")


def redirects(random: Random, said: Honest) -> Answer:
    to = random.choice((*ADDRESSES, str(said.request.url)))
    moved = replace(said.with_fields(("Location", to)), status=f"{random.choice((301, 302, 303, 307, 308))} Moved")
    return (
        replace(moved, fields=(*moved.fields, ("Location", random.choice(ADDRESSES))))
        if random.random() < 0.1
        else moved
    )


def headers_beyond_all(random: Random, said: Honest) -> Answer:
    number, length = random.choice(
        ((150, 100), (190, 300), (1000, 5), (10_000, 3), (1, 60_000), (1, 90_000), (20, 8000))
    )
    fields = tuple((f"X-Number-{n}", "a" * length) for n in range(number))
    return replace(said.answer, fields=(*said.answer.fields, *fields))


def odd_headers(random: Random, said: Honest) -> Answer:
    """Names and values that are none, or say what nobody has asked for."""
    return said.with_fields(
        *random.sample(
            [
                ("Cache-Control", "public, max-age=99999999999999999999, no-store=0"),
                ("Pragma", "\x0bno-cache"),
                ("X-Escape", "\x1b[31mred\x1b[0m"),
                ("X-Latin", "\u00e4\u20ac"),
                ("X Blank", "a"),
                ("", "nameless"),
                ("X-Tab\t", "a"),
                ("Age", "-5"),
                ("ETag", '"' * 500),
                ("Access-Control-Allow-Origin", "*, null, https://[a"),
                ("Strict-Transport-Security", "max-age=-1; max-age=1e9"),
                ("Link", "<javascript:void(0)>; rel=preload"),
                ("Refresh", "0; url=javascript:void(0)"),
                ("DPoP-Nonce", "\u00e4 \x7f" * 40),
                ("DPoP-Nonce", "a" * 9000),
                ("Upgrade", "h2c"),
                ("Trailer", "Expires"),
                ("Connection", "close, close, keep-alive"),
            ],
            random.randint(1, 4),
        )
    )


def content_types(random: Random, said: Honest) -> Answer:
    return said.with_fields(("Content-Type", random.choice(KINDS)))


def cookies(random: Random, said: Honest) -> Answer:
    kinds = (
        "a",
        "=",
        "a=" + "b" * 6000,
        "a=b; Domain=example",
        "a=b; Domain=..",
        "a=b; Path=" + "/a" * 500,
        "a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=-99999999999999999999",
        "a=b; Expires=" + "9" * 300,
        '__Host-a="b;c',
        "a=\u00e4\x1f",
        "session=; Max-Age=0",
        f"sid={random.getrandbits(128):x}; Secure; SameSite=Odd",
        'a=b; Port="80,x"; Version=1',
    )
    return said.with_fields(*(("Set-Cookie", random.choice(kinds)) for _ in range(random.choice((1, 3, 150)))))


def challenges(random: Random, said: Honest) -> Answer:
    spoilt = said.with_fields(*(("WWW-Authenticate", random.choice(CHALLENGES)) for _ in range(random.randint(1, 3))))
    return replace(spoilt, status="401 Unauthorized") if random.random() < 0.6 else spoilt


def times(random: Random, said: Honest) -> Answer:
    """When to come again, and what time it is."""
    if random.random() < 0.5:
        return said.with_fields(("Date", random.choice(DATES)), ("Last-Modified", random.choice(DATES)))
    later = said.with_fields(("Retry-After", random.choice(LATER)))
    return replace(later, status=random.choice(("429 Later", "503 Later")))
