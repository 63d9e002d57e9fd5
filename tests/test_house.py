"""The house stays readable: short functions, modules of a size to be read at once, rooms that say what they are for."""

import ast
from itertools import chain
from statistics import median

import pytest

from token_conformance.layout import ROOT

MODULES = sorted(chain((ROOT / "token_conformance").rglob("*.py"), (ROOT / "suites").rglob("*.py")))
WINGS = sorted((ROOT / "token_conformance").glob("*/__init__.py"))
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(function):
    """How many lines a function's body takes, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.fixture(scope="module")
def lengths():
    trees = [ast.parse(path.read_text("utf-8")) for path in MODULES]
    return [lines_of(node) for tree in trees for node in ast.walk(tree) if isinstance(node, FUNCTION)]


def test_most_functions_are_short(lengths):
    """Half of them take five lines at most, nine of ten at most fifteen."""
    assert median(lengths) <= 5
    assert sum(length <= 15 for length in lengths) >= 0.9 * len(lengths)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_can_be_read_at_once(path):
    """It has at most 350 lines."""
    assert len(path.read_text("utf-8").splitlines()) <= 350


def test_few_rooms_stand_on_the_corridor():
    """Beside the front door there are only the words that everyone uses; everything else has a wing."""
    loose = {path.stem for path in (ROOT / "token_conformance").glob("*.py")}
    assert loose == {"__init__", "__main__", "layout", "verdict"}


@pytest.mark.parametrize("front", WINGS, ids=lambda front: front.parent.name)
def test_a_wing_says_what_it_may_import(front):
    """The docstring of a wing tells what lives there, who may use it, and what it may import."""
    said = ast.get_docstring(ast.parse(front.read_text("utf-8"))) or ""
    assert "ay import" in said
