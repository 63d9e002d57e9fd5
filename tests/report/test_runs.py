"""index.html of a report folder: the runs that lie there, of whatever suite, and nothing that could do harm."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import html

from token_conformance.archive import listing
from token_conformance.report.runs import PAGE, runs_html, write_runs

ATTACK = "<script>document.title='attacked'</script>"


@pytest.fixture
def reports(tmp_path):
    """A report folder."""
    return tmp_path / "reports"


@pytest.fixture
def lay(reports):
    """Lays the results of a run into the folder."""

    def lay(profile="example", day=1, *, page="index.html", **told):
        folder = reports / profile / f"202601{day:02d}T120000.000000Z"
        folder.mkdir(parents=True)
        beginning = {"schema": 1, "suite_version": "0.1.0", "profile": profile, "server": "live"}
        results = {
            **beginning,
            "started": f"2026-01-{day:02d}T12:00:00+00:00",
            "summary": {"pass": 3, "fail": 0},
            **told,
            "checks": [{"id": "x" * 20_000}],
        }
        (folder / "results.json").write_text(json.dumps(results))
        if page:
            (folder / page).write_text("a page")
        return folder

    return lay


def page_of(reports):
    """The page that is written."""
    assert write_runs(reports) is None
    return html.fromstring((reports / PAGE).read_text("utf-8"))


def test_the_newest_run_comes_first(lay, reports):
    """By profile, each with the verdict in words, its counts, and the way to its page."""
    lay(day=1, verdict={"headline": "The server does not conform", "conforms": False}, summary={"fail": 7})
    lay(day=2, verdict={"headline": "The server conforms, as far as it was judged", "conforms": True})
    lay("other", day=1, page="report.html", provider="Other Inc.")
    document = page_of(reports)
    assert [each.text.strip() for each in document.xpath("//h2")] == ["example", "Other Inc."]
    assert document.xpath("//tbody//a/@href") == [
        "example/20260102T120000.000000Z/index.html",
        "example/20260101T120000.000000Z/index.html",
        "other/20260101T120000.000000Z/report.html",
    ]
    rows = [[cell.text_content() for cell in row.xpath("td")][:2] for row in document.xpath("//tbody/tr")]
    assert rows[:2] == [["The server conforms, as far as it was judged", "0"], ["The server does not conform", "7"]]


def test_the_trend_shows_what_failed(lay, reports):
    """The oldest run first, in words as well; one run alone is no trend."""
    for day, failed in enumerate((5, 0, 2), start=1):
        lay(day=day, summary={"fail": failed})
    lay("other")
    (trend,) = page_of(reports).xpath("//svg")
    assert trend.get("aria-label") == "Checks that failed in the last 3 runs, the oldest first: 5, 0, 2"
    assert [len(each.xpath("rect[@class='failed']")) for each in trend.xpath("g")] == [1, 0, 1]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "conforms as far as it was judged"),
        ({"summary": {"fail": 1}}, "does not conform"),
        ({"server": "emulated", "outcome": "conforms"}, "its profile holds"),
        ({"outcome": "nothing_judged"}, "no verdict: nothing judged"),
    ],
)
def test_older_suites_have_their_words(lay, reports, told, words):
    """They wrote no verdict, and the oldest no outcome."""
    lay(**told)
    assert page_of(reports).xpath("string(//tbody//td)") == words


@pytest.mark.parametrize("broken", ["", "{", "[]", "null", '{"profile": "x"}', "[" * 100_000, "\x00", '{"summary": '])
def test_what_cannot_be_read_is_passed_over(lay, reports, broken):
    """And no run beside it is lost."""
    lay(day=1)
    (lay(day=2) / "results.json").write_text(broken)
    assert len(page_of(reports).xpath("//tbody/tr")) == 1


def test_what_stands_far_behind_is_found(lay, reports):
    """A server may have had so much said of it that the summary comes late."""
    lay(noticed=["x" * listing.BEGINNING], summary={"fail": 4})
    assert page_of(reports).xpath("string(//tbody//td[2])") == "4"


def test_the_list_is_bounded(lay, reports, monkeypatch):
    """By the newest runs."""
    monkeypatch.setattr(listing, "MOST_RUNS", 3)
    for day in range(1, 6):
        lay(day=day)
    assert [each[10:] for each in page_of(reports).xpath("//tbody//th/a/text()")] == [" 12:00:00"] * 3
    assert "2026-01-05" in page_of(reports).xpath("string(//tbody//th)")


def test_what_was_said_is_text(lay, reports):
    """Names and verdicts are what profiles and servers put into them, and folders anything."""
    told = {"provider": ATTACK, "selection": ATTACK, "verdict": {"headline": ATTACK}, "suite_version": ATTACK}
    lay("javascript:alert(1)", **told)
    document = page_of(reports)
    assert not document.xpath("//script")
    assert document.xpath("//tbody//a/@href")[0].startswith("javascript%3Aalert")
    (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_the_same_runs_give_the_same_page(lay, reports):
    """To the letter, whenever it is made."""
    lay(day=1)
    lay(day=2)
    assert runs_html(listing.runs_in(reports)) == runs_html(listing.runs_in(reports))
    write_runs(reports)
    before = (reports / PAGE).read_bytes()
    write_runs(reports)
    assert (reports / PAGE).read_bytes() == before


def test_processes_at_once_leave_one_whole_page(lay, reports):
    """No draft is left behind, and no run is left out."""
    for day in range(1, 9):
        lay(day=day)
    with ThreadPoolExecutor(8) as threads:
        assert [*threads.map(lambda _: write_runs(reports), range(8))] == [None] * 8
    assert len(html.fromstring((reports / PAGE).read_text()).xpath("//tbody/tr")) == 8
    assert not [*reports.glob("*.draft"), *reports.glob(".*.draft")]


def test_a_page_that_cannot_be_written_says_why(lay, reports):
    """In a sentence: the reports of the run are there all the same."""
    lay()
    (reports / PAGE).mkdir()
    said = write_runs(reports)
    assert said is not None
    assert "the list of runs, cannot be written: " in said
