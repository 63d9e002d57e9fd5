"""No secret passes the door, however it is written; its label does."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_conformance.exchange import Exchange, Request, Response
from token_conformance.redaction import Redactor

SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=8, max_size=40)
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
