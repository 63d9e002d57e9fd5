"""Which checks judge which requirements is read from the suites."""

from token_conformance.judging.requirement import catalogue
from token_conformance.judging.tied import by_requirement, tied_checks, tied_to

SUITE = '''
@requirement("one", "two")
@pytest.mark.parametrize("part", ["a", "b"])
def test_both(asked, part):
    """Both
    hold."""


def helper():
    """No check."""


@EACH
@requirement("two", formerly=("suites/test_topic.py::test_once",))
def test_other(asked):
    assert asked
'''


def test_checks_are_read_from_a_suite(tmp_path):
    """A check is named by its module, with its fact on one line, or its name where it has none."""
    (tmp_path / "test_topic.py").write_text(SUITE)
    first, second = tied_checks(tmp_path)
    assert (first.name, first.fact, first.requirements) == ("topic::test_both", "Both hold.", ("one", "two"))
    assert (second.name, second.fact) == ("topic::test_other", "test_other")
    assert (second.id, second.formerly) == ("suites/test_topic.py::test_other", ("suites/test_topic.py::test_once",))
    assert by_requirement((first, second)) == {"one": (first,), "two": (first, second)}


def test_blank_lines_may_stand_anywhere(tmp_path):
    """Between the decorator and its function, in texts, or nowhere."""
    (tmp_path / "test_topic.py").write_text(
        SUITE.replace("asked, part", "asked,\n\n\n    part").replace("\n\n\n@", "\n@")
    )
    assert [check.name for check in tied_checks(tmp_path)] == ["topic::test_both", "topic::test_other"]


def test_the_checks_of_one_requirement_are_those_that_all_checks_have_of_it(tmp_path):
    """Whatever else names it, and whatever its id is a part of."""
    (tmp_path / "test_topic.py").write_text(SUITE)
    (tmp_path / "test_word.py").write_text('"""No one tells."""\nnone = "one"\n')
    _, second = tied_checks(tmp_path)
    assert tied_to("one", tmp_path) == by_requirement(tied_checks(tmp_path))["one"]
    assert (tied_to("tw", tmp_path), tied_to("two", tmp_path)[1]) == ((), second)


def test_every_requirement_has_a_check_or_a_reason():
    """What no check judges says why, and what is judged gives no such reason."""
    judged = by_requirement(tied_checks()).keys()
    assert judged <= catalogue().keys()
    assert {id_ for id_, stated in catalogue().items() if bool(stated.untested) is (id_ in judged)} == set()
