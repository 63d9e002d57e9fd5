"""Ids of requirements, causes and checks are what baselines and profiles hold on to: `ids.txt` has them all.

A new one is added to the list; `python -m tests.suites.test_ids` writes it anew, and keeps what was in it.
One that has another name fails here until its successor says so by `formerly`, one that is gone until the list says
`withdrawn` before it.
"""

from collections.abc import Iterator
from pathlib import Path

from token_conformance.evidence.facts.sheet import LINES
from token_conformance.judging.causes import causes
from token_conformance.judging.requirement import catalogue, renamed
from token_conformance.judging.tied import tied_checks

WITHDRAWN = "withdrawn "

LIST = Path(__file__).parent / "ids.txt"


def listed() -> list[str]:
    """The ids as they were when somebody last looked."""
    return LIST.read_text("utf-8").splitlines()


def present() -> Iterator[str]:
    """The ids of today, each behind the word for what it names."""
    yield from (f"requirement {id_}" for id_ in catalogue())
    yield from (f"cause {id_}" for id_ in causes().ids)
    yield from (f"check {check.id}" for check in tied_checks())
    yield from (f"fact {line.id}" for line in LINES)


def former() -> Iterator[str]:
    """The ids of yesterday that are known as such."""
    yield from (f"requirement {id_}" for id_ in renamed(catalogue()))
    yield from (f"check {id_}" for check in tied_checks() for id_ in check.formerly)


def test_no_id_is_lost():
    """Whatever somebody may have written down is found again."""
    kept = {line for line in listed() if not line.startswith(WITHDRAWN)}
    assert kept - set(present()) - set(former()) == set()


def test_every_id_is_listed():
    """What is new is in the list, so that it will not be lost."""
    assert set(present()) - set(listed()) == set()


def test_what_was_withdrawn_does_not_come_back():
    """An id that stood for something once stands for nothing else."""
    withdrawn = {line.removeprefix(WITHDRAWN) for line in listed() if line.startswith(WITHDRAWN)}
    assert withdrawn & set(present()) == set()


def test_the_list_is_in_order():
    """Each id once, so that two changes of the list seldom meet."""
    assert listed() == sorted(set(listed()))


def test_no_id_has_two_meanings():
    """What a check or a requirement was called is not the name of another one."""
    assert set(present()) & set(former()) == set()


if __name__ == "__main__":
    kept = listed() if LIST.exists() else []
    LIST.write_text("".join(f"{line}\n" for line in sorted({*kept, *present()})), "utf-8")
