"""Folders are tried with a file before anything is sent; each that does not take it has a sentence of its own."""

import errno
import os
import tempfile

import pytest

from token_conformance.report.folders import unwritable


@pytest.fixture
def taken(tmp_path):
    """A path at which no folder can be: a file is in its way."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "folder"


def test_folders_that_take_a_file_are_fine(tmp_path):
    """They are made, and nothing stays in them."""
    reports, sessions = tmp_path / "a" / "reports", tmp_path / "b" / "sessions"
    assert list(unwritable(reports, sessions)) == []
    assert [*reports.iterdir(), *sessions.iterdir()] == []
    assert sessions.stat().st_mode & 0o077 == 0


def test_the_report_folder_is_named(taken):
    """With the reason, and with what to do."""
    (problem,) = unwritable(taken)
    assert problem == (f"the folder of --report-dir, {taken}, cannot be written: Not a directory; choose another one")


def test_the_folder_of_the_session_is_named(taken, tmp_path):
    """And not blamed on the reports."""
    (problem,) = unwritable(tmp_path, taken)
    assert problem.startswith(f"the session's folder, {taken}, cannot be written: Not a directory")


def test_the_temporary_folder_is_named(taken, tmp_path, monkeypatch):
    """As that which TMPDIR names."""
    monkeypatch.setattr(tempfile, "tempdir", str(taken))
    (problem,) = unwritable(tmp_path)
    assert problem == (f"the temporary folder, {taken}, cannot be written: Not a directory; name another one by TMPDIR")


def test_where_there_is_no_temporary_folder_that_is_said(tmp_path, monkeypatch):
    """Python looks for one in several places."""

    def nowhere():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    (problem,) = unwritable(tmp_path)
    assert problem.startswith("there is no temporary folder that can be written (No usable temporary directory")


def test_a_full_disk_is_noticed(tmp_path, monkeypatch):
    """It may still make a file, and take nothing into it."""

    class Full:
        def __init__(self, **options):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *problem):
            return None

        def write(self, text):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    problems = list(unwritable(tmp_path))
    assert [problem.partition(" cannot")[2].partition(";")[0] for problem in problems] == [
        " be written: No space left on device"
    ] * 2
