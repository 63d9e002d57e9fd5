"""The file around a certificate: a ZIP archive that can be written in one way only, so that each of its bytes says something.

What is read is written once more, and has to come out the same: headers, times, comments, order, what stands before or behind
it. Nothing is compressed, nothing is unpacked to a disk, and no name that is not ours is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

NAMES = (
    "statement.dsse.json",
    "profile.json",
    "evidence.jsonl",
    "salts.json",
    "results.json",
    "index.html",
    "report.html",
    "junit.xml",
    "recording.har",
)
"""The files of a bundle, in their order; those of `OPTIONAL` may be missing, as whatever is added here has to be: old bundles
lack it."""

OPTIONAL = frozenset({"recording.har"})

LARGEST = 256 * 1024 * 1024
"""Bytes of a bundle that are read."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an entry of a ZIP archive can tell: it tells nothing."""


class NotIntactError(ValueError):
    """A file is no bundle, or is not as it was signed; the message says where."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """The bytes of the archive with these files, whatever order they are given in.

    Raises:
        NotIntactError: a file is missing, or is none of a bundle; or they are too large.

    """
    if not files.keys() <= {*NAMES} or not {*NAMES} - OPTIONAL <= files.keys():
        raise NotIntactError(f"a bundle holds {', '.join(NAMES)}; this has {', '.join(sorted(map(repr, files)))}")
    if sum(map(len, files.values())) > LARGEST:
        raise NotIntactError(f"its files are larger than {LARGEST} bytes")
    written = BytesIO()
    with ZipFile(written, "w", ZIP_STORED, allowZip64=False) as archive:
        for name in filter(files.__contains__, NAMES):
            archive.writestr(_entry(name), files[name])
    return written.getvalue()


def unpacked(bundle: bytes) -> dict[str, bytes]:
    """The files of an archive, in their order.

    Raises:
        NotIntactError: it is no archive that `packed` has written, to the last byte.

    """
    if len(bundle) > LARGEST:
        raise NotIntactError(f"it is larger than {LARGEST} bytes")
    try:
        files = _files(bundle)
    except NotIntactError:
        raise
    except Exception as problem:  # zipfile raises errors of a dozen kinds over what is no archive
        raise NotIntactError(f"it is no ZIP archive that can be read: {type(problem).__name__}") from None
    if packed(files) != bundle:
        raise NotIntactError("its ZIP archive holds other bytes than its files take: it was changed, or packed anew")
    return files


def _files(bundle: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(bundle)) as archive:
        entries = archive.infolist()
        if len({entry.filename for entry in entries} & {*NAMES}) < len(entries):
            raise NotIntactError("its ZIP archive holds a file twice, or one that is none of a bundle")
        if any(entry.compress_type != ZIP_STORED for entry in entries):
            raise NotIntactError("its ZIP archive is compressed: it was packed anew")
        if sum(entry.file_size for entry in entries) > len(bundle):
            raise NotIntactError("its ZIP archive tells of files that are larger than it is")
        return {entry.filename: archive.read(entry) for entry in entries}


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, EPOCH)
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same wherever it is written
    return entry
