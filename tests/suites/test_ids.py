"""Ids of requirements, causes and checks are what baselines and profiles hold on to: `ids.txt` has them all.

A new one is added to the list; `python -m tests.suites.test_ids` writes it anew, and keeps what was in it.
One that is gone, or has another name, fails here until its successor says so by `formerly`.
"""

from collections.abc import Iterator
from pathlib import Path

from token_conformance.judging.causes import causes
from token_conformance.judging.requirement import catalogue, renamed
from token_conformance.judging.tied import tied_checks

LIST = Path(__file__).parent / "ids.txt"


def listed() -> list[str]:
    """The ids as they were when somebody last looked."""
    return LIST.read_text("utf-8").splitlines()


def present() -> Iterator[str]:
    """The ids of today, each behind the word for what it names."""
    yield from (f"requirement {id_}" for id_ in catalogue())
    yield from (f"cause {id_}" for id_ in causes().ids)
    yield from (f"check {check.id}" for check in tied_checks())


def former() -> Iterator[str]:
    """The ids of yesterday that are known as such."""
    yield from (f"requirement {id_}" for id_ in renamed(catalogue()))
    yield from (f"check {id_}" for check in tied_checks() for id_ in check.formerly)


def test_no_id_is_lost():
    """Whatever somebody may have written down is found again."""
    assert set(listed()) - set(present()) - set(former()) == set()


def test_every_id_is_listed():
    """What is new is in the list, so that it will not be lost."""
    assert set(present()) - set(listed()) == set()


def test_the_list_is_in_order():
    """Each id once, so that two changes of the list seldom meet."""
    assert listed() == sorted(set(listed()))


def test_no_id_has_two_meanings():
    """What a check or a requirement was called is not the name of another one."""
    assert set(present()) & set(former()) == set()


if __name__ == "__main__":
    kept = listed() if LIST.exists() else []
    LIST.write_text("".join(f"{line}\n" for line in sorted({*kept, *present()})), "utf-8")
