"""Topics select checks: `-m "rotation or refresh"`."""

import pytest

from tests.plugin.test_selection import TWO


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
