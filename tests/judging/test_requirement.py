"""The catalogue of requirements is whole."""

import re
import tomllib
from collections import Counter

import pytest

from token_conformance.judging.requirement import catalogue, renamed
from token_conformance.layout import SUITES

LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"}
OURS = "token-conformance"
SOURCE = re.compile(
    r"RFC \d{4}|OAuth 2\.1 draft|OIDC Core|OIDC Discovery|FAPI 1\.0 Advanced|FAPI 2\.0|Refresh Token Expiration draft"
)
SECTION = re.compile(r"[1-9A-Z]\d*(\.[1-9]\d*)*")


@pytest.mark.parametrize("requirement", catalogue().values(), ids=lambda requirement: requirement.id)
def test_an_entry_is_complete(requirement):
    """An entry has a plain id, a level of RFC 2119, and says what it protects and how a server is mended."""
    assert re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", requirement.id)
    assert requirement.level in LEVELS
    for text in (requirement.source, requirement.title, requirement.protects, requirement.mend):
        assert text.strip()
    for text in (*requirement.also, *(text for text in vars(requirement).values() if isinstance(text, str))):
        assert text == text.strip()
        assert "\n" not in text
    assert not requirement.title.endswith(".")
    assert requirement.protects.endswith(".")
    assert requirement.mend.endswith(".")
    assert not requirement.note or requirement.note.endswith(".")


@pytest.mark.parametrize("requirement", catalogue().values(), ids=lambda requirement: requirement.id)
def test_a_source_can_be_looked_up(requirement):
    """A requirement cites a clause of a specification, or is a rule of ours and names its topic."""
    for clause in requirement.also:
        source, _, section = clause.partition(" §")
        assert SOURCE.fullmatch(source)
        assert SECTION.fullmatch(section)
    if requirement.source == OURS:
        assert re.fullmatch(r"[a-z]+( [a-z]+)*", requirement.section)
    else:
        assert SOURCE.fullmatch(requirement.source)
        assert SECTION.fullmatch(requirement.section)


def test_no_entry_stands_twice():
    """Ids and titles are unique, and the catalogue holds all that the file does."""
    entries = tomllib.loads((SUITES / "requirements.toml").read_text("utf-8"))["requirement"]
    for field in ("id", "title"):
        assert [value for value, times in Counter(entry[field] for entry in entries).items() if times > 1] == []
    assert list(catalogue()) == [entry["id"] for entry in entries]


@pytest.mark.parametrize(
    ("id_", "clause"),
    [
        ("rfc6749-5.1-access-token", "RFC 6749 §5.1"),
        ("rfc6749-a.14-expires-in-number", "RFC 6749 §A.14"),
        ("oauth2.1-2.4.1-post-supported", "OAuth 2.1 draft §2.4.1"),
        ("session-chain", "token-conformance §session"),
    ],
)
def test_a_clause_reads_as_a_citation(id_, clause):
    """Source and section make the citation of reports."""
    assert catalogue()[id_].clause == clause


def test_a_prohibition_is_as_binding_as_a_demand():
    """What MUST NOT be is a failure, what SHOULD NOT be a warning."""
    mandatory = {requirement.level for requirement in catalogue().values() if requirement.mandatory}
    assert mandatory == {"MUST", "MUST NOT"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[requirement]]\nid = "a"\n', "a: "),
        ('[[requirement]]\nid = "a"\ncolour = "red"\n', "a: .*colour"),
        ('[[requirement]]\nlevel = "MUST"\n', "an entry without id: .*'id'"),
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


FIELDS = 'source = "s"\nsection = ""\nlevel = "MUST"\ntitle = "t"\nprotects = "p"\nmend = "m"\n'


def test_a_renamed_requirement_is_known_by_both_names(tmp_path):
    """Its former names lead to the present one."""
    path = tmp_path / "requirements.toml"
    path.write_text(f'[[requirement]]\nid = "new"\nformerly = ["old", "older"]\n{FIELDS}')
    assert renamed(catalogue(path)) == {"old": "new", "older": "new"}


def test_a_former_name_belongs_to_one_requirement(tmp_path):
    """It is not the name of another one."""
    path = tmp_path / "requirements.toml"
    path.write_text(f'[[requirement]]\nid = "a"\n{FIELDS}[[requirement]]\nid = "b"\nformerly = ["a"]\n{FIELDS}')
    with pytest.raises(ValueError, match="a, as b was called, is another requirement"):
        renamed(catalogue(path))
