"""Ordinary login pages, made up after the documentation of what makes them, cost no report and bring in no secret."""

import json
from pathlib import Path
from urllib.parse import quote, urlencode

import lxml.html
import pytest

from token_conformance.redaction import Redactor
from token_conformance.report.writing import SMALLEST_FIRST
from token_conformance.wire.exchange import Request, Response

PAGES = sorted((Path(__file__).parent / "login_pages").glob("*.html"))
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
ADDRESS = "https://op.example/authorize?client_id=app&response_type=code&state=ours-0123456789abcdef"


def fields_of(page):
    """What is sent of a page's form; one that does not tell its charset is read as Latin-1, and `utf8=✓` becomes another word."""
    form = lxml.html.fromstring(page.encode()).forms[0]
    return [(field.name, field.get("value") or "") for field in form.inputs if field.name]


@pytest.fixture
def walk(make_exchange):
    """The exchanges of a login by a page: the page, its form, an answer that repeats the form, and the page again."""

    def walk(page):
        sent, html = urlencode(fields_of(page)), (("Content-Type", "text/html"),)
        back = (("Location", f"/login?{sent}&return_to={quote('/authorize?' + sent)}"),)
        refused = {"error": "invalid_request", "error_description": f"{sent} {dict(fields_of(page))}"}
        steps = [
            (Request("GET", ADDRESS), Response(200, html, page.encode())),
            (Request("POST", "https://op.example/login", FORM, sent.encode()), Response(302, back, b"")),
            (Request("GET", f"https://op.example/login?{sent}"), Response(200, html, page.encode())),
            (
                Request("POST", "https://op.example/token", FORM, sent.encode()),
                Response(400, (), json.dumps(refused).encode()),
            ),
        ]
        return [
            make_exchange(request=request, answer=answer, number=number)
            for number, (request, answer) in enumerate(steps, 1)
        ]

    return walk


@pytest.fixture(params=PAGES, ids=lambda path: path.stem)
def page(request):
    """A login page."""
    return request.param.read_text("utf-8")


@pytest.fixture
def reports(page, walk, write, make_run, make_check):
    """What is written of a run that has met a login page, and repeats it in a message."""
    redactor, exchanges = Redactor(), walk(page)
    for exchange in exchanges:
        redactor.learn_exchange(exchange)
    check = make_check(
        message=redactor.text(f"got {urlencode(fields_of(page))}"), exchanges=[each.id for each in exchanges]
    )
    paths = write(make_run(checks=(check,)), exchanges=exchanges, redactor=redactor)
    return {path.name: path.read_text("utf-8") for path in paths}


def test_a_login_page_costs_no_report(reports):
    """All are there, and nothing had to be masked in the end."""
    assert {*reports} == {*SMALLEST_FIRST}
    assert json.loads(reports["results.json"])["withheld"] == []


def test_the_token_of_a_login_page_is_in_no_report(page, reports):
    """What guards the form against forgery is a label wherever it was repeated."""
    tokens = [value for _, value in fields_of(page) if "canary" in value]
    assert [token for token in tokens for text in reports.values() if token in text or quote(token) in text] == []
    assert not tokens or "form_field" in reports["report.html"]


def test_what_a_login_page_says_stays_readable(page, reports):
    """The parameters of our own request, the words of buttons and the value of `utf8` hide nothing."""
    words = [value for _, value in fields_of(page) if value.isalpha()]
    assert [word for word in words if word not in reports["report.html"]] == []
    assert "ours-0123456789abcdef" in reports["report.html"]
