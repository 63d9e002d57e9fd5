"""The catalogue of requirements is whole."""

import re

import pytest

from token_conformance.requirement import catalogue

LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"}


@pytest.mark.parametrize("requirement", catalogue().values(), ids=lambda requirement: requirement.id)
def test_an_entry_is_complete(requirement):
    """An entry has a plain id, a level of RFC 2119, and says what it protects and how a server is mended."""
    assert re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", requirement.id)
    assert requirement.level in LEVELS
    for text in (requirement.source, requirement.title, requirement.protects, requirement.mend):
        assert text
        assert "\n" not in text
    assert requirement.protects.endswith(".")
    assert requirement.mend.endswith(".")


def test_a_clause_reads_as_a_citation():
    """Source and section make the citation of reports."""
    assert catalogue()["rfc6749-5.1-access-token"].clause == "RFC 6749 §5.1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[requirement]]\nid = "a"\n', "a: "),
        ('[[requirement]]\nid = "a"\ncolour = "red"\n', "colour"),
    ],
)
def test_a_broken_entry_is_named(tmp_path, text, sentence):
    """A mistake in a catalogue names the entry."""
    path = tmp_path / "requirements.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=sentence):
        catalogue(path)


def test_an_id_stands_once(tmp_path):
    """Two entries of one id are a mistake."""
    fields = 'source = "s"\nsection = ""\nlevel = "MUST"\ntitle = "t"\nprotects = "p"\nmend = "m"\n'
    path = tmp_path / "requirements.toml"
    path.write_text(f'[[requirement]]\nid = "a"\n{fields}[[requirement]]\nid = "a"\n{fields}')
    with pytest.raises(ValueError, match="a stands twice"):
        catalogue(path)
