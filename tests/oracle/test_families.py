"""The family of a forbidden answer tells which token begat which, and what ended each until then."""

from __future__ import annotations

from tests.oracle.histories import INVALID_GRANT, ME, History, profile, tokens
from token_conformance.oracle.events import Revocation, Served
from token_conformance.oracle.families import MOST, Kin, family_of
from token_conformance.profile.models import Profile


def family(history: History) -> dict[str, Kin]:
    watched = history.watched
    return {kin.name: kin for kin in family_of(watched.forbidden[0], watched)}


def reused() -> History:
    """A used refresh token works, two generations later."""
    history = History()
    first = history.login("A")
    history.refresh(first, tokens("A", 1))
    history.refresh("refresh A 1", tokens("A", 2))
    history.refresh(first, tokens("A", 3))
    return history


def test_each_token_names_what_begat_it():
    kin = family(reused())
    assert {name: each.begotten_by for name, each in kin.items()} == {
        "code A": None,
        "refresh token A1": "code A",
        "refresh token A2": "refresh token A1",
        "refresh token A3": "refresh token A2",
        "refresh token A4": "refresh token A1",
    }


def test_what_the_answer_is_about_and_what_came_of_it_are_marked():
    kin = family(reused())
    assert [name for name, each in kin.items() if each.accused] == ["refresh token A1"]
    assert [name for name, each in kin.items() if each.illicit] == ["refresh token A4"]
    assert {name: each.state for name, each in kin.items()}["refresh token A3"] == "alive"
    assert kin["refresh token A2"].state == "used"


def test_what_was_replaced_is_used_up_where_nobody_documents_rotation():
    """Whether it would work again is not known; alive it is not said to be."""
    given = profile().model_dump(exclude_unset=True)
    given["grants"]["refresh_token"] = {"rotation": "unknown"}
    history = History(Profile.model_validate(given))
    history.refresh(history.login("A"), tokens("A", 1))
    history.refresh("refresh A 1", INVALID_GRANT)
    kin = family(history)
    assert (kin["refresh token A1"].state, kin["refresh token A2"].state) == ("used", "alive")


def test_what_ended_a_token_is_told_with_its_exchange():
    history = History()
    first = history.login("A")
    revoked = history.note(Revocation(ME, first), Served())
    history.refresh(first, tokens("A", 1))
    kin = family(history)["refresh token A1"]
    assert (kin.state, kin.ended, kin.ended_in) == ("dead", "was revoked", revoked.id)


def test_a_long_line_is_shortened_in_its_middle():
    history = History()
    token = history.login("A")
    for number in range(1, 25):
        history.refresh(token, tokens("A", number))
        token = f"refresh A {number}"
    history.refresh("refresh A 3", tokens("A", 99))
    kin = family(history)
    assert len(kin) <= MOST + 2
    assert sum(each.skipped for each in kin.values()) > 10
    assert kin["refresh token A4"].accused


def test_an_answer_about_no_session_has_no_family():
    history = History()
    history.login("A")
    history.refresh("refresh made up", tokens("B", 1))
    watched = history.watched
    assert [family_of(judgement, watched) for judgement in watched.forbidden] == [()]
