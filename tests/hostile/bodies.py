"""Bodies that are not what they should be."""

from __future__ import annotations

import json
from io import StringIO
from random import Random
from typing import Any
from urllib.parse import quote

from tests.hostile.answer import Answer, Honest
from token_conformance.redaction.names import SECRET_NAMES

ODD: tuple[Any, ...] = (
    None,
    "null",
    True,
    0,
    -1,
    1.5,
    "",
    " ",
    "a",
    [],
    {},
    [["a"]],
    ["a", None],
    {"a": []},
    [{}],
    2**63,
)
NUMBERS = ("1e999", "-1e999", "NaN", "Infinity", "-0", "9" * 400, "1" + "0" * 5000, "-9007199254740993", "1E-400")
CHARACTERS = (
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\r\nERROR: said by the server",
    "\nPASSED [100%]",
    "\x00\x01\x7f\x9b",
    "\u202eright to left\u2066",
    "\u2028\u2029\x85",
    "\ufeff\ufffe\uffff",
    "a\u0300" * 300,
    "\t\v\f\x08\x08\x08",
)
MARKUP = (
    "<script>document.title = 'run'</script>",
    '"><img src=x onerror="document.title = 1">',
    "</pre></script><!-- ]]> -->",
    "&lt;b&gt;&#x3c;i&#62;&nbsp;&",
    "{{ 7 * 7 }}{% raw %}${HOME}%s{0}",
    "[red]bold[/red] `code` **b**",
)


def strings(members: dict[str, Any]) -> list[str]:
    """The members that are strings, and those that a server describes errors by."""
    return [name for name, value in members.items() if isinstance(value, str)] + ["error", "error_description"]


def replaced(random: Random, said: Honest, value: Any, names: list[str] | None = None) -> dict[str, Any]:
    """The members, some of which have another value."""
    names = names or [*said.members, "error", "error_description", "scope"]
    chosen = random.sample(names, random.randint(1, len(names)) if random.random() < 0.3 else 1)
    return {**said.members, **dict.fromkeys(chosen, value)}


def other_types(random: Random, said: Honest) -> Answer:
    return said.saying(replaced(random, said, random.choice(ODD)))


def numbers_beyond_all(random: Random, said: Honest) -> Answer:
    marked = json.dumps(replaced(random, said, "MARK"))
    return said.with_text(marked.replace('"MARK"', random.choice(NUMBERS)))


def surrogates(random: Random, said: Honest) -> Answer:
    lone = random.choice(("\ud800", "a\udfff", "\udc80\ud83d", "\ud83d"))
    return said.saying(replaced(random, said, lone * random.randint(1, 20), strings(said.members)))


def control_characters(random: Random, said: Honest) -> Answer:
    characters = random.choice(CHARACTERS)
    spoilt = said.saying(replaced(random, said, characters, strings(said.members)))
    if random.random() < 0.3:  # unescaped, which JSON does not allow
        return said.with_text(json.dumps({**said.members, "error_description": "MARK"}).replace("MARK", characters))
    return spoilt


def markup(random: Random, said: Honest) -> Answer:
    name = random.choice([*strings(said.members), random.choice(MARKUP)])
    return said.saying({**said.members, name: random.choice(MARKUP)})


def long_strings(random: Random, said: Honest) -> Answer:
    length = int(10 ** random.uniform(3, 5.95))
    filling = random.choice(("a", "ab1-", "%41", "&amp;", "\\u0041", "é", " ", "A" * 64 + "."))
    return said.saying({**said.members, random.choice(strings(said.members)): (filling * length)[:length]})


def secret_looking(random: Random, said: Honest) -> Answer:
    number = int(10 ** random.uniform(1, 4.3))
    name = random.choice(sorted(SECRET_NAMES))
    values = [f"{random.getrandbits(64):x}{random.choice(('', '+/=', '.b.c', ' x'))}" for _ in range(number)]
    within = {"list": values, "objects": [{name: value} for value in values], "named": dict(enumerate(values))}
    kind = random.choice(list(within))
    return said.saying({**said.members, **({name: values} if kind == "list" else {kind: within[kind]})})


def many_values(random: Random, said: Honest) -> Answer:
    number = int(10 ** random.uniform(3, 5.5))
    written = random.choice((("[", "0", "]"), ("[", "[]", "]"), ("{", '"{0}": {0}', "}")))
    whole = json.dumps({**said.members, random.choice([*said.members, "scope"]): MANY})
    return said.with_text(whole.replace(json.dumps(MANY), _many(number, *written), 1))


MANY = "<here are many>"


def _many(number: int, begin: str, each: str, end: str) -> str:
    """So many values, written without having them all: they are in the process whose memory is measured."""
    text = StringIO()
    text.write(begin)
    for place in range(number):
        text.write(f"{', ' * (place > 0)}{each.replace('{0}', str(place))}")
    text.write(end)
    return text.getvalue()


def deep(random: Random, said: Honest) -> Answer:
    depth = int(10 ** random.uniform(2, 5))
    opening, closing = random.choice((("[", "]"), ('{"a":', "}"), ('[{"access_token":', "}]")))
    inner = opening * depth + "1" + closing * depth
    marked = json.dumps({**said.members, random.choice([*said.members, "error"]): "MARK"})
    return said.with_text(marked.replace('"MARK"', inner))


def repeated_members(random: Random, said: Honest) -> Answer:
    written = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in said.members.items()]
    again = [f"{json.dumps(name)}: {json.dumps(random.choice(ODD))}" for name in said.members]
    return said.with_text("{" + ", ".join(random.sample([*written, *again], len(written) + len(again))) + "}")


def another_shape(random: Random, said: Honest) -> Answer:
    return said.saying(random.choice((*ODD, [said.members], {"data": said.members}, json.dumps(said.members))))


def broken(random: Random, said: Honest) -> Answer:
    body = bytearray(said.answer.body or json.dumps(said.members).encode())
    for _ in range(random.randint(1, 5)):
        body[random.randrange(len(body))] = random.randrange(256)
    return said.with_text(bytes(body[: random.randint(1, len(body))] if random.random() < 0.5 else body))


def other_charsets(random: Random, said: Honest) -> Answer:
    text = json.dumps({**said.members, "error_description": "façade €"}, ensure_ascii=False)
    charset = random.choice(("utf-16", "utf-32", "utf-8-sig", "cp1252", "cp037", "utf-7"))
    kind = f"application/json; charset={random.choice((charset, 'utf-8', 'none', '', 'rot13', 'idna', 'base64'))}"
    return said.with_text(text.encode(charset, "replace"), kind)


def no_text(random: Random, said: Honest) -> Answer:
    return said.with_text(
        random.choice((b"", b"\0" * 1000, random.randbytes(random.randint(1, 30_000)), b"\xff\xfe", b" "))
    )


def a_page(random: Random, said: Honest) -> Answer:
    page = f"<!doctype html><title>{random.choice(MARKUP)}</title>{random.choice(CHARACTERS)}<h1>Welcome</h1>"
    kind = random.choice(("text/html", "application/json", "text/plain", "application/xhtml+xml"))
    return said.with_text(page * random.choice((1, 1, 300)), kind)


def words_of_another_endpoint(random: Random, said: Honest) -> Answer:
    return said.saying(
        random.choice(
            (
                {"keys": []},
                {"active": True, "sub": "alice", "client_id": "my.app/first", "scope": "openid", "exp": 4_000_000_000},
                {"access_token": "an-access-token-of-the-corpus-0003", "token_type": "Bearer", "expires_in": 1},
                {"issuer": "https://op.example", "token_endpoint": "https://op.example/token"},
                {"request_uri": "urn:example:1", "expires_in": 90},
                {
                    "device_code": "a-device-code-of-the-corpus",
                    "user_code": "WDJB-MJHT",
                    "interval": 0,
                    "expires_in": 1,
                },
                {"error": "server_error"},
                {"error": "slow_down"},
                {"error": "use_dpop_nonce"},
                {"error": "invalid_client"},
            )
        )
    )


def echo(random: Random, said: Honest) -> Answer:
    """All that was sent comes back, written in one way or the other."""
    sent = said.request.content.decode("utf-8", "replace") + str(said.request.url) + repr(said.request.headers.raw)
    shown = random.choice(
        (sent, quote(sent), json.dumps(sent), sent.encode().hex(), sent.replace("&", "&amp;"), sent[::-1])
    )
    return said.saying(
        {**said.members, "error": "invalid_request", "error_description": shown * random.choice((1, 1, 20))}
    )
