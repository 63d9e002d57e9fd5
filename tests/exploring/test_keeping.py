"""Stories are kept as numbers, the new ones first; what cannot be read is as if it were not there."""

from __future__ import annotations

import pytest

from token_conformance.exploring.acts import Act, Relation, Step, read_story
from token_conformance.exploring.keeping import MOST, Shelf

STORY = (Step(Act.LOGIN), Step(Act.REFRESH), Step(Act.REFRESH, 0, Relation.PREVIOUS))


def test_a_story_comes_back_as_it_was(tmp_path):
    shelf = Shelf(tmp_path / "new", "example")
    shelf.keep((STORY,))
    shelf.keep((STORY[:2],))
    assert shelf.stories == (STORY[:2], STORY)


def test_a_story_is_kept_once_and_not_too_many_are(tmp_path):
    shelf = Shelf(tmp_path, "example")
    for number in range(MOST + 5):
        shelf.keep(((Step(Act.LOGIN, number),), STORY))
    assert len(shelf.stories) == MOST
    assert shelf.stories.count(STORY) == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"stories": [[[99, 0, 0]]]}', '{"stories": [[1, 2]]}', '{"stories": 3}']
)
def test_a_file_that_is_no_shelf_holds_nothing(tmp_path, text):
    (tmp_path / "example.json").write_text(text, "utf-8")
    assert Shelf(tmp_path, "example").stories == ()


def test_without_a_folder_nothing_is_kept():
    shelf = Shelf(None, "example")
    shelf.keep((STORY,))
    assert shelf.stories == ()


def test_numbers_of_no_act_are_no_story():
    with pytest.raises(ValueError, match="99"):
        read_story([[99, 0, 0]])
