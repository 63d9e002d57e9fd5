"""A profile is gathered before its first check, reported after its last one, and let go then."""

import pytest

ONE_AFTER_THE_OTHER = '''
import gc
import weakref
from pathlib import Path

EARLIER = []


def reported():
    return sorted(path.parts[-3] for path in Path("reports").glob("*/*/results.json"))


@requirement("must")
def test_earlier_profiles_are_reported(asked, conformance_run):
    """What was judged is on disk, and is held no longer."""
    gc.collect()
    assert reported() == ["first", "second"][: len(EARLIER)], f"{reported()} are reported"
    assert not any(earlier() for earlier in EARLIER), "an earlier record is still there"
    EARLIER.append(weakref.ref(conformance_run))


@requirement("must")
def test_asks(asked):
    """It works."""
    assert asked.accepted
'''


@pytest.mark.parametrize("way", [(), ("-n", "1")])
def test_a_profile_is_reported_and_let_go_before_the_next_one(direct_run, way):
    """Memory does not grow with each profile, and an interruption takes no report away that could have been written."""
    direct_run(ONE_AFTER_THE_OTHER, *way, profiles=("first", "second", "third"))
    for name in ("first", "second", "third"):
        messages = [check["message"] for check in direct_run.results(name)["checks"]]
        assert messages == ["", ""]


def test_what_was_judged_before_an_interruption_is_reported(direct_run):
    """The checks that were judged are in the reports of a profile that did not come to its end."""
    checks = '''

@requirement("must")
def test_asks(asked):
    """It works."""
    assert asked.accepted


def test_interrupts(asked, tmp_path):
    """Somebody stops the run."""
    pytest.exit("stopped")
'''
    direct_run(checks)
    (check,) = direct_run.results()["checks"]
    assert check["verdict"] == "pass"


def test_the_lines_at_the_end_name_all_profiles(direct_run):
    """However early a report was written, the terminal ends with what there is of each profile."""
    result = direct_run(ONE_AFTER_THE_OTHER, profiles=("first", "second"))
    result.stdout.fnmatch_lines(["first: 2 pass;*", "report: *first*results.json", "second: 2 pass;*"])
