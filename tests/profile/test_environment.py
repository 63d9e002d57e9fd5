"""`.env` files give a profile its variables, and nobody else anything."""

import os

import pytest

from token_conformance.profile.environment import environment_with
from token_conformance.profile.files import ProfileError


@pytest.fixture
def env(tmp_path):
    def env(text, name=".env"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return env


def test_lines_of_a_file_are_variables(env):
    """With quotes, comments and `export`, as everywhere; nothing in a value is replaced."""
    file = env("\ufeffexport A=1\n# comment\nB='two words'\nC=\"dollar ${A} $A\" # why\nD=\n")
    assert environment_with([file], {}) == {"A": "1", "B": "two words", "C": "dollar ${A} $A", "D": ""}


def test_the_environment_wins_and_the_later_file(env):
    """What is set empty in the environment is not set."""
    files = [env("A=file\nB=file\nC=file\n"), env("B=later\n", "second.env")]
    assert environment_with(files, {"A": "set", "C": ""}) == {"A": "set", "B": "later", "C": "file"}


def test_the_process_does_not_see_them(env):
    """Neither libraries nor programs that are started."""
    environment_with([env("TOKEN_CONFORMANCE_CANARY=secret\n")], os.environ)
    assert "TOKEN_CONFORMANCE_CANARY" not in os.environ


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("A=1\nhidden words = 'open\n", "line 2: expected NAME=value"), (b"A=\xff\n", "expected UTF-8")],
)
def test_a_broken_file_is_told_without_what_it_holds(env, text, sentence):
    """It may be a secret."""
    with pytest.raises(ProfileError, match=sentence) as caught:
        environment_with([env(text)], {})
    assert "hidden" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    """By its name."""
    with pytest.raises(ProfileError, match=r"none.env: cannot be read \(No such file"):
        environment_with([tmp_path / "none.env"], {})
