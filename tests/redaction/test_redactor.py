"""No secret passes the door, however it is written; its label does."""

import gc
import html
import json
import time
from base64 import b32encode, b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus, urlencode
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.redaction import Redactor
from token_conformance.redaction.redactor import is_ordinary
from token_conformance.wire.exchange import Exchange, Request, Response

SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=8, max_size=40).filter(
    lambda secret: not is_ordinary(secret)
)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
ENCODINGS = {
    "plain": str,
    "percent": lambda secret: quote(secret, safe=""),
    "plus": quote_plus,
    "lower-case hex": lambda secret: "".join(
        f"%{byte:02x}" if byte > 127 or chr(byte) in "+/%&=<>\"' " else chr(byte) for byte in secret.encode()
    ),
    "HTML": html.escape,
    "JSON": lambda secret: json.dumps({"error_description": secret}),
    "Base64": lambda secret: b64encode(secret.encode()).decode(),
    "Base64url without padding": lambda secret: urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    "Basic": lambda secret: b64encode(f"my-client:{secret}".encode()).decode(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(secret=SECRETS, before=st.text(max_size=5), after=st.text(max_size=5))
def test_a_secret_does_not_come_out(encoding, secret, before, after):
    """Whatever stands around it and however it is encoded, the secret is a label afterwards."""
    redactor = Redactor()
    label = redactor.learn("client_secret", secret)
    written = ENCODINGS[encoding](secret)
    shown = redactor.text(f"{before}{written}{after}")
    assert label in shown
    assert secret not in shown
    assert redactor.leaks(shown) == []


def test_the_same_secret_has_the_same_label():
    """That an old token was sent again stays visible."""
    redactor = Redactor()
    labels = [redactor.learn("refresh_token", token) for token in ("first-token", "second-token", "first-token")]
    assert labels == ["<refresh_token 1>", "<refresh_token 2>", "<refresh_token 1>"]


def test_the_longest_secret_wins():
    """A token that begins like another one is not half shown."""
    redactor = Redactor()
    redactor.learn("code", "abcdefgh")
    longer = redactor.learn("code", "abcdefghijkl")
    assert redactor.text("x abcdefghijkl y") == f"x {longer} y"


def exchange_with(secret):
    """An exchange that holds a secret in every place that there is, each time another one."""
    request_headers = (
        ("Authorization", f"Basic {b64encode(f'app:{secret}-basic'.encode()).decode()}"),
        ("Cookie", f"session={secret}-cookie; other={secret}-second-cookie"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    form = {
        "code": f"{secret}-code",
        "client_secret": f"{secret}-post",
        "password": f"{secret}-password",
        "refresh_token": f"{secret}-refresh",
        "client_assertion": f"{secret}-assertion",
        "code_verifier": f"{secret}-verifier",
    }
    answer_headers = (
        ("Set-Cookie", f"login={secret}-set-cookie; HttpOnly"),
        ("Location", f"https://app.example/callback?code={secret}-location#access_token={secret}-fragment"),
        ("Content-Type", "application/json"),
    )
    body = {
        "access_token": f"{secret}-access",
        "nested": [{"id_token": f"{secret}-id"}],
        "echo": f"you sent {secret}-code",
    }
    url = f"https://op.example/token?access_token={secret}-query"
    request = Request("POST", url, request_headers, urlencode(form).encode())
    return request, Response(200, answer_headers, json.dumps(body).encode())


@pytest.mark.parametrize("secret", ["canary", "c/n+r= é%", "c"])
def test_an_exchange_shows_no_secret(make_exchange, secret):
    """Headers, cookies, parameters, members and addresses hold labels, and the labels are there."""
    request, answer = exchange_with(secret)
    shown = str(Redactor().exchange(make_exchange(request=request, answer=answer)))
    assert f"{secret}-" not in shown.replace("c-", "" if secret == "c" else "c-")
    for label in (
        "<client_secret",
        "<cookie",
        "<code ",
        "<refresh_token",
        "<access_token",
        "<id_token",
        "<password",
        "<code_verifier",
    ):
        assert label in shown


def test_hidden_fields_of_a_page_are_secrets(make_exchange):
    """What a login page carries along is not shown."""
    page = '<form><input type="hidden" name="csrf" value="hidden-canary"></form>'
    assert "hidden-canary" not in str(Redactor().exchange(make_exchange(page)))


def test_a_field_with_our_own_request_leaves_its_address_readable(make_exchange):
    """A login page that says where to go on to, and is followed by just that, does not keep a report from being written."""
    request = "/authorize?client_id=app&response_type=code&id_token_hint=hint-canary"
    page = f'<form><input type="hidden" name="next" value="{request.replace("&", "&amp;")}"></form>'
    redactor = Redactor()
    redactor.exchange(make_exchange(page))
    assert redactor.leaks("GET /authorize?client_id=app&response_type=code") == []
    assert redactor.leaks("hint-canary")


def test_what_qa_needs_of_a_jwt_is_shown(make_exchange):
    """Header and judged claims stand beside the label; the person's data do not."""
    segments = [{"alg": "RS256"}, {"iss": "https://op.example", "email": "alice@example", "nonce": "n"}]
    token = (
        ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in segments)
        + ".c2lnbmF0dXJl"
    )
    shown = str(Redactor().exchange(make_exchange(json.dumps({"id_token": token}))))
    assert '"iss": "https://op.example"' in shown
    assert "alice" not in shown
    assert token.split(".")[1] not in shown


def test_control_characters_are_made_visible(make_exchange):
    """A server cannot steer the terminal."""
    assert "\x1b" not in str(Redactor().exchange(make_exchange("\x1b[2J\x00")))


def test_a_long_body_is_cut(make_exchange):
    """A report shows the beginning and tells the length."""
    shown = Redactor().exchange(make_exchange("x" * 100_000)).response_body
    assert len(shown) < 5000
    assert "100000 characters" in shown


def test_an_exchange_without_answer_shows_the_reason(make_exchange):
    """The reason may hold a secret too."""
    redactor = Redactor()
    redactor.learn("password", "the-password-itself")
    exchange: Exchange = make_exchange(answer=None, failure="no answer to the-password-itself")
    assert "no answer: no answer to <password 1>" in str(redactor.exchange(exchange))


def test_the_profiles_secrets_are_known(make_profile):
    """Secrets of the profile are learnt before anything is sent."""
    redactor = Redactor()
    redactor.learn_profile(make_profile())
    assert redactor.text("app-secret-value and wonderland") == "<client_secret 1> and <password 1>"


@pytest.mark.parametrize("secret", ["secret", "password", "client_secret", "topsecret", "pw"])
def test_an_ordinary_word_is_labelled_where_it_is_a_value(make_exchange, secret):
    """A secret that is a word of the field is not struck out of every sentence, and is not shown as a value."""
    redactor = Redactor()
    redactor.learn("client_secret", secret)
    request = Request("POST", "https://op.example/token", FORM, urlencode({"client_secret": secret}).encode())
    assert redactor.text(f"a wrong {secret} is refused") == f"a wrong {secret} is refused"
    assert "client_secret=<client_secret 1>" in str(redactor.exchange(make_exchange(request=request)))


OTHER_SPELLINGS = {
    "twice percent-encoded": lambda secret: quote(quote(secret, safe=""), safe=""),
    "every byte percent-encoded": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "HTML as ASP.NET writes it": lambda secret: "".join(c if c.isalnum() else f"&#x{ord(c):X};" for c in secret),
    "JSON as .NET writes it": lambda secret: "".join(c if c.isalnum() else f"\\u{ord(c):04X}" for c in secret),
    "JSON as PHP writes it": lambda secret: secret.replace("/", "\\/"),
}


DENSE_SPELLINGS = {
    "hexadecimal digits": lambda data: data.hex(),
    "capital hexadecimal digits": lambda data: data.hex().upper(),
    "Base32": lambda data: b32encode(data).decode(),
    "Base64 twice": lambda data: b64encode(b64encode(data)).decode(),
    "Base64url twice": lambda data: urlsafe_b64encode(urlsafe_b64encode(data)).decode().rstrip("="),
    "Base64 of hexadecimal digits": lambda data: b64encode(data.hex().encode()).decode(),
    "JavaScript": lambda data: "".join(f"\\u{{{byte:x}}}" for byte in data),
    "Python": lambda data: "".join(f"\\x{byte:02x}" for byte in data),
    "JSON within JSON": lambda data: json.dumps(json.dumps("".join(f"\\u{byte:04X}" for byte in data))),
}


@pytest.mark.parametrize(
    "around", ["{}", "it said {} to me", "debug={}&more=1", '{{"error_description": "{}"}}', "a/{}"]
)
@pytest.mark.parametrize("spelling", DENSE_SPELLINGS)
def test_a_secret_in_a_dense_spelling_does_not_come_out(spelling, around):
    """Which takes more room than the secret, and is seldom met: it is looked into."""
    redactor, secret = Redactor(), "c4nary-Secret~0815_of.alice"
    redactor.learn("access_token", secret)
    written = DENSE_SPELLINGS[spelling](secret.encode())
    shown = redactor.text(around.format(written))
    assert "<access_token 1>" in shown
    assert written[8:-8] not in shown


@pytest.mark.parametrize(
    "word", ["deadbeefdeadbeefdeadbeef", "ORSXG5A7ORSXG5A7", "QUJDREVGR0hJSktMTU5PUA", "access_token_lifetime"]
)
def test_what_says_no_secret_in_a_dense_spelling_stays(word):
    """Nobody knows what it is."""
    redactor = Redactor()
    redactor.learn("access_token", "c4nary-Secret~0815_of.alice")
    assert redactor.text(f"it said {word}") == f"it said {word}"


@pytest.mark.parametrize("spelling", OTHER_SPELLINGS)
@given(secret=st.text("abcXYZ019-._~+/=", min_size=6, max_size=40).filter(lambda secret: not is_ordinary(secret)))
def test_a_secret_in_another_spelling_does_not_come_out(spelling, secret):
    """Servers escape more than they must; the secret is a label nevertheless."""
    redactor = Redactor()
    label = redactor.learn("refresh_token", secret)
    shown = redactor.text(f'value="{OTHER_SPELLINGS[spelling](secret)}" ')
    assert label in shown
    assert secret not in shown


@given(
    prefix=st.binary(max_size=5), secret=st.text("abcXYZ019-_", min_size=12, max_size=40), suffix=st.binary(max_size=5)
)
def test_base64_of_a_longer_text_does_not_tell_the_secret(prefix, secret, suffix):
    """Wherever the secret begins in a Base64 text, what is left does not decode to it."""
    redactor = Redactor()
    label = redactor.learn("client_secret", secret)
    written = b64encode(prefix + secret.encode() + suffix).decode()
    shown = redactor.text(written)
    assert label in shown
    assert len(shown.replace(label, "")) <= len(written) - (len(secret) - 2) * 8 // 6


def test_the_segments_of_a_token_are_secret():
    """A server that answers with a part of a JWT, signed or encrypted, does not bring it into the report."""
    redactor = Redactor()
    signed = redactor.learn("id_token", "eyJhbGciOiJSUzI1NiJ9.payload-payload-payload.signature-signature")
    encrypted = redactor.learn("access_token", "eyJhbGciOiJkaXIifQ.key-key-key-key-key.iv.ciphertext-ciphertext.tag")
    assert redactor.text("bad signature-signature") == f"bad {signed}"
    assert redactor.text("bad ciphertext-ciphertext") == f"bad {encrypted}"


def test_another_spelling_of_a_secret_has_its_label():
    """That a token came back percent-encoded does not make it another token."""
    redactor = Redactor()
    assert redactor.learn("code", "a+b/c==d") == redactor.learn("code", "a%2Bb%2Fc%3D%3Dd")


def test_labels_are_left_alone():
    """Text that has gone through the door goes through it again unchanged."""
    redactor = Redactor()
    redactor.learn("password", "password-password")
    once = redactor.text("wrong: password-password")
    assert redactor.text(once) == once == "wrong: <password 1>"


BROKEN_ANSWERS = {
    "a byte order mark": b'\xef\xbb\xbf{"access_token": "canary-value"}',
    "a member twice": b'{"access_token": "canary-value", "a": 1, "a": 2}',
    "NaN": b'{"access_token": "canary-value", "expires_in": NaN}',
    "a missing brace": b'{"access_token": "canary-value"',
    "single quotes": b"{'access_token': 'canary-value'}",
    "a form": b"access_token=canary-value&token_type=Bearer",
    "a page with a link": b'<a href="https://app.example/cb?code=canary-value&amp;state=x">on</a>',
    "a page with a script": b'<script>start({"id_token":"canary-value"})</script><input value="">',
    "a form_post page": b'<form><input type="hidden" name="code" value="canary-value"/></form>',
    "a list": b'{"refresh_token": ["canary-value"]}',
    "UTF-16": '{"access_token": "canary-value"}'.encode("utf-16"),
}


@pytest.mark.parametrize("body", BROKEN_ANSWERS.values(), ids=BROKEN_ANSWERS)
def test_an_answer_that_is_nearly_right_shows_no_secret(make_exchange, body):
    """A token is recognized in an answer that a client would refuse to read."""
    redactor = Redactor()
    shown = str(redactor.exchange(make_exchange(body)))
    assert "canary" not in shown.replace("\\x00", "")
    assert redactor.leaks(shown) == []


HOSTILE_ANSWERS = {
    "a lone surrogate": (b'{"access_token": "\\ud800abcdef", "error": "\\udfff"}', ()),
    "nesting": (b'{"a":' * 900 + b"1" + b"}" * 900, ()),
    "deeper nesting": (b"[" * 100_000, ()),
    "a huge number": (b'{"expires_in": 1' + b"0" * 5000 + b"}", ()),
    "a Location that is no URL": (b"", (("Location", "http://[::1?code=canary-value"),)),
    "a cookie without a name": (b"", (("Set-Cookie", "=; ;;="), ("Set-Cookie", ""))),
    "markup": (b"<input" * 1000, ()),
    "random bytes": (bytes(range(256)), ()),
}


@pytest.mark.parametrize(("body", "headers"), HOSTILE_ANSWERS.values(), ids=HOSTILE_ANSWERS)
def test_no_answer_breaks_redaction(make_exchange, body, headers):
    """What a server sends is shown in part or as a remark, and can be written as UTF-8."""
    shown = str(Redactor().exchange(make_exchange(body, headers=headers)))
    assert shown.encode()
    assert all(character.isprintable() or character in "\n\t" for character in shown)


def test_short_values_are_labelled_where_they_stand(make_exchange):
    """A value too short to be looked for is a label as parameter, cookie, member and credentials."""
    request = Request(
        "POST",
        "https://op.example/token?access_token=q1",
        (*FORM, ("Cookie", "a=c1; b=c2"), ("Authorization", "Basic " + b64encode(b"app:p1").decode())),
        b"code=d1",
    )
    answer = Response(302, (("Location", "https://app.example/cb?code=l1&state=s#id_token=f1"),), b'{"id_token": "m1"}')
    shown = str(Redactor().exchange(make_exchange(request=request, answer=answer)))
    assert not any(value in shown for value in ("q1", "c1", "c2", "p1", "d1", "l1", "f1", "m1"))


def test_what_is_no_secret_stays_readable(make_exchange):
    """An error's number, the client's name in a login page and a cookie `deleted` are words that QA reads."""
    page = '<input type="hidden" name="client_id" value="example-app"> example-app was deleted'
    cookies = (("Set-Cookie", "session=deleted; Max-Age=0"),)
    redactor = Redactor()
    assert "example-app was deleted" in str(redactor.exchange(make_exchange(page, headers=cookies)))
    number = make_exchange('{"error": "invalid_request", "code": "E1234567"}')
    assert "E1234567" in str(redactor.exchange(number))


def test_a_secret_learnt_later_is_found_in_what_was_said_before():
    """What a text was shown as is remembered no longer than it holds."""
    redactor = Redactor()
    assert redactor.text("no such token: canary-value") == "no such token: canary-value"
    redactor.learn("refresh_token", "canary-value")
    assert redactor.text("no such token: canary-value") == "no such token: <refresh_token 1>"


def test_a_secret_learnt_later_is_found_in_an_exchange_that_was_shown(make_exchange):
    """An exchange is redacted once, and again when there is more to look for."""
    redactor = Redactor()
    exchange = make_exchange('{"error": "invalid_grant", "error_description": "no such token: canary-value"}')
    first = redactor.exchange(exchange)
    assert redactor.exchange(exchange) is first
    redactor.learn("refresh_token", "canary-value")
    assert "no such token: <refresh_token 1>" in str(redactor.exchange(exchange))
    assert redactor.leaks(str(first)) == ["<refresh_token 1>"]


def test_what_was_shown_goes_with_its_exchange(make_exchange):
    """A redactor holds no exchange alive, nor what was made of it."""
    redactor = Redactor()
    shown = ref(redactor.exchange(make_exchange('{"access_token": "canary-value"}')))
    gc.collect()
    assert shown() is None
    assert redactor.text("canary-value") == "<access_token 1>"


def test_many_secrets_are_found_at_once(make_exchange):
    """A run of some hundred exchanges is redacted in the time of a few of its requests."""
    redactor = Redactor()
    secrets = [f"{number:06d}-secret-{number * 7919:08d}" for number in range(1000)]
    for secret in secrets:
        redactor.learn("refresh_token", secret)
    text = " ".join(f"{secret} and what stands between two of them;" for secret in secrets)
    began = time.process_time()
    shown = redactor.text(text)
    assert time.process_time() - began < 2
    assert not any(secret in shown for secret in secrets)


def test_a_pause_is_shown(make_exchange):
    """Whoever reads the evidence sees which answer was not the last, and why the next one came late."""
    first, second = make_exchange(status=429, put_off=True), make_exchange(held_back=7.0, number=2)
    assert "s, put off: sent again later, as the answer asks\n" in str(Redactor().exchange(first))
    assert "s, held back for 7 s\n" in str(Redactor().exchange(second))
