"""Results are found and read, whichever suite wrote them, and what is none is told in a sentence."""

import json

import pytest

from token_conformance.archive.told_results import ResultsError, read_told

LEAST = {"schema": 1, "profile": "example", "checks": [{"id": "t::a", "verdict": "fail"}]}
"""What the first results.json had at least."""


def write(folder, written=LEAST):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(written if isinstance(written, str) else json.dumps(written))
    return folder / "results.json"


def test_results_are_found_by_file_by_run_and_by_profile(tmp_path):
    """Of a profile the newest run counts that has results."""
    first = write(tmp_path / "example" / "20260101T000000Z", {**LEAST, "provider": "first"})
    write(tmp_path / "example" / "20260102T000000Z", {**LEAST, "provider": "second"})
    (tmp_path / "example" / "20260103T000000Z").mkdir()
    assert [read_told(each).provider for each in (first, first.parent, first.parent.parent)] == [
        "first",
        "first",
        "second",
    ]


def test_results_of_older_and_newer_suites_are_read(tmp_path):
    """What an old one did not write is empty, what a new one writes besides does not matter."""
    old = read_told(write(tmp_path))
    assert (old.suite_version, old.outcome, old.exit_status, old.started, old.facts) == ("", "", 1, None, ())
    new = read_told(
        write(
            tmp_path,
            {
                **LEAST,
                "later": [],
                "outcome": "something_else",
                "checks": [{**LEAST["checks"][0], "verdict": "pass", "later": 1}],
            },
        )
    )
    assert (new.exit_status, new.failed) == (0, False)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "expected a results.json, and it is no JSON"),
        ("[" * 100_000, "expected a results.json, and it is no JSON"),
        ("[]", "expected a results.json, and the whole is wrong or missing"),
        ({**LEAST, "schema": 2}, "its schema is 2, and this suite knows 1: take a newer one"),
        ({"schema": 1, "profile": "x"}, "expected a results.json, and checks is wrong or missing (field required)"),
        ({**LEAST, "checks": [{"id": "a", "verdict": "great"}]}, "checks.0.verdict is wrong or missing"),
    ],
    ids=["empty", "deep", "list", "newer", "without checks", "verdict"],
)  # fmt: skip
def test_what_is_no_results_is_told(tmp_path, written, sentence):
    """By its file, in one sentence."""
    path = write(tmp_path, written)
    with pytest.raises(ResultsError) as told:
        read_told(path)
    assert str(told.value).startswith(f"{path}: ")
    assert sentence in str(told.value)
    assert "\n" not in str(told.value)


def test_what_is_not_there_is_told(tmp_path):
    """A folder of several profiles is not one run."""
    with pytest.raises(ResultsError, match="no such file; expected a results.json or the folder of a run"):
        read_told(tmp_path / "nothing")
    with pytest.raises(ResultsError, match="no results.json in it; give the folder of a run, or the file"):
        read_told(tmp_path)
    write(tmp_path / "example" / "run")
    with pytest.raises(ResultsError, match="no results.json in it; give one of its folders"):
        read_told(tmp_path)
