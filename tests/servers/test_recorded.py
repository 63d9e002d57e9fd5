"""A recording answers as the server did, and says so where it cannot."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from token_conformance.profile.files import ProfileError
from token_conformance.profile.models import Limits
from token_conformance.servers.har_files import read
from token_conformance.servers.recorded import RecordedServer, RecordingError, recordings_of
from token_conformance.servers.selection import Choice, select
from token_conformance.verdict import Inconclusive
from token_conformance.wire.exchange import Request
from token_conformance.wire.pace import Pace
from token_conformance.wire.wire import Wire

TOKEN = "https://op.example/token"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


def entry(body, *, method="POST", url=TOKEN, form="", status=200, at=0, authorization=None, **custom):
    """One entry of a HAR, `at` seconds after noon."""
    request = {"method": method, "url": url, "headers": []}
    if authorization:
        request["headers"] = [{"name": "authorization", "value": authorization}]
    if form:
        request["postData"] = {"mimeType": FORM, "text": form}
    return {
        "startedDateTime": (NOON + timedelta(seconds=at)).isoformat(),
        "time": 500,
        "request": request,
        "response": {
            "status": status,
            "headers": [{"name": "X-A", "value": "1"}, {"name": "X-A", "value": "2"}],
            "content": {"text": body},
        },
        **custom,
    }


@pytest.fixture
def record(tmp_path):
    """Write a recording and give its server."""

    def write(*entries, **log):
        path = tmp_path / "example.har"
        path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries, **log}}), "utf-8")
        return RecordedServer(read(path), path.name)

    return write


def wire(server, scenario="example"):
    return Wire(scenario, server.connect(scenario), Limits(), Pace(Limits()))


def post(form, url=TOKEN, **headers):
    return Request("POST", url, (("Content-Type", FORM), *headers.items()), form.encode())


def sent(to, *requests):
    """Send requests one after the other and give the exchanges."""
    to.pace = Pace(to.limits)  # a pace belongs to one event loop

    async def all_of_them():
        return [await to.send(request) for request in requests]

    return asyncio.run(all_of_them())


def bodies(exchanges):
    return [exchange.text if exchange.answer else exchange.failure for exchange in exchanges]


def test_the_same_request_gets_its_answers_in_order(record):
    """Reuse of a refresh token is the same request with another answer."""
    server = record(entry("first", form="a=1"), entry("second", form="a=1"))
    exchanges = sent(wire(server), post("a=1"), post("a=1"), post("a=1"))
    assert bodies(exchanges) == ["first", "second", "not in the recording: POST /token a=[…]"]


def test_an_entry_before_the_last_answer_answers_no_more(record):
    """Order is kept: what was recorded earlier does not come later."""
    server = record(entry("first", form="a=1"), entry("second", form="b=2"))
    assert bodies(sent(wire(server), post("b=2"), post("a=1")))[1].startswith("not in the recording")


def test_the_order_of_parameters_means_nothing(record):
    """Form and query are compared as sorted pairs, however they are encoded."""
    server = record(entry("yes", url=f"{TOKEN}?x=1&y=2", form="scope=a+b&grant_type=x"))
    assert bodies(sent(wire(server), post("grant_type=x&scope=a%20b", f"{TOKEN}?y=2&x=1"))) == ["yes"]


def test_a_form_recorded_as_params_is_compared_too(record):
    """Browsers may write params without text."""
    recorded = entry("yes")
    recorded["request"]["postData"] = {"mimeType": FORM, "params": [{"name": "a", "value": "b c"}]}
    assert bodies(sent(wire(record(recorded)), post("a=b+c"))) == ["yes"]


@pytest.mark.parametrize(
    "other",
    [
        post("a=2"),
        post("a=1&a=1"),
        post("a=1&b="),
        post("a=1", "https://op.example/other"),
        post("a=1", "https://op.example:8443/token"),
        post("a=1", "http://op.example/token"),
        post("a=1", f"{TOKEN}?q=1"),
        post("a=1", Authorization="Basic eDp5"),
        Request("PUT", TOKEN, (("Content-Type", FORM),), b"a=1"),
        Request("POST", TOKEN, (("Content-Type", "application/json"),), b"a=1"),
        Request("GET", TOKEN),
    ],
    ids=lambda request: f"{request.method} {request.url} {request.body!r} {len(request.headers)}",
)
def test_a_request_that_differs_is_not_answered(record, other):
    """Method, address, query, form, body and credentials all count."""
    (exchange,) = sent(wire(record(entry("yes", form="a=1"))), other)
    assert exchange.failure.startswith(f"not in the recording: {other.method} ")


def test_another_access_token_is_another_request(record):
    """The Authorization header is compared."""
    server = record(entry("yes", method="GET", authorization="Bearer one"))
    requests = [Request("GET", TOKEN, (("Authorization", f"Bearer {token}"),)) for token in ("two", "one")]
    assert bodies(sent(wire(server), *requests))[1] == "yes"


def test_values_that_a_client_makes_anew_are_not_compared(record):
    """They have to be there all the same."""
    names = ["state", "nonce", "code_challenge", "code_verifier", "client_assertion"]
    server = record(entry("yes", form=urlencode(dict.fromkeys(names, "then"))))
    now = dict.fromkeys(names, "now")
    exchanges = sent(wire(server), post(urlencode(dict(list(now.items())[1:]))), post(urlencode(now)))
    assert bodies(exchanges) == ["not in the recording: POST /token " + " ".join(f"{n}=[…]" for n in names[1:]), "yes"]


def test_a_parameter_that_the_documentation_leaves_open_is_not_compared(record):
    """`_uncompared` names it."""
    server = record(entry("yes", form="a=1", _uncompared=["response_mode"]))
    assert bodies(sent(wire(server), post("a=1&response_mode=form_post"))) == ["yes"]


def test_a_missing_request_is_named_without_its_secrets(record):
    """The sentence tells which request it was, and nothing that would let somebody in."""
    form = "grant_type=refresh_token&refresh_token=canary&client_secret=canary&client_id=app"
    (exchange,) = sent(wire(record(entry("no", form="a=1"))), post(form))
    with pytest.raises(Inconclusive) as caught:
        exchange.status  # noqa: B018 - reading is what raises
    assert str(caught.value).endswith(
        "not in the recording: POST /token grant_type=refresh_token refresh_token=[…] client_secret=[…] client_id=app"
    )


def test_a_missing_request_to_another_host_is_named_with_it(record):
    """The host says what is wrong there."""
    (exchange,) = sent(wire(record(entry("no"))), Request("GET", "https://elsewhere.example/jwks"))
    assert exchange.failure == "not in the recording: GET https://elsewhere.example/jwks"


def test_a_huge_request_is_named_shortly(record):
    """An attack's parameters do not flood the report."""
    (exchange,) = sent(
        wire(record(entry("no"))), post(urlencode({"scope": "a\0" * 20_000, **{f"p{n}": n for n in range(100)}}))
    )
    assert len(exchange.failure) < 300


def test_a_request_that_got_no_answer_then_gets_none_now(record):
    """Status 0 is how a HAR says that nothing came."""
    (exchange,) = sent(wire(record(entry("", form="a=1", status=0))), post("a=1"))
    assert exchange.failure == "not in the recording: the answer to POST /token a=[…]"


def test_two_connections_do_not_disturb_each_other(record):
    """Each scenario replays from the beginning, at the same time as others."""
    server = record(entry("first", form="a=1"), entry("second", form="a=1"))

    async def both():
        wires = [wire(server, name) for name in ("one", "two", "three")]
        return await asyncio.gather(*(_twice(each) for each in wires))

    async def _twice(each):
        return bodies([await each.send(post("a=1")), await each.send(post("a=1"))])

    assert asyncio.run(both()) == [["first", "second"]] * 3


def test_an_entry_of_a_scenario_is_for_it_alone(record):
    """An entry without a scenario is for all."""
    server = record(entry("mine", form="a=1", _scenario="one"), entry("ours", form="a=1"))
    assert bodies(sent(wire(server, "one"), post("a=1"))) == ["mine"]
    assert bodies(sent(wire(server, "two"), post("a=1"))) == ["ours"]


def test_an_answer_comes_as_it_was(record):
    """Status, repeated headers and bytes are those of the recording; nothing is added."""
    recorded = entry("/w==", form="a=1", status=418)
    recorded["response"]["content"]["encoding"] = "base64"
    recorded["response"]["headers"].append({"name": "Content-Encoding", "value": "gzip"})
    (exchange,) = sent(wire(record(recorded)), post("a=1"))
    assert exchange.answer.status == 418
    assert exchange.answer.body == b"\xff"
    assert [name.lower() for name, _ in exchange.answer.headers] == ["x-a", "x-a"]


def test_what_a_recording_does_not_hold_cannot_be_read(record):
    """A check of it is inconclusive, by the number of the exchange in the scenario."""
    server = record(entry("one", form="a=1"), entry("two", form="a=1", _undocumented=["status", "headers"]))
    first, missing, second = sent(wire(server), post("a=1"), post("b=2"), post("a=1"))
    assert (first.status, missing.undocumented, second.undocumented) == (200, frozenset(), {"status", "headers"})
    with pytest.raises(Inconclusive, match="the recording does not hold the status"):
        second.status  # noqa: B018 - reading is what raises


def test_draws_are_those_of_the_recording_and_made_up_afterwards(record):
    """The made-up ones are the same in every replay, and differ from each other."""
    server = record(entry("x"), _drawn={"state": ["xyz"], "other/state": ["uvw"]})
    first, again, other = (server.connect(name) for name in ("example", "example", "other"))
    draws = [first.draw("state") for _ in range(3)]
    assert draws[0] == "xyz"
    assert draws == [again.draw("state") for _ in range(3)]
    assert len(set(draws)) == 3
    assert {len(draw) for draw in draws[1:]} == {43}
    assert other.draw("state") == "uvw"


def test_the_clock_is_that_of_the_next_entry(record):
    """After the last entry it is the end of that."""
    connection = record(entry("one", form="a=1"), entry("two", form="b=2", at=60)).connect("example")
    to = Wire("example", connection, Limits(), Pace(Limits()))
    assert connection.clock.now() == NOON
    sent(to, post("a=1"))
    assert connection.clock.now() == NOON + timedelta(seconds=60)
    sent(to, post("b=2"))
    assert connection.clock.now() == NOON + timedelta(seconds=60.5)


def test_a_wait_goes_on_to_a_later_entry(record):
    """It counts from the last answer and takes no time."""
    connection = record(entry("a", form="a=1"), entry("b", form="a=1", at=60), entry("c", form="a=1", at=120)).connect(
        "x"
    )
    to = Wire("x", connection, Limits(), Pace(Limits()))
    sent(to, post("a=1"))
    asyncio.run(connection.clock.wait(61))
    assert connection.clock.now() == NOON + timedelta(seconds=120)
    assert bodies(sent(to, post("a=1"))) == ["c"]


def test_a_wait_beyond_the_recording_is_inconclusive(record):
    """Nothing is known of that time."""
    clock = record(entry("a"), entry("b", at=60)).connect("x").clock
    with pytest.raises(Inconclusive, match=r"^the recording holds nothing 2592000 seconds later$"):
        asyncio.run(clock.wait(2_592_000))


def test_an_entry_after_a_wait_answers_nobody_who_did_not_wait(record):
    """The refusal of an expired token says nothing of a fresh one."""
    server = record(entry("fresh", form="a=1"), entry("expired", form="a=1", at=3600, _after_wait=True))
    hasty = wire(server)
    assert bodies(sent(hasty, post("a=1"), post("a=1")))[1].startswith("not in the recording")
    patient = wire(server)
    sent(patient, post("a=1"))
    asyncio.run(patient.connection.clock.wait(3000))
    assert bodies(sent(patient, post("a=1"))) == ["expired"]


def spoilt(**changes):
    """Give a recording with parts of its only entry replaced."""
    return json.dumps({"log": {"version": "1.2", "entries": [entry("canary") | changes]}}).encode()


BAD = {
    "no JSON": (b"<html>canary", "line 1: not JSON (Expecting value); expected a recording in HAR 1.2"),
    "no UTF-8": (b'{"log": "\xff"}', "byte 9: not UTF-8; expected a recording in HAR 1.2"),
    "empty": (b"", "line 1: not JSON (Expecting value); expected a recording in HAR 1.2"),
    "deep nesting": (b"[" * 100_000, "not JSON that can be read; expected a recording in HAR 1.2"),
    "an array": (b"[1]", "the file: expected an object"),
    "another JSON": (b'{"openapi": "3.1"}', "log: missing, expected as in HAR 1.2"),
    "an old version": (
        b'{"log": {"version": "1.1", "entries": []}}',
        'log.version: expected "1.2" (and 1 more mistakes)',
    ),
    "no entry": (b'{"log": {"version": "1.2", "entries": []}}', "log.entries: expected at least one entry"),
    "no response": (
        (
            b'{"log": {"version": "1.2", "entries": [{"startedDateTime": "2026-01-01T12:00:00Z",'
            b' "request": {"method": "GET", "url": "https://op.example/"}}]}}'
        ),
        "log.entries[0].response: missing, expected as in HAR 1.2",
    ),
    "a time without offset": (
        spoilt(startedDateTime="2026-01-01T12:00:00"),
        "log.entries[0].startedDateTime: expected a time with its offset, such as 2026-01-31T12:00:00Z",
    ),
    "a URL that is none": (
        spoilt(request={"method": "GET", "url": "/canary"}),
        "log.entries[0].request.url: expected an http or https URL",
    ),
    "a body that is no Base64": (
        spoilt(response={"status": 200, "content": {"text": "canary!", "encoding": "base64"}}),
        "log.entries[0].response.content: expected text in Base64",
    ),
    "an unknown part": (
        spoilt(_undocumented=["cookies"]),
        'log.entries[0]._undocumented[0]: expected "request", "authorization", "status", "headers", "members" or "body"',
    ),
}


@pytest.mark.parametrize(("contents", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_file_that_is_no_recording_is_told_in_one_sentence(tmp_path, contents, sentence):
    """The sentence names file, place and expectation, and repeats nothing of the contents."""
    path = tmp_path / "bad.har"
    path.write_bytes(contents)
    with pytest.raises(RecordingError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {sentence}"


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    """An empty folder and a missing file are no recordings."""
    with pytest.raises(RecordingError, match="no recording in this folder"):
        read(tmp_path)
    with pytest.raises(RecordingError, match="no such file"):
        read(tmp_path / "no.har")


def test_a_profile_without_recording_is_told():
    """generic-oidc describes no provider that was recorded."""
    with pytest.raises(ProfileError, match="no recording comes with this profile"):
        select("generic-oidc", Choice("recorded"), {})


def shipped(name):
    """Give the server and the profile of a recording that comes along."""
    _, profile, server = select(name, Choice("recorded"), {})
    return server, profile


@pytest.mark.parametrize("name", ["2ba", "erpnet"])
def test_the_recordings_say_that_they_are_from_the_documentation(name):
    """Nobody takes them for proof of a server's behaviour."""
    assert [path.name for path in recordings_of(name)] == [f"{name}.documentation.har"]
    assert shipped(name)[0].description.endswith("derived from the documentation")


def test_2ba_logs_in_and_refreshes_as_documented():
    """The user's name and password, then the refresh token; ten years later it has expired."""
    server, profile = shipped("2ba")
    client = {"client_id": profile.main.client_id, "client_secret": profile.main.client_secret}
    user = {"username": profile.login.username, "password": profile.login.password}
    to = wire(server)
    url = profile.server.token_endpoint
    (login,) = sent(to, post(urlencode({"grant_type": "password", **user, **client}), url))
    refresh = post(
        urlencode({"grant_type": "refresh_token", "refresh_token": login.members["refresh_token"], **client}), url
    )
    (refreshed,) = sent(to, refresh)
    assert refreshed.members["refresh_token"] != login.members["refresh_token"]
    asyncio.run(to.connection.clock.wait(31_536_000))
    (expired,) = sent(to, refresh)
    assert expired.status == 400


def test_erpnet_logs_in_and_refreshes_as_documented():
    """The samples' flaws are kept: another state, no token_type, and an ID token that is the first one again."""
    server, profile = shipped("erpnet")
    to = wire(server)
    client = profile.main
    query = {
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "response_type": "code id_token",
        "response_mode": "form_post",
        "scope": profile.grants.authorization_code.scope,
        "state": to.connection.draw("state"),
        "nonce": to.connection.draw("nonce"),
    }
    issuer = profile.server.issuer
    metadata, callback = sent(
        to,
        Request("GET", f"{issuer}/.well-known/openid-configuration"),
        Request("GET", f"{issuer}/connect/authorize?{urlencode(query)}"),
    )
    assert metadata.members["token_endpoint"] == f"{issuer}/connect/token"
    assert query["state"] == "xyz"
    assert callback.header("Location").endswith("state=dkZmYxMzE2")
    proof = {"client_id": client.client_id, "client_secret": client.client_secret}
    code = {"grant_type": "authorization_code", "code": "g0ZGZmNjVmOWI", "redirect_uri": client.redirect_uri}
    (login,) = sent(to, post(urlencode({**code, **proof}), metadata.members["token_endpoint"]))
    assert "token_type" not in login.members
    asyncio.run(to.connection.clock.wait(3601))
    refresh = {"grant_type": "refresh_token", "refresh_token": login.members["refresh_token"]}
    bearer = ("Authorization", f"Bearer {login.members['access_token']}")
    resource, refreshed = sent(
        to,
        Request("GET", profile.server.resource, (bearer,)),
        post(urlencode({**refresh, **proof}), metadata.members["token_endpoint"]),
    )
    assert resource.status == 401
    assert refreshed.members["refresh_token"] != login.members["refresh_token"]
    assert refreshed.members["id_token"] == login.members["id_token"]
