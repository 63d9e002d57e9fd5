"""report.html says what was found, in our words, and runs nothing of a server's."""

import json
import re
from datetime import UTC, datetime

import lxml.html
import pytest

from token_conformance.evidence.facts.expiries import Expiry
from token_conformance.evidence.facts.measured import Measured
from token_conformance.evidence.facts.sheet import LINES, SheetFact
from token_conformance.judging.requirement import catalogue
from token_conformance.redaction import Redactor
from token_conformance.report.html import OUTCOMES, html_of
from token_conformance.results.todo import Parked, ToDo
from token_conformance.verdict import Verdict


def rows_of(page):
    """The rows of the table as they stand in the page, of which each is a body of its own."""
    return lxml.html.fromstring(page).xpath("//table[@id='results-table']/tbody")


def exchanges_of(page):
    """The exchanges in the page, by their ids."""
    return {exchange.get("id"): exchange for exchange in lxml.html.fromstring(page).xpath("//*[@id='exchanges']/pre")}


def links_of(row):
    """What leads from a row to exchanges: where to, and its text."""
    return [(link.get("href"), link.text) for link in row.iter("a")]


@pytest.fixture
def page(written):
    """The report of the hand-written run."""
    return (written / "report.html").read_text("utf-8")


def test_a_row_shows_our_verdict(page):
    """Each check has a row whose first cell says the verdict as people read it, most serious first."""
    assert [row[0][0].text for row in rows_of(page)] == [verdict.words for verdict in OUTCOMES for _ in range(2)]


def test_a_row_can_be_read_without_scripts(page):
    """Verdict, topic, fact with what was seen, clause and level stand in the page itself."""
    row = rows_of(page)[0]
    cells = [" ".join(cell.text_content().split()) for cell in row[0]]
    assert cells[:2] == ["fail", "rotation"]
    assert cells[2].startswith("A rotated refresh token is refused.the old refresh token was accepted")
    assert cells[3] == "RFC 9700 §4.14.2 MUST"
    assert row.get("id") == "suites/test_rotation.py::test_fail"


def test_who_is_wrong_reads_how_to_mend(page):
    """The requirement of a check that failed says what it protects and what to do; that of a passed one is named."""
    requirement = next(iter(catalogue().values()))
    said = {row[0][0].text: row[-1].text_content() for row in rows_of(page)}
    assert requirement.protects in said["fail"]
    assert requirement.mend in said["fail"]
    assert requirement.protects in said["inconclusive"]
    assert requirement.mend not in said["inconclusive"]
    assert requirement.id in said["pass"]
    assert requirement.protects not in said["pass"]


def test_each_verdict_has_a_filter_of_its_own():
    """pytest-html filters by its outcomes; no two verdicts share one, and a pass alone is called passed."""
    assert len(set(OUTCOMES.values())) == len(Verdict) == len(OUTCOMES)
    assert [verdict for verdict, outcome in OUTCOMES.items() if outcome == "passed"] == [Verdict.PASS]


def test_filters_are_named_by_verdict(page):
    """The label of each box is the verdict and its number."""
    boxes = lxml.html.fromstring(page).xpath("//div[@class='filters']/label[input]/span")
    assert [f"2 {verdict.words}" for verdict in OUTCOMES] == [box.text.strip(" ,") for box in boxes]


def test_what_was_not_judged_comes_first(page):
    """Coverage stands before the topics, and the topics before the checks."""
    assert page.index("not judged") < page.index('class="topics"') < page.index('id="results-table"')


def test_a_topic_counts_its_verdicts(page):
    """The table of topics has a row a topic and a column a verdict."""
    rows = lxml.html.fromstring(page).xpath("//table[@class='topics']/tbody/tr")
    assert [[cell.text.strip() for cell in row] for row in rows] == [["rotation", *"1111111"], ["refresh", *"1111111"]]


def test_a_topic_without_findings_is_folded(make_run, make_check):
    """What nobody needs to look at stands behind the topics that have something to say."""
    checks = (make_check(topic="refresh"), make_check(Verdict.FAIL), make_check(Verdict.NOT_APPLICABLE, topic="scope"))
    folded = lxml.html.fromstring(html_of(make_run(checks=checks), {})).xpath("//details//table[@class='topics']")
    assert [row[0].text for row in folded[0].xpath("tbody/tr")] == ["refresh", "scope"]


@pytest.mark.parametrize(
    ("verdicts", "conclusion"),
    [
        ([Verdict.PASS, Verdict.FAIL, Verdict.FAIL], "Does not conform: 2 checks failed."),
        ([Verdict.FAIL, Verdict.ERROR], "Does not conform: 1 check failed; 1 check met a defect of the suite."),
        ([Verdict.PASS, Verdict.WARNING], "Conforms as far as it was judged; 1 check with a warning."),
        ([Verdict.PASS, Verdict.NOT_APPLICABLE], "Conforms as far as it was judged."),
        (
            [Verdict.INCONCLUSIVE],
            "No verdict on the provider: nothing of the token endpoint was judged; 1 MUST of its claims could not be judged.",
        ),
    ],
)
def test_the_verdicts_are_summed_up(make_run, make_check, verdicts, conclusion):
    """One sentence says what the whole run means."""
    page = html_of(make_run(checks=tuple(map(make_check, verdicts))), {})
    assert lxml.html.fromstring(page).find_class("conclusion")[0].text == conclusion


def test_who_was_tested_and_when_comes_first(make_run):
    """The provider by its name and address, the day, and the version of the suite; names are text."""
    page = html_of(make_run(provider="Example <b>Ltd</b>", address="https://op.example"), {})
    first = page[page.index('<div class="run">') :][:500]
    assert (
        "Example &lt;b&gt;Ltd&lt;/b&gt;</strong> at https://op.example, recorded; tested 2026-01-01 12:00 UTC, by token-conformance 0."
        in first
    )


def test_the_run_is_described(page):
    """Server, claims, requests, time and deviations that are none stand in the summary."""
    said = " ".join(lxml.html.fromstring(page).find_class("run")[0].text_content().split())
    assert "Profile example, server recorded, claims bcp, oauth2; 71 requests and 0 logins in 3.2 s." in said
    assert "the profile is out of date: rfc6749-5.2-invalid-grant-400." in said


@pytest.mark.parametrize(("skew", "said"), [(-90.0, True), (1.2, False), (None, False)])
def test_a_clock_that_is_wrong_is_told(make_run, skew, said):
    """Whoever judges times must know by which clock."""
    assert ("the server&#39;s clock is 90 s behind ours" in html_of(make_run(clock_skew=skew), {})) is said


def test_what_is_left_to_do_is_told(make_run):
    """With its wait, and when it could be done."""
    left = ToDo("expired_code", 620, datetime(2026, 1, 1, 12, 10, tzinfo=UTC))
    said = lxml.html.fromstring(html_of(make_run(todo=(left,)), {})).find_class("todo")[0].text_content()
    assert said.strip() == "expired_code: 10.3 min, done at 2026-01-01 12:10 UTC at the earliest"


def test_what_a_limit_has_left_is_told_apart(make_run):
    """It is no wait, and the exchanges of earlier runs are elsewhere."""
    left = tuple(ToDo(name, 0, datetime(2026, 1, 1, 12, 10, tzinfo=UTC), because="limit") for name in ("race", "reuse"))
    page = lxml.html.fromstring(html_of(make_run(todo=left, runs=2), {}))
    assert page.find_class("limited")[0].text_content() == "race, reuse"
    assert page.find_class("todo") == []
    assert "from 2026-01-01 12:10:00 UTC on" in page.text_content()
    assert "the results of 2 runs" in page.text_content()


def test_what_is_parked_is_told(make_run):
    """With the time at which it goes on."""
    parked = Parked("expired_code", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, 12, 10, tzinfo=UTC))
    said = lxml.html.fromstring(html_of(make_run(parked=(parked,)), {})).find_class("todo")[0].text_content()
    assert said.strip() == "expired_code: due at 2026-01-31 12:10 UTC"


def test_what_expires_is_a_table(make_run):
    """What is not known says so, and a server's words are shown as words."""
    row = Expiry("code", None, 0.2, 80.0, 400, "<b>invalid_grant</b>", "expired_code/4")
    page = lxml.html.fromstring(html_of(make_run(expiries=(row,)), {}))
    (cells,) = (each.getparent() for each in page.iter("td") if each.text == "code" and each.getnext() is not None)
    told = [cell.text_content() for cell in cells]
    assert told == ["code", "unknown", "0.2 s", "80 s", "400", "<b>invalid_grant</b>", "expired_code/4"]


def test_an_exchange_stands_once(page):
    """However many checks have read it; request and answer have labels that tell the same token from another one."""
    shown = exchanges_of(page)["rotation/1"].text_content()
    assert "\n&refresh_token=<refresh_token 1>" in shown
    assert '"refresh_token": "<refresh_token 2>"' in shown
    assert list(exchanges_of(page)) == ["rotation/1", "rotation/2"]
    assert page.count("> POST /token") == 2


def test_what_goes_without_saying_is_left_out(make_run, make_exchange):
    """The page says once which headers it leaves out; the same headers with other values are shown."""
    plain = make_exchange("{}", headers=(("Content-Length", "2"), ("Content-Type", "application/json")))
    odd = make_exchange("{}", headers=(("Content-Type", "application/x-www-form-urlencoded"),), number=2)
    evidence = {each.id: Redactor().exchange(each) for each in (plain, odd)}
    page = lxml.html.fromstring(html_of(make_run(), evidence))
    shown = [each.text for each in page.xpath("//pre[@id]")]
    assert "Content-Length" in page.xpath("//section[@id='exchanges']/p")[0].text_content()
    assert ["Content-Length" in each for each in shown] == [False, False]
    assert ["> Content-Type: application/x-www-form-urlencoded" in each for each in shown] == [False, False]
    assert "< Content-Type: application/json" in shown[0]
    assert "< Content-Type: application/x-www-form-urlencoded" in shown[1]


def test_what_was_not_judged_stands_by_its_reason(make_run):
    """A reason is told once, above the requirements for which it holds."""
    page = lxml.html.fromstring(html_of(make_run(), {}))
    reasons = [each.text_content().strip() for each in page.xpath("//details[@class='uncovered'][1]//th[@colspan='3']")]
    assert reasons
    assert len(reasons) == len(set(reasons))


def test_a_check_leads_to_its_exchanges(page):
    """Whoever must know has a link to each; those of a passed check are told as a span."""
    rows = {row[0][0].text: row for row in rows_of(page)}
    assert links_of(rows["fail"]) == [("#rotation/1", "rotation/1"), ("#rotation/2", "rotation/2")]
    assert links_of(rows["pass"]) == [("#rotation/1", "rotation/1–2")]
    assert links_of(rows["not applicable"]) == []


def test_a_further_check_takes_no_further_exchanges(write, make_run, make_check):
    """Ten checks more that have read the same make the page longer by less than one exchange each."""

    def size(number):
        checks = tuple(make_check(exchanges=("rotation/1", "rotation/2")) for _ in range(number))
        page = write(make_run(checks=checks))[1].read_text("utf-8")
        return len(page), sum(len(exchange.text_content()) for exchange in exchanges_of(page).values())

    (few, exchanges), (many, _) = size(10), size(20)
    assert many - few < 10 * exchanges / 2


def test_an_exchange_that_no_check_has_read_is_left_out(write, make_run, make_check):
    """A report shows evidence, and no traffic beside it."""
    page = write(make_run(checks=(make_check(exchanges=("rotation/2",)),)))[1].read_text("utf-8")
    assert list(exchanges_of(page)) == ["rotation/2"]


def test_nothing_of_a_server_is_markup(page):
    """In rows and exchanges, attacks of a server are text."""
    shown = [*rows_of(page), *exchanges_of(page).values()]
    assert any("onload" in part.text_content() for part in shown)
    for part in shown:
        assert not part.xpath(".//script | .//img | .//svg | .//iframe | .//*[@onload or @onerror or @srcdoc]")


def test_the_name_of_a_profile_is_text(make_run):
    """A profile's name goes into title and summary as text."""
    page = html_of(make_run(profile="<img src=x onerror=alert(1)>"), {})
    assert "<img src=x" not in page


def test_the_environment_of_the_session_is_not_shown(page, monkeypatch):
    """Versions and the start, and nothing that pytest-metadata collects in CI."""
    blob = json.loads(lxml.html.fromstring(page).get_element_by_id("data-container").get("data-jsonblob"))
    assert list(blob["environment"]) == ["Suite", "Python", "Started"]


@pytest.mark.parametrize(("verdict", "numbers"), [(Verdict.FAIL, range(100)), (Verdict.PASS, range(0, 200, 2))])
def test_a_check_with_very_many_exchanges_leads_to_the_last(make_run, make_check, verdict, numbers):
    """A check of all evidence says how much it has read."""
    check = make_check(verdict, exchanges=tuple(f"reuse/{number}" for number in numbers))
    said = rows_of(html_of(make_run(checks=(check,)), {}))[0][-1].text_content()
    assert "100 exchanges, the last of them reuse/" in said
    assert f"reuse/{numbers[-12]}, " in said
    assert f"reuse/{numbers[-13]}" not in said


def test_an_exchange_that_is_not_there_is_named(make_run, make_check):
    """No link leads to nowhere."""
    row = rows_of(html_of(make_run(checks=(make_check(Verdict.FAIL),)), {}))[0]
    assert links_of(row) == []
    assert "rotation/1, rotation/2" in row.text_content()


def test_checks_of_one_name_have_a_row_each(make_run, make_check):
    """A check that stands twice in a run is shown twice."""
    assert len(rows_of(html_of(make_run(checks=(make_check(), make_check(Verdict.FAIL))), {}))) == 2


def test_an_empty_run_has_a_report(make_run):
    """A run without checks says what was not judged."""
    assert "not judged" in html_of(make_run(checks=()), {})


def test_a_style_of_ones_own_is_added(make_run, tmp_path):
    """A vendor's CSS follows ours."""
    style = tmp_path / "vendor.css"
    style.write_text("h1 { color: rebeccapurple }")
    assert "rebeccapurple" in html_of(make_run(), {}, [style])


def test_the_fact_sheet_shows_what_was_measured(make_run):
    """Documented beside measured, unknown as a word, and what differs is counted; a server's words are text."""
    lines = {line.id: line for line in LINES}
    facts = (
        SheetFact(lines["rotation"], "always", "the manual", Measured("<b>none</b>", "never", ("a/1",), "never")),
        SheetFact(lines["sessions"], None, None, None),
    )
    page = lxml.html.fromstring(html_of(make_run(facts=facts), {}))
    (sheet,) = [each for each in page.xpath("//details") if "measured of the provider" in each.text_content()]
    assert "1 fact not as documented" in sheet.xpath("summary")[0].text_content()
    rows = [[cell.text_content() for cell in row] for row in sheet.xpath(".//tr")[1:]]
    assert rows == [
        ["refresh tokens", "rotation", "always", "<b>none</b>", "a/1"],
        ["sessions", "of one user at one client", "unknown", "unknown", ""],
    ]


def test_exchanges_that_are_too_much_for_a_page_are_cut_alike(make_run, make_exchange):
    """A server that fills every answer does not make the report one that nobody can open; references stay whole."""
    full = (("X-Filling", "<" * 60_000),)
    exchanges = [make_exchange("{}", headers=full, number=number) for number in range(1, 101)]
    small = make_exchange("{}", number=101)
    evidence = {each.id: Redactor().exchange(each) for each in [*exchanges, small]}
    page = html_of(make_run(), evidence)
    assert len(page) < 4_000_000
    shown = {each.get("id"): each.text for each in lxml.html.fromstring(page).find_class("run")[0].xpath("//pre[@id]")}
    assert "> POST /token" in shown[small.id]
    assert "(cut: " not in shown[small.id]
    cut = re.fullmatch(
        r"(.*)… \(cut: \d+ characters in all, of more than the page has room for\)", shown[exchanges[0].id], re.DOTALL
    )
    assert f"X-Filling: {'<' * 2000}" in cut[1]


def test_exchanges_of_a_usual_size_are_whole(make_run, make_exchange):
    """Nothing is cut where there is room for all."""
    exchanges = [make_exchange("{}", headers=(("X-Filling", "a" * 3000),), number=number) for number in range(1, 101)]
    evidence = {each.id: Redactor().exchange(each) for each in exchanges}
    assert "(cut: " not in html_of(make_run(), evidence)
