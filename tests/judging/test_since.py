"""Since when checks and requirements exist."""

import pytest
from packaging.version import Version

import token_conformance
from token_conformance.judging import since
from token_conformance.judging.requirement import catalogue
from token_conformance.judging.since import came_after, version_of, versions
from token_conformance.judging.tied import tied_checks


def test_the_list_names_what_there_is():
    """A slip of the pen would make a check as old as the first version."""
    known = {*catalogue(), *(check.id for check in tied_checks())}
    assert set(versions()) <= known
    assert all(since.FIRST < version <= Version(token_conformance.__version__) for version in versions().values())


def test_a_check_is_newer_than_the_versions_before_it(monkeypatch, tmp_path):
    """Whatever its parameters are; one that is not listed came with the first version."""
    path = tmp_path / "since.toml"
    path.write_text('[since]\n"0.10.0" = ["t::a"]\n')
    found = versions(path)
    monkeypatch.setattr(since, "versions", lambda: found)
    assert [version for version in ("0.0.9", "0.2.0", "0.10.0") if came_after("t::a[x]", Version(version))] == [
        "0.0.9",
        "0.2.0",
    ]
    assert [version for version in ("0.0.9", "0.1.0", "0.2.0") if came_after("t::b", Version(version))] == ["0.0.9"]


def test_an_id_stands_once(tmp_path):
    """Or nobody would know which version is meant."""
    path = tmp_path / "since.toml"
    path.write_text('[since]\n"0.2.0" = ["t::a"]\n"0.3.0" = ["t::a"]\n')
    with pytest.raises(ValueError, match="t::a stands twice"):
        versions(path)


def test_what_is_no_version_is_told():
    """With what is expected."""
    with pytest.raises(ValueError, match="--as-of: expected a version of the suite such as 0.1.0, not 'yesterday'"):
        version_of("yesterday")
