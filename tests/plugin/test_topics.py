"""Topics select checks: `-m "rotation or refresh"`."""

import pytest

from tests.plugin.conftest import SCENARIO
from tests.plugin.test_selection import TWO

ONCE = '''
TIMES = []


@requirement("must")
def test_asks(asked):
    """It works."""
    TIMES.append(asked)
    assert len(TIMES) == 1, "it was judged before"
'''


@pytest.mark.parametrize(("expression", "outcomes"), [("inner", {"passed": 4}), ("not inner", {"deselected": 4})])
def test_a_module_is_a_topic(inner_run, expression, outcomes):
    """That of a suite of one's own, too."""
    result = inner_run(TWO, "-m", expression)
    assert result.parseoutcomes() == outcomes


def test_our_own_topics_are_known(inner_run):
    """None of them is here, and that is no mistake; a name that none has is one."""
    assert inner_run(TWO, "--strict-markers", "-m", "rotation or token_endpoint").parseoutcomes() == {"deselected": 4}
    assert (
        "Unknown marker(s) in '-m' expression: rotaton"
        in inner_run(TWO, "--strict-markers", "-m", "rotaton").stderr.str()
    )


def test_a_topic_leaves_a_check_to_be_judged_directly(direct_run):
    """Pytest's protocol has nothing to do for such a mark: it would judge the check a second time."""
    assert direct_run(ONCE).parseoutcomes() == {"passed": 1}


def test_a_module_called_like_a_mark_of_pytest_is_no_topic(inner_run):
    """Its checks are judged, not skipped."""
    (inner_run.folder / "test_skip.py").write_text((SCENARIO + TWO).replace("asked", "said"))
    result = inner_run(TWO, "test_skip.py")
    assert result.parseoutcomes() == {"passed": 8}
