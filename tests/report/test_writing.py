"""Reports are written whole, or not at all, and without a secret."""

import html
import json
import os
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import jsonschema
import pytest
from lxml import etree

from token_conformance import results
from token_conformance.judging.habit import Did, Habit
from token_conformance.redaction import Redactor
from token_conformance.report import ReportError
from token_conformance.report.writing import listed, write_reports
from token_conformance.verdict import Verdict

NAMES = [
    "index.html",
    "report.html",
    "results.json",
    "junit.xml",
    "summary.md",
    "results.sarif",
    "ctrf.json",
    "badge.json",
]
SMALL = ["results.json", "junit.xml", "badge.json", "summary.md", "results.sarif", "ctrf.json"]
"""All but the pages, in the order in which they are written."""
SCHEMA = json.loads((Path(results.__file__).parent / "results.schema.json").read_text("utf-8"))


def test_the_reports_are_written(write, tmp_path):
    """The paths are given back, and nothing else is left in the folder."""
    paths = write()
    assert [path.name for path in paths] == NAMES
    assert sorted(NAMES) == sorted(path.name for path in (tmp_path / "run").iterdir())


def test_results_json_keeps_its_schema(write):
    """What is on the disk is valid."""
    jsonschema.validate(json.loads(write()[2].read_text("utf-8")), SCHEMA)


def test_no_canary_is_in_a_file(write):
    """Neither the tokens of the exchanges nor their beginnings reach the disk."""
    assert not [path for path in write() if "canary" in path.read_text("utf-8")]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "badge.json"])
def test_a_message_goes_through_redaction(write, make_run, make_check, name):
    """A token in the message of a failed check is a label in every report."""
    redactor = Redactor()
    redactor.learn("access_token", "token <&> \"with\" 'apostrophes'")
    check = make_check(Verdict.FAIL, message="got token <&> \"with\" 'apostrophes'\nand more")
    (path,) = (path for path in write(make_run(checks=(check,)), redactor=redactor) if path.name == name)
    text = path.read_text("utf-8")
    assert "apostrophes" not in text
    assert "access_token 1" in text


class Blind(Redactor):
    """A redactor that finds secrets afterwards and replaces none."""

    def text(self, text):
        return text


class Drowsy(Redactor):
    """A redactor that overlooks a secret among other words, and sees it where nothing stands beside it."""

    def text(self, text):
        return text if " in the midst of " in text else super().text(text)


SPELLINGS = {
    "plain": str,
    "HTML": html.escape,
    "percent": lambda secret: quote(secret, safe=""),
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "Base64": lambda secret: b64encode(secret.encode()).decode(),
    "Base64 in a longer text": lambda secret: b64encode(f"a{secret}b".encode()).decode(),
}


@pytest.mark.parametrize("secret", ["canary/secret", "<canary/secret>", '"canary/secret"&', "canary-é secret"])
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_that_redaction_missed_is_not_written(write, make_run, make_check, tmp_path, secret, spelling):
    """The last line of defence looks at what would be written; it names the kind of the secret and not its value."""
    redactor = Blind()
    redactor.learn("refresh_token", secret)
    run = make_run(checks=(make_check(Verdict.FAIL, message=f"got {spelling(secret)}"),))
    with pytest.raises(ReportError, match="secret of the kind: refresh_token") as error:
        write(run, redactor=redactor, exchanges=())
    assert "canary" not in str(error.value)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["badge.json"]  # which holds no message


def test_an_exchange_that_redaction_missed_is_not_written(write, make_exchange, make_run, make_check, tmp_path):
    """Evidence is looked at like messages, wherever it stands in the page."""
    redactor = Blind()
    redactor.learn("refresh_token", "<canary & secret>")
    exchange = make_exchange('{"error_description": "what is <canary & secret>?"}')
    with pytest.raises(ReportError, match="index.html was not written.*; report.html was not written") as error:
        write(make_run(checks=(make_check(exchanges=(exchange.id,)),)), redactor=redactor, exchanges=(exchange,))
    assert [path.name for path in error.value.written] == SMALL
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == sorted(SMALL)


def test_the_other_reports_tell_which_one_is_missing(write, make_exchange, make_run, make_check, tmp_path):
    """Who reads results.json or junit.xml alone knows that there is no page, and of what kind the secret is."""
    redactor = Blind()
    redactor.learn("refresh_token", "canary-refresh-1")
    exchange = make_exchange('{"error_description": "canary-refresh-1"}')
    with pytest.raises(ReportError):
        write(make_run(checks=(make_check(exchanges=(exchange.id,)),)), redactor=redactor, exchanges=(exchange,))
    sentence = "report.html was not written, since it would show a secret of the kind: refresh_token"
    assert sentence in json.loads((tmp_path / "run" / "results.json").read_text())["withheld"]
    assert sentence in (tmp_path / "run" / "junit.xml").read_text()


@pytest.mark.parametrize("secret", ["canary/secret", "<canary/secret>", '"canary/secret"&', "canary-é secret"])
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_what_redaction_missed_is_masked(write, make_run, make_check, secret, spelling):
    """The secret is a label in every report, the reports say so, and programs can read them as before."""
    redactor = Drowsy()
    redactor.learn("refresh_token", secret)
    run = make_run(checks=(make_check(Verdict.FAIL, message=f"{spelling(secret)} in the midst of words"),))
    texts = {path.name: path.read_text() for path in write(run, redactor=redactor, exchanges=())}
    assert not [name for name, text in texts.items() if spelling(secret) in html.unescape(html.unescape(text))]
    assert [name for name, text in texts.items() if "in the midst of words" not in text] == ["badge.json"]
    index, page, results_json, junit = (texts[name] for name in NAMES[:4])
    for text in (index, page, results_json, junit):
        assert "masked in the reports, since redaction had missed it: refresh_token" in text
    assert json.loads(results_json)["checks"][0]["message"].count("<refresh_token 1>") == 1
    assert html.escape("<refresh_token 1>") in page
    assert html.escape("<refresh_token 1>") in index
    assert etree.fromstring(junit.encode()).tag == "testsuites"


def test_nothing_is_masked_where_redaction_missed_nothing(write):
    """As a rule the reports withhold nothing, and do not speak of it."""
    assert json.loads(write()[2].read_text())["withheld"] == []


def test_a_secret_learnt_by_the_last_exchange_is_in_no_earlier_one(write, make_exchange, make_run, make_check):
    """All exchanges are learnt from before one is shown, also one that was shown before, in a terminal."""
    redactor = Redactor()
    early = make_exchange('{"error_description": "canary-of-later"}')
    late = make_exchange('{"access_token": "canary-of-later"}', number=2)
    redactor.exchange(early)
    run = make_run(checks=(make_check(exchanges=(early.id, late.id)),))
    page = write(run, redactor=redactor, exchanges=(early, late))[1].read_text("utf-8")
    assert "canary" not in page
    assert page.count("access_token 1") == 2


def test_a_secret_that_is_a_word_of_the_report_is_no_leak(write):
    """A password `results` or `verdict` stands in every report, and its user gets one nevertheless."""
    redactor = Redactor()
    for word in ("results", "verdict", "document", "example", "rotation"):
        redactor.learn("password", word)
    assert len(write(redactor=redactor)) == len(NAMES)


def test_a_folder_that_cannot_be_written_is_one_sentence(write, tmp_path):
    """The sentence names the folder, the reason, and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError) as error:
        write(folder=tmp_path / "file" / "run")
    assert str(error.value) == (
        f"the reports cannot be written to {tmp_path / 'file' / 'run'}: Not a directory; choose another --report-dir"
    )


def test_half_a_report_is_never_there(write, tmp_path, monkeypatch):
    """A disk that is full in the middle of writing leaves the older report, and no draft."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "report.html").write_text("older")

    def full(path, *arguments, **options):
        path.write_bytes(b"half")
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ReportError, match="No space left on device"):
        write()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["report.html"]
    assert (tmp_path / "run" / "report.html").read_text() == "older"


def test_a_message_of_any_length_is_cut(write, make_run, make_check):
    """A server's words do not fill the reports; a usual message is whole."""
    checks = (make_check(Verdict.FAIL, message="said " * 200_000), make_check(Verdict.FAIL, message="said " * 300))
    paths = write(make_run(checks=checks))
    long, usual = (check["message"] for check in json.loads(paths[2].read_text("utf-8"))["checks"])
    assert long.startswith("said said")
    assert long.endswith("… (999999 characters)")
    assert usual == ("said " * 300).strip()
    assert max(len(path.read_bytes()) for path in paths) < 300_000


def test_what_fits_is_kept(write, tmp_path, monkeypatch):
    """Where there is no room for the largest report, the others are there, and say so."""
    whole = Path.write_text

    def nearly_full(path, text, *arguments, **options):
        if "html" in path.name:
            raise OSError(28, os.strerror(28))
        return whole(path, text, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", nearly_full)
    with pytest.raises(ReportError) as error:
        write()
    sentence = (
        f"of the reports only {listed(SMALL)} could be written to {tmp_path / 'run'}: "
        "No space left on device; choose another --report-dir"
    )
    assert str(error.value) == sentence
    assert [path.name for path in error.value.written] == SMALL
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == sorted(SMALL)
    assert json.loads((tmp_path / "run" / "results.json").read_text("utf-8"))["trouble"] == sentence
    assert "of the reports only" in (tmp_path / "run" / "junit.xml").read_text("utf-8")


def test_where_there_is_no_room_to_say_so_the_reports_stay(write, tmp_path, monkeypatch):
    """They are better than nothing."""
    whole, written = Path.write_text, []

    def once(path, text, *arguments, **options):
        written.append(path.name)
        if "html" in path.name or written.count(path.name) > 1:
            raise OSError(28, os.strerror(28))
        return whole(path, text, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", once)
    with pytest.raises(ReportError, match="only results.json, junit.xml,"):
        write()
    assert json.loads((tmp_path / "run" / "results.json").read_text("utf-8"))["trouble"] is None


def test_a_style_that_is_not_there_is_told(write, pytestconfig, monkeypatch):
    """pytest-html's option `--css` names a file, or the report says so."""
    monkeypatch.setattr(pytestconfig.option, "css", ["nowhere.css"], raising=False)
    with pytest.raises(ReportError, match="--css names what is no file: nowhere.css"):
        write()


def test_what_a_server_sends_does_not_break_a_report(write, make_run, make_check):
    """Lone surrogates and control characters can be written as XML, JSON and HTML."""
    message = "error_description is '\ud800\x00\x1b[31m\uffff\u202e'"
    assert len(write(make_run(checks=(make_check(Verdict.FAIL, message=message),)))) == len(NAMES)


def test_a_check_without_evidence_is_reported(write, make_run, make_check):
    """A check whose exchanges are not known, or that has no scenario, does not break the report."""
    check = replace(make_check(), scenario=None, exchanges=("nowhere/1",), requirements=("unknown",))
    assert len(write(make_run(checks=(check,)), exchanges=())) == len(NAMES)


def test_a_secret_in_the_path_of_a_cause_costs_no_report(make_run, make_check, tmp_path, pytestconfig):
    """A provider that puts the value of a cookie into its addresses gets all reports, with a label in its place."""
    redactor = Redactor()
    redactor.learn("cookie", "TLC8VV2tfkot5Wse1ZY6i")
    habit = Habit(Did.ACCEPTED, "login/2", "/interaction/TLC8VV2tfkot5Wse1ZY6i", "response.status", 200)
    check = make_check(Verdict.FAIL, violated="rfc6749-5.1-json", habit=habit)
    written = write_reports(tmp_path, make_run(checks=(check,)), (), redactor, pytestconfig)
    assert [path.name for path in written] == NAMES
    assert "TLC8VV2tfkot5Wse1ZY6i" not in (tmp_path / "results.json").read_text()
