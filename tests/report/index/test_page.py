"""index.html: its text is the golden one, it needs nothing from elsewhere, and what a server says is text."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

import lxml.html
import pytest

from tests.report.index import golden
from token_conformance.judging.habit import Did, Habit
from token_conformance.redaction import Redactor
from token_conformance.report.index import index_of
from token_conformance.results.outcome import Circumstances
from token_conformance.verdict import Verdict


def parsed(path):
    return lxml.html.fromstring((path / "index.html").read_bytes().decode("utf-8").encode())


@pytest.fixture
def attacked(make_run, make_check, write, tmp_path):
    """The page of a run in which a hostile server is behind a cause, with its words in every place."""
    habit = Habit(
        Did.ACCEPTED, "rotation/2", "/<script>", "response", "<b>", control="rotation/1", differs=("request.code",)
    )
    red = make_check(Verdict.FAIL, violated="rfc6749-5.1-json", habit=habit)
    checks = (red, *(make_check(verdict) for verdict in Verdict if verdict is not Verdict.FAIL))
    write(
        make_run(checks=checks, provider="<script>alert(1)</script>", address="https://op.example/'\"><svg onload=x>")
    )
    return tmp_path / "run"


def test_the_page_is_the_golden_one():
    """The same data give the same bytes; `python -m tests.report.index.golden` writes it anew after a change."""
    assert golden.page() == golden.FILE.read_text("utf-8")


def test_nothing_of_a_server_is_markup(attacked):
    """No script, no handler, no frame, no image, and every link leads into the page or to a file beside it."""
    page = parsed(attacked)
    assert not page.xpath("//script | //iframe | //img | //object | //link | //base | //form")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert not page.xpath("//@style")
    beside = {"results.json", "junit.xml", "report.html"}
    assert {href for href in page.xpath("//@href") if not href.startswith("#")} <= beside
    assert "document.title='attacked'" in page.text_content()


def test_the_policy_allows_the_style_and_nothing_else(attacked):
    """A browser runs no script, loads nothing, and takes the one style of which it has the hash."""
    page = parsed(attacked)
    (style,) = page.xpath("//style/text()")
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_every_link_leads_somewhere(attacked):
    """Each anchor is there, and once."""
    page = parsed(attacked)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.xpath("//@href") if href.startswith("#")} <= set(ids)
    assert set(page.xpath("//@aria-labelledby")) <= set(ids)


def test_headings_skip_no_level(attacked):
    """One h1, and each further one at most a level below the one before it."""
    levels = [int(each.tag[1]) for each in parsed(attacked).xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_offence_stands_beside_its_control(attacked):
    """Both are shown where the finding is, each with a link to the list."""
    pair = parsed(attacked).xpath("//section[@id='cause-1']//figure[contains(@class, 'exchange')]")
    assert [figure.xpath("string(.//figcaption/a/@href)") for figure in pair] == ["#rotation/1", "#rotation/2"]
    assert pair[1].get("class") == "exchange bad"


def test_exchanges_stand_once_in_the_order_of_time(make_run, make_check, make_exchange):
    """Also across scenarios."""
    first = make_exchange("{}", scenario="zeal")
    second = make_exchange("{}", scenario="about", started=first.started + timedelta(seconds=9))
    redactor = Redactor()
    evidence = {each.id: redactor.exchange(each) for each in (second, first)}
    page = index_of(make_run(checks=(make_check(exchanges=(first.id, second.id)),)), evidence)
    assert lxml.html.fromstring(page).xpath("//section[@id='exchanges']//pre/@id") == [first.id, second.id]


def test_a_server_that_says_much_does_not_fill_the_page(make_run, make_check, make_exchange):
    """Each exchange is cut alike, and says so, by what it takes up in the page."""
    exchanges = [make_exchange(f"said {number}" + "<" * 4000, number=number) for number in range(1, 501)]
    redactor = Redactor()
    evidence = {each.id: redactor.exchange(each) for each in exchanges}
    page = index_of(make_run(checks=(make_check(exchanges=tuple(evidence)),)), evidence)
    assert len(page) < 2_500_000
    shown = lxml.html.fromstring(page).xpath("//section[@id='exchanges']//pre")
    assert len(shown) == len(exchanges)
    assert all("of more than the page has room for" in each.text for each in shown)


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({"server": "live"}, "The server conforms, as far as it was judged"),
        ({"server": "emulated"}, "The emulated server conforms, as far as it was judged"),
        ({"server": "recorded"}, "The recorded answers conform, as far as it was judged"),
        ({"server": "recorded", "documentation": True}, "The documented examples conform, as far as it was judged"),
        (
            {"server": "live", "circumstances": Circumstances(selection="-k refresh")},
            "No verdict on the whole: what was selected holds",
        ),
        (
            {"server": "live", "circumstances": Circumstances(interrupted="stopped")},
            "No verdict: the run was interrupted",
        ),
    ],
)
def test_the_headline_says_of_whom_it_speaks(make_run, make_check, changes, headline):
    """Only a whole run of a server says that the server conforms."""
    page = lxml.html.fromstring(index_of(make_run(checks=(make_check(),), **changes), {}))
    assert page.xpath("normalize-space(//h1)").removeprefix("✓ ") == headline


def test_the_bar_adds_up_to_the_catalogue(make_run):
    """Its parts fill it."""
    page = lxml.html.fromstring(index_of(make_run(), {}))
    widths = [float(width.rstrip("%")) for width in page.xpath("//svg[@class='bar']/rect/@width")]
    assert sum(widths) == pytest.approx(100, abs=0.1)
