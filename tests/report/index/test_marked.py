"""What differs and what is wrong is marked, and nothing else; a request is told as curl."""

from __future__ import annotations

import shlex
from dataclasses import replace

from token_conformance.redaction import RedactedExchange
from token_conformance.report.index.curl import curl
from token_conformance.report.index.marked import MOST_LINES, Wrong, sent_names, side
from token_conformance.report.index.steps import answered, asked, steps

REQUEST = "grant_type=refresh_token\n&refresh_token=<refresh_token 2>\n&scope=a b"
ANSWER = '{\n  "access_token": "<access_token 3>",\n  "expires_in": "3600"\n}'
EXCHANGE = RedactedExchange(
    id="reuse/2",
    request_line="POST /token?x=1  (op.example)",
    request_headers=(("Authorization", "Basic <basic 1> (app:<client_secret 1>)"), ("X-Odd", "it's")),
    request_body=REQUEST,
    status_line="200",
    response_headers=(("Content-Type", "application/json"), ("Date", "today")),
    response_body=ANSWER,
    tokens=('<id_token 1> is a JWT: {"alg": "RS256"} {"iss": "https://other.example", "aud": "app"}',),
    seconds=0.1,
)


def marked(lines):
    return [(piece.text, piece.mark) for line in lines for piece in line.pieces if piece.mark]


def text(lines):
    return "\n".join("".join(piece.text for piece in line.pieces) for line in lines)


def test_the_one_difference_is_marked():
    """A secret is marked where it stands, inside the credentials or in the form."""
    shown = side(EXCHANGE, "The same", ["client_secret"])
    assert marked(shown.request) == [("<client_secret 1>", "differs")]
    assert marked(side(EXCHANGE, "The same", ["refresh_token"]).request) == [
        ("refresh_token=<refresh_token 2>", "differs")
    ]
    assert marked(side(EXCHANGE, "The same", ["query.x"]).request) == [("https://op.example/token?x=1", "differs")]


def test_what_a_request_lacks_is_told():
    """It stands in a box of its own."""
    (gap,) = [line for line in side(EXCHANGE, "The same", ["code"], absent=["code"]).request if line.absent]
    assert text([gap]) == "code absent"


def test_nothing_is_marked_in_a_control():
    """Neither in the answer nor in the request, where only time differs."""
    shown = side(EXCHANGE, "Control", [])
    assert not marked([*shown.request, *shown.response, *shown.tokens])
    assert not shown.bad


def test_what_was_handed_over_is_wrong():
    """Where a request had to be refused, the status and the tokens are marked, and what must hold stands below."""
    shown = side(EXCHANGE, "Again", [], Wrong("response.status", "200", "must hold: it is refused"))
    assert [mark[0].strip() for mark in marked(shown.response)] == ["HTTP 200", '"access_token": "<access_token 3>",']
    assert [text([line]) for line in shown.response if line.note] == ["must hold: it is refused"]


def test_the_member_that_the_check_names_is_wrong():
    """A member of the answer, a claim of a JWT, a header that is not there."""
    came = "expires_in is '3600', iss is another one, Cache-Control is absent"
    shown = side(EXCHANGE, "The answer", [], Wrong("response", came, "seen"))
    assert '  "expires_in": "3600"' in [mark[0] for mark in marked(shown.response)]
    assert marked(shown.tokens) == [('"iss": "https://other.example"', "wrong")]
    assert "Cache-Control absent" in text([line for line in shown.response if line.absent])


def test_a_long_answer_is_cut_with_its_number():
    """What is left out is counted."""
    long = replace(EXCHANGE, response_body="\n".join("x" for _ in range(500)))
    shown = side(long, "The answer", [])
    assert len(shown.response) == MOST_LINES + 1
    assert text(shown.response[-1:]).endswith("more lines")


def test_the_parts_of_a_request_have_the_names_of_habits():
    """By them it is told which side lacks one."""
    names = set(sent_names(EXCHANGE))
    assert names >= {"method", "path", "query.x", "grant_type", "refresh_token", "client_id", "client_secret"}


def test_curl_holds_variables_and_is_quoted():
    """Labels are variables of the shell, and what a shell would read otherwise stands for itself."""
    words = shlex.split(curl(EXCHANGE).replace("\\\n", ""))
    assert words[:3] == ["curl", "-si", "https://op.example/token?x=1"]
    assert "app:$CLIENT_SECRET_1" in words
    assert "refresh_token=$REFRESH_TOKEN_2" in words
    assert "X-Odd: it's" in words
    assert "<" not in curl(EXCHANGE)


def test_curl_of_hostile_text_runs_nothing():
    """A value with quotes, `$(…)` and backticks is one word."""
    hostile = replace(EXCHANGE, request_body="scope='; $(rm -rf /) `id` \"")
    assert "scope='; $(rm -rf /) `id` \"" in shlex.split(curl(hostile).replace("\\\n", ""))


def test_a_step_is_told_in_few_words():
    """What was asked and presented, and what was handed over."""
    assert asked(EXCHANGE) == "POST /token refresh_token <refresh_token 2>"
    assert answered(EXCHANGE) == "200 <access_token 3>"
    refused = replace(EXCHANGE, status_line="400", response_body='{\n  "error": "invalid_grant"\n}')
    assert answered(refused) == "400 invalid_grant"


def test_every_step_of_the_scenario_is_there():
    """Also one that no check has read, and none of another scenario."""
    others = {
        "reuse/1": replace(EXCHANGE, id="reuse/1"),
        "reuse/2": EXCHANGE,
        "login/1": replace(EXCHANGE, id="login/1"),
    }
    taken = steps(others, "reuse/2", "reuse/1", {"reuse/2"})
    assert [(step.number, step.role, step.read) for step in taken] == [("1", "control", False), ("2", "offence", True)]
