"""The command that does what is left reaches the same provider, from wherever it is asked for."""

from __future__ import annotations

import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from token_conformance.archive.evidence_file import EvidenceFile
from token_conformance.layout import SUITES
from token_conformance.plugin.again import called_in, resuming
from token_conformance.plugin.stored_evidence import stored_run
from token_conformance.redaction import Redactor
from token_conformance.running.run import Run
from token_conformance.servers.evidence_lines import Selection
from token_conformance.servers.live import LiveServer


def config(profile=(), **given):
    usual = {"env_file": [], "session_file": None, "keyring": False, "proxy": None}
    option = SimpleNamespace(
        **(usual | {"warnings_fail": False, "complete": False, "baseline": None} | given), profile=[*profile]
    )
    return SimpleNamespace(option=option, args=[str(SUITES)])


@pytest.fixture
def run(make_profile):
    profile = make_profile()
    return Run("mine", profile, LiveServer(profile), Redactor())


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with a profile and what belongs to it, in which the command is given."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("mine.toml", "my.env"):
        (home / name).write_text("", "utf-8")
    monkeypatch.chdir(home)
    return home


def judged_anew(run, asked, folder):
    """The command as who judges the evidence of a run is told it, in whose command line nothing of this stands."""
    file = EvidenceFile(folder, run, Selection(), called_in(run, asked, folder))
    file.begin([])
    file.close()
    return shlex.split(resuming(stored_run(folder), folder / "results.json", config()))


def test_a_run_names_what_it_was_given(run, home):
    """As it was given."""
    asked = config(["mine.toml"], env_file=[Path("my.env")], proxy="none")
    told = shlex.split(resuming(run, Path("results.json"), asked))
    expected = "run mine.toml --live --env-file my.env --proxy none --resume results.json"
    assert told == ["token-conformance", *expected.split()]


def test_evidence_names_it_too(run, home):
    """In the folder in which the run was begun."""
    asked = config(["mine.toml"], env_file=[Path("my.env")], session_file="my.session", keyring=False)
    told = judged_anew(run, asked, Path("reports/mine/1"))
    expected = "run mine.toml --live --session-file my.session --env-file my.env --resume reports/mine/1/results.json"
    assert told == ["token-conformance", *expected.split()]


def test_elsewhere_paths_are_whole(run, home, tmp_path, monkeypatch):
    """So that the command finds them wherever it is pasted."""
    asked = config(["mine.toml"], env_file=[Path("my.env")], keyring=True)
    judged_anew(run, asked, home / "reports")
    monkeypatch.chdir(tmp_path / "home" / "reports")
    told = shlex.split(resuming(stored_run(Path()), Path("results.json"), config()))
    assert told[2] == str(home / "mine.toml")
    assert told[told.index("--env-file") + 1] == str(home / "my.env")
    assert "--keyring" in told


def test_a_profile_that_comes_along_has_its_name(run, home):
    """Wherever the suite lies."""
    found = Run("generic-oidc", run.profile, run.server, Redactor())
    assert judged_anew(found, config(["generic-oidc"]), home / "reports")[2] == "generic-oidc"


def test_what_the_run_was_held_to_and_suites_of_ones_own_are_told(run, home):
    """Else other checks would be judged, by another measure."""
    (home / "own").mkdir()
    asked = config(["mine.toml"], complete=True, baseline="known.toml", warnings_fail=True)
    asked.args += ["own", "test_that_is_gone.py"]
    held = Run("mine", run.profile.requiring(["fapi2"]), run.server, Redactor())
    told = resuming(held, Path("results.json"), asked)
    assert "--suites own --require fapi2 --baseline known.toml --strict --complete --resume" in told
