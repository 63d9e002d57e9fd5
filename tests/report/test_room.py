"""A summary has as many lines as there is room for, and counts the others."""

import pytest

from token_conformance.report.room import WIDEST, Section, fitted, room_for, section, shortened


def test_all_of_it_is_said_where_there_is_room():
    """And without a bound to its end."""
    long = "x" * 2 * WIDEST
    assert fitted([section(["a", "b"]), section([long])], None) == ["a", "b", long]
    assert fitted([section(["a", "b"]), section(["c"])], 3) == ["a", "b", "c"]


def test_what_weighs_most_is_cut_last():
    """Each section keeps a line, and one that says how many more there are."""
    light, heavy = section("abcd", "letters", 1), section("12345", "digits", 2)
    assert fitted([light, heavy], 7) == [
        *("a", "         … 3 more lines on letters: see index.html, or run with -v"),
        *"12345",
    ]


def test_a_group_is_told_by_its_first_line():
    """Others of it come where there is still room, for each group one after the other."""
    causes = Section((("A", "a1", "a2", "a3"), ("B", "b1"), ("C",)), "causes")
    assert causes.lines(6)[:-1] == ["A", "a1", "B", "b1", "C"]
    assert causes.lines(3)[:-1] == ["A", "B"]
    assert causes.lines(3)[-1].startswith("         … 5 more lines on causes")


def test_what_must_be_said_is_never_cut():
    """Such as a command that goes on."""
    long = "x" * 2 * WIDEST
    assert fitted([section([long, "b", "c"], whole=True)], 1) == [long, "b", "c"]
    assert fitted([Section(((long,),), to_the_end=True)], 1) == [long]


@pytest.mark.parametrize(
    ("end", "kept"), [(" (RFC 6749 §5.2)", "… (RFC 6749 §5.2)"), ("x", "…"), (f" ({'y' * 99})", "…")]
)
def test_a_clause_stays_at_the_end_of_a_line(end, kept):
    """What is cut is the middle."""
    line = shortened("x" * WIDEST + end)
    assert line.endswith(f"x{kept}")
    assert len(line) <= WIDEST


def test_many_profiles_share_the_room():
    """Each has a few lines."""
    assert room_for(1) > room_for(2) > room_for(20) == room_for(200)
