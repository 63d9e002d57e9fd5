"""The archive can be written in one way only, and nothing else is read."""

from __future__ import annotations

import stat
import struct
import zlib
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from token_conformance.archive.certificates import container
from token_conformance.archive.certificates.container import NAMES, OPTIONAL, NotIntactError, packed, unpacked

FILES = {name: name.encode() for name in NAMES if name not in OPTIONAL}
WRITTEN = packed(FILES)


def zipped(*entries, method=ZIP_STORED, comment=b""):
    """An archive with these entries, names or descriptions of them, as anybody writes it."""
    written = BytesIO()
    with ZipFile(written, "w", method) as archive:
        archive.comment = comment
        for entry in entries:
            name = entry.filename if isinstance(entry, ZipInfo) else entry
            archive.writestr(entry, name.encode())
    return written.getvalue()


def entry(name, **changes):
    described = ZipInfo(name, container.EPOCH)
    described.create_system, described.external_attr = 3, 0o644 << 16
    for member, value in changes.items():
        setattr(described, member, value)
    return described


def test_an_archive_is_the_same_wherever_it_is_written():
    """Byte by byte, in whatever order its files are given, by whatever Python; any program can open it."""
    assert packed(dict(reversed(FILES.items()))) == WRITTEN
    assert sha256(WRITTEN).hexdigest() == "555e2ca76726805561bd02302efa58a3ea78958b6b1d7f40374c0c0e2d8fc1a8"
    assert unpacked(WRITTEN) == FILES
    with ZipFile(BytesIO(WRITTEN)) as archive:
        assert archive.testzip() is None


def test_a_recording_may_be_there():
    """It is the last file."""
    assert [*unpacked(packed({"recording.har": b"{}", **FILES}))] == [*NAMES]


def bomb():
    return zipped(*FILES, method=ZIP_DEFLATED)


def told_larger():
    """An archive that tells of a file of four gigabytes."""
    size = struct.pack("<II", 0xFFFFFFF0, 0xFFFFFFF0)
    name = NAMES[0].encode()
    real = struct.pack("<III", zlib.crc32(name), len(name), len(name))
    return WRITTEN.replace(real, real[:4] + size)


CHANGED = {
    "empty": lambda: b"",
    "no archive": lambda: b"PK" * 100,
    "something before it": lambda: b"#!/bin/sh\n" + WRITTEN,
    "something behind it": lambda: WRITTEN + b"\0",
    "another archive behind it": lambda: WRITTEN + WRITTEN,
    "cut": lambda: WRITTEN[:-1],
    "a comment": lambda: zipped(*map(entry, FILES), comment=b"hello"),
    "another order": lambda: zipped(*map(entry, reversed(FILES))),
    "another time": lambda: zipped(*(entry(name, date_time=(2026, 1, 31, 12, 0, 0)) for name in FILES)),
    "compressed": bomb,
    "a file that is told larger": told_larger,
    "one file twice": lambda: zipped(*map(entry, FILES), entry(NAMES[-2])),
    "one file less": lambda: zipped(*map(entry, list(FILES)[1:])),
    "one file more": lambda: zipped(*map(entry, FILES), entry("readme.txt")),
    "a way out": lambda: zipped(*map(entry, FILES), entry("../../evidence.jsonl")),
    "an absolute name": lambda: zipped(*map(entry, FILES), entry("/evidence.jsonl")),
    "a folder": lambda: zipped(*map(entry, FILES), entry("evidence.jsonl/")),
    "a link": lambda: zipped(*(entry(name, external_attr=(stat.S_IFLNK | 0o777) << 16) for name in FILES)),
    "an extra field": lambda: zipped(*(entry(name, extra=b"\x55\x54\x00\x00") for name in FILES)),
    "a comment of a file": lambda: zipped(*(entry(name, comment=b"hello") for name in FILES)),
    "zip64": lambda: zipped(*(entry(name, extra=struct.pack("<HHQQ", 1, 16, 1, 1)) for name in FILES)),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("change", CHANGED)
def test_an_archive_of_any_other_bytes_is_refused(change):
    """Whatever stands in headers, before, between or behind."""
    content = CHANGED[change]()
    assert content != WRITTEN
    with pytest.raises(NotIntactError):
        unpacked(content)


def test_nothing_large_is_read(monkeypatch):
    """Neither an archive, nor the files for one."""
    monkeypatch.setattr(container, "LARGEST", 1000)
    with pytest.raises(NotIntactError, match="larger"):
        unpacked(bytes(1001))
    with pytest.raises(NotIntactError, match="larger"):
        packed({**FILES, "report.html": bytes(1001)})


@pytest.mark.parametrize("files", [{}, {**FILES, "secret.txt": b""}])
def test_a_bundle_holds_its_files_and_no_others(files):
    """None is left out, and none is taken along."""
    with pytest.raises(NotIntactError, match="a bundle holds"):
        packed(files)
