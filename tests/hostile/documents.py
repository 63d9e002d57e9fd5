"""What a server says in formats of their own: JWTs, keys, metadata, login pages, authorization responses."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.hostile.answer import Answer, Honest
from tests.hostile.bodies import CHARACTERS, MARKUP, ODD, replaced
from tests.hostile.heads import ADDRESSES

CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "at_hash", "azp", "acr", "amr", "jti", "cnf")
HUGE = (10**400, -(10**30), 1e300, 2**64, "9" * 5000)
KEY = {"kty": "RSA", "kid": "first", "n": "AQAB" * 90, "e": "AQAB", "use": "sig", "alg": "RS256"}


def segment(value: Any) -> str:
    """A part of a JWT (RFC 7515 §2)."""
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def jwts(random: Random, said: Honest) -> Answer:
    header = {
        "alg": random.choice(("RS256", "none", "HS256", "ES256", "RS1", "", *ODD)),
        "typ": "at+jwt",
        "kid": "first",
    }
    header |= {random.choice(("kid", "typ", "crit", "jku", "x5c", "zip", "b64")): random.choice((*ODD, *CHARACTERS))}
    claims: dict[str, Any] = {"iss": "https://op.example", "sub": "alice", "exp": 4_000_000_000, "iat": 1}
    claims |= {name: random.choice((*ODD, *HUGE, *MARKUP)) for name in random.sample(CLAIMS, random.randint(1, 5))}
    token = random.choice(
        (
            f"{segment(header)}.{segment(claims)}.AAAA",
            f"{segment(header)}.{segment(claims)}.",
            f"{segment(header)}.{segment(random.choice(ODD))}.AAAA",
            f"{segment(random.choice(ODD))}.{segment(claims)}.AAAA",
            f"{segment(header)}.{'A' * 100_001}.AAAA",
            "ey" + "." * random.choice((1, 2, 4, 5000)),
            f"{segment(header)}..{segment(claims)}.AAAA.AAAA",
            "eyJ\u00e4.eyJ\u00fc.\u00f6",
            f"{segment(header)}={'.'}{segment(claims)}==.AAAA",
        )
    )
    return said.saying(
        {**said.members, random.choice(("access_token", "id_token", "refresh_token", "id_token")): token}
    )


def key_sets(random: Random, said: Honest) -> Answer:
    spoilt = {**KEY, random.choice(list(KEY)): random.choice((*ODD, *CHARACTERS, "A" * 20_000, "\u00e4"))}
    keys = random.choice(
        (
            [spoilt],
            [spoilt, KEY],
            [{**KEY, "kid": str(n)} for n in range(2000)],
            [random.choice(ODD)],
            random.choice(ODD),
            [{"kty": "EC", "crv": random.choice(("P-256", "P-0", None)), "x": "AA", "y": "AA"}],
            [{"kty": "oct", "k": "AAAA"}, {"kty": "OKP", "crv": "Ed25519", "x": ""}],
            [{**KEY, "x5c": ["AAAA"], "x5t": 1, "d": "AAAA"}],
        )
    )
    return said.saying({"keys": keys})


def metadata(random: Random, said: Honest) -> Answer:
    named = dict(said.members) if "token_endpoint" in said.members else {"issuer": "https://op.example"}
    names = [name for name in named if name.endswith(("endpoint", "_uri"))] or ["token_endpoint"]
    listed = [name for name in named if name.endswith("_supported")] or ["grant_types_supported"]
    values = (*ODD, *CHARACTERS, ["\ud800"], [{}], [None] * 500, ["a" * 500] * 50)
    changes = random.choice(
        (
            {random.choice(names): random.choice(ADDRESSES)},
            {random.choice(names): random.choice(ODD)},
            {random.choice(listed): random.choice(values)},
            dict.fromkeys(listed, random.choice(values)),
            {"issuer": random.choice((*ADDRESSES, *ODD, *CHARACTERS, "https://op.example/"))},
            {"signed_metadata": random.choice((*ODD, "ey.ey.ey", f"{segment({})}.{segment({})}."))},
            {"mtls_endpoint_aliases": random.choice((*ODD, {"token_endpoint": random.choice((*ADDRESSES, *ODD))}))},
            {f"further_{n}": n for n in range(3000)},
        )
    )
    return said.saying({**named, **changes})


def login_pages(random: Random, said: Honest) -> Answer:
    odd = random.choice((*CHARACTERS, *MARKUP, "a" * 20_000))
    fields = f'<input name="user"><input type="password" name="pass"><input type="hidden" name="csrf" value="{odd}">'
    action = random.choice(ADDRESSES)
    page = random.choice(
        (
            f'<form method="post" action="{action}">{fields}</form>',
            f'<form method="dialog" action="">{fields}<button formaction="{action}">Go</button></form>',
            "<form>" * 300 + fields,
            f"<form>{fields}</form>" * 200,
            "<div>" * 200 + f"<form method=post>{fields}</form>",
            f'<form method="post">{"".join(f"<input type=hidden name=h{n} value=token-{n}-{n}>" for n in range(1500))}{fields}',
            f'<meta http-equiv="refresh" content="0; url={action}"><p>{odd}</p>',
            f'<base href="{action}"><form method="post">{fields}</form>',
            f'<form method="post">{fields}<input type="{odd}" name="{odd}"><select name="s"><option>{odd}</select></form>',
            '<form method="post"><input type="password"><input type="password" name=""></form>',
            '<iframe src="javascript:void(0)"></iframe><script>/* form */</script>',
            f"<title>{odd}</title><h1>error</h1><p>error_description: {odd}</p>",
            "<!--" + "<form>" * 50,
            f'<form enctype="multipart/form-data" method="post" target="_top" action="#">{fields}</form>',
        )
    )
    charset = random.choice(("utf-8", "utf-16", "none", "koi8-r"))
    return said.with_text(
        page, f"text/html; charset={charset}", status=random.choice(("200 OK", "200 OK", "403 Forbidden"))
    )


def authorization_responses(random: Random, said: Honest) -> Answer:
    sent = parse_qs(said.request.url.query.decode("latin-1"))
    given = {
        name: random.choice(ODD) for name in ("code", "iss", "error", "error_description", "id_token", "expires_in")
    }
    given |= {"state": random.choice((sent.get("state", [""])[0], "another", "", "\u00e4"))}
    given["code"] = random.choice(("a-code-of-the-corpus-0004", "", "\x00", "a" * 20_000, given["code"]))
    named = random.sample(list(given.items()), random.randint(1, len(given)))
    query = urlencode([(name, value if isinstance(value, str) else json.dumps(value)) for name, value in named * 2])
    to = sent.get("redirect_uri", ["https://app.example/callback"])[0] + random.choice("?#&") + query
    return replace(said.with_fields(("Location", to)), status="302 Found")


def odd_members(random: Random, said: Honest) -> Answer:
    """Members of many grants at once, each of which another check reads."""
    names = [
        "active",
        "interval",
        "expires_in",
        "refresh_token_timeout",
        "issued_token_type",
        "scope",
        "authorization_details",
    ]
    names += ["verification_uri", "verification_uri_complete", "user_code", "request_uri", "error_uri", "keys", "sub"]
    return said.saying(replaced(random, said, random.choice((*ODD, *HUGE, *ADDRESSES)), names))
