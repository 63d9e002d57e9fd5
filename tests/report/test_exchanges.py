"""What exchanges have alike is said once, and nothing of it is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from token_conformance.redaction import RedactedExchange
from token_conformance.report.exchanges import FEWEST_ALIKE, LEFT_OUT, LONGEST_ALIKE, shown

NO_STORE = ("Cache-Control", "no-store")

AT = "Where no host is named, it is op.example."

EXCHANGE = RedactedExchange(
    id="example/1",
    request_line="POST /token?x=1  (op.example)",
    request_headers=(),
    request_body="grant_type=x",
    status_line="200",
    response_headers=(NO_STORE,),
    response_body="{}",
    tokens=(),
    seconds=0.25,
)


def exchanges(number=FEWEST_ALIKE, **changes):
    """So many exchanges, by their ids; of each a change is what its function makes of the number."""
    made = {f"example/{n}": {name: of(n) for name, of in changes.items()} for n in range(1, number + 1)}
    return {id_: replace(EXCHANGE, id=id_, **values) for id_, values in made.items()}


def test_an_exchange_by_itself_is_told_with_all_that_is_no_matter_of_course():
    """Request and answer, line by line."""
    sent = (("Accept", "application/json"), ("Origin", "https://app.example"))
    evidence = {"example/1": replace(EXCHANGE, request_headers=sent, response_headers=(NO_STORE, ("Date", "today")))}
    assert shown(evidence).texts == {
        "example/1": "example/1  0.250 s\n> POST /token?x=1  (op.example)\n> Origin: https://app.example\n"
        "grant_type=x\n< 200\n< Cache-Control: no-store\n{}"
    }
    assert shown(evidence).said_once == (LEFT_OUT,)


def test_the_host_of_most_requests_is_said_once():
    """Another one is named."""
    evidence = exchanges(FEWEST_ALIKE + 1)
    evidence["example/2"] = replace(EXCHANGE, request_line="GET /keys  (keys.example)")
    said = shown(evidence)
    assert said.said_once[1] == AT
    assert ["(op.example)" in text for text in said.texts.values()] == [False] * (FEWEST_ALIKE + 1)
    assert "\n> GET /keys  (keys.example)\n" in said.texts["example/2"]


def test_a_header_of_every_answer_of_an_endpoint_is_said_once():
    """Whatever stands in the query."""
    evidence = exchanges(request_line=lambda number: f"POST /token?x={number}  (op.example)")
    said = shown(evidence)
    assert said.said_once[2:] == ("Every answer to POST /token  (op.example) has Cache-Control: no-store.",)
    assert not any("no-store" in text for text in said.texts.values())


@pytest.mark.parametrize(
    "change",
    [
        {"response_headers": (("Cache-Control", "private"),)},
        {"response_headers": ()},
        {"response_headers": (), "status_line": "status not recorded"},
    ],
)
def test_a_header_that_one_answer_has_not_is_said_of_each(change):
    """Its absence there would not be seen."""
    evidence = exchanges(2 * FEWEST_ALIKE)
    evidence["example/3"] = replace(evidence["example/3"], **change)
    said = shown(evidence)
    assert said.said_once == (LEFT_OUT, AT)
    assert ["Cache-Control: no-store" in text for text in said.texts.values()].count(True) == 2 * FEWEST_ALIKE - 1


def test_a_request_without_an_answer_takes_nothing_from_the_others():
    """It has no headers that could differ."""
    evidence = exchanges(FEWEST_ALIKE + 1)
    evidence["example/1"] = replace(evidence["example/1"], response_headers=(), status_line="no answer: timed out")
    assert len(shown(evidence).said_once) == 3


def test_few_answers_are_told_one_by_one():
    """What is seen of an endpoint three times is no habit."""
    assert shown(exchanges(FEWEST_ALIKE - 1)).said_once == (LEFT_OUT,)


def test_a_long_header_stays_with_its_exchange():
    """What a server fills without end is cut there."""
    long = ("X-Filling", "x" * (LONGEST_ALIKE + 1))
    assert shown(exchanges(response_headers=lambda _: (long,))).said_once == (LEFT_OUT, AT)


def test_what_a_finding_rests_on_is_told_by_itself():
    """QA reads it without looking elsewhere."""
    said = shown(exchanges(), whole={"example/2"})
    assert ["no-store" in text for text in said.texts.values()] == [False, True, False, False]


def test_what_credentials_hold_is_said_once_where_they_were_sent_often():
    """Others are decoded beside their label."""
    ours = ("Authorization", "Basic <credentials 1> (client:<client_secret 1>)")
    wrong = ("Authorization", "Basic <credentials 2> (client:<client_secret 2>)")
    evidence = exchanges(FEWEST_ALIKE + 1, request_headers=lambda number: (wrong,) if number == 2 else (ours,))
    said = shown(evidence)
    assert said.said_once[-1] == "<credentials 1> is client:<client_secret 1>."
    assert "> Authorization: Basic <credentials 1>\n" in said.texts["example/1"]
    assert "> Authorization: Basic <credentials 2> (client:<client_secret 2>)\n" in said.texts["example/2"]


def test_credentials_under_one_label_that_hold_two_things_are_told_apart():
    """What is said once is true of all that do not tell otherwise."""
    kinds = {1: "one", 0: "two"}
    headers = {n: (("Authorization", f"Basic <credentials 1> (client:{kind})"),) for n, kind in kinds.items()}
    said = shown(exchanges(2 * FEWEST_ALIKE, request_headers=lambda number: headers[number % 2]))
    assert said.said_once[-1] == "<credentials 1> is client:two."
    assert ["(client:one)" in text for text in said.texts.values()] == [True, False] * FEWEST_ALIKE


PAGE = "<!DOCTYPE html><form><input name=csrf value={}>" + "<p>Log in, please." * 20


def test_a_page_that_comes_again_is_named():
    """With the values that it has in the place of the first page's."""
    texts = shown(exchanges(2, response_body=lambda number: PAGE.format(f"<form_field {number}>"))).texts
    assert PAGE.format("<form_field 1>") in texts["example/1"]
    assert texts["example/2"].endswith("\n(the page of example/1, with <form_field 2>)")


@pytest.mark.parametrize("other", [PAGE.format("<form_field 2>") + "!", "<p>short", '{"html": "' + PAGE + '"}'])
def test_another_page_is_shown(other):
    """So is what takes no room, and what is no page."""
    bodies = {1: PAGE.format("<form_field 1>"), 2: other, 3: other}
    texts = shown(exchanges(2, response_body=bodies.__getitem__)).texts
    assert texts["example/2"].endswith("\n" + other)


def id_token(number, expires=300, **more):
    """A line on an ID token, as redaction writes it."""
    extra = "".join(f', "{name}": "{value}"' for name, value in more.items())
    return f'<id_token {number}> is a JWT: {{"alg": "RS256"}} {{"iss": "https://op.example", "exp": {expires}{extra}}}'


def test_of_a_jwt_like_another_the_difference_is_told():
    """Its header and its other claims are those of the first."""
    lines = {1: (id_token(1),), 2: (id_token(2, 400),), 3: (id_token(3),)}
    texts = shown(exchanges(3, tokens=lines.__getitem__)).texts
    assert texts["example/1"].endswith("\n  " + id_token(1))
    assert texts["example/2"].endswith('\n  <id_token 2> is a JWT as <id_token 1> is, but for "exp": 400')
    assert texts["example/3"].endswith("\n  <id_token 3> is a JWT as <id_token 1> is")


@pytest.mark.parametrize("other", [id_token(2, nonce="(present)"), "<id_token 2> is a JWT: {cut", "userinfo is odd"])
def test_another_jwt_is_told_whole(other):
    """So is one that cannot be read."""
    texts = shown(exchanges(2, tokens={1: (id_token(1),), 2: (other,)}.__getitem__)).texts
    assert texts["example/2"].endswith("\n  " + other)
