"""A scenario takes from a recording what it asks for, and no refusal that something else may explain."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import httpx
import pytest

from token_conformance.servers.captured.exchanges import captured
from token_conformance.servers.captured.requests import Sent
from token_conformance.servers.captured.tape import CapturedTape
from token_conformance.servers.har import Recording
from token_conformance.verdict import Inconclusive
from token_conformance.wire.transports import NoAnswer

TOKEN = "https://op.example/token"
FORM = "application/x-www-form-urlencoded"
NOTHING = frozenset()


def told(answer, *, status=200, at=0, url=TOKEN, method="POST", **form):
    """An entry of a HAR: a form, and the JSON that was answered."""
    post_data = {"postData": {"mimeType": FORM, "text": urlencode(form)}} if form else {}
    return {
        "startedDateTime": f"2026-01-01T12:00:{at:02}Z",
        "time": 10,
        "request": {"method": method, "url": url, "headers": [], **post_data},
        "response": {"status": status, "headers": [], "content": {"text": json.dumps(answer)}},
    }


def asked(url=TOKEN, method="POST", **form):
    """What a scenario sends."""
    return Sent.of(method, url, httpx.Headers({"content-type": FORM}), urlencode(form).encode())


CODE = {"grant_type": "authorization_code", "code": "code-1", "client_id": "app"}
FIRST = told({"access_token": "access-1", "refresh_token": "refresh-1"}, **CODE)
SECOND = {"access_token": "access-2", "refresh_token": "refresh-2"}
USED = {"grant_type": "refresh_token", "refresh_token": "refresh-1"}
ROTATED = {"grant_type": "refresh_token", "refresh_token": "refresh-2"}
REFUSED = {"error": "invalid_grant"}


@pytest.fixture
def tape(make_profile):
    """The tape of a recording with these entries, behind a login."""

    def make(*entries, skipped=0):
        recording = Recording.model_validate({"version": "1.2", "entries": [FIRST, *entries]})
        return CapturedTape(captured(recording, make_profile()), skipped)

    return make


def take(tape, sent, drawn=NOTHING):
    """The place of the exchange that answers, counted from 1, and what was sent for what is drawn."""
    exchange, bindings = tape.take(sent, drawn, is_page=False)
    return exchange.number, dict(bindings)


def test_each_exchange_answers_once(tape):
    """What was asked twice was answered twice."""
    found = tape(told(REFUSED, status=400, **CODE))
    assert [take(found, asked(**CODE))[0] for _ in range(2)] == [1, 2]
    with pytest.raises(NoAnswer, match=r"not in the recording: POST /token \(authorization_code\)"):
        take(found, asked(**CODE))
    assert found.missed


def test_nothing_is_taken_from_before(tape):
    """A recording goes forward."""
    found = tape(told(SECOND, **USED))
    take(found, asked(**USED))
    with pytest.raises(NoAnswer):
        take(found, asked(**CODE))


HARMLESS = {
    "another client's token": told({"access_token": "service"}, grant_type="client_credentials"),
    "another request's refusal": told({"error": "invalid_request"}, status=400, grant_type="odd"),
    "an introspection": told({"active": True}, url="https://op.example/introspect", token="refresh-1"),
    "an attempt with a wrong secret": told({"error": "invalid_client"}, status=401, **USED, client_secret="wrong"),
    "a page": told({}, method="GET", url="https://op.example/page"),
}
HARMFUL = {
    "the token's own use": told(SECOND, **USED, scope="openid"),
    "a revocation": told({}, url="https://op.example/revoke", token="refresh-1"),
    "a use with a refusal": told({"error": "invalid_scope"}, status=400, **USED, scope="too much"),
    "another login": told(SECOND, grant_type="authorization_code", code="code-2", client_id="app"),
}


@pytest.mark.parametrize("left_out", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_refusal_is_taken_where_nothing_explains_it(tape, left_out):
    """What was left out before it has nothing to do with the token."""
    found = tape(left_out, told(REFUSED, status=400, **USED))
    take(found, asked(**CODE))
    assert take(found, asked(**USED))[0] == 3


@pytest.mark.parametrize("left_out", HARMFUL.values(), ids=HARMFUL.keys())
def test_a_refusal_is_not_taken_behind_what_may_explain_it(tape, left_out):
    """The provider may be right to refuse what the scenario holds for living."""
    found = tape(left_out, told(REFUSED, status=400, **USED))
    take(found, asked(**CODE))
    with pytest.raises(NoAnswer):
        take(found, asked(**USED))


@pytest.mark.parametrize("left_out", HARMFUL.values(), ids=HARMFUL.keys())
def test_what_is_granted_is_taken_whatever_came_before(tape, left_out):
    """Nothing that was left out makes a provider grant what it must refuse."""
    found = tape(left_out, told(SECOND, **USED))
    take(found, asked(**CODE))
    assert take(found, asked(**USED))[0] == 3


@pytest.mark.parametrize("active", [True, False])
def test_an_inactive_token_is_a_refusal(tape, active):
    """Introspection refuses by a member (RFC 7662 §2.2)."""
    asking = {"url": "https://op.example/introspect", "token": "refresh-1"}
    found = tape(HARMFUL["a revocation"], told({"active": active}, **asking))
    take(found, asked(**CODE))
    if active:
        assert take(found, asked(**asking))[0] == 3
    else:
        with pytest.raises(NoAnswer):
            take(found, asked(**asking))


def test_metadata_may_be_read_at_any_time(tape):
    """And as often as a scenario likes."""
    found = tape(told({"keys": []}, method="GET", url="https://op.example/keys"), told(SECOND, **USED))
    take(found, asked(**USED))
    assert [take(found, asked("https://op.example/keys", "GET"))[0] for _ in range(2)] == [2, 2]


def test_a_wait_goes_on_to_what_was_recorded_later(tape):
    """What lies before is passed over."""
    found = tape(told(SECOND, at=3, **USED), told(REFUSED, status=400, at=20, **CODE))
    take(found, asked(**CODE))
    found.forward(15)
    assert found.present.second == 20
    with pytest.raises(NoAnswer):
        take(found, asked(**USED))


def test_a_wait_beyond_the_recording_is_inconclusive(tape):
    """Nothing was recorded then."""
    found = tape(told(SECOND, at=3, **USED))
    with pytest.raises(Inconclusive, match="the recording holds nothing 60 seconds later"):
        found.forward(60)


@pytest.mark.parametrize(
    ("sent", "drawn", "bindings"),
    [
        ({**CODE, "code": "drawn"}, {"drawn"}, None),  # what worked was issued, though the recording does not show it
        ({**CODE, "client_id": "drawn"}, {"drawn"}, None),
        ({"grant_type": "refresh_token", "refresh_token": "drawn"}, {"drawn"}, {"drawn": "made-up"}),
        ({"grant_type": "refresh_token", "refresh_token": "other"}, {"drawn"}, None),
        ({"grant_type": "refresh_token"}, NOTHING, None),
        ({"grant_type": "refresh_token", "refresh_token": "made-up", "scope": "x"}, NOTHING, None),
    ],
)
def test_what_is_drawn_stands_for_what_nobody_has_issued(tape, sent, drawn, bindings):
    """A made-up token was made up by somebody else; a code that the provider issued was not."""
    found = tape(told(REFUSED, status=400, grant_type="refresh_token", refresh_token="made-up"))
    if bindings is None:
        with pytest.raises(NoAnswer):
            take(found, asked(**sent), drawn)
    else:
        assert take(found, asked(**sent), drawn) == (2, bindings)


AUTHORIZE = "https://op.example/authorize"
ASKING = {
    "response_type": "code",
    "client_id": "app",
    "redirect_uri": "https://app.example/callback",
    "state": "their-state",
    "code_challenge": "their-challenge",
}


def page(target, location="", *, status=303):
    """What a browser asked for, and where it was sent."""
    made = told({}, status=status, method="GET", url=target)
    made["response"]["headers"] = [{"name": "Location", "value": location}] if location else []
    return made


def authorized(ui_locales="de", **changes):
    """An authorization request with pages behind it, and the answer."""
    query = {**ASKING, "ui_locales": ui_locales, **changes}
    state = query["state"]
    return [
        page(f"{AUTHORIZE}?{urlencode(query)}", "https://op.example/login"),
        page("https://op.example/login", status=200),
        page("https://op.example/consent", f"https://app.example/callback?code=code-9&state={state}"),
    ]


def browse(tape, drawn=NOTHING, **changes):
    """What a browser is answered that asks for authorization."""
    sent = Sent.of("GET", f"{AUTHORIZE}?{urlencode({**ASKING, **changes})}", httpx.Headers(), b"")
    return tape.take(sent, drawn, is_page=True)


def test_a_browser_is_led_to_the_answer(tape):
    """Whatever the pages in between ask for."""
    found = tape(*authorized())
    first, _ = browse(found)
    exchange, _ = found.take(asked("https://op.example/login", "GET"), NOTHING, is_page=True)
    assert (first.number, exchange.number, found.logins) == (2, 4, 1)


def test_an_answer_to_another_request_is_none(tape):
    """Its state is another one."""
    found = tape(authorized()[0], *authorized(state="another")[1:])
    browse(found)
    exchange, _ = found.take(asked("https://op.example/login", "GET"), NOTHING, is_page=True)
    assert exchange.number == 3


def test_a_state_and_a_challenge_are_left_open_while_they_are_drawn(tape):
    """A verifier is known from the token request alone."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    exchange, bindings = browse(tape(*authorized()), {"ours", verifier}, state="ours", code_challenge=challenge)
    assert (exchange.number, bindings) == (2, {"ours": "their-state"})


@pytest.mark.parametrize("change", [{"scope": "openid"}, {"prompt": "none"}, {"state": "ours"}])
def test_a_request_that_shapes_the_answer_otherwise_is_another_one(tape, change):
    """Nobody knows what it would have been answered."""
    with pytest.raises(NoAnswer):
        browse(tape(*authorized()), **change)


def test_the_login_to_begin_with_may_be_a_later_one(tape):
    """Earlier ones are passed over."""
    found = tape(*authorized(), *authorized(), skipped=1)
    assert browse(found)[0].number == 5


@pytest.mark.parametrize(("left_out", "found"), [(False, True), (True, False)])
def test_a_request_whose_authorization_was_left_out_is_not_known(tape, left_out, found):
    """It is not one that presents nothing."""
    userinfo = told({"sub": "alice"}, method="GET", url="https://op.example/userinfo")
    userinfo["_undocumented"] = ["authorization"] if left_out else []
    recorded = tape(userinfo)
    if found:
        assert take(recorded, asked("https://op.example/userinfo", "GET"))[0] == 2
    else:
        with pytest.raises(NoAnswer):
            take(recorded, asked("https://op.example/userinfo", "GET"))


def test_keys_are_known_whatever_was_left_out(tape):
    """Nobody authenticates to read them."""
    keys = {**told({"keys": []}, method="GET", url="https://op.example/keys"), "_undocumented": ["authorization"]}
    assert take(tape(keys), asked("https://op.example/keys", "GET"))[0] == 2


@pytest.mark.parametrize("name", ["DPoP", "Host"])
def test_a_header_may_make_another_request_of_one(tape, name):
    """A proof, or the name of another host."""
    recorded = told(SECOND, **USED)
    recorded["request"]["headers"] = [{"name": name, "value": "elsewhere.example"}]
    with pytest.raises(NoAnswer):
        take(tape(recorded), asked(**USED))


@pytest.mark.parametrize(("status", "found"), [(403, False), (400, True)])
def test_a_refusal_may_be_for_the_origin_of_a_page(tape, status, found):
    """Our scenarios are no pages."""
    refused = told(REFUSED, status=status, **USED)
    refused["request"]["headers"] = [{"name": "Origin", "value": "https://app.example"}]
    recorded = tape(refused)
    if found:
        assert take(recorded, asked(**USED))[0] == 2
    else:
        with pytest.raises(NoAnswer):
            take(recorded, asked(**USED))


def spelled(body, media_type=FORM):
    """A refusal of a form that is written so."""
    refused = told(REFUSED, status=400, grant_type="refresh_token")
    refused["request"]["postData"] = {"mimeType": media_type, "text": body}
    return refused


PLAIN = "grant_type=refresh_token&refresh_token=a%2Fb"


@pytest.mark.parametrize(
    ("written", "media_type", "found"),
    [
        (PLAIN, FORM, True),
        ("grant_type=refresh_token&refresh_token=a/b", FORM, True),
        ("refresh_token=a%2Fb&grant_type=refresh_token", FORM, True),
        (PLAIN, f"{FORM};charset=UTF-8", True),
        ("grant%5ftype=refresh_token&refresh_token=a%2Fb", FORM, False),
        (PLAIN, f"{FORM}; odd=parameter", False),
    ],
)
def test_a_refusal_may_be_for_an_odd_spelling(tape, written, media_type, found):
    """As clients write forms, a provider has to read them."""
    recorded = tape(spelled(written, media_type))
    if found:
        assert take(recorded, asked(grant_type="refresh_token", refresh_token="a/b"))[0] == 2
    else:
        with pytest.raises(NoAnswer):
            take(recorded, asked(grant_type="refresh_token", refresh_token="a/b"))


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("grant%5ftype=refresh_token&refresh_token=a%2Fb", FORM),
        ("refresh_token=a%2Fb&grant_type=refresh_token", FORM),
        (PLAIN, f"{FORM}; charset=UTF-8"),
        (PLAIN, FORM.upper()),
    ],
)
def test_a_scenario_that_spells_oddly_finds_that_alone(tape, body, media_type):
    """What was sent as usual does not tell what comes of it."""
    sent = Sent.of("POST", TOKEN, httpx.Headers({"content-type": media_type}), body.encode())
    with pytest.raises(NoAnswer):
        take(tape(spelled(PLAIN)), sent)
    assert take(tape(spelled(body, media_type)), sent)[0] == 2


@pytest.mark.parametrize(("cookie", "going_on"), [("session=one", True), ("session=two", False), ("", False)])
def test_a_browser_goes_on_as_it_did(tape, cookie, going_on):
    """Whether it was logged in already makes another answer of the same request."""
    first, *pages = authorized()
    pages[0]["response"]["headers"] = [{"name": "Set-Cookie", "value": "session=one; Path=/"}]
    again = authorized(max_age="1")
    again[0]["request"]["headers"] = [{"name": "Cookie", "value": cookie}] if cookie else []
    found = tape(first, *pages, *again)
    browse(found)
    found.take(asked("https://op.example/login", "GET"), NOTHING, is_page=True)
    sent = Sent.of("GET", f"{AUTHORIZE}?{urlencode({**ASKING, 'max_age': '1'})}", httpx.Headers(), b"")
    with pytest.raises(NoAnswer):
        found.take(sent, NOTHING, is_page=True, going_on=not going_on)
    assert found.take(sent, NOTHING, is_page=True, going_on=going_on)[0].number == 5


REVOKE = "https://op.example/revoke"


@pytest.mark.parametrize(
    "deed", [asked(**USED, client_id="second"), asked(REVOKE, token="refresh-1", client_id="second")]
)
def test_nothing_shows_what_a_deed_that_is_not_there_would_have_done(tape, deed):
    """That a token works after somebody else has presented it is seen only where somebody else has."""
    found = tape(told({}, url=REVOKE, token="refresh-0"), told(SECOND, **USED), told({"access_token": "at"}, **ROTATED))
    take(found, asked(**CODE))
    with pytest.raises(NoAnswer, match="not in the recording: "):
        take(found, deed)
    with pytest.raises(NoAnswer, match="not in the recording beside what comes before it"):
        take(found, asked(**USED))
    assert take(found, asked(**ROTATED))[0] == 4


def test_a_look_that_is_not_there_changes_nothing(tape):
    """An introspection leaves its token as it is."""
    found = tape(told(SECOND, **USED))
    take(found, asked(**CODE))
    with pytest.raises(NoAnswer):
        take(found, asked("https://op.example/introspect", token="refresh-1"))
    assert take(found, asked(**USED))[0] == 2
