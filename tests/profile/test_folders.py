"""A folder stands for its profiles."""

from pathlib import Path

import pytest

from token_conformance.profile.files import ProfileError
from token_conformance.profile.folders import expanded

WHOLE = '[profile]\nname = "a"\n[server]\n[[clients]]\n[grants]\n'


@pytest.fixture
def folder(tmp_path):
    def folder(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.toml").write_text(text, "utf-8")
        return tmp_path

    return folder


def found(given):
    return [Path(each).name for each in expanded(given)]


def test_the_profiles_of_a_folder_come_by_name(folder):
    """Other TOML files are none; a broken one is told later, and not left out."""
    path = folder(b=WHOLE, a=WHOLE, pyproject="[project]\n", broken="[profile\n")
    assert found([str(path), "erpnet"]) == ["a.toml", "b.toml", "broken.toml", "erpnet"]


def test_what_others_extend_counts_where_it_is_whole(folder):
    """A part that environments have in common is no provider."""
    path = folder(
        common='[profile]\nname = "a"\n', test='extends = "common.toml"\n', production='extends = "test.toml"\n'
    )
    assert found([str(path)]) == ["production.toml"]
    folder(common=WHOLE)
    assert found([str(path)]) == ["common.toml", "production.toml", "test.toml"]


def test_a_profile_that_comes_along_goes_before_a_folder_of_its_name(folder, monkeypatch):
    """As it does before a file."""
    path = folder()
    (path / "keycloak").mkdir()
    monkeypatch.chdir(path)
    assert expanded(["keycloak", "x" * 5000]) == ["keycloak", "x" * 5000]


def test_a_folder_without_profiles_is_told(folder):
    """It is hardly what was meant."""
    with pytest.raises(ProfileError, match="a folder without profiles"):
        expanded([str(folder(pyproject="[project]\n"))])
